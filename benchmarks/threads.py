"""How many threads numpy's products are made in.

Small products are often slower on two threads than on one, and much slower where other programs are at work:
each contender takes all cores or one, whichever is faster for it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np  # noqa: F401  (its BLAS has to be there before the controller looks around)
from threadpoolctl import ThreadpoolController

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

CHOICES = {f"{CORES} threads": CORES, "1 thread": 1} if CORES > 1 else {"1 thread": 1}
"""What is tried, by what the table says."""

_BLAS = ThreadpoolController().select(user_api="blas")


@contextmanager
def blas(threads: int) -> Iterator[None]:
    """Numpy's BLAS in so many threads."""
    with _BLAS.limit(limits=threads):
        yield


def in_blas(threads: int, run: Callable[..., Any]) -> Callable[..., Any]:
    """``run`` with numpy's BLAS in so many threads."""

    def limited(*arguments: Any) -> Any:
        with blas(threads):
            return run(*arguments)

    return limited
