"""The plane of two random directions."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from landscape.models.base import Blocks, Shape, size, spans
from landscape.part import refusal
from landscape.planes.base import Array, Plane, PlaneKind

_UNITS = {"none": "", "layer": " (in layer norms)", "filter": " (in filter norms)"}
_PARALLEL = 1e-12
"""Least squared sine of the angle between the directions; below it nothing can be projected."""


class Random(PlaneKind):
    """One or two Gaussian directions, by default filter-normalised (Li et al. 2018).

    ``u``, then ``v``, are drawn by ``numpy.random.RandomState(seed).randn(P)`` in flat order; biases get
    zeros. Each group ``d`` of a direction is then given the length of the same group ``w`` of the origin::

        none     left as drawn
        layer    d <- d |w| / |d|     a group is a block
        filter   d <- d |w| / |d|     a group is a row of a block: all that leads to one unit

    A step of 1 along a normalised direction so moves each group by its own length. Where w is zero, d is.
    A block of a single axis is one group. Li et al.'s own code adds 1e-10 to |d|; here nothing is added.

    Source: H. Li, Z. Xu, G. Taylor, C. Studer, T. Goldstein, Visualizing the Loss Landscape of Neural Nets
    (NeurIPS 2018), arXiv:1712.09913, section 4.

    Example:
        >>> plane = Random(seed=1).build(np.array([3.0, 4, 0, 0, 9]), {"W": (2, 2), "b": (1,)}, frozenset({"b"}))
        >>> round(float(np.hypot(*plane.u[:2])), 12)  # the weights to the first unit are (3, 4)
        5.0
        >>> bool(plane.u[2:].any())
        False
    """

    noun: ClassVar[str] = "two random directions"

    kind: Literal["random"] = "random"
    seed: int = Field(
        0,
        ge=0,
        le=2**32 - 1,
        title="Seed",
        description="Each seed draws another pair of directions; the same seed always the same pair.",
    )
    normalisation: Literal["none", "layer", "filter"] = Field(
        "filter",
        title="Normalisation",
        description="Whose length a direction takes: each unit's own weights (filter), each layer's, or none.",
    )

    directions: int = Field(
        2, ge=1, le=2, title="Directions", description="Two: a surface. One: a curve along the first of them."
    )

    @property
    def axes(self) -> int:
        return self.directions

    def check(self, blocks: Blocks) -> None:
        if all(shape == () for shape in blocks.values()):
            raise refusal("plane", "A random plane needs a network: a function of x and y is looked at along x and y.")

    def build(self, theta: Array, blocks: Blocks, biases: frozenset[str]) -> Plane:
        """Draw the plane through parameters ``theta`` (P,) laid out by ``blocks``.

        Raises:
            pydantic.ValidationError: as :meth:`check`, or the directions span nothing
                (one weight only, or weights that are zero almost everywhere).
        """
        self.check(blocks)
        draw, count = np.random.RandomState(self.seed), size(blocks)
        directions = np.stack([draw.randn(count), draw.randn(count)])  # (2, P)
        for name, shape, span in spans(blocks):
            if name in biases:
                directions[:, span] = 0
            elif self.normalisation != "none":
                groups = self._groups(shape)
                rows = directions[:, span].reshape(2, groups, -1)
                directions[:, span] = _scaled(rows, theta[span].reshape(groups, -1)).reshape(2, -1)
        u, v = directions
        if self.directions == 1:
            v = np.zeros_like(u)
        if self._span_nothing(u, v):
            two = "two directions that are parallel or zero" if self.directions == 2 else "a direction that is zero"
            raise refusal(
                "plane.seed",
                f"Seed {self.seed} with normalisation {self.normalisation} gives {two} "
                f"for this model's {self.through}; choose another seed or normalisation.",
                self.seed,
            )
        return Plane(np.array(theta, dtype=np.float64), u, v)

    def _span_nothing(self, u: Array, v: Array) -> bool:
        if self.directions == 1:
            return not u @ u > 0  # so small a length counts as none: nothing projects on it
        return bool((u @ u) * (v @ v) - (u @ v) ** 2 <= _PARALLEL * (u @ u) * (v @ v))

    def words(self, parameters: int) -> str:
        normalised = "" if self.normalisation == "none" else f"{self.normalisation}-normalised "
        two = f"two {normalised}random directions" if self.directions == 2 else f"a {normalised}random direction"
        return f"along {two} through its {parameters:,} {self.through}"

    def hides(self, parameters: int) -> str:
        two, others = ("two", "Two others") if self.directions == 2 else ("one", "Another")
        return (
            f"A slice: all weights move together along {two} of {parameters:,} possible directions."
            f" {others} would show another picture."
        )

    def axis_titles(self) -> tuple[str, str]:
        unit = _UNITS[self.normalisation]
        return f"direction 1{unit}", f"direction 2{unit}" if self.directions == 2 else ""

    def _groups(self, shape: Shape) -> int:
        """How many equal runs of a block's flat order are normalised each by itself."""
        return shape[0] if self.normalisation == "filter" and len(shape) > 1 else 1


def _scaled(rows: Array, weights: Array) -> Array:
    """``rows`` (2, G, M) with the lengths of ``weights`` (G, M), group by group."""
    length = np.linalg.norm(rows, axis=-1, keepdims=True)  # (2, G, 1)
    wanted = np.linalg.norm(weights, axis=-1, keepdims=True)  # (G, 1)
    scaled: Array = rows * np.divide(wanted, length, out=np.zeros_like(length), where=length > 0)
    return scaled
