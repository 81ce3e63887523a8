"""Arrays with a small JSON header in one run of bytes: what the cache holds and what the browser reads.

Layout: 4 bytes little-endian length of the header; the header, UTF-8 JSON
``{"meta": ..., "arrays": {name: [dtype, shape, offset, length]}}``, padded with spaces so that what follows
starts at a multiple of 8; the arrays' raw bytes, little-endian, C order, each at its offset from there.
Nothing in it can be executed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from landscape.errors import CacheCorrupt

DTYPES = {"float32": "<f4", "float64": "<f8", "int64": "<i8", "uint8": "|u1", "bool": "|b1"}
_SUM_BYTES = 16

Arrays = Mapping[str, NDArray[Any]]


def pack(meta: Any, arrays: Arrays) -> bytes:
    """One run of bytes from JSON-able ``meta`` and named arrays.

    Raises:
        TypeError: an array is not of float32, float64, int64, uint8 or bool.

    Example:
        >>> meta, arrays = unpack(pack({"level": 1}, {"z": np.zeros((2, 3))}))
        >>> meta["level"], arrays["z"].shape
        (1, (2, 3))
    """
    index, chunks, offset = {}, [], 0
    for name, array in arrays.items():
        if array.dtype.name not in DTYPES:
            raise TypeError(f"Array {name} must be float32, float64, int64, uint8 or bool. Got {array.dtype}.")
        raw = np.ascontiguousarray(array, dtype=DTYPES[array.dtype.name]).tobytes()
        index[name] = [array.dtype.name, list(array.shape), offset, len(raw)]
        chunks += [raw, bytes(-len(raw) % 8)]
        offset += len(raw) + -len(raw) % 8
    header = json.dumps({"meta": meta, "arrays": index}, separators=(",", ":"), allow_nan=False).encode()
    header += b" " * (-(len(header) + 4) % 8)
    return b"".join([len(header).to_bytes(4, "little"), header, *chunks])


def unpack(data: bytes) -> tuple[Any, dict[str, NDArray[Any]]]:
    """What :func:`pack` was given; the arrays are read-only views of ``data``."""
    length = int.from_bytes(data[:4], "little")
    header = json.loads(data[4 : 4 + length])
    body = memoryview(data)[4 + length :]
    arrays = {
        name: np.frombuffer(body[offset : offset + size], dtype=DTYPES[dtype]).reshape(shape)
        for name, (dtype, shape, offset, size) in header["arrays"].items()
    }
    return header["meta"], arrays


def seal(data: bytes, key: str) -> bytes:
    """``data`` behind the checksum (BLAKE2b, 128 bits) of its key and itself: it holds under this key only."""
    return _checksum(data, key) + data


def unseal(sealed: object, key: str) -> bytes:
    """What :func:`seal` was given.

    Raises:
        CacheCorrupt: it is not bytes, or the checksum does not match: altered, or another key's.
    """
    if not isinstance(sealed, bytes) or len(sealed) <= _SUM_BYTES:
        raise CacheCorrupt("A cached entry is not in its sealed form.")
    data = sealed[_SUM_BYTES:]
    if _checksum(data, key) != sealed[:_SUM_BYTES]:
        raise CacheCorrupt("A cached entry does not match its checksum.")
    return data


def _checksum(data: bytes, key: str) -> bytes:
    checksum = hashlib.blake2b(key.encode() + b"\0", digest_size=_SUM_BYTES)
    checksum.update(data)
    return checksum.digest()
