"""Samples that a program brings along."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from landscape.datasets.base import Array, Dataset, Samples, frozen
from landscape.datasets.draw import SampleSeed, draw


class OwnSamples(Dataset):
    """Base of the datasets that are added at run time around arrays.

    Attributes:
        x: (N, D), all there are.
        y: (N, K).
        samples: the first so many, or with ``sample_seed`` so many of them, drawn.
    """

    x: ClassVar[Array]
    y: ClassVar[Array]

    kind: str
    samples: int = Field(1, ge=1, title="Samples", description="How many samples the loss is averaged over.")
    sample_seed: SampleSeed = None

    @property
    def inputs(self) -> int:
        return int(self.x.shape[1])

    @property
    def outputs(self) -> int:
        return int(self.y.shape[1])

    @property
    def available(self) -> int:
        return len(self.x)

    def load(self) -> Samples:
        if self.samples == self.available and self.sample_seed is None:
            return Samples(self.x, self.y)
        chosen = draw(self.samples, self.available, self.sample_seed)
        return frozen(self.x[chosen], self.y[chosen])
