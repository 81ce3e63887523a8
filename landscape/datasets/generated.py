"""Samples that are generated: drawn from a process that is written down, as many as are wanted."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from landscape.datasets.base import Array, Dataset, Samples, frozen

LARGEST = 10_000
"""Samples of a generated dataset at most. All of them are drawn each time, so this number is part of every draw."""

Random = np.random.RandomState


class Generated(Dataset):
    """Base of the generated datasets.

    The training split is drawn by ``numpy.random.RandomState(seed)``, the testing split, which is as large and
    independent of it, by ``RandomState([seed, 1])``: numpy keeps the numbers of both the same for ever. All
    10,000 samples are drawn and the first are taken, so that fewer samples are the first of more. Where there
    are classes, they take turns: 0, 1, ..., 0, 1, ...
    """

    samples: int = Field(
        200, ge=1, le=LARGEST, title="Samples", description="How many samples the loss is averaged over."
    )
    split: Literal["train", "test"] = Field(
        "train",
        title="Split",
        json_schema_extra={"more": True},
        description="The samples to train on, or others of the same process to test on.",
    )
    seed: int = Field(
        0, ge=0, le=2**32 - 1, title="Seed", json_schema_extra={"more": True}, description="Draws the samples."
    )

    @property
    def available(self) -> int:
        return LARGEST

    def draw(self, random: Random) -> tuple[Array, Array]:
        """All samples: x (LARGEST, D) and y (LARGEST, K).

        The order of the draws is part of a kind's contract; its docstring says it.
        """
        raise NotImplementedError

    def load(self) -> Samples:
        x, y = self.draw(Random(self.seed) if self.split == "train" else Random([self.seed, 1]))
        return frozen(x[: self.samples].copy(), y[: self.samples].copy())


def turns(classes: int) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """The labels of all samples: the classes take turns, (LARGEST,).

    Example:
        >>> turns(3)[:5].tolist()
        [0, 1, 2, 0, 1]
    """
    return np.arange(LARGEST, dtype=np.intp) % classes
