"""Results in a cache, each behind a checksum: what is broken there is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from landscape.cache import Cache
from landscape.container import pack, seal, unpack, unseal
from landscape.errors import CacheCorrupt

Records = Mapping[str, NDArray[Any]]


class Store:
    """Named arrays and plain bytes under keys.

    Args:
        cache: where they are.

    Example:
        >>> from landscape.cache import MemoryCache
        >>> store = Store(MemoryCache())
        >>> store.find("tile") is None
        True
    """

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def find(self, key: str) -> Records | None:
        """The arrays that were kept; None when there are none, or broken ones."""
        data = self.find_bytes(key)
        return None if data is None else unpack(data)[1]

    def keep(self, key: str, arrays: Records) -> None:
        """Keep arrays, for as long as the cache has room."""
        self.keep_bytes(key, pack(None, arrays))

    def find_bytes(self, key: str) -> bytes | None:
        """The bytes that were kept; None when there are none, or broken ones."""
        sealed = self._cache.get(key)
        if sealed is None:
            return None
        try:
            return unseal(sealed, key)
        except CacheCorrupt:
            return None

    def keep_bytes(self, key: str, data: bytes) -> None:
        """Keep bytes, for as long as the cache has room."""
        self._cache.set(key, seal(data, key))
