"""The MNIST digits, read from their four IDX files, which can be fetched on request."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Literal

from landscape.datasets.idx import IdxFile
from landscape.datasets.idx_images import IdxImages, Split, split_files
from landscape.datasets.mirrors import NoMirror, download
from landscape.errors import DataCorrupt, DataError

MIRRORS = ("https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/")
"""Where the files are fetched from, in this order; ``LANDSCAPE_MNIST_URL`` replaces them by one address."""

SPLITS = {
    "train": split_files("train", "6bbc9ace898e44ae57da46a324031adb", "a25bea736e30d166cdddb491f175f624"),
    "test": split_files("test", "2646ac647ad5339dbf082846283269ea", "27ae3e4e09519cfbb04c329615203637"),
}
FILES = tuple(file for split in SPLITS.values() for file in split)


class Mnist(IdxImages):
    """Handwritten digits of 28 x 28 pixels (LeCun, Bottou, Bengio and Haffner 1998).

    x = bytes / 255, so that each of the 784 inputs is in [0, 1]; y is one-hot over the digits 0..9.
    The files are read from ``mnist/`` in the data directory and checked before anything of them is used.

    Example:
        >>> Mnist(samples=10).load().y.argmax(axis=1).tolist()                  # doctest: +SKIP
        [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    """

    noun: ClassVar[str] = "MNIST digits"
    item: ClassVar[str] = "digit"
    published: ClassVar[str] = "MNIST"
    files: ClassVar[Mapping[str, Split]] = SPLITS
    lacking: ClassVar[str] = 'run landscape.fetch("mnist") to download it'
    mending: ClassVar[str] = 'delete it and run landscape.fetch("mnist") to get it anew'

    kind: Literal["mnist"] = "mnist"

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
        folder = cls.folder()
        wanted = [file for file in FILES if not cls._sound(file)]
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

    @classmethod
    def _sound(cls, file: IdxFile) -> bool:
        try:
            cls.verified(file)
        except DataCorrupt:
            return False
        return True
