"""Work spread over the cores of this machine, for numpy calls that let other threads run meanwhile."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import cache
from threading import local
from typing import TypeVar

from landscape.blas import one_thread

Piece = TypeVar("Piece")
Result = TypeVar("Result")

_here = local()


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(function: Callable[[Piece], Result], pieces: Iterable[Piece]) -> list[Result]:
    """``function`` of every piece, in order, on all cores; by the caller alone where there is one piece or core.

    Each piece should take a tenth of a millisecond or more, or handing it over costs more than it brings.
    A piece that spreads work itself does that work alone. What a piece raises reaches the caller, when the others
    have come to an end.

    Example:
        >>> spread(abs, [-1, 2, -3])
        [1, 2, 3]
    """
    found = list(pieces)
    helpers = min(cores(), len(found)) - 1
    if helpers < 1 or getattr(_here, "busy", False):
        return [function(piece) for piece in found]
    waiting = iter(enumerate(found))  # next() of it is one step of the interpreter: no piece is taken twice
    results: dict[int, Result] = {}

    def take() -> None:
        with alone():
            for number, piece in waiting:
                results[number] = function(piece)

    with one_thread:
        others = [_pool().submit(take) for _ in range(helpers)]
        try:
            take()
        finally:
            for other in others:
                if not other.cancel():  # one that has not begun would find nothing left
                    wait([other])
    for other in others:
        if not other.cancelled():
            other.result()
    return [results[number] for number in range(len(found))]


@contextmanager
def alone() -> Iterator[None]:
    """What this thread spreads meanwhile, it does alone: for workers whose neighbours are at work already."""
    before = getattr(_here, "busy", False)
    _here.busy = True
    try:
        yield
    finally:
        _here.busy = before


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(cores(), thread_name_prefix="spread")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.cache_clear)  # threads do not live on in a child
