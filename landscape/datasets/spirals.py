"""Spiral arms that wind around each other."""

from __future__ import annotations

import math
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from landscape.datasets.base import Array
from landscape.datasets.generated import LARGEST, Random
from landscape.datasets.points import Points, noise_field

INNERMOST = 0.1


class Spirals(Points):
    """Two or three arms of an Archimedean spiral: r (cos phi, sin phi), phi = 2 pi (turns r + k / arms), and noise.

    k is the class. Drawn: r, uniform in [0.1, 1), then the noise. (After the two spirals of Lang & Witbrock
    1988, whose points are evenly spaced.)

    Example:
        >>> x, y, _ = Spirals(samples=2, noise=0, turns=1).load()
        >>> radius = np.hypot(*x[0])
        >>> bool(np.isclose(x[0, 0], radius * np.cos(2 * np.pi * radius)))
        True
    """

    noun: ClassVar[str] = "points of spirals"

    kind: Literal["spirals"] = "spirals"
    arms: int = Field(2, ge=2, le=3, title="Arms", description="How many spirals there are, one for each class.")
    turns: float = Field(
        1.5,
        gt=0,
        le=5,
        title="Turns",
        json_schema_extra={"more": True},
        description="How often an arm goes round from the origin to radius 1.",
    )
    noise: float = noise_field(0.03)

    @property
    def outputs(self) -> int:
        return self.arms

    def clean(self, random: Random, labels: Any) -> Array:
        radius = random.uniform(INNERMOST, 1, LARGEST)
        angle = 2 * math.pi * (self.turns * radius + labels / self.arms)
        return np.stack((radius * np.cos(angle), radius * np.sin(angle)), axis=1)
