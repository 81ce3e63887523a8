"""The lowest point of a picture: a vertex of its grid, and where that can be, the minimum beside it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landscape.models.base import Array, Indices
from landscape.slice import Slice
from landscape.surface import Surface

WORK = 1e9
"""Multiplications that the refinement may cost, about half a second; dearer slices keep the vertex."""

STEPS = 20
"""Newton steps at most; a quadratic takes two."""

LOOK = 1e-4
"""The gradient is looked at so many grid steps to each side: its differences are the curvature."""

ROUND = 1e-10
"""A curvature of less than this share of the largest may be rounding alone: along a valley's floor there is none."""

STILL = 1e-9
"""A step of less than this share of a grid step changes nothing that can be seen."""


@dataclass(frozen=True)
class Lowest:
    """Where a picture is lowest.

    Attributes:
        place: (a, b).
        loss: there.
        is_vertex: whether it is a vertex of the grid, as it stands; else a minimum of the function itself, lower than
            every vertex, to which Newton's method leads from the lowest one.
    """

    place: tuple[float, float]
    loss: float
    is_vertex: bool


def lowest(slice_: Slice, surface: Surface, batch: Indices | None = None) -> Lowest | None:
    """The lowest vertex of a surface, refined to the minimum below it.

    Newton's method on the slice's exact gradient, its differences for the curvature. The vertex stands where that
    leads out of the picture, to a place that is no lower or no minimum, and where the slice is too dear.

    Args:
        slice_: the function.
        surface: its values on a grid with two axes, as far as they are known.
        batch: indices of the samples that the surface is of; None: all.

    Returns:
        None where no value is finite.

    Example:
        >>> import landscape as ls
        >>> scene = ls.lesson("ravine")
        >>> found = lowest(ls.Engine().slice(scene), ls.surface(scene))
        >>> found.is_vertex, [round(coordinate, 12) + 0.0 for coordinate in found.place]
        (False, [0.0, 0.0])
    """
    if surface.diverged.all():
        return None
    row, column = np.unravel_index(int(np.nanargmin(surface.loss)), surface.loss.shape)
    vertex = np.array([surface.a[column], surface.b[row]])
    standing = Lowest(_pair(vertex), float(surface.loss[row, column]), is_vertex=True)
    widths = np.array([_step(surface.a), _step(surface.b)])
    if slice_.point_work * 5 * STEPS > WORK or not widths.all():
        return standing
    corners = np.array([[surface.a[0], surface.b[0]], [surface.a[-1], surface.b[-1]]])
    place = _refined(slice_, vertex, corners + np.stack([-widths, widths]), widths, batch)
    if place is None:
        return standing
    loss = float(slice_.loss(place, batch))
    return Lowest(_pair(place), loss, is_vertex=False) if loss <= standing.loss else standing


def _refined(slice_: Slice, vertex: Array, corners: Array, widths: Array, batch: Indices | None) -> Array | None:
    """The minimum that Newton's method comes to from a vertex, (2,), between two corners (2, 2); else None."""
    looks = LOOK * widths
    around = np.stack([[0.0, 0.0], [looks[0], 0.0], [-looks[0], 0.0], [0.0, looks[1]], [0.0, -looks[1]]])
    place = vertex
    for _ in range(STEPS):
        with np.errstate(all="ignore"):
            slope, right, left, up, down = slice_.loss_and_gradient(place + around, batch)[1]  # (2,) each
            curvature = np.stack([(right - left) / (2 * looks[0]), (up - down) / (2 * looks[1])])
        curvature = (curvature + curvature.T) / 2
        if not np.isfinite([*slope, *curvature.ravel()]).all():
            return None
        least, largest = np.linalg.eigvalsh(curvature)
        if least <= ROUND * abs(largest):
            return None
        step = np.linalg.solve(curvature, slope)
        place = place - step
        if (place < corners[0]).any() or (place > corners[1]).any():
            return None
        if (np.abs(step) <= STILL * widths).all():
            return place
    return None


def _step(lines: Array) -> float:
    """The widest gap between grid lines; 0 where there is one line."""
    return float(np.diff(lines).max()) if lines.size > 1 else 0.0


def _pair(place: Array) -> tuple[float, float]:
    a, b = place
    return float(a), float(b)
