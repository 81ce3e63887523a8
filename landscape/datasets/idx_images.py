"""Pictures of 28 x 28 pixels with labels 0..9 in four IDX files: what MNIST and its likes have in common."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import ClassVar, Literal, NamedTuple

import numpy as np
from pydantic import Field

from landscape.datasets.base import Samples, data_directory, frozen, one_hot
from landscape.datasets.collection import Collection
from landscape.datasets.idx import Bytes, Damage, IdxFile, read_idx
from landscape.datasets.newest import newest
from landscape.errors import DataCorrupt, DataMissing

CLASSES = 10


class Split(NamedTuple):
    """The two files of a split."""

    images: IdxFile
    labels: IdxFile


def split_files(split: str, images_md5: str | None = None, labels_md5: str | None = None) -> Split:
    """The files of a split, "train" or "test", as the format's authors named them; without checksums none are made."""
    name, count = {"train": ("train", 60_000), "test": ("t10k", 10_000)}[split]
    return Split(
        IdxFile(f"{name}-images-idx3-ubyte.gz", f"the images of the {split} split", (count, 28, 28), images_md5),
        IdxFile(f"{name}-labels-idx1-ubyte.gz", f"the labels of the {split} split", (count,), labels_md5),
    )


class IdxImages(Collection):
    """Base of the datasets in four IDX files, in the folder of the data directory that bears the kind's name.

    x = bytes / 255, so that each of the 784 inputs is in [0, 1]; y is one-hot over ten classes. Files are
    checked before anything of them is used.
    """

    inputs: ClassVar[int] = 784
    outputs: ClassVar[int] = CLASSES
    published: ClassVar[str]
    """The dataset's own name."""
    files: ClassVar[Mapping[str, Split]]
    """The files of each split."""
    balanced: ClassVar[bool] = False
    """Whether every class has as many images as every other."""
    lacking: ClassVar[str]
    """What to do where files are absent."""
    mending: ClassVar[str]
    """What to do where a file is damaged."""

    split: Literal["train", "test"] = Field(
        "train",
        title="Split",
        json_schema_extra={"more": True},
        description="The 60,000 images meant for training, or the 10,000 meant for testing.",
    )

    @property
    def image(self) -> tuple[int, int, int]:
        return 1, 28, 28

    @classmethod
    def held(cls, split: str) -> int:
        return cls.files[split].labels.shape[0]

    @classmethod
    def folder(cls) -> Path:
        """Where the files are."""
        return data_directory() / str(cls.model_fields["kind"].default)

    def missing(self) -> str | None:
        folder = self.folder()
        absent = " and ".join(file.name for file in self.files[self.split] if not _present(folder / file.name))
        if not absent:
            return None
        return (
            f"{self.published} is not there: {folder} has no {absent}; {self.lacking}, "
            f"or set LANDSCAPE_DATA to the folder that holds {folder.name}/."
        )

    def load(self) -> Samples:
        if sentence := self.missing():
            raise DataMissing(sentence)
        images, labels = (_Read(file, self.verified(file)) for file in self.files[self.split])

        def make() -> Samples:
            chosen = self.chosen()
            x = images.array[chosen].reshape(self.samples, self.inputs) / np.float64(255)  # (n, 28, 28) -> (n, 784)
            return frozen(x, one_hot(labels.array[chosen], self.outputs), image=(28, 28))

        return newest.samples((images, labels, self.sample_seed), self.samples, make)

    @classmethod
    def verified(cls, file: IdxFile) -> Bytes:
        """The array in one of the files, read once as long as the file stays the same.

        Raises:
            DataCorrupt: it cannot be read, or is not what it must be.
        """
        path = cls.folder() / file.name
        try:
            status = path.stat()
            with _reading:  # threads that want the same file wait for one reading of it
                array = _read(path, file, (status.st_size, status.st_mtime_ns), tuple(cls.files.values()))
            if array.ndim == 1:
                _check_labels(array, cls.balanced)
            return array
        except OSError as error:
            what = f"cannot be read ({error.strerror})"
        except Damage as damage:
            what = str(damage)
        raise DataCorrupt(f"{path} {what}; {cls.mending}.")


def _present(path: Path) -> bool:
    """Whether something is there, be it readable or not: reading it will say what is wrong with it."""
    try:
        path.stat()
    except OSError as error:
        return not isinstance(error, FileNotFoundError | NotADirectoryError)
    return True


_reading = Lock()


@lru_cache(maxsize=8)
def _read(path: Path, file: IdxFile, _version: tuple[int, int], splits: tuple[Split, ...]) -> Bytes:
    return read_idx(path, file, [one for split in splits for one in split])


def _check_labels(labels: Bytes, balanced: bool) -> None:
    counts = np.bincount(labels, minlength=CLASSES)
    if len(counts) > CLASSES:
        raise Damage(f"holds the label {len(counts) - 1}, but labels are 0 to {CLASSES - 1}")
    if balanced and (counts != counts[0]).any():
        raise Damage(f"does not hold {len(labels) // CLASSES:,} labels of each class")


class _Read:
    """A file's array, equal to another reading of the same file only if it is the very same array."""

    def __init__(self, file: IdxFile, array: Bytes) -> None:
        self.file, self.array = file, array

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Read) and self.array is other.array

    def __hash__(self) -> int:
        return hash(self.file)
