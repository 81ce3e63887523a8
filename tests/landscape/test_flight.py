"""Single flight: once for all who ask at the same time, errors included."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from landscape.flight import SingleFlight

WAIT = 10
"""Seconds after which a hanging test fails instead."""


def test_all_who_ask_while_it_is_made_get_the_one_result():
    flight, inside, go, calls = SingleFlight(), Event(), Event(), []

    def make():
        calls.append(1)
        inside.set()
        assert go.wait(WAIT)
        return object()

    def ask():
        entered.wait(WAIT)
        return flight.do("key", make)

    entered = Barrier(9)
    with ThreadPoolExecutor(9) as pool:
        first = pool.submit(flight.do, "key", make)
        assert inside.wait(WAIT)
        others = [pool.submit(ask) for _ in range(8)]
        entered.wait(WAIT)
        deadline = time.monotonic() + WAIT
        while len(flight.under_way("key")._condition._waiters) < 8:  # until all eight wait for the first
            assert time.monotonic() < deadline
            os.sched_yield()
        go.set()
        assert {id(future.result(WAIT)) for future in others} == {id(first.result(WAIT))}
    assert calls == [1]


def test_other_keys_do_not_wait():
    flight, inside, go = SingleFlight(), Event(), Event()

    def slow():
        inside.set()
        assert go.wait(WAIT)
        return "slow"

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(flight.do, "slow", slow)
        assert inside.wait(WAIT)
        assert flight.do("quick", lambda: "quick") == "quick"
        go.set()
        assert first.result(WAIT) == "slow"


def test_nothing_is_remembered_after_the_landing():
    flight, numbers = SingleFlight(), iter(range(5))
    assert [flight.do("key", lambda: next(numbers)) for _ in range(3)] == [0, 1, 2]
    assert flight.under_way("key") is None


def test_an_error_reaches_all_and_the_next_one_tries_again():
    flight, inside, go = SingleFlight(), Event(), Event()

    def fail():
        inside.set()
        assert go.wait(WAIT)
        raise OSError("the disk is gone")

    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(flight.do, "key", fail)
        assert inside.wait(WAIT)
        others = [pool.submit(flight.do, "key", fail) for _ in range(3)]
        go.set()
        for future in [first, *others]:
            with pytest.raises(OSError, match="the disk is gone"):
                future.result(WAIT)
    assert flight.do("key", lambda: 1) == 1


def test_a_flight_that_one_thread_begins_may_be_landed_by_another():
    flight = SingleFlight()
    mine, is_mine = flight.begin("key")
    same, is_yours = flight.begin("key")
    assert (is_mine, is_yours) == (True, False)
    assert same is mine is flight.under_way("key")
    assert not mine.done()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(flight.land, "key", "landed").result(WAIT)
    assert mine.result(WAIT) == "landed"
    assert flight.under_way("key") is None
    again, is_mine = flight.begin("key")
    assert is_mine
    flight.land("key", error=OSError("gone"))
    with pytest.raises(OSError, match="gone"):
        again.result(WAIT)


def test_a_key_is_free_again_before_those_who_wait_are_told():
    """So that one of them who wants it anew, after an error, begins it anew."""
    flight, seen = SingleFlight(), []
    future, _ = flight.begin("key")
    future.add_done_callback(lambda _: seen.append(flight.under_way("key")))
    flight.land("key", 1)
    assert seen == [None]
