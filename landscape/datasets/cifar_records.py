"""The files of the CIFAR-10 binary version: records of 3,073 bytes, a label and then an image.

A record is the label (0..9), then 1,024 red, 1,024 green and 1,024 blue bytes, each plane row by row
(Krizhevsky 2009, "Learning multiple layers of features from tiny images"; its page, "Binary version").
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from landscape.datasets.base import Array
from landscape.errors import DataCorrupt

Bytes = NDArray[np.uint8]
Places = NDArray[np.intp]

PIXELS = 3072
RECORD = 1 + PIXELS
CLASSES = 10
PUBLISHED = 10_000
"""Records of each file as it is published."""

_BLOCK = 1000
"""Records that are read at once."""


class Batch(NamedTuple):
    """A file as the file system knows it; another content has another value.

    Attributes:
        path: where it is.
        mode: kind of file and permissions; 0 where that cannot be known.
        size: in bytes.
        modified: when, in nanoseconds.
    """

    path: Path
    mode: int = 0
    size: int = 0
    modified: int = 0

    @property
    def records(self) -> int:
        """How many images it holds; as many as are published where its size shows that it is damaged."""
        return self.size // RECORD if self.size and self.size % RECORD == 0 else PUBLISHED


def present(folder: Path, names: tuple[str, ...]) -> tuple[Batch, ...]:
    """Those of the files that are there, be they readable or not: reading them will say what is wrong."""
    found = []
    for path in (folder / name for name in names):
        try:
            status = path.stat()
            found.append(Batch(path, status.st_mode, status.st_size, status.st_mtime_ns))
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:
            found.append(Batch(path))
    return tuple(found)


@lru_cache(maxsize=8)
def labels(batch: Batch) -> Bytes:
    """All labels of a file, (records,) and read-only, once it has been found to be what it must be.

    Raises:
        DataCorrupt: it is not.
    """
    _check(batch)
    found = np.concatenate([block[:, 0] for _, block in _blocks(batch)])
    if (wrong := found >= CLASSES).any():
        place = int(wrong.argmax())
        raise _corrupt(batch, f"has the label {found[place]} in record {place:,}, but labels are 0 to {CLASSES - 1}")
    found.setflags(write=False)
    return found


@lru_cache(maxsize=8)
def pixel_sums(batch: Batch) -> NDArray[np.int64]:
    """The sum of a file's images, byte by byte: (3072,) exact and read-only."""
    total = np.zeros(PIXELS, np.int64)
    for _, block in _blocks(batch):
        total += block[:, 1:].sum(axis=0, dtype=np.int64)
    total.setflags(write=False)
    return total


def read_pixels(batch: Batch, places: Places, into: Array, rows: Places) -> None:
    """Read some images of a file: ``into[rows]`` becomes the bytes at ``places`` over 255.

    Args:
        batch: the file.
        places: (n,) which of its records; only blocks of the file that hold some of them are read.
        into: (N, 3072 or more), of which the first 3,072 columns are written.
        rows: (n,) where each goes.

    Raises:
        DataCorrupt: the file has become shorter.
    """
    for start, block in _blocks(batch, places):
        here = (places >= start) & (places < start + len(block))
        into[rows[here], :PIXELS] = block[places[here] - start, 1:] / np.float64(255)


def _check(batch: Batch) -> None:
    if stat.S_ISDIR(batch.mode):
        raise _corrupt(batch, "is a folder")
    if batch.mode and not stat.S_ISREG(batch.mode):
        raise _corrupt(batch, "is not a regular file")
    if batch.mode and not batch.size:
        raise _corrupt(batch, "is empty")
    if batch.size % RECORD:
        raise _corrupt(batch, f"has {batch.size:,} bytes, not a multiple of {RECORD:,}: {PIXELS:,} pixels and a label")


def _corrupt(batch: Batch, what: str) -> DataCorrupt:
    return DataCorrupt(f"{batch.path} {what}; put the file of this name of the CIFAR-10 binary version there.")


def _blocks(batch: Batch, places: Places | None = None) -> Iterator[tuple[int, Bytes]]:
    """Blocks of a file in order, each with the place of its first record: all, or those that hold some places."""
    wanted = range(-(-batch.records // _BLOCK)) if places is None else np.unique(places // _BLOCK)
    try:
        with batch.path.open("rb") as stream:
            for number in wanted:
                start = int(number) * _BLOCK
                count = min(_BLOCK, batch.records - start)
                stream.seek(start * RECORD)
                content = np.fromfile(stream, np.uint8, count * RECORD)
                if len(content) < count * RECORD:
                    raise _corrupt(batch, "has become shorter while it was read")
                yield start, content.reshape(count, RECORD)
    except OSError as error:
        raise _corrupt(batch, f"cannot be read ({error.strerror})") from error
