"""The multiclass hinge loss over a plane: a grid row costs its margins once, not once for each of its points."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np

from landscape.chunks import in_chunks, pieces
from landscape.models.base import Array, Indices, Width
from landscape.models.linear_scores import LinearScores, PlanePenalty
from landscape.models.margins import MARGIN_LOSSES

TOGETHER = 1 << 15
"""Margins at once: long enough for a call, short enough for a core's cache."""

FEW = 8
"""Points of a grid's longer axis below which it is quicker to evaluate them one by one."""

FAR = 1e50
"""Margins and coordinates beyond which nothing is binned: their products could leave the numbers."""

STEEP = 1e-100
"""A slope that is so small beside the rest of its margin is not felt at any coordinate below ``FAR``."""

CELLS = 64
"""Cells a coordinate, at most, of the table that finds where a margin begins to count."""


class HingeScores(LinearScores):
    """Exact evaluator for any plane of the multiclass hinge loss of a linear classifier.

    Along a row of the grid each margin is ``p + q a`` and counts where it is positive: for q > 0 from its root on.
    So a margin is entered once, at the first grid point that is beyond its root: there its value is added to the
    row, and its slope q to the row's slope. With these sums ``N_i`` and ``Q_i`` the row is the recurrence::

        L_i = L_{i-1} + (Q_0 + ... + Q_{i-1}) (a_i - a_{i-1}) + N_i

    whose terms are all positive or zero, so that no digit is lost and a row where nothing counts is 0. For q < 0 the
    same from the other end. N samples of K classes and R rows of A points cost R (N K + A), not R N K A.

    Args:
        margins: (3, J, N), with what the right score must be above the others in the first.
        penalty: what is added.
    """

    def __init__(self, margins: Array, penalty: PlanePenalty) -> None:
        super().__init__(MARGIN_LOSSES["hinge"], margins, penalty)
        self._reach = float(np.abs(margins).max())  # nan where one is not a number
        self.nbytes = 3 * margins.nbytes  # sorted by their slopes along a, and along b
        self.work = margins[0].size // 2 + 1
        self.point_work = 4 * margins[0].size

    @np.errstate(over="ignore", invalid="ignore")
    def grid(self, a: Array, b: Array, dtype: Width = np.float64) -> Array:
        mesh = np.stack(np.meshgrid(a, b), axis=-1)
        if max(a.size, b.size) < FEW or not max(self._reach, np.abs(mesh).max()) < FAR:
            return self.value(mesh)
        total = self._along_a.sums(a, b) if a.size >= b.size else self._along_b.sums(b, a).T
        return np.asarray(total / self._margins.shape[2] + self._penalty.value(mesh))

    @cached_property
    def _along_a(self) -> Lines:
        return Lines(*self._margins.reshape(3, -1))

    @cached_property
    def _along_b(self) -> Lines:
        return Lines(*self._margins[[0, 2, 1]].reshape(3, -1))


class Lines:
    """The sum of ``max(0, p + q a + r b)`` over many (p, q, r), row by row.

    Args:
        p: (F,).
        q: (F,).
        r: (F,).
    """

    def __init__(self, p: Array, q: Array, r: Array) -> None:
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            steep = (np.abs(p / q) < 1 / STEEP) & (np.abs(r / q) < 1 / STEEP)
        still = ~steep & (r == 0)
        flat = ~steep & ~still
        self._still = float(np.maximum(p[still], 0).sum())
        self._flat = np.stack([p[flat], r[flat]])
        rising, falling = steep & (q > 0), steep & (q < 0)
        self._rising = np.stack([p[rising], q[rising], r[rising]])
        self._falling = np.stack([p[falling], -q[falling], r[falling]])  # rising in -a

    def sums(self, a: Array, b: Array) -> Array:
        """At every crossing of ``a`` (A,), in any order, and ``b`` (B,): (B, A)."""
        sorted_a, places = np.unique(a, return_inverse=True)
        total = _rising(self._rising, sorted_a, b)
        total += _rising(self._falling, -sorted_a[::-1], b)[:, ::-1]
        p, r = self._flat
        flat = in_chunks(lambda at: np.maximum(at * r + p, 0).sum(axis=-1), b[:, None], p.size)
        total += flat[:, None] + self._still
        return np.asarray(total[:, places])


