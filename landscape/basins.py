"""Basins of attraction: where descents from a whole lattice of starts end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landscape.descent import Descent
from landscape.diagnostics import hessian
from landscape.ground import InPlane
from landscape.models.base import Array
from landscape.scene import Run
from landscape.slice import Slice

LOST = -1
"""The label of a start whose descent blew up or left the picture for good."""

UNDECIDED = -2
"""The label of a start whose descent is still on its way at the last step, or stands where there is no minimum."""

APART = 0.02
"""Ends closer than this share of the picture's diagonal are the same place."""

FAR = 1.0
"""A descent has left for good that ends farther outside than so many widths of the picture."""


@dataclass(frozen=True, eq=False)
class Basins:
    """Where each start of a lattice ends.

    Attributes:
        a: (A,), first coordinates of the starts.
        b: (B,), second coordinates.
        label: (B, A) int64, index of the end, ``LOST`` or ``UNDECIDED``; the end with most starts is 0.
        ends: (K, 2), the places that descents end in.
        loss: (K,), the loss there.
        share: (K,), of all starts.
    """

    a: Array
    b: Array
    label: NDArray[np.int64]
    ends: Array
    loss: Array
    share: Array


def basins(slice_: Slice, run: Run, a: Array, b: Array) -> Basins:
    """Walk from every crossing of ``a`` (A,) and ``b`` (B,) at once, and say which of them end together.

    Args:
        slice_: the function on the plane; the run trains its two coordinates.
        run: optimizer, schedule, steps, batch; its own starts are left out.
        a: first coordinates of the starts, rising.
        b: second coordinates, rising; one where the plane is a line.

    Example:
        >>> import landscape as ls
        >>> found = ls.basins(ls.Scene.from_query("model.kind=function&model.name=himmelblau"))
        >>> sorted(found.ends.round(2).tolist())
        [[-3.78, -3.28], [-2.81, 3.13], [3.0, 2.0], [3.58, -1.85]]
    """
    starts = np.stack(np.meshgrid(a, b), axis=-1).reshape(-1, 2)  # (B A, 2)
    descent = Descent(run.optimizer, InPlane(slice_), run.steps, run.batch, run.seed, run.schedule, run.manner)
    walk = descent.begin(starts)
    if run.steps > 1:
        walk, _ = descent.advance(walk, run.steps - 1, lambda seen: {})
    before = walk.theta
    walk, _ = descent.advance(walk, run.steps, lambda seen: {})
    after = walk.theta
    size = np.array([np.ptp(a), np.ptp(b)])
    diagonal = float(np.hypot(*size))
    middle = np.array([a.mean(), b.mean()])
    gone = (walk.died >= 0) | (np.abs(after - middle) > (0.5 + FAR) * size + APART * diagonal).any(axis=-1)
    # Arrived is who at the speed of the last step would not be elsewhere after another such run.
    moving = ~gone & (np.hypot(*(after - before).T) * run.steps > APART * diagonal)
    label = np.where(gone, LOST, UNDECIDED)
    arrived = np.flatnonzero(~gone & ~moving)
    ends, found = _gathered(after[arrived], slice_.loss(after[arrived]), APART * diagonal)
    counts = np.bincount(found, minlength=len(ends)) * [_is_minimum(slice_, end) for end in ends]
    order = np.argsort(-counts, kind="stable")[: np.count_nonzero(counts)]
    ranks = np.full(len(ends), UNDECIDED)
    ranks[order] = np.arange(order.size)
    label[arrived] = ranks[found]
    at = ends[order]
    return Basins(a, b, label.reshape(b.size, a.size), at, slice_.loss(at), counts[order] / len(starts))


def _is_minimum(slice_: Slice, end: Array) -> bool:
    """Whether the function curves upwards there in every direction of the plane: a plateau does not."""
    curvature = hessian(slice_, end)
    axes = 1 if slice_.plane.is_line else 2
    return bool(np.linalg.eigvalsh(curvature[:axes, :axes]).min() > 0)


def _gathered(places: Array, losses: Array, radius: float) -> tuple[Array, NDArray[np.int64]]:
    """The places (n, 2) that lie apart, the lowest first, and which of them each belongs to."""
    found, left = np.full(len(places), -1), np.argsort(losses, kind="stable")
    ends: list[Array] = []
    while left.size:
        end = places[left[0]]
        near = np.hypot(*(places[left] - end).T) <= radius
        found[left[near]] = len(ends)
        ends.append(end)
        left = left[~near]
    return np.array(ends).reshape(-1, 2), found
