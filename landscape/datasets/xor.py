"""The exclusive or: what no straight line can part."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np

from landscape.datasets.base import Array
from landscape.datasets.generated import Random
from landscape.datasets.points import Points, noise_field

_CLOUDS = np.array([[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]])


class Xor(Points):
    """Four clouds around (1, 1), (-1, 1), (-1, -1), (1, -1), in turns; class 1 where the signs differ, else 0.

    The class is that of the cloud, also where the noise carries a point over an axis. Drawn: the noise alone.
    (Minsky & Papert 1969, "Perceptrons".)

    Example:
        >>> x, y, _ = Xor(samples=4, noise=0).load()
        >>> x.tolist(), y.argmax(axis=1).tolist()
        ([[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]], [0, 1, 0, 1])
    """

    outputs: ClassVar[int] = 2
    noun: ClassVar[str] = "points of four clouds (exclusive or)"

    kind: Literal["xor"] = "xor"
    noise: float = noise_field(0.3)

    def clean(self, random: Random, labels: Any) -> Array:
        return np.asarray(_CLOUDS[np.arange(len(labels)) % len(_CLOUDS)])
