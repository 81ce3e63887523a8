"""Whose turn it is: a few at a time, in the order in which they asked."""

from __future__ import annotations

from collections import deque
from threading import Event, Lock


class Turns:
    """A few may be at it at the same time; the others stand in a queue that nobody can jump.

    A semaphore lets a thread that comes back at once pass those who wait; here a turn that ends is handed to
    the first in the queue. Who does not wait just then is passed over, and keeps its place.

    Args:
        count: how many at the same time.

    Example:
        >>> turns = Turns(1)
        >>> with turns.ask() as first, turns.ask() as second:
        ...     first.comes(1), second.comes(0)
        (True, False)
    """

    def __init__(self, count: int) -> None:
        self._free = count
        self._queue: deque[Turn] = deque()
        self._lock = Lock()

    def ask(self) -> Turn:
        """A place at the end of the queue, to be left by leaving its ``with`` block."""
        return Turn(self)


class Turn:
    """One place in the queue, then one turn. Made by :meth:`Turns.ask`."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._granted, self._waits = Event(), False

    def __enter__(self) -> Turn:
        with self._turns._lock:
            self._turns._queue.append(self)
        return self

    def comes(self, seconds: float) -> bool:
        """Wait for the turn for so long at most; whether it has come. Once it has, it stays until it is left."""
        with self._turns._lock:
            self._waits = True
            self._hand_out()
        self._granted.wait(seconds)
        with self._turns._lock:
            self._waits = False
        return self._granted.is_set()

    def __exit__(self, *_: object) -> None:
        with self._turns._lock:
            if self._granted.is_set():
                self._turns._free += 1
            else:
                self._turns._queue.remove(self)
            self._hand_out()

    def _hand_out(self) -> None:
        turns = self._turns
        while turns._free and (first := next((turn for turn in turns._queue if turn._waits), None)):
            turns._queue.remove(first)
            turns._free -= 1
            first._granted.set()
