"""A cache in memory for those who bring none, and what the engine asks of any cache."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Any, Protocol


class Cache(Protocol):
    """What the engine needs: flask-caching's ``Cache``, cachelib's and a plain client all fit."""

    def get(self, key: str) -> Any:
        """The value, or None."""
        ...

    def set(self, key: str, value: bytes) -> Any:
        """Keep the value, for as long as there is room."""
        ...


class MemoryCache:
    """Keeps the most recently used entries up to a number of bytes. Safe for threads.

    Args:
        limit: bytes of values that are kept at most.

    Example:
        >>> cache = MemoryCache(limit=8)
        >>> cache.set("a", b"12345"); cache.set("b", b"12345")
        >>> cache.get("a") is None, cache.get("b")
        (True, b'12345')
    """

    def __init__(self, limit: int = 256 << 20) -> None:
        self._limit, self._size = limit, 0
        self._entries: OrderedDict[str, bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str) -> bytes | None:
        with self._lock:
            if key in self._entries:
                self._entries.move_to_end(key)
            return self._entries.get(key)

    def set(self, key: str, value: bytes) -> None:
        if len(value) > self._limit:  # it would push out everything, and then itself
            return
        with self._lock:
            self._size += len(value) - len(self._entries.pop(key, b""))
            self._entries[key] = value
            while self._size > self._limit:
                _, dropped = self._entries.popitem(last=False)
                self._size -= len(dropped)
