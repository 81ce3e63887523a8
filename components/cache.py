"""flask-caching's cache for the engine: plain bytes in, plain bytes out, never a pickle."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import IO, Any

from cachelib import SimpleCache
from cachelib.base import BaseCache
from cachelib.serializers import BaseSerializer
from flask import Flask
from flask_caching import Cache
from redis.exceptions import RedisError

from landscape import MemoryCache

REST = 5.0
"""Seconds for which a place that failed is not asked again: many answers that time out would add up."""

SPARE = 4_000
"""Entries kept in this process while the place fails: those of one scene and more."""

ENTRIES = 20_000
"""Kept in a folder at most; a scene makes some hundreds, of some kilobytes each."""

MEMORY = 256 << 20
"""Bytes kept in this process's memory at most."""


YEAR = 365 * 24 * 3600
"""Seconds that an entry is kept at most. A bound, because cachelib takes entries without one for the oldest of all:
its memory cache drops them all at once when it is full, its folder in no order."""


class PlainBytes(BaseSerializer):
    """Keeps bytes as they are and whole numbers as digits; a pickle planted in the cache is only bytes."""

    def dumps(self, value: Any, protocol: int = 0) -> bytes:
        return b"#" + str(value).encode() if isinstance(value, int) else b"=" + bytes(value)

    def loads(self, bvalue: bytes | None) -> bytes | int | None:
        if not bvalue:
            return None
        if bvalue[:1] == b"#" and bvalue[1:].isdigit():
            return int(bvalue[1:])
        return bvalue[1:] if bvalue[:1] == b"=" else None

    def dump(self, value: Any, f: IO[bytes], protocol: int = 0) -> None:
        f.write(self.dumps(value))

    def load(self, f: IO[bytes]) -> bytes | int | None:
        return self.loads(f.read())


class Lenient:
    """A cache that may fail: the failing place is left alone for a while, and what was to go there is kept here.

    Without that a scene of many slices would begin anew with each of them and never be done. What is asked for here
    once the place answers again is brought there: a visitor's table cannot be computed anew, and other processes look
    for it.

    Args:
        cache: the one behind it.
    """

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._rests_until = 0.0
        self._spare = SimpleCache(threshold=SPARE, default_timeout=YEAR)
        self._owed: set[str] = set()  # kept here for want of an answer, not of room

    def get(self, key: str) -> Any:
        found = self._try(lambda: self._cache.get(key))
        if found is not None:
            return found
        spare = self._spare.get(key)
        if spare is not None and key in self._owed and self._try(lambda: self._cache.set(key, spare)):
            self._owed.discard(key)
        return spare

    def set(self, key: str, value: bytes) -> Any:
        done = self._try(lambda: self._cache.set(key, value))
        if done is None and len(self._owed) < SPARE:
            self._owed.add(key)
        return done or self._spare.set(key, value)

    def _try(self, ask: Callable[[], Any]) -> Any:
        if time.monotonic() < self._rests_until:
            return None
        try:
            return ask()
        except (RedisError, OSError):
            self._rests_until = time.monotonic() + REST
            return None


class _Bounded(BaseCache):
    """A place in this process's memory that is bounded in bytes, where cachelib's counts entries."""

    def __init__(self) -> None:
        super().__init__(default_timeout=0)
        self._memory = MemoryCache(MEMORY)

    def get(self, key: str) -> Any:
        return self._memory.get(key)

    def set(self, key: str, value: bytes, timeout: int | None = None) -> bool:
        self._memory.set(key, value)
        return True


def in_memory(_app: Flask, _config: dict[str, Any], _args: list[Any], _options: dict[str, Any]) -> _Bounded:
    """How flask-caching makes a cache that it knows by its import path."""
    return _Bounded()


def make_cache(server: Flask, place: str) -> Lenient:
    """The cache at ``place``.

    Args:
        server: the app's Flask server.
        place: empty for this process's memory; a folder, shared by the processes of one machine; or
            ``redis://host:port/0``, shared by all.
    """
    config: dict[str, Any] = {"CACHE_DEFAULT_TIMEOUT": YEAR, "CACHE_THRESHOLD": ENTRIES, "CACHE_SERIALIZER": PlainBytes}
    if place.startswith(("redis://", "rediss://")):
        config |= {"CACHE_TYPE": "RedisCache", "CACHE_REDIS_URL": place, "CACHE_KEY_PREFIX": "landscape/",
                   "CACHE_OPTIONS": {"socket_timeout": 0.25, "socket_connect_timeout": 0.25}}  # fmt: skip
    elif place:
        config |= {"CACHE_TYPE": "FileSystemCache", "CACHE_DIR": place}
    else:
        config |= {"CACHE_TYPE": "components.cache.in_memory", "CACHE_SERIALIZER": None}
    return Lenient(Cache(server, config=config))
