"""Basins of attraction: where descents from a whole lattice of starts end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from landscape.diagnostics import hessian
from landscape.models.base import Array
from landscape.slice import Slice

LOST = -1
"""The label of a start whose descent blew up or left the picture for good."""

UNDECIDED = -2
"""The label of a start whose descent is still on its way at the last step, apart from the others."""

APART = 0.02
"""Minima closer than this share of the picture's diagonal are the same; so near to one a descent has arrived."""

FAR = 1.0
"""A descent has left for good that ends farther outside than so many widths of the picture."""

CURVED = 1e-9
"""A minimum is no plateau: over the picture's diagonal its curvature lifts the loss by this share of it at least."""

DRAWN = 1.5
"""Descents have come together that stand so many times as densely as they began, or more."""


@dataclass(frozen=True, eq=False)
class Basins:
    """Where each start of a lattice ends: at a minimum, or still on its way in a valley with others.

    Attributes:
        a: (A,), first coordinates of the starts.
        b: (B,), second coordinates.
        label: (B, A) int64, index of the end, ``LOST`` or ``UNDECIDED``; the end with most starts is 0.
        ends: (K, 2), of each the lowest place that a descent came to.
        loss: (K,), the loss there.
        share: (K,), of all starts.
        arrived: (K,), whether it is a minimum; else a valley where descents came together and still move.
    """

    LOST: ClassVar[int] = LOST
    UNDECIDED: ClassVar[int] = UNDECIDED

    a: Array
    b: Array
    label: NDArray[np.int64]
    ends: Array
    loss: Array
    share: Array
    arrived: NDArray[np.bool_]

    def count(self, label: int) -> int:
        """How many starts have a label."""
        return int((self.label == label).sum())


def labelled(slice_: Slice, a: Array, b: Array, end: Array, died: NDArray[np.int64]) -> Basins:
    """Which starts end at the same place.

    A descent has arrived where the loss curves upwards in every direction of the plane and Newton's step to the
    bottom is at most ``APART`` of the picture's diagonal: however it came there, and also where mini-batches let it
    tremble for ever. Those that have not may have come together all the same, as in a valley that they follow: they
    are a chain of places close to each other, much more closely than they began.

    Args:
        slice_: the function on the plane.
        a: (A,), first coordinates of the starts, rising.
        b: (B,), second coordinates; one where the plane is a line.
        end: (B A, 2), where each start ends, row by row.
        died: (B A,), the step at which a start left the finite numbers, or -1.
    """
    size = np.array([np.ptp(a), np.ptp(b)])
    radius = APART * float(np.hypot(*size))
    middle = np.array([(a[0] + a[-1]) / 2, (b[0] + b[-1]) / 2])
    gone = (died >= 0) | (np.abs(end - middle) > (0.5 + FAR) * size + radius).any(axis=-1)
    loss, begun = slice_.loss(end), np.prod(radius / size[size > 0]) * len(end)  # starts in a cell
    group = np.full(len(end), -1)
    there = np.flatnonzero(~gone)
    places, of_place = _gathered(end[there], loss[there], radius)
    arrived, bottom = _bottoms(slice_, places, radius)
    minima, of_bottom = _gathered(bottom[arrived], slice_.loss(places[arrived]), radius)
    home = np.full(len(places), -1)
    home[arrived] = of_bottom
    group[there] = home[of_place]
    moving = there[group[there] < 0]
    together = _chained(end[moving], radius, DRAWN * max(1.0, float(begun)))
    group[moving] = np.where(together < 0, -1, together + len(minima))
    counts = np.bincount(group[group >= 0])
    order = np.argsort(-counts, kind="stable")[: np.count_nonzero(counts)]
    rank = np.full(len(counts) + 1, UNDECIDED)  # the last is of those without a group
    rank[order] = np.arange(order.size)
    label = np.where(gone, LOST, rank[group])
    lowest = [_lowest(group == one, loss) for one in order]
    share = counts[order] / len(end)
    return Basins(a, b, label.reshape(b.size, a.size), end[lowest], loss[lowest], share, order < len(minima))


def _lowest(of: NDArray[np.bool_], loss: Array) -> int:
    members = np.flatnonzero(of)
    return int(members[np.argmin(loss[members])])


def _chained(places: Array, cell: float, dense: float) -> NDArray[np.int64]:
    """Which chain of occupied cells each of the places (n, 2) is in, -1 where it holds fewer than ``dense`` a cell."""
    cells, of_cell = np.unique(np.floor(places / cell).astype(np.int64), axis=0, return_inverse=True)
    of_cell = of_cell.reshape(-1)
    number = {(int(x), int(y)): index for index, (x, y) in enumerate(cells)}
    chain, count = np.full(len(cells), -1), 0
    for first in range(len(cells)):
        if chain[first] >= 0:
            continue
        chain[first], left = count, [first]
        while left:
            x, y = (int(coordinate) for coordinate in cells[left.pop()])
            near = (number.get((x + dx, y + dy), -1) for dx in (-1, 0, 1) for dy in (-1, 0, 1))
            for other in near:
                if other >= 0 and chain[other] < 0:
                    chain[other] = count
                    left.append(other)
        count += 1
    held = np.bincount(chain[of_cell], minlength=count) / np.maximum(np.bincount(chain, minlength=count), 1)
    return np.where(held[chain[of_cell]] >= dense, chain[of_cell], -1)


def _bottoms(slice_: Slice, places: Array, radius: float) -> tuple[NDArray[np.bool_], Array]:
    """At which of the places (n, 2) a descent has arrived at a minimum, and where Newton's step leads from each."""
    axes = 1 if slice_.plane.is_line else 2
    with np.errstate(all="ignore"):
        curvature = hessian(slice_, places)[:, :axes, :axes]
        slope = slice_.gradient(places)[:, :axes]
        known = np.isfinite(curvature).all(axis=(1, 2)) & np.isfinite(slope).all(axis=1)
        curvature[~known] = 0.0
        values, vectors = np.linalg.eigh(curvature)  # (n, axes), (n, axes, axes)
        level = np.abs(slice_.loss(places)).max(initial=0.0)
        curved = values[:, 0] * (radius / APART) ** 2 > CURVED * level
        along = np.einsum("nij,ni->nj", vectors, slope) / values
        step = -np.einsum("nij,nj->ni", vectors, along)  # (n, axes)
        arrived = known & curved & (np.linalg.norm(step, axis=-1) <= radius)
    bottom = places.copy()
    bottom[:, :axes] += np.where(arrived[:, None], step, 0.0)
    return arrived, bottom


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
