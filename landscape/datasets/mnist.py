"""The MNIST digits, read from their four IDX files, which can be fetched on request."""

from __future__ import annotations

import os
import tempfile
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import ClassVar, Literal, NamedTuple, Self

import numpy as np
from pydantic import Field, model_validator

from landscape.datasets.base import Dataset, Samples, data_directory, frozen, one_hot
from landscape.datasets.draw import draw
from landscape.datasets.idx import Bytes, Damage, IdxFile, read_idx
from landscape.datasets.mirrors import NoMirror, download
from landscape.datasets.newest import Newest
from landscape.errors import DataCorrupt, DataError, DataMissing
from landscape.part import refusal

MIRRORS = ("https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/")
"""Where the files are fetched from, in this order; ``LANDSCAPE_MNIST_URL`` replaces them by one address."""


class Split(NamedTuple):
    """The two files of a split."""

    images: IdxFile
    labels: IdxFile


def _split(name: str, words: str, count: int, images_md5: str, labels_md5: str) -> Split:
    return Split(
        IdxFile(f"{name}-images-idx3-ubyte.gz", f"the images of the {words} split", (count, 28, 28), images_md5),
        IdxFile(f"{name}-labels-idx1-ubyte.gz", f"the labels of the {words} split", (count,), labels_md5),
    )


SPLITS = {
    "train": _split("train", "train", 60_000, "6bbc9ace898e44ae57da46a324031adb", "a25bea736e30d166cdddb491f175f624"),
    "test": _split("t10k", "test", 10_000, "2646ac647ad5339dbf082846283269ea", "27ae3e4e09519cfbb04c329615203637"),
}
FILES = tuple(file for split in SPLITS.values() for file in split)


class Mnist(Dataset):
    """Handwritten digits of 28 x 28 pixels (LeCun, Bottou, Bengio and Haffner 1998).

    x = bytes / 255, so that each of the 784 inputs is in [0, 1]; y is one-hot over the digits 0..9.
    The files are read from ``mnist/`` in the data directory and checked before anything of them is used.

    Example:
        >>> Mnist(samples=10).load().y.argmax(axis=1).tolist()                  # doctest: +SKIP
        [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    """

    inputs: ClassVar[int] = 784
    outputs: ClassVar[int] = 10
    noun: ClassVar[str] = "MNIST digits"
    item: ClassVar[str] = "digit"

    kind: Literal["mnist"] = "mnist"
    split: Literal["train", "test"] = Field(
        "train",
        title="Split",
        json_schema_extra={"more": True},
        description="The 60,000 images meant for training, or the 10,000 meant for testing.",
    )
    samples: int = Field(100, ge=1, title="Samples", description="How many images the loss is averaged over.")
    sample_seed: int | None = Field(
        None,
        ge=0,
        le=2**32 - 1,
        title="Sample seed",
        json_schema_extra={"more": True},
        description="Draws the samples at random; without it the first ones are taken.",
    )

    @model_validator(mode="after")
    def _enough(self) -> Self:
        if self.samples > self.available:
            sentence = f"Samples must be at most {self.available} for the {self.split} split. Got {self.samples}."
            raise refusal("samples", sentence, self.samples)
        return self

    @property
    def image(self) -> tuple[int, int, int]:
        return 1, 28, 28

    @property
    def available(self) -> int:
        return SPLITS[self.split].labels.shape[0]

    def missing(self) -> str | None:
        folder = _folder()
        absent = " and ".join(file.name for file in SPLITS[self.split] if not _present(folder / file.name))
        if not absent:
            return None
        return (
            f'MNIST is not there: {folder} has no {absent}; run landscape.fetch("mnist") to download it, '
            "or set LANDSCAPE_DATA to the folder that holds mnist/."
        )

    def load(self) -> Samples:
        if sentence := self.missing():
            raise DataMissing(sentence)
        images, labels = (_Read(file, _verified(file)) for file in SPLITS[self.split])

        def make() -> Samples:
            chosen = draw(self.samples, self.available, self.sample_seed)
            x = images.array[chosen].reshape(self.samples, self.inputs) / np.float64(255)  # (n, 28, 28) -> (n, 784)
            return frozen(x, one_hot(labels.array[chosen], self.outputs), image=(28, 28))

        return _newest.samples((images, labels, self.sample_seed), self.samples, make)

    @classmethod
    def fetch(cls, timeout: float = 20.0) -> Path:
        """Download the files that are absent or damaged; sound ones are kept.

        Each file appears under its name only when it is complete and its checksum is right.

        Args:
            timeout: seconds to wait for a connection, and for each piece of an answer.

        Returns:
            The folder that holds the files.

        Raises:
            DataError: no mirror gave a file, or it could not be saved.
        """
        folder = _folder()
        wanted = [file for file in FILES if not _sound(file)]
        own = os.environ.get("LANDSCAPE_MNIST_URL")
        mirrors = [own.rstrip("/") + "/"] if own else list(MIRRORS)
        try:
            if wanted:  # a folder with sound files need not be writable
                folder.mkdir(parents=True, exist_ok=True)
                with tempfile.TemporaryDirectory(prefix=".fetch-", dir=folder) as scratch:
                    for file in wanted:
                        arrived = Path(scratch) / file.name
                        good = download(file, FILES, arrived, mirrors, timeout)
                        mirrors = [good, *(mirror for mirror in mirrors if mirror != good)]
                        arrived.replace(folder / file.name)
        except NoMirror as error:
            raise DataError(
                f"MNIST cannot be fetched: {error}. Try again later, or set LANDSCAPE_MNIST_URL to another mirror; "
                'the pictures can be made on the bundled digits meanwhile (data of kind "digits").'
            ) from error
        except OSError as error:
            raise DataError(f"MNIST cannot be saved in {folder} ({error.strerror}).") from error
        return folder


def _folder() -> Path:
    return data_directory() / "mnist"


def _present(path: Path) -> bool:
    """Whether something is there, be it readable or not: reading it will say what is wrong with it."""
    try:
        path.stat()
    except OSError as error:
        return not isinstance(error, FileNotFoundError | NotADirectoryError)
    return True


_reading = Lock()
_newest = Newest()


def _verified(file: IdxFile) -> Bytes:
    """Give the array in a file of the data directory, read once as long as the file stays the same."""
    path = _folder() / file.name
    try:
        status = path.stat()
        with _reading:  # threads that want the same file wait for one reading of it
            return _read(path, file, (status.st_size, status.st_mtime_ns))
    except OSError as error:
        what = f"cannot be read ({error.strerror})"
    except Damage as damage:
        what = str(damage)
    raise DataCorrupt(f'{path} {what}; delete it and run landscape.fetch("mnist") to get it anew.')


@lru_cache(maxsize=len(FILES))
def _read(path: Path, file: IdxFile, _version: tuple[int, int]) -> Bytes:
    return read_idx(path, file, FILES)


class _Read:
    """A file's array, equal to another reading of the same file only if it is the very same array."""

    def __init__(self, file: IdxFile, array: Bytes) -> None:
        self.file, self.array = file, array

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Read) and self.array is other.array

    def __hash__(self) -> int:
        return hash(self.file)


def _sound(file: IdxFile) -> bool:
    try:
        _verified(file)
    except DataCorrupt:
        return False
    return True
