"""Single flight: what several threads want at once is made once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock
from typing import Any, TypeVar, cast

T = TypeVar("T")


class SingleFlight:
    """Runs a function once for all threads that ask for the same key at the same time.

    Example:
        >>> SingleFlight().do("answer", lambda: 42)
        42
    """

    def __init__(self) -> None:
        self._flights: dict[str, Future[Any]] = {}
        self._lock = Lock()

    def do(self, key: str, make: Callable[[], T]) -> T:
        """``make()``, or the result of the one that is under way. What it raises reaches all who wait."""
        with self._lock:
            flight = self._flights.get(key)
            mine = flight is None
            if flight is None:
                flight = self._flights[key] = Future()
        if mine:
            try:
                flight.set_result(make())
            except BaseException as error:
                flight.set_exception(error)
                raise
            finally:
                with self._lock:
                    del self._flights[key]
        return cast(T, flight.result())
