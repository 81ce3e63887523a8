"""Two moons that reach into each other."""

from __future__ import annotations

import math
from typing import Any, ClassVar, Literal

import numpy as np

from landscape.datasets.base import Array
from landscape.datasets.generated import LARGEST, Random
from landscape.datasets.points import Points


class Moons(Points):
    """Two half circles: class 0 at (cos t, sin t), class 1 at (1 - cos t, 1/2 - sin t), and noise.

    Drawn: t uniform in [0, pi), then the noise. No straight line parts the classes. The curves are those of
    ``sklearn.datasets.make_moons``, where t is evenly spaced instead.

    Example:
        >>> x, y, _ = Moons(samples=4, noise=0).load()
        >>> np.hypot(*x[::2].T).round(12).tolist()
        [1.0, 1.0]
    """

    outputs: ClassVar[int] = 2
    noun: ClassVar[str] = "points of two moons"

    kind: Literal["moons"] = "moons"

    def clean(self, random: Random, labels: Any) -> Array:
        t = random.uniform(0, math.pi, LARGEST)
        upper = np.stack((np.cos(t), np.sin(t)), axis=1)
        return np.asarray(np.where(labels[:, None] == 0, upper, (1.0, 0.5) - upper))
