"""What the axes of a picture show: the grid, the paths that leave it, and heights that can be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from landscape import Path, Surface

BEYOND = 0.5
"""A path is followed beyond the grid by so many widths of it on each side, no farther."""

MARGIN = 0.04
"""Air below and above the heights, as a share of their range."""

PERCENTILE = 98
STEEP = 20
"""Where the highest point stands more than STEEP times above the PERCENTILE, heights above that are cut off."""

FINE = 6e-4
"""Heights that differ by less than this share of themselves are more than 32 bits can draw smoothly."""

LEVELS = 21
"""Contour lines, evenly spaced in height."""

LIFT = 0.012
"""In three dimensions a path floats above its true loss by this share of the height, or the surface would hide
it: between grid points the surface is drawn straight, and in a valley that is above the true function."""

Interval = tuple[float, float]


class Extent(NamedTuple):
    """What the axes show.

    Attributes:
        a: from and to on the first axis.
        b: from and to on the second axis.
        loss: from and to in height.
        colour: heights of the first and the last colour.
        cut: whether heights above ``colour[1]`` are cut off.
        level: from and to of the loss curve.
        line: whether the plane is a line, so that the flat picture's second axis is the loss.
    """

    a: Interval
    b: Interval
    loss: Interval
    colour: Interval
    cut: bool
    level: Interval
    line: bool = False

    @property
    def base(self) -> float:
        """What is taken off the heights in three dimensions: the graphics card counts in 32 bits.

        Zero where these can tell the heights apart.
        """
        low, high = self.loss
        return low if high - low < FINE * max(abs(low), abs(high)) else 0.0


class Drawn(NamedTuple):
    """Where a path is drawn, (T,) each: its own coordinates as far as the axes go.

    A path that leaves for good stays at its last place in the picture, where its mark then stands; a path that comes
    back is interrupted. NaN where nothing is drawn.

    Attributes:
        a: first coordinate.
        b: second coordinate; of a path on a line its loss.
        height: in three dimensions, lifted by ``LIFT`` and with ``Extent.base`` taken off.
        level: on the loss curve, cut off above what it shows.
    """

    a: np.ndarray
    b: np.ndarray
    height: np.ndarray
    level: np.ndarray


def drawn(path: Path, shown: Extent) -> Drawn:
    """Where a path is drawn in a picture that shows ``shown``."""
    inside = np.ones(path.loss.size, dtype=bool)
    b = path.loss if shown.line else path.b
    for values, (low, high) in ((path.a, shown.a), (b, shown.b)):
        inside &= (low <= values) & (values <= high)
    places = np.arange(inside.size)
    last = int(places[inside].max(initial=-1))
    places[last + 1 :] = last
    seen = inside[places] if last >= 0 else inside
    height = path.loss - shown.base + LIFT * (shown.loss[1] - shown.loss[0])
    height = np.where(path.loss <= shown.loss[1], height, np.nan)
    a, b, height = (np.where(seen, values[places], np.nan) for values in (path.a, b, height))
    return Drawn(a, b, height, np.minimum(path.loss, 2 * shown.level[1] - shown.level[0]))


def extent(grid_a: Interval, grid_b: Interval | None, surface: Surface, paths: Sequence[Path]) -> Extent:
    """What the axes show of a surface with paths; a few steep cells do not flatten the rest.

    Of a curve (``grid_b`` None) the second axis shows the heights.
    """
    low, high, cut = _heights(surface)
    heights = [low, high]
    for loss in _known(paths):
        heights += [min(float(loss.min()), high), min(float(loss.max()), high + 0.25 * (high - low))]
    lowest, highest = min(heights), max(heights)
    air = MARGIN * (highest - lowest) or MARGIN * (abs(highest) or 1.0)
    loss = (lowest - air, highest + air)
    return Extent(
        _followed(grid_a, [path.a for path in paths]),
        loss if grid_b is None else _followed(grid_b, [path.b for path in paths]),
        loss,
        (low, high if high > low else low + air),
        cut,
        _levels(paths),
        grid_b is None,
    )


def _known(paths: Sequence[Path]) -> list[np.ndarray]:
    """The losses of each path that are known by now, of those of which any is: they may follow the path."""
    known = [path.loss[np.isfinite(path.loss)] for path in paths]
    return [loss for loss in known if loss.size]


def _levels(paths: Sequence[Path]) -> Interval:
    """From and to of the loss curve: a descent that blows up is cut off, so that the rest can be read."""
    losses = _known(paths)
    if not losses:
        return 0.0, 1.0
    low = min(float(loss.min()) for loss in losses)
    first = max(float(loss[0]) for loss in losses)
    high = min(max(float(loss.max()) for loss in losses), first + 2 * max(first - low, abs(first)))
    air = 0.06 * (high - low) or 0.06 * (abs(high) or 1.0)
    return low - air, high + air


def _heights(surface: Surface) -> tuple[float, float, bool]:
    finite = surface.loss[~surface.diverged]
    if not finite.size:
        return 0.0, 1.0, False
    low, high = float(finite.min()), float(finite.max())
    usual = float(np.percentile(finite, PERCENTILE))
    return (low, usual, True) if high - low > STEEP * (usual - low) > 0 else (low, high, False)


def _followed(grid: Interval, series: Sequence[np.ndarray]) -> Interval:
    width = BEYOND * (grid[1] - grid[0])
    near = [values[(grid[0] - width <= values) & (values <= grid[1] + width)] for values in series]
    ends = [float(end) for values in near if values.size for end in (values.min(), values.max())]
    low, high = min([grid[0], *ends]), max([grid[1], *ends])
    air = 0.01 * (grid[1] - grid[0])
    return (grid[0] if low >= grid[0] else low - air), (grid[1] if high <= grid[1] else high + air)
