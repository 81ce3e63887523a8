"""What a process keeps ready: the things used last, bounded in number and in bytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from threading import Lock
from typing import Any

Holdings = Callable[[Any], Iterable[tuple[Any, int]]]
"""Everything that a thing keeps alive, each with the bytes that are its own."""


class Shelf:
    """Keeps the most recently used things; the newest stays, whatever its size. Safe for threads.

    Args:
        count: things that are kept at most.
        limit: bytes that they hold together at most, beside what the newest holds; what is held by several
            counts once.
        holdings: what a thing holds.

    Example:
        >>> shelf = Shelf(2, 1000, lambda thing: [(thing, len(thing))])
        >>> for name in ("a", "b", "a", "c"): shelf.put(name, name.upper())
        >>> shelf.get("a"), shelf.get("b"), shelf.get("c")
        ('A', None, 'C')
    """

    def __init__(self, count: int, limit: int, holdings: Holdings) -> None:
        self._count, self._limit, self._holdings = count, limit, holdings
        self._things: OrderedDict[Hashable, Any] = OrderedDict()
        self._at_most = 0  # bytes; all are counted anew only when they may be too many
        self._lock = Lock()

    def get(self, key: Hashable) -> Any:
        """The thing, or None."""
        with self._lock:
            if key in self._things:
                self._things.move_to_end(key)
            return self._things.get(key)

    def put(self, key: Hashable, thing: Any) -> None:
        """Keep the thing as the newest, and drop the oldest ones that there is no room for."""
        with self._lock:
            self._things[key] = thing
            self._things.move_to_end(key)
            self._at_most += sum(self._weights(thing).values())
            if len(self._things) > self._count or self._at_most > self._limit:
                self._trim(thing)

    def drop(self, key: Hashable) -> None:
        """Forget a thing."""
        with self._lock:
            self._things.pop(key, None)

    def make_room(self) -> None:
        """Drop what is over the limit, the newest too: something large is about to be made."""
        with self._lock:
            self._trim(None)

    def _trim(self, newest: Any) -> None:
        weights = {key: self._weights(thing) for key, thing in self._things.items()}
        spared = self._weights(newest)
        while self._things:
            together = {place: size for held in weights.values() for place, size in held.items()}
            self._at_most = sum(together.values())
            counted = sum(size for place, size in together.items() if place not in spared)
            oldest = next(iter(self._things))
            if (len(self._things) <= self._count and counted <= self._limit) or self._things[oldest] is newest:
                return
            del self._things[oldest], weights[oldest]
        self._at_most = 0

    def _weights(self, thing: Any) -> dict[int, int]:
        """Bytes of everything that a thing keeps alive, by identity."""
        return {} if thing is None else {id(held): size for held, size in self._holdings(thing)}
