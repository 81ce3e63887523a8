"""What can be said about a scene beside its picture: is the gradient right, what is a flat point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from landscape.models.base import spans
from landscape.objective import Objective
from landscape.slice import Slice

Array = NDArray[np.float64]

Kind = Literal["minimum", "saddle", "maximum", "flat", "none"]

TOLERANCE = 1e-6
"""Relative error up to which an analytic gradient passes."""


@dataclass(frozen=True)
class GradientReport:
    """An analytic gradient beside central differences.

    Attributes:
        blocks: name -> relative error ``|g - d| / (|g| + |d|)`` over the parameters looked at.
        error: the largest of them.
        evaluations: loss evaluations that the differences took.
        passed: whether ``error`` is at most ``TOLERANCE``.
    """

    blocks: Mapping[str, float]
    error: float
    evaluations: int
    passed: bool


def check_gradient(
    objective: Objective, theta: Array | None = None, *, step: float = 1e-5, per_block: int = 20, seed: int = 0
) -> GradientReport:
    """Compare the gradient with ``(L(theta + h e) - L(theta - h e)) / 2h``, ``h = step max(1, |theta_i|)``.

    Args:
        objective: what to check.
        theta: (P,), where; the initial parameters by default.
        step: relative step; 1e-5 balances truncation (step^2) against rounding (1e-16 / step).
        per_block: parameters drawn from each block; blocks that are smaller are checked whole.
        seed: of the draw.

    Example:
        >>> import landscape as ls
        >>> ls.gradient_check(ls.lesson("ravine")).passed
        True
    """
    theta = objective.theta0 if theta is None else theta
    gradient = objective.gradient(theta)
    random = np.random.default_rng(seed)
    errors: dict[str, float] = {}
    evaluations = 0
    for name, _, span in spans(objective.blocks):
        places = np.arange(span.start, span.stop)
        if places.size > per_block:  # the largest slopes say most; rounding drowns the smallest
            steepest = places[np.argsort(-np.abs(gradient[places]))[: per_block // 2]]
            others = np.setdiff1d(places, steepest)
            places = np.union1d(steepest, random.choice(others, per_block - steepest.size, replace=False))
        difference = np.empty(places.size)
        for row, place in enumerate(places):
            width = step * max(1.0, abs(theta[place]))
            pair = np.stack([theta, theta])
            pair[0, place] += width
            pair[1, place] -= width
            above, below = objective.loss(pair)
            difference[row] = (above - below) / (pair[0, place] - pair[1, place])
            evaluations += 2
        scale = np.linalg.norm(gradient[places]) + np.linalg.norm(difference)
        errors[name] = float(np.linalg.norm(gradient[places] - difference) / scale) if scale else 0.0
    worst = max(errors.values())
    return GradientReport(errors, worst, evaluations, worst <= TOLERANCE)


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
    """Second derivatives in the plane at ``at`` (..., 2): (..., 2, 2), symmetric."""
    width = step * np.maximum(1.0, np.abs(at))
    moves = width[..., None] * np.eye(2)  # (..., 2, 2), one row a coordinate
    ahead = slice_.gradient(at[..., None, :] + moves)
    behind = slice_.gradient(at[..., None, :] - moves)
    columns = (ahead - behind) / (2 * width[..., None])
    return np.asarray((columns + np.swapaxes(columns, -1, -2)) / 2)
