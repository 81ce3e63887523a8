"""Round clouds, one for each class."""

from __future__ import annotations

import math
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from landscape.datasets.base import Array
from landscape.datasets.generated import Random
from landscape.datasets.points import Points, noise_field


class Blobs(Points):
    """A round cloud for each of K classes: that of class k around (cos 2 pi k / K, sin 2 pi k / K).

    Drawn: the noise alone.

    Example:
        >>> Blobs(classes=4, samples=4, noise=0).load().x.round(12).tolist()
        [[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [-0.0, -1.0]]
    """

    noun: ClassVar[str] = "points of round clouds"

    kind: Literal["blobs"] = "blobs"
    classes: int = Field(3, ge=2, le=10, title="Classes", description="How many clouds there are, one for each class.")
    noise: float = noise_field(0.3)

    @property
    def outputs(self) -> int:
        return self.classes

    def clean(self, random: Random, labels: Any) -> Array:
        angle = 2 * math.pi * labels / self.classes
        return np.stack((np.cos(angle), np.sin(angle)), axis=1)
