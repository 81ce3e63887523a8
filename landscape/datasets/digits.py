"""Real handwritten digits that come with scikit-learn: small, and always there."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from landscape.datasets.base import Samples, frozen, one_hot
from landscape.datasets.bundled import Bundled, Rows


class Digits(Bundled):
    """Handwritten digits of 8 x 8 pixels (Alpaydin and Kaynak 1998, UCI; the test set, as in scikit-learn).

    x = pixels / 16, so that each of the 64 inputs is in [0, 1]; y is one-hot over the digits 0..9.
    Nothing is downloaded. ``all`` is in the file's own order; ``train`` and ``test`` are a fixed random
    parting of it.

    Example:
        >>> x, y, image = Digits(samples=5).load()
        >>> x.shape, y.argmax(axis=1).tolist(), image
        ((5, 64), [0, 1, 2, 3, 4], (8, 8))
    """

    inputs: ClassVar[int] = 64
    outputs: ClassVar[int] = 10
    total: ClassVar[int] = 1797
    noun: ClassVar[str] = "handwritten digits (8 x 8)"
    item: ClassVar[str] = "digit"

    kind: Literal["digits"] = "digits"
    split: Literal["train", "test", "all"] = Field(
        "all",
        title="Split",
        json_schema_extra={"more": True},
        description="All images; or four fifths for training or one for testing, parted at random once and for ever.",
    )

    @property
    def image(self) -> tuple[int, int, int]:
        return 1, 8, 8

    @classmethod
    def rows(cls, split: str) -> Rows:
        return np.arange(cls.total, dtype=np.intp) if split == "all" else super().rows(split)

    def load(self) -> Samples:
        pixels, labels = _bundled()
        chosen = self.rows(self.split)[self.chosen()]
        return frozen(pixels[chosen] / 16.0, one_hot(labels[chosen], self.outputs), image=(8, 8))


@lru_cache(maxsize=1)
def _bundled() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """All pixels (1797, 64) in 0..16 and labels (1797,), read-only."""
    from sklearn.datasets import load_digits  # type: ignore[import-untyped]  # noqa: PLC0415 (slow to import)

    pixels, labels = load_digits(return_X_y=True)
    pixels.setflags(write=False)
    labels.setflags(write=False)
    return pixels, labels
