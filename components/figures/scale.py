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
    """

    a: Interval
    b: Interval
    loss: Interval
    colour: Interval
    cut: bool


def lifted(path: Path, shown: Extent) -> np.ndarray:
    """The heights at which a path is drawn in three dimensions, (T,)."""
    return path.loss + LIFT * (shown.loss[1] - shown.loss[0])


def extent(grid_a: Interval, grid_b: Interval, surface: Surface | None, paths: Sequence[Path]) -> Extent:
    """What the axes show of a surface with paths; a few steep cells do not flatten the rest."""
    low, high, cut = _heights(surface)
    heights = [low, high]
    for path in paths:
        if path.loss.size:
            heights += [min(float(path.loss.min()), high), min(float(path.loss.max()), high + 0.25 * (high - low))]
    lowest, highest = min(heights), max(heights)
    air = MARGIN * (highest - lowest) or MARGIN * (abs(highest) or 1.0)
    return Extent(
        _followed(grid_a, [path.a for path in paths]),
        _followed(grid_b, [path.b for path in paths]),
        (lowest - air, highest + air),
        (low, high if high > low else low + air),
        cut,
    )


def _heights(surface: Surface | None) -> tuple[float, float, bool]:
    finite = surface.loss[~surface.diverged] if surface is not None else np.empty(0)
    if not finite.size:
        return 0.0, 1.0, False
    low, high = float(finite.min()), float(finite.max())
    usual = float(np.percentile(finite, PERCENTILE))
    return (low, usual, True) if high - low > STEEP * (usual - low) > 0 else (low, high, False)


def _followed(grid: Interval, series: Sequence[np.ndarray]) -> Interval:
    width = BEYOND * (grid[1] - grid[0])
    ends = [float(end) for values in series if values.size for end in (values.min(), values.max())]
    low, high = min([grid[0], *ends]), max([grid[1], *ends])
    air = 0.01 * (grid[1] - grid[0])
    low = grid[0] if low >= grid[0] else max(low - air, grid[0] - width)
    high = grid[1] if high <= grid[1] else min(high + air, grid[1] + width)
    return low, high
