"""Real handwritten digits that come with scikit-learn: small, and always there."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from landscape.datasets.base import Dataset, Samples, frozen, one_hot
from landscape.datasets.draw import draw

AVAILABLE = 1797


class Digits(Dataset):
    """Handwritten digits of 8 x 8 pixels (Alpaydin and Kaynak 1998, UCI; the test set, as in scikit-learn).

    x = pixels / 16, so that each of the 64 inputs is in [0, 1]; y is one-hot over the digits 0..9.
    Nothing is downloaded.

    Example:
        >>> x, y, image = Digits(samples=5).load()
        >>> x.shape, y.argmax(axis=1).tolist(), image
        ((5, 64), [0, 1, 2, 3, 4], (8, 8))
    """

    inputs: ClassVar[int] = 64
    outputs: ClassVar[int] = 10
    noun: ClassVar[str] = "handwritten digits (8 x 8)"
    item: ClassVar[str] = "digit"

    kind: Literal["digits"] = "digits"
    samples: int = Field(
        100, ge=1, le=AVAILABLE, title="Samples", description="How many images the loss is averaged over."
    )
    sample_seed: int | None = Field(
        None,
        ge=0,
        le=2**32 - 1,
        title="Sample seed",
        json_schema_extra={"more": True},
        description="Draws the samples at random; without it the first ones are taken.",
    )

    @property
    def image(self) -> tuple[int, int, int]:
        return 1, 8, 8

    @property
    def available(self) -> int:
        return AVAILABLE

    def load(self) -> Samples:
        pixels, labels = _bundled()
        chosen = draw(self.samples, self.available, self.sample_seed)
        return frozen(pixels[chosen] / 16.0, one_hot(labels[chosen], self.outputs), image=(8, 8))


@lru_cache(maxsize=1)
def _bundled() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """All pixels (1797, 64) in 0..16 and labels (1797,), read-only."""
    from sklearn.datasets import load_digits  # type: ignore[import-untyped]  # noqa: PLC0415 (slow to import)

    pixels, labels = load_digits(return_X_y=True)
    pixels.setflags(write=False)
    labels.setflags(write=False)
    return pixels, labels
