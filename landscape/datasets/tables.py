"""Where tables are held: each under what it holds and whose it is, so that nobody else can name it."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple, Protocol, TypeVar

from landscape.datasets.csv_design import Design, TargetAs, designed
from landscape.datasets.csv_table import Sheet, read_sheet
from landscape.datasets.csv_text import Header

LIMIT = 200_000_000
"""Bytes of tables that are held together at most."""

KEPT = 8
"""Tables that a process keeps read."""

KEPT_BYTES = 100_000_000
"""Bytes of their columns, and of their inputs, at most; the newest stay. Words that become inputs of 0 and 1 take forty
times as many as in the file.
"""

K = TypeVar("K")
T = TypeVar("T")

EXAMPLE = "penguins.csv"
"""The table that everybody has: 344 penguins (Horst, Hill & Gorman 2020, doi:10.5281/zenodo.3960218; CC0)."""


class Place(Protocol):
    """What tables need of a cache: flask-caching's ``Cache`` and :class:`landscape.MemoryCache` fit."""

    def get(self, key: str) -> Any:
        """The value, or None."""
        ...

    def set(self, key: str, value: bytes) -> Any:
        """Keep the value, for as long as there is room."""
        ...


class Reading(NamedTuple):
    """How a file is read.

    Attributes:
        header: whether its first row names the columns.
        target: the column that is predicted, counted from 1.
        target_as: as what.
    """

    header: Header
    target: int
    target_as: TargetAs


def digest_of(data: bytes) -> str:
    """Names the content of a file: 32 hexadecimal digits."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


class Tables:
    r"""Holds files, those of each owner apart. Safe for threads.

    A file lies under the HMAC of its content's digest by its owner's secret. Who does not know the secret cannot
    name it, even with the digest, which links carry. What is altered in the cache is missing.

    Args:
        cache: where they are, shared by processes where it is; None: in this object.
        limit: bytes of all files together at most; the oldest go first. Processes that add files in the same
            moment may miscount by these.

    Example:
        >>> tables = Tables()
        >>> digest = tables.keep(b"a,b\n1,2\n", owner=b"me")
        >>> tables.find(digest, owner=b"me"), tables.find(digest, owner=b"you")
        (b'a,b\n1,2\n', None)
    """

    def __init__(self, cache: Place | None = None, limit: int = LIMIT) -> None:
        self._cache: Place = _Here() if cache is None else cache
        self._limit = limit
        self._adding, self._reading = Lock(), Lock()
        self._sheets: OrderedDict[str, Sheet] = OrderedDict()
        self._designs: OrderedDict[tuple[str, Reading], Design] = OrderedDict()

    def __reduce__(self) -> tuple[Callable[[], Tables], tuple[()]]:
        return _own, ()  # in another process: that one's; what is held here stays here

    def __deepcopy__(self, _memo: object) -> Tables:
        return self

    def keep(self, data: bytes, owner: bytes = b"") -> str:
        """Hold a file, as it is; its digest."""
        digest = digest_of(data)
        key = _key(digest, owner)
        with self._adding:
            self._cache.set(key, data)
            held = [entry for entry in self._index() if entry[0] != key] + [(key, len(data))]
            while sum(size for _, size in held) > self._limit and len(held) > 1:
                oldest, _ = held.pop(0)
                self._cache.set(oldest, b"")
            self._cache.set(_INDEX, json.dumps(held).encode())
        return digest

    def drop(self, digest: str, owner: bytes = b"") -> None:
        """Hold a file no longer."""
        key = _key(digest, owner)
        with self._adding:
            self._cache.set(key, b"")
            held = [entry for entry in self._index() if entry[0] != key]  # what is no longer held takes nobody's room
            self._cache.set(_INDEX, json.dumps(held).encode())
            self._sheets.clear()
            self._designs.clear()

    def find(self, digest: str, owner: bytes = b"") -> bytes | None:
        """A file of an owner; None where it is not held. The example is everybody's."""
        if digest == example_digest():
            return example()
        data = self._cache.get(_key(digest, owner))
        return data if isinstance(data, bytes) and digest_of(data) == digest else None

    def sheet(self, digest: str, owner: bytes, header: Header) -> Sheet | None:
        """A file's columns; None where it is not held.

        Raises:
            DataCorrupt: it cannot be read.
        """
        return self._kept(self._sheets, f"{_key(digest, owner)} {header}", lambda: self._read(digest, owner, header))

    def design(self, digest: str, owner: bytes, reading: Reading) -> Design | None:
        """A file's inputs and targets; None where it is not held.

        Raises:
            DataCorrupt: it cannot be read so.
        """

        def make() -> Design | None:
            sheet = self.sheet(digest, owner, reading.header)
            return None if sheet is None else designed(sheet, reading.target, reading.target_as)

        return self._kept(self._designs, (_key(digest, owner), reading), make)

    def _read(self, digest: str, owner: bytes, header: Header) -> Sheet | None:
        data = self.find(digest, owner)
        if data is None:
            return None
        with self._reading:  # one at a time: a large file takes a hundred megabytes meanwhile
            return read_sheet(data, header)

    def _index(self) -> list[tuple[str, int]]:
        """Keys and sizes of what is held, the oldest first."""
        try:
            return [(str(key), int(size)) for key, size in json.loads(self._cache.get(_INDEX) or b"[]")]
        except (ValueError, TypeError):
            return []

    def _kept(self, kept: OrderedDict[K, T], key: K, make: Callable[[], T | None]) -> T | None:
        with self._adding:
            if key in kept:
                kept.move_to_end(key)
                return kept[key]
        made = make()
        if made is not None:
            with self._adding:
                kept[key] = made
                while len(kept) > 1 and (len(kept) > KEPT or sum(map(_bytes_of, kept.values())) > KEPT_BYTES):
                    kept.popitem(last=False)
        return made


_INDEX = "tables"

_WORD = 60
"""Bytes of a short text in memory, or of two whole numbers, about."""


def _bytes_of(read: Any) -> int:
    """What a sheet or a design holds in memory, about."""
    if isinstance(read, Design):
        return read.x.nbytes + read.y.nbytes
    assert isinstance(read, Sheet)
    columns = sum(
        (0 if column.numbers is None else column.numbers.nbytes)
        + (0 if column.codes is None else column.codes.nbytes)
        + _WORD * len(column.words)
        for column in read.columns
    )
    return columns + _WORD * len(read.lines) // 2


def _key(digest: str, owner: bytes) -> str:
    return f"table/{hmac.new(owner, digest.encode(), hashlib.sha256).hexdigest()}"


class _Here:
    """A cache for those who bring none; the tables see to its bounds."""

    def __init__(self) -> None:
        self._entries: dict[str, bytes] = {}

    def get(self, key: str) -> bytes | None:
        return self._entries.get(key)

    def set(self, key: str, value: bytes) -> None:
        if value:
            self._entries[key] = value
        else:
            self._entries.pop(key, None)


@lru_cache(maxsize=1)
def example() -> bytes:
    """The example's file."""
    return (Path(__file__).parent / EXAMPLE).read_bytes()


@lru_cache(maxsize=1)
def example_digest() -> str:
    """The example's digest."""
    return digest_of(example())


own = Tables()
"""Of this process: the tables of whoever uses the package without a server."""


def _own() -> Tables:
    return own
