"""A circle inside another."""

from __future__ import annotations

import math
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from landscape.datasets.base import Array
from landscape.datasets.generated import LARGEST, Random
from landscape.datasets.points import Points


class Circles(Points):
    """Two circles around the origin: class 0 at radius 1, class 1 at ``inner``, and noise.

    Drawn: the angle, uniform in [0, 2 pi), then the noise.

    Example:
        >>> x, y, _ = Circles(samples=4, noise=0, inner=0.25).load()
        >>> np.hypot(*x.T).round(12).tolist()
        [1.0, 0.25, 1.0, 0.25]
    """

    outputs: ClassVar[int] = 2
    noun: ClassVar[str] = "points of two circles"

    kind: Literal["circles"] = "circles"
    inner: float = Field(
        0.5,
        gt=0,
        lt=1,
        title="Inner radius",
        json_schema_extra={"more": True},
        description="Radius of the inner circle; that of the outer one is 1.",
    )

    def clean(self, random: Random, labels: Any) -> Array:
        angle = random.uniform(0, 2 * math.pi, LARGEST)
        radius = np.where(labels == 0, 1.0, self.inner)
        return np.stack((radius * np.cos(angle), radius * np.sin(angle)), axis=1)
