"""Nested passes and tiles over a grid, coarse to fine; and the surface they add up to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from landscape.slice import Precision

Array = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Surface:
    """The loss over a grid.

    Attributes:
        a: (A,), coordinates along the first axis.
        b: (B,), coordinates along the second axis.
        loss: (B, A) float64, ``loss[i, j]`` at ``(a[j], b[i])``; NaN where it is not finite.
        diverged: (B, A) bool, where the loss is not finite.
        stride: how many steps of the final grid lie between neighbours; 1 when it is complete.
        precision: width of the numbers it was computed with.
    """

    a: Array
    b: Array
    loss: Array
    diverged: NDArray[np.bool_]
    stride: int = 1
    precision: Precision = "float64"


class Level(NamedTuple):
    """One of the nested passes over the final grid.

    Attributes:
        stride: steps of the final grid between neighbours; the last step of an axis may be shorter.
        rows: indices into b, with the first and the last.
        columns: indices into a, with the first and the last.
    """

    stride: int
    rows: Indices
    columns: Indices

    @property
    def size(self) -> int:
        """How many points it has."""
        return self.rows.size * self.columns.size


class Tile(NamedTuple):
    """A rectangle of grid points that is computed as one piece.

    Attributes:
        level: the pass it belongs to, 0 the coarsest.
        rows: indices into b.
        columns: indices into a.
    """

    level: int
    rows: Indices
    columns: Indices

    @property
    def size(self) -> int:
        """How many points it has."""
        return self.rows.size * self.columns.size


def levels(columns: int, rows: int, enough: int = 0) -> list[Level]:
    """The nested passes, coarsest first: the strides are powers of two down to 1.

    The coarsest is the largest that leaves two steps or more on the longer axis, so that the first pass has
    9 to 25 points on a square grid. A pass of ``enough`` points or fewer needs no coarser ones before it but that
    one, and those that are a coarser grid of their own: where the stride divides both axes. So the passes of a
    grid of n points an axis are passes of the one of 2n - 1, for every n > 2.

    Args:
        columns: A, grid points along a.
        rows: B, grid points along b.
        enough: points that are computed in a moment.

    Example:
        >>> [(level.stride, level.columns.tolist()) for level in levels(6, 3)]
        [(2, [0, 2, 4, 5]), (1, [0, 1, 2, 3, 4, 5])]
        >>> [level.stride for level in levels(40, 40, 1600)], [level.stride for level in levels(79, 79, 1600)]
        ([16, 1], [32, 2, 1])
    """
    powers = max((max(columns, rows) - 1) // 2, 1).bit_length()
    passes = [Level(1 << power, _lines(rows, 1 << power), _lines(columns, 1 << power)) for power in range(powers)]
    coarsest = next((number for number, level in enumerate(passes) if level.size <= enough), powers)
    wanted = (
        level
        for number, level in enumerate(passes)
        if number <= coarsest or number == powers - 1 or (columns - 1) % level.stride == (rows - 1) % level.stride == 0
    )
    return list(wanted)[::-1]


def tiles(passes: list[Level], points: Callable[[int], int]) -> Iterator[Tile]:
    """The tiles of all passes in order; each grid point is in exactly one tile.

    How a pass is cut depends on its own grid alone, so that it is cut alike as a pass of a finer one.

    Args:
        passes: of :func:`levels`.
        points: how many points a tile holds at most (or a point of each column, where that is more), 1 or more,
            in a pass of so many.
    """
    for number, level in enumerate(passes):
        most = points(level.size)
        if number == 0:
            yield from _cut(Tile(number, level.rows, level.columns), most)
        else:
            before = passes[number - 1]
            yield from _cut(Tile(number, _without(level.rows, before.stride), level.columns), most)
            yield from _cut(Tile(number, before.rows, _without(level.columns, before.stride)), most)


def _lines(count: int, stride: int) -> Indices:
    lines = np.arange(0, count, stride)
    return lines if lines[-1] == count - 1 else np.append(lines, count - 1)


def _without(lines: Indices, stride: int) -> Indices:
    """Those of a pass's lines that a coarser one does not have."""
    return np.asarray(lines[(lines % stride != 0) & (lines != lines[-1])])


def _cut(tile: Tile, points: int) -> Iterator[Tile]:
    if not tile.size:
        return
    width = _evenly(tile.columns.size, points)
    height = _evenly(tile.rows.size, max(1, points // width))
    for top in range(0, tile.rows.size, height):
        for left in range(0, tile.columns.size, width):
            yield tile._replace(rows=tile.rows[top : top + height], columns=tile.columns[left : left + width])


def _evenly(count: int, most: int) -> int:
    """The length of as few pieces of at most so many as there must be, all as long."""
    return -(-count // -(-count // most))


class Canvas:
    """Collects tiles into surfaces.

    Args:
        a: (A,) final coordinates.
        b: (B,) final coordinates.
        passes: of :func:`levels`.
        precision: what the surfaces say of themselves.
    """

    def __init__(self, a: Array, b: Array, passes: list[Level], precision: Precision = "float64") -> None:
        self.a, self.b, self.passes, self.precision = a, b, passes, precision
        self._loss = np.full((b.size, a.size), np.nan)
        self._missing = [0] * len(passes)

    def expect(self, tile: Tile) -> None:
        """A tile that is to come: its pass is not complete before it is put."""
        self._missing[tile.level] += 1

    def put(self, tile: Tile, loss: Array) -> None:
        """The losses (rows, columns) of a tile that was expected."""
        self._loss[tile.rows[:, None], tile.columns] = loss
        self._missing[tile.level] -= 1

    @property
    def complete(self) -> int:
        """How many passes are complete, from the coarsest on."""
        return next((level for level, missing in enumerate(self._missing) if missing), len(self.passes))

    def surface(self) -> Surface | None:
        """The finest surface whose passes are all complete, or None before the first is."""
        if not self.complete:
            return None
        stride, rows, columns = self.passes[self.complete - 1]
        loss = self._loss[rows[:, None], columns]
        diverged = ~np.isfinite(loss)
        loss[diverged] = np.nan
        a, b = self.a[columns], self.b[rows]
        for array in (a, b, loss, diverged):
            array.setflags(write=False)
        return Surface(a, b, loss, diverged, stride, self.precision)
