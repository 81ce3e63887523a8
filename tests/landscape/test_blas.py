"""One BLAS thread while anybody computes: set by the first, taken off by the last."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from landscape.blas import OneThread, one_thread
from landscape.errand import evaluate

WAIT = 30


def threads() -> set[int]:
    """Of numpy's own BLAS: SciPy brings another one, whenever a test comes to need it."""
    return {
        library["num_threads"]
        for library in threadpool_info()
        if library["user_api"] == "blas" and "numpy" in library["filepath"]
    }


@pytest.fixture(autouse=True)
def two_threads_else() -> Iterator[None]:
    assert np.ones((2, 2)).trace() == 2  # a BLAS is loaded
    with threadpool_limits(2, "blas"):
        assert threads() == {2}
        yield


def test_it_is_set_and_taken_off_again() -> None:
    for _ in range(3):
        with one_thread:
            assert threads() == {1}
        assert threads() == {2}


def test_an_error_takes_it_off_too() -> None:
    with pytest.raises(ZeroDivisionError), one_thread:
        _ = 1 / 0
    assert threads() == {2}


def test_who_leaves_early_leaves_it_to_those_who_stay() -> None:
    """Saving and restoring one's own would lift the limit, or leave it for ever."""
    limit = OneThread()
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as other:
        one.submit(limit.__enter__).result(WAIT)
        other.submit(limit.__enter__).result(WAIT)
        one.submit(limit.__exit__).result(WAIT)
        assert threads() == {1}
        other.submit(limit.__exit__).result(WAIT)
        assert threads() == {2}
        with threadpool_limits(1, "blas"):
            assert threads() == {1}  # nobody else is kept from setting limits
        assert threads() == {2}


def test_many_threads_at_once() -> None:
    limit, together, seen = OneThread(), Barrier(8), []

    def work(_: int) -> None:
        together.wait(WAIT)
        for _ in range(50):
            with limit:
                seen.append(threads())

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert all(found == {1} for found in seen)
    assert len(seen) == 400
    assert threads() == {2}


def test_a_tile_is_computed_under_it() -> None:
    seen = []

    class Slice:
        def grid(self, a: np.ndarray, b: np.ndarray, precision: str) -> np.ndarray:
            seen.append(threads())
            return np.zeros((b.size, a.size))

    class Errand:
        slice = Slice()

    evaluate(Errand(), np.zeros(1), np.zeros(1))  # type: ignore[arg-type]
    assert seen == [{1}]
    assert threads() == {2}
