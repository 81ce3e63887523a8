"""Single flight: what several threads want at once is made once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock
from typing import Any, TypeVar, cast

T = TypeVar("T")


class SingleFlight:
    """Who is at what: one future per key, from when it is begun until it has landed.

    Example:
        >>> SingleFlight().do("answer", lambda: 42)
        42
    """

    def __init__(self) -> None:
        self._flights: dict[str, Future[Any]] = {}
        self._lock = Lock()

    def under_way(self, key: str) -> Future[Any] | None:
        """What will hold the result that somebody is at; None where nobody is."""
        return self._flights.get(key)

    def begin(self, key: str) -> tuple[Future[Any], bool]:
        """What will hold the result, and whether it is for the caller to make and to :meth:`land`."""
        with self._lock:
            flight = self._flights.get(key)
            if flight is not None:
                return flight, False
            flight = self._flights[key] = Future()
            return flight, True

    def land(self, key: str, result: Any = None, error: BaseException | None = None) -> None:
        """The end of a flight that the caller began: its result, or the error for all who wait for it."""
        with self._lock:
            flight = self._flights.pop(key)
        if error is None:
            flight.set_result(result)
        else:
            flight.set_exception(error)

    def do(self, key: str, make: Callable[[], T]) -> T:
        """``make()``, or the result of the one that is under way. What it raises reaches all who wait."""
        flight, mine = self.begin(key)
        if mine:
            try:
                made = make()
            except BaseException as error:
                self.land(key, error=error)
                raise
            self.land(key, made)
        return cast(T, flight.result())
