"""The IDX format: arrays of bytes behind a short header, compressed with gzip.

A header is two zero bytes, the type (8: unsigned bytes), the number of axes, and each axis' length as a
big-endian 32-bit integer; then come the values in C order (http://yann.lecun.com/exdb/mnist, "file formats").
"""

from __future__ import annotations

import hashlib
import math
import stat
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]

_CHUNK = 1 << 16
_GZIP = b"\x1f\x8b"


class IdxFile(NamedTuple):
    """What a file must be.

    Attributes:
        name: the file's name.
        content: what it holds, in words: "the labels of the test split".
        shape: the lengths of its axes.
        md5: of the uncompressed content, header included (compressors differ, the content does not);
            None where it is not known.
    """

    name: str
    content: str
    shape: tuple[int, ...]
    md5: str | None = None

    @property
    def size(self) -> int:
        """Bytes of the uncompressed content, header included."""
        return 4 + 4 * len(self.shape) + math.prod(self.shape)


class Damage(ValueError):
    """A file is not what it must be. The message goes on from the file's name: "is empty"."""


def read_idx(path: Path, file: IdxFile, family: Iterable[IdxFile] = ()) -> Bytes:
    """Read the array in a compressed IDX file, once its header, size and checksum have been found right.

    Never decompresses more than one byte beyond the right size.

    Args:
        path: where the file is.
        file: what it must be.
        family: files that it may have been confused with, so that the message can say so.

    Returns:
        ``file.shape`` uint8, read-only.

    Raises:
        Damage: the file cannot be read, or is truncated, damaged, swapped or altered.

    Example:
        >>> read_idx(folder / TRAIN_LABELS.name, TRAIN_LABELS)[:3]              # doctest: +SKIP
        array([5, 0, 4], dtype=uint8)
    """
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise Damage("is a folder" if stat.S_ISDIR(mode) else "is not a regular file")
        with path.open("rb") as stream:
            content, ended = _inflate(stream, file.size)
    except OSError as error:
        raise Damage(f"cannot be read ({error.strerror})") from error
    _check(content, ended, file, family)
    array = np.frombuffer(content, np.uint8, offset=file.size - math.prod(file.shape)).reshape(file.shape)
    array.setflags(write=False)
    return array


def _inflate(stream: BinaryIO, size: int) -> tuple[bytearray, bool]:
    """At most ``size + 1`` bytes of a gzip stream, and whether its end was seen."""
    chunk = stream.read(_CHUNK)
    if not chunk:
        raise Damage("is empty")
    if not chunk.startswith(_GZIP):
        raise Damage("is not a gzip file")
    content, member = bytearray(), zlib.decompressobj(wbits=31)  # 31: gzip with header, length and CRC-32
    try:
        while chunk and len(content) <= size:
            content += member.decompress(chunk, size + 1 - len(content))
            chunk = member.unused_data or member.unconsumed_tail or stream.read(_CHUNK)
            if member.eof and chunk:  # a gzip file may be several in a row
                member = zlib.decompressobj(wbits=31)
    except zlib.error as error:
        raise Damage("is damaged and cannot be decompressed") from error
    return content, member.eof


def _check(content: bytearray, ended: bool, file: IdxFile, family: Iterable[IdxFile]) -> None:
    """Raise :class:`Damage` unless ``content`` is exactly what ``file`` says."""
    header = file.size - math.prod(file.shape)
    shape = _shape(content)
    if shape != file.shape:
        for other in family:
            if shape == other.shape:
                raise Damage(f"holds {other.content} instead of {file.content}")
        if len(content) >= header:
            raise Damage(f"does not hold {file.content}: its header is not that of {_times(file.shape)} bytes")
    if len(content) > file.size:
        raise Damage(f"is longer than its {file.size:,} bytes")
    if not ended:
        raise Damage(f"is cut off after {len(content):,} of {file.size:,} bytes")
    if len(content) < file.size:
        raise Damage(f"holds only {len(content):,} of {file.size:,} bytes")
    if file.md5 is not None and hashlib.md5(content, usedforsecurity=False).hexdigest() != file.md5:
        raise Damage(f"is altered: the checksum of its content is not that of {file.content}")


def _shape(content: bytearray) -> tuple[int, ...] | None:
    """Read the lengths of the axes; None where there is no header of an array of bytes."""
    if content[:3] != b"\0\0\x08" or len(content) < 4 or len(content) < 4 + 4 * content[3]:
        return None
    return tuple(np.frombuffer(content, ">u4", count=content[3], offset=4).tolist())


def _times(shape: tuple[int, ...]) -> str:
    return " x ".join(f"{length:,}" for length in shape)
