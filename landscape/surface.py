"""Nested passes and tiles over a grid, coarse to fine; and the surface they add up to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

STRIDES = (8, 4, 2, 1)
"""Of the nested passes over the final grid."""


@dataclass(frozen=True, eq=False)
class Surface:
    """The loss over a grid.

    Attributes:
        a: (A,), coordinates along the first axis.
        b: (B,), coordinates along the second axis.
        loss: (B, A) float64, ``loss[i, j]`` at ``(a[j], b[i])``; NaN where it is not finite.
        diverged: (B, A) bool, where the loss is not finite.
        stride: how many steps of the final grid lie between neighbours; 1 when it is complete.
    """

    a: Array
    b: Array
    loss: Array
    diverged: NDArray[np.bool_]
    stride: int = 1


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


def levels(count: int) -> list[Indices]:
    """The indices of each pass over ``count`` grid lines, nested, each with the first and the last.

    Example:
        >>> [list(map(int, level)) for level in levels(6)]
        [[0, 5], [0, 4, 5], [0, 2, 4, 5], [0, 1, 2, 3, 4, 5]]
    """
    return [np.union1d(np.arange(0, count, stride), [count - 1]) for stride in STRIDES]


def tiles(columns: int, rows: int, points: int) -> Iterator[Tile]:
    """The tiles of all passes in order; each grid point is in exactly one tile.

    Args:
        columns: A, grid points along a.
        rows: B, grid points along b.
        points: how many points a tile holds at most, 1 or more.
    """
    seen_rows = seen_columns = np.empty(0, dtype=np.intp)
    for level, (wide, high) in enumerate(zip(levels(columns), levels(rows), strict=True)):
        new_rows, new_columns = np.setdiff1d(high, seen_rows), np.setdiff1d(wide, seen_columns)
        yield from _cut(Tile(level, new_rows, wide), points)
        yield from _cut(Tile(level, seen_rows, new_columns), points)
        seen_rows, seen_columns = high, wide


def _cut(tile: Tile, points: int) -> Iterator[Tile]:
    if not tile.rows.size or not tile.columns.size:
        return
    width = min(points, tile.columns.size)
    height = max(1, points // width)
    for top in range(0, tile.rows.size, height):
        for left in range(0, tile.columns.size, width):
            yield tile._replace(rows=tile.rows[top : top + height], columns=tile.columns[left : left + width])


class Canvas:
    """Collects tiles into surfaces.

    Args:
        a: (A,) final coordinates.
        b: (B,) final coordinates.
    """

    def __init__(self, a: Array, b: Array) -> None:
        self._a, self._b = a, b
        self._loss = np.full((b.size, a.size), np.nan)
        self._missing = [0] * len(STRIDES)

    def expect(self, tile: Tile) -> None:
        """A tile that is not there yet: its pass is not complete."""
        self._missing[tile.level] += 1

    def put(self, tile: Tile, loss: Array) -> None:
        """The losses (rows, columns) of a tile."""
        self._loss[np.ix_(tile.rows, tile.columns)] = loss

    def surface(self) -> Surface | None:
        """The finest surface whose passes are all complete, or None before the first is."""
        complete = next((level for level, missing in enumerate(self._missing) if missing), len(STRIDES)) - 1
        if complete < 0:
            return None
        columns, rows = levels(self._a.size)[complete], levels(self._b.size)[complete]
        loss = self._loss[np.ix_(rows, columns)]
        diverged = ~np.isfinite(loss)
        loss[diverged] = np.nan
        a, b = self._a[columns], self._b[rows]
        for array in (a, b, loss, diverged):
            array.setflags(write=False)
        return Surface(a, b, loss, diverged, STRIDES[complete])
