"""Datasets that come with scikit-learn in one piece, which is parted here into a training and a testing part."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from landscape.datasets.collection import Collection

Rows = NDArray[np.intp]


class Bundled(Collection):
    """Base of the datasets that come with scikit-learn. Nothing is downloaded.

    The parting is always the same: of the fixed permutation ``RandomState(0).permutation(total)`` the first
    four fifths, rounded down, are for training, the rest for testing. ``all`` is both, one after the other.
    """

    total: ClassVar[int]
    """How many samples there are in all."""

    split: Literal["train", "test", "all"] = Field(
        "train",
        title="Split",
        json_schema_extra={"more": True},
        description="Four fifths for training and one for testing, parted at random once and for ever; or all.",
    )

    @classmethod
    def held(cls, split: str) -> int:
        train = cls.total * 4 // 5
        return {"train": train, "test": cls.total - train, "all": cls.total}[split]

    @classmethod
    def rows(cls, split: str) -> Rows:
        """Places of a split's samples in the whole, in the order in which they are taken."""
        return parted(cls.total, split)


def parted(total: int, split: str) -> Rows:
    """Places of a split's samples among ``total``, in the order in which they are taken."""
    order = np.random.RandomState(0).permutation(total).astype(np.intp, copy=False)
    train = total * 4 // 5
    return {"train": order[:train], "test": order[train:], "all": order}[split]