def _rising(lines: Array, a: Array, b: Array) -> Array:
    """The sum of ``max(0, p + q a + r b)`` over lines (3, F) with q > 0 at rising ``a``: (B, A).

    A root moves one way with b. Lines whose roots are beyond the last column at both ends of b count nowhere; those
    whose roots are in front of the first count everywhere, and their sum there is linear in b, between two sums that
    are not negative. Only the others are looked at row by row.
    """
    scale, ends = Scale.of(a), np.array([[b.min()], [b.max()]])
    toward = (b - b.min()) / (float(np.ptp(b)) or 1.0)  # (B,), from 0 to 1
    entry, steepness = np.zeros((2, b.size, a.size + 1))
    for some in pieces(lines.shape[1], TOGETHER):
        p, q, r = lines[:, some]
        root, shift = (-p / q - a[0]) * scale.unit, -r / q * scale.unit
        slope = q / scale.unit
        outer = shift * ends + root  # (2, n)
        everywhere = (outer <= 0).all(axis=0)
        first_height, last_height = outer[:, everywhere] @ -slope[everywhere]
        entry[:, 0] += (1 - toward) * first_height + toward * last_height
        steepness[:, 0] += slope[everywhere].sum()
        crossing = np.flatnonzero(~everywhere & (outer < scale.ticks[-2]).any(axis=0))
        root, shift, slope = root[crossing], shift[crossing], slope[crossing]
        for row, at in enumerate(b):
            roots = shift * at
            roots += root
            first = scale.first(roots)
            height = scale.ticks.take(first)  # of the place beyond all: inf
            height -= roots
            height *= slope
            entry[row] += np.bincount(first, height, a.size + 1)
            steepness[row] += np.bincount(first, slope, a.size + 1)
    rise = entry[:, :-1]
    rise[:, 1:] += np.cumsum(steepness[:, : a.size - 1], axis=1) * np.diff(scale.ticks[:-1])
    return np.asarray(np.cumsum(rise, axis=1))


class Scale(NamedTuple):
    """Rising coordinates in a unit so small that no cell of length 1 holds two of them.

    Attributes:
        unit: that coordinates are multiplied by.
        ticks: (A + 1,) the coordinates in it, from 0 on; then inf.
        before: (C,) how many ticks lie in the cells before this one; None where the cells would be too many.
    """

    unit: float
    ticks: Array
    before: Indices | None

    @classmethod
    def of(cls, a: Array) -> Scale:
        """The scale of coordinates ``a`` (A,), each greater than the one before.

        Example:
            >>> scale = Scale.of(np.array([0.0, 1.0, 3.0]))
            >>> scale.first(scale.unit * np.array([-5.0, 0.0, 0.5, 2.0, 9.0]))
            array([0, 0, 1, 2, 3])
        """
        gap = np.diff(a).min() if a.size > 1 else 1.0
        if a[-1] - a[0] > CELLS * a.size * gap or gap < 1 / FAR:
            return cls(1.0, np.append(a - a[0], np.inf), None)
        unit = float(1.001 / gap)
        ticks = (a - a[0]) * unit
        cells = ticks.astype(np.intp)
        return cls(unit, np.append(ticks, np.inf), np.searchsorted(cells, np.arange(cells[-1] + 2)))

    def first(self, values: Array) -> Indices:
        """For each value (F,) the first tick that is not below it; A where there is none. Exact."""
        if self.before is None:
            return self.ticks[:-1].searchsorted(values)
        cells = np.clip(values, 0.0, len(self.before) - 1.0).astype(np.intp)
        first = self.before.take(cells)
        first += self.ticks.take(first) < values  # of the one tick in the value's own cell
        return first
