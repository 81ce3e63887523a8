"""Noisy points of the plane in classes."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from landscape.datasets.base import Array, one_hot
from landscape.datasets.generated import LARGEST, Generated, Random, turns


def noise_field(default: float) -> Any:
    """The field ``noise`` with a default that suits the kind."""
    return Field(
        default,
        ge=0,
        le=10,
        title="Noise",
        description="Standard deviation of the normal noise on both coordinates.",
    )


class Points(Generated):
    """Base of the datasets of points in classes: x is where a point is, (N, 2), y its class, one-hot.

    A kind says where the points are without noise; ``noise`` times ``randn(10000, 2)``, drawn last, is added.
    """

    inputs: ClassVar[int] = 2
    item: ClassVar[str] = "point"

    noise: float = noise_field(0.1)

    def clean(self, random: Random, labels: Any) -> Array:
        """Points without noise, (LARGEST, 2), of classes ``labels`` (LARGEST,)."""
        raise NotImplementedError

    def draw(self, random: Random) -> tuple[Array, Array]:
        labels = turns(self.outputs)
        clean = self.clean(random, labels)
        return clean + self.noise * random.randn(LARGEST, 2), one_hot(labels, self.outputs)
