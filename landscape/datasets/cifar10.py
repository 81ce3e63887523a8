"""CIFAR-10, read from the files of its binary version."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from landscape.datasets.base import Array, Samples, data_directory, frozen, one_hot
from landscape.datasets.cifar_records import CLASSES, PIXELS, PUBLISHED, Batch, labels, pixel_sums, present, read_pixels
from landscape.datasets.collection import Collection
from landscape.datasets.draw import draw
from landscape.datasets.newest import newest
from landscape.errors import DataMissing

FILES = {"train": tuple(f"data_batch_{number}.bin" for number in range(1, 6)), "test": ("test_batch.bin",)}


class Cifar10(Collection):
    """Small colour photographs of ten classes, 32 x 32 (Krizhevsky 2009, "Learning multiple layers of features ...").

    x = bytes / 255: 1,024 red, 1,024 green, 1,024 blue values, each plane row by row; ``centre`` subtracts
    from each its mean over all training images that are here; ``bias_column`` appends a one, 3,073 inputs in
    all. y is one-hot over airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck.

    The files ``data_batch_1.bin`` to ``data_batch_5.bin`` and ``test_batch.bin`` are read from ``cifar10/`` in the
    data directory. A split is whichever of its files are there, in this order; where none is, it counts as
    50,000 or 10,000 images that are missing. Sizes and labels are checked before anything is used.

    Example:
        >>> Cifar10(samples=5).load().y.argmax(axis=1).tolist()                 # doctest: +SKIP
        [6, 9, 9, 4, 1]
    """

    outputs: ClassVar[int] = CLASSES
    noun: ClassVar[str] = "CIFAR-10 images"
    item: ClassVar[str] = "image"
    names: ClassVar[tuple[str, ...]] = (
        "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
    )  # fmt: skip

    kind: Literal["cifar10"] = "cifar10"
    split: Literal["train", "test"] = Field(
        "train",
        title="Split",
        json_schema_extra={"more": True},
        description="The images meant for training, or those meant for testing; of those that are here.",
    )
    centre: bool = Field(
        False,
        title="Centre",
        json_schema_extra={"more": True},
        description="Subtracts the mean image of all training images that are here.",
    )
    bias_column: bool = Field(
        False,
        title="Bias column",
        json_schema_extra={"more": True},
        description="Appends an input that is always 1, for models without biases of their own.",
    )

    @property
    def inputs(self) -> int:
        return PIXELS + self.bias_column

    @property
    def image(self) -> tuple[int, int, int] | None:
        return None if self.bias_column else (3, 32, 32)

    @property
    def picture(self) -> tuple[int, int, int]:
        return 3, 32, 32

    @classmethod
    def held(cls, split: str) -> int:
        return sum(batch.records for batch in _batches(split)) or PUBLISHED * len(FILES[split])

    @property
    def words(self) -> str:
        what, here = super().words, _batches(self.split)
        if 0 < len(here) < len(FILES[self.split]):
            what += f" (of the {self.available:,} here)"
        return f"{what}, centred" if self.centre else what

    def version(self) -> str:
        files = {batch.path.name: batch.size for split in FILES for batch in _batches(split)}
        return ",".join(f"{name}:{size}" for name, size in files.items())

    def missing(self) -> str | None:
        where = _folder()
        remedy = (
            "put files of the CIFAR-10 binary version there, "
            f"or set LANDSCAPE_DATA to the folder that holds {where.name}/."
        )
        if not _batches(self.split):
            return f"CIFAR-10 is not there: {where} has {_none_of(self.split)}; {remedy}"
        if self.samples > self.available:
            found = f"{where} holds {self.available:,} images of the {self.split} split"
            return f"CIFAR-10 is not all there: {found}, and {self.samples:,} are asked for; {remedy}"
        if self.centre and not _batches("train"):
            mean = "the mean image is that of the training images"
            return f"CIFAR-10 is not all there: {mean}, and {where} has {_none_of('train')}; {remedy}"
        return None

    def load(self) -> Samples:
        if sentence := self.missing():
            raise DataMissing(sentence)
        batches, training = _batches(self.split), _batches("train") if self.centre else ()
        key = (batches, training, self.centre, self.bias_column, self.sample_seed)
        return newest.samples(key, self.samples, lambda: self._draw(batches, training))

    def _draw(self, batches: tuple[Batch, ...], training: tuple[Batch, ...]) -> Samples:
        known = {batch: labels(batch) for batch in (*batches, *training)}  # all are checked before anything is used
        chosen = draw(self.samples, sum(batch.records for batch in batches), self.sample_seed)
        x = np.ones((self.samples, self.inputs))
        first = 0
        for batch in batches:
            rows = np.flatnonzero((chosen >= first) & (chosen < first + batch.records))
            read_pixels(batch, chosen[rows] - first, x, rows)
            first += batch.records
        if training:
            x[:, :PIXELS] -= _mean_image(training)
        y = one_hot(np.concatenate([known[batch] for batch in batches])[chosen], self.outputs)
        return frozen(x, y)


def _mean_image(training: tuple[Batch, ...]) -> Array:
    """The mean of all images in the files, (3072,)."""
    count = sum(batch.records for batch in training)
    return np.asarray(sum(pixel_sums(batch) for batch in training) / (255.0 * count))


def _folder() -> Path:
    return data_directory() / "cifar10"


def _batches(split: str) -> tuple[Batch, ...]:
    return present(_folder(), FILES[split])


def _none_of(split: str) -> str:
    names = FILES[split]
    return f"no {names[0]}" if len(names) == 1 else f"none of {names[0]} to {names[-1]}"
