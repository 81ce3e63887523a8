"""Samples that a program brings along."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from landscape.datasets.base import Array, Dataset, Samples, frozen
from landscape.datasets.draw import draw


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
    sample_seed: int | None = Field(
        None,
        ge=0,
        le=2**32 - 1,
        title="Sample seed",
        json_schema_extra={"more": True},
        description="Draws the samples at random; without it the first ones are taken.",
    )

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
