"""What can be said about a point of a plane: how the function curves there, and what a flat point is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from landscape.slice import Slice

Array = NDArray[np.float64]

Kind = Literal["minimum", "saddle", "maximum", "flat", "none"]


@dataclass(frozen=True)
class CriticalPoint:
    """A point of a plane where the slope is zero.

    Attributes:
        a: its first coordinate.
        b: its second coordinate.
        loss: the loss there.
        grad_norm: length of the gradient in the plane.
        eigenvalues: of the Hessian in the plane, rising.
        kind: "minimum", "saddle", "maximum"; "flat" where an eigenvalue is zero; "none" where the search did
            not arrive.
    """

    a: float
    b: float
    loss: float
    grad_norm: float
    eigenvalues: tuple[float, float]
    kind: Kind


def critical_point(slice_: Slice, start: Array, *, tolerance: float = 1e-10, iterations: int = 200) -> CriticalPoint:
    """The flat point that Newton's method reaches from ``start`` (2,), damped so that the gradient shrinks.

    The Hessian is a central difference of the analytic gradient.

    Args:
        slice_: the function on the plane.
        start: (2,), nearby.
        tolerance: the gradient norm at which the point counts.
        iterations: at most.
    """
    at = np.array(start, dtype=np.float64)
    gradient = slice_.gradient(at)
    for _ in range(iterations):
        norm = float(np.linalg.norm(gradient))
        if norm <= tolerance / 10:
            break
        move = -np.linalg.lstsq(hessian(slice_, at), gradient, rcond=None)[0]
        scales = 0.5 ** np.arange(30.0)
        gradients = slice_.gradient(at + scales[:, None] * move)
        better = np.flatnonzero(np.linalg.norm(gradients, axis=-1) < norm)
        if not better.size:
            break
        at = at + scales[better[0]] * move
        gradient = gradients[better[0]]
    low, high = (float(value) for value in np.linalg.eigvalsh(hessian(slice_, at)))
    norm = float(np.linalg.norm(gradient))
    kind: Kind = "flat"
    if norm > tolerance:
        kind = "none"
    elif low > 0:
        kind = "minimum"
    elif high < 0:
        kind = "maximum"
    elif low < 0 < high:
        kind = "saddle"
    return CriticalPoint(float(at[0]), float(at[1]), float(slice_.loss(at)), norm, (low, high), kind)


def hessian(slice_: Slice, at: Array, step: float = 1e-5) -> Array:
    """Second derivatives in the plane at ``at`` (2,): (2, 2), symmetric."""
    width = step * np.maximum(1.0, np.abs(at))
    ahead = slice_.gradient(at + np.diag(width))
    behind = slice_.gradient(at - np.diag(width))
    columns = (ahead - behind) / (2 * width[:, None])
    return np.asarray((columns + columns.T) / 2)
