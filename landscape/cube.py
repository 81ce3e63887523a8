"""A start found by grid search over more than two weights: the best vertex of a cube around the initial ones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from landscape.models.base import Array, Blocks, spans
from landscape.objective import MULTIPLICATIONS_PER_SECOND, Objective
from landscape.part import complaint, to_text
from landscape.reading import got, whole

MAX_VERTICES = 100_000
"""Of a cube."""

MAX_SECONDS = 60.0
"""That a search may take, by a careful guess of the machine's speed."""

Axes = NDArray[np.int64]


@dataclass(frozen=True)
class Cube:
    """The vertex of least loss among ``per_axis ** axes`` around the initial parameters.

    Its axes are those weights along which the loss is steepest at the initial parameters; biases are left out. So a
    cube in all weights of a small model is the plain grid search, and in a large one it moves what matters first.

    Attributes:
        per_axis: vertices along each axis, evenly spaced from ``-half_width`` to ``half_width``.
        half_width: how far the cube reaches to each side of an initial weight, in the weight's own units.
        axes: how many weights are moved.
        block: the matrix that they are taken from; None: all of them.

    Example:
        >>> str(Cube(5, 0.5, 3, "W3")), Cube(5, 0.5, 3).vertices
        ('cube,5,0.5,3,W3', 125)
    """

    per_axis: int = 3
    half_width: float = 1.0
    axes: int = 4
    block: str | None = None
    kind: Literal["cube"] = "cube"

    def __str__(self) -> str:
        text = f"{self.kind},{self.per_axis},{to_text(self.half_width)},{self.axes}"
        return text if self.block is None else f"{text},{self.block}"

    @property
    def vertices(self) -> int:
        """How many there are."""
        return int(self.per_axis**self.axes)

    @property
    def counted(self) -> str:
        """Their number in words: "5^4 = 625"."""
        return f"{self.per_axis}^{self.axes} = {self.vertices:,}"

    def offsets(self, first: int, last: int) -> Array:
        """Where the vertices ``first`` to ``last`` lie from the initial weights: (last - first, axes)."""
        steps = np.linspace(-self.half_width, self.half_width, self.per_axis)
        digits = np.unravel_index(np.arange(first, last), (self.per_axis,) * self.axes)
        return np.asarray(steps[np.stack(digits, axis=-1)])


def read_cube(given: Sequence[Any]) -> Cube:
    """A cube from vertices an axis, half width, axes, and perhaps a block; what is not given has its default.

    Raises:
        PydanticCustomError: a sentence that says what is wanted and what was got.
    """
    default = Cube()
    items = [*given, *(None,) * (4 - len(given))]
    counts = whole([default.per_axis if items[0] is None else items[0], default.axes if items[2] is None else items[2]])
    if len(items) > 4 or counts is None or not (2 <= counts[0] <= 101 and 1 <= counts[1] <= 12):
        wanted = "Starts of a cube must be vertices an axis (2 to 101), half width, axes (1 to 12), and perhaps a block"
        raise complaint(f"{wanted}. Got {got(list(given))}.")
    try:
        width = float(default.half_width if items[1] is None else items[1])
    except (TypeError, ValueError):
        width = math.nan
    if not 0 < width <= 1e6:
        raise complaint(f"Starts of a cube need a half width above 0 and at most 1,000,000. Got {got(items[1])}.")
    cube = Cube(counts[0], width, counts[1], None if items[3] is None else str(items[3]).strip()[:40])
    if cube.vertices > MAX_VERTICES:
        raise complaint(f"Starts of a cube may be {MAX_VERTICES:,} vertices at most. Got {cube.counted}.")
    return cube


def candidates(blocks: Blocks, biases: frozenset[str], block: str | None) -> Axes:
    """The flat places of the weights that may be axes: of one block, or of all that are no biases."""
    found = [np.arange(span.start, span.stop) for name, _, span in spans(blocks)
             if name not in biases and block in (None, name)]  # fmt: skip
    return np.concatenate(found) if found else np.empty(0, dtype=np.int64)


def steepest(objective: Objective, cube: Cube) -> Axes:
    """The flat places of the cube's axes, rising: where the initial gradient is largest; of two alike the first."""
    places = candidates(objective.blocks, objective.model.biases(), cube.block)
    with np.errstate(all="ignore"):
        slope = np.nan_to_num(np.abs(objective.gradient(objective.theta0)[places]), posinf=np.inf)
    return np.sort(places[np.argsort(-slope, kind="stable")[: cube.axes]])


def seconds(cube: Cube, work: float) -> float:
    """How long the losses take, about, of ``work`` multiplications each."""
    return cube.vertices * work / MULTIPLICATIONS_PER_SECOND


def budget(cube: Cube, work: float, samples: int | None) -> str:
    """What a search costs, in words.

    Args:
        cube: what is looked at.
        work: multiplications of one loss.
        samples: of the loss; None where there are none.

    Example:
        >>> budget(Cube(5, 1.0, 4), 7e5, 100)
        '5^4 = 625 losses on 100 samples, about 0.2 s'
    """
    duration = seconds(cube, work)
    on = f" on {samples:,} sample{'s' if samples > 1 else ''}" if samples else ""
    about = "less than 0.1 s" if duration < 0.1 else f"about {float(f'{duration:.1g}'):g} s"
    if duration >= 100:
        about = f"about {duration / 60:,.0f} minutes"
    return f"{cube.counted} losses{on}, {about}"
