"""One thread for BLAS while anybody computes tiles or steps: their products are too small for more.

The limit is the process's, not a thread's, so that whoever comes first sets it and whoever goes last takes it off.
"""

from __future__ import annotations

from threading import Lock
from typing import Any

import threadpoolctl


class OneThread:
    """A context in which BLAS computes on the thread that calls it. May be entered by many threads at once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._inside = 0
        self._controller: Any = None
        self._limit: Any = None

    def __enter__(self) -> None:
        with self._lock:
            if self._inside == 0:
                self._controller = self._controller or threadpoolctl.ThreadpoolController()
                _free_for_all()
                self._limit = self._controller.limit(limits=1, user_api="blas")
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                _free_for_all()
                self._limit.restore_original_limits()
                _free_for_all()


def _free_for_all() -> None:
    """From 3.8 on threadpoolctl heeds only the thread that was the first to set a limit; here another may end it."""
    clear = getattr(getattr(threadpoolctl, "OpenBLASController", None), "clear_controlling_thread", None)
    if clear is not None:
        clear(force=True)


one_thread = OneThread()
