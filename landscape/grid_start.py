"""Grid search as initialisation: the best vertex of a computed grid, and all of its local minima."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from landscape.surface import Array, Surface

LEVEL = 1e-9
"""Vertices are level whose losses differ by less than this share of what the whole grid spans."""


class GridMinima(NamedTuple):
    """The local minima of a grid, the lowest first; M of them.

    Attributes:
        place: (M, 2), coordinates a and b; of a line (M, 1).
        loss: (M,), rising.
    """

    place: Array
    loss: Array


def grid_minima(surface: Surface) -> GridMinima:
    """The vertices from which every way over the grid, a king's moves, leads up first.

    A flat region counts once, by the vertex in its middle; so does a hollow no deeper than rounding. At the border
    the neighbours that there are decide. Where the loss is not finite nothing is a minimum, and it walls off others.

    Args:
        surface: a grid or a line, as far as it is computed.

    Returns:
        None of them where nowhere on the grid the loss is finite.

    Example:
        >>> import landscape as ls
        >>> found = grid_minima(ls.surface(ls.Scene.from_query("model.kind=function&model.name=himmelblau")))
        >>> len(found.loss)
        4
    """
    loss = np.where(surface.diverged, np.inf, surface.loss)
    finite = loss[np.isfinite(loss)]
    level = LEVEL * float(np.ptp(finite)) if finite.size else 0.0
    seen = np.zeros(loss.shape, dtype=bool)
    kept: list[tuple[int, int]] = []
    candidates = _not_above_neighbours(loss)
    for row, column in candidates[np.argsort(loss[tuple(candidates.T)], kind="stable")]:
        if seen[row, column]:
            continue
        region = list(_flooded(loss, seen, int(row), int(column), loss[row, column] + level))
        if all(loss[vertex] >= loss[row, column] for vertex in region):
            kept.append(_middle([vertex for vertex in region if loss[vertex] == loss[row, column]]))
    rows, columns = np.array(kept, dtype=int).reshape(-1, 2).T
    place = np.stack([surface.a[columns], surface.b[rows]], axis=-1)
    return GridMinima(place[:, : 1 if surface.b.size == 1 else 2], loss[rows, columns])


def grid_start(surface: Surface) -> tuple[float, ...]:
    """The best vertex of a grid, as a start: a and b, or a alone on a line; of a flat best region its middle.

    Raises:
        ValueError: nowhere on the grid the loss is finite.

    Example:
        >>> import landscape as ls
        >>> grid_start(ls.surface(ls.Scene.from_query("lesson=valley&grid.resolution=5,5")))
        (0.0, 0.0)
    """
    places = grid_minima(surface).place
    if not len(places):
        raise ValueError("The grid has no best point: nowhere on it the loss is finite.")
    return tuple(map(float, places[0]))


def _not_above_neighbours(loss: Array) -> NDArray[np.intp]:
    """The finite vertices (n, 2) none of whose neighbours is lower."""
    rows, columns = loss.shape
    walled = np.pad(loss, 1, constant_values=np.inf)
    lowest = np.min([walled[down : down + rows, right : right + columns] for down in range(3) for right in range(3)], 0)
    return np.argwhere(np.isfinite(loss) & (loss <= lowest))


def _flooded(loss: Array, seen: NDArray[np.bool_], row: int, column: int, level: float) -> Iterator[tuple[int, int]]:
    """The vertices that water at ``level`` reaches from one of them; they are marked as seen."""
    reached, left = {(row, column)}, [(row, column)]
    while left:
        row, column = left.pop()
        seen[row, column] = True
        yield row, column
        for down in range(max(0, row - 1), min(loss.shape[0], row + 2)):
            for right in range(max(0, column - 1), min(loss.shape[1], column + 2)):
                if (down, right) not in reached and loss[down, right] <= level:
                    reached.add((down, right))
                    left.append((down, right))


def _middle(vertices: list[tuple[int, int]]) -> tuple[int, int]:
    """The vertex nearest to the mean of all."""
    places = np.array(vertices)
    return vertices[int(np.argmin(np.square(places - places.mean(axis=0)).sum(axis=-1)))]
