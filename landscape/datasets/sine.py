"""A noisy sine on thirty points, of which the last ten are kept for testing."""

from __future__ import annotations

import math
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from landscape.datasets.base import Samples, frozen
from landscape.datasets.sized import Sized

TRAIN, POINTS = 20, 30


class Sine(Sized):
    """Thirty noisy points of a sine: y = sin(2 pi x) + noise e, x in [0, 1) from left to right.

    Drawn by ``numpy.random.RandomState(seed)`` in this order: x uniform, 30 of them, then sorted; e standard
    normal, 30 of them. The first 20 are for training and the last 10 for testing: a test to the right of
    whatever was seen. x and y are (N, 1).

    Example:
        >>> train, test = Sine(split="train").load(), Sine(split="test").load()
        >>> len(train.x), len(test.x), bool(train.x.max() <= test.x.min())
        (20, 10, True)
    """

    task: ClassVar[Literal["classes", "numbers"]] = "numbers"
    inputs: ClassVar[int] = 1
    outputs: ClassVar[int] = 1
    noun: ClassVar[str] = "noisy points of a sine"
    item: ClassVar[str] = "point"

    kind: Literal["sine"] = "sine"
    samples: int = Field(TRAIN, ge=1, le=TRAIN, title="Samples", description="How many points, from the left.")
    split: Literal["train", "test"] = Field(
        "train",
        title="Split",
        json_schema_extra={"more": True},
        description="The 20 points on the left, meant for training, or the 10 on the right, meant for testing.",
    )
    noise: float = Field(0.1, ge=0, le=10, title="Noise", description="Standard deviation of the normal noise on y.")
    seed: int = Field(
        0, ge=0, le=2**32 - 1, title="Seed", json_schema_extra={"more": True}, description="Draws the points."
    )

    @classmethod
    def held(cls, split: str) -> int:
        return {"train": TRAIN, "test": POINTS - TRAIN}[split]

    def load(self) -> Samples:
        random = np.random.RandomState(self.seed)
        x = np.sort(random.uniform(0, 1, POINTS))
        y = np.sin(2 * math.pi * x) + self.noise * random.normal(0, 1, POINTS)
        first = 0 if self.split == "train" else TRAIN
        taken = slice(first, first + self.samples)
        return frozen(x[taken, None].copy(), y[taken, None].copy())
