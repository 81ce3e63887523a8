"""Tiles as plain calls: in other threads and processes the same numbers; errors reach the caller; nothing hangs."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from threading import current_thread
from typing import Any

import numpy as np
import pytest

import landscape as ls
from landscape import crew, sheet
from landscape.errand import Errand, bare, evaluate

WAIT = 60.0
"""Seconds after which a hanging test fails instead."""

FIELDS = {
    "model": {"kind": "mlp", "hidden": [6, 5], "seed": 2},
    "data": {"kind": "digits", "samples": 40},
    "grid": {"a": [-3, 3], "b": [-2, 2], "resolution": [13, 11]},
    "runs": [{"starts": [[1, 1]], "steps": 30}],
}
PLANES = {
    "weights": {"kind": "weights", "first": ["W3", 1, 0], "second": ["W3", 1, 2]},
    "random": {"kind": "random", "seed": 1},
}


@pytest.fixture(autouse=True)
def many_small_pieces(monkeypatch):
    monkeypatch.setattr(sheet, "TILE_SECONDS", 2e-5)


def scene(plane="random", **changes):
    return ls.Scene.model_validate(FIELDS | {"plane": PLANES[plane]} | changes)


def finish(engine, scene):
    for _ in range(1000):
        frame = engine.advance(scene, 0.5)
        if frame.done:
            return frame
    pytest.fail("it does not end")


def assert_same(frame, other):
    for name in ("a", "b", "loss", "diverged"):
        assert getattr(frame.surface, name).tobytes() == getattr(other.surface, name).tobytes()
    assert frame.surface.precision == other.surface.precision
    for path, twin in zip(frame.paths, other.paths, strict=True):
        assert path.loss.tobytes() == twin.loss.tobytes()


class Counting(Executor):
    """Hands on to another executor and counts."""

    def __init__(self, inner: Executor) -> None:
        self._inner, self.handed = inner, 0

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.handed += 1
        return self._inner.submit(function, *args, **kwargs)


class Patient(Executor):
    """Does what it was given when it is told to."""

    _max_workers = 2

    def __init__(self) -> None:
        self.tasks: list[tuple[Future[Any], Callable[[], Any]]] = []

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.tasks.append((future, lambda: function(*args, **kwargs)))
        return future

    def do(self, number: int) -> None:
        until(lambda: len(self.tasks) > number)
        future, task = self.tasks[number]
        future.set_result(task())

    def do_all_from(self, number: int, coming: Future[Any]) -> Any:
        """What comes of it when all further tasks are done."""

        def ends() -> bool:
            nonlocal number
            if number < len(self.tasks):
                self.do(number)
                number += 1
            return coming.done()

        until(ends)
        return coming.result()


def until(condition: Callable[[], bool]) -> None:
    late = time.monotonic() + WAIT
    while not condition():
        assert time.monotonic() < late
        os.sched_yield()


# --- errands ----------------------------------------------------------------------------------------------


def test_an_errand_travels_as_the_scene_alone():
    engine, large = ls.Engine(), scene(data={"kind": "digits", "samples": 1000})
    errand = Errand(large, engine.slice(large))
    letter = pickle.dumps(errand)
    assert len(letter) < 4000 < engine.slice(large).objective.samples.x.nbytes
    arrived = pickle.loads(letter)
    a, b = np.linspace(-1, 1, 3), np.linspace(-1, 1, 2)
    for precision in ("float64", "float32"):
        assert evaluate(arrived, a, b, precision)[0].tobytes() == evaluate(errand, a, b, precision)[0].tobytes()
    assert arrived.slice is not errand.slice
    assert pickle.loads(letter).slice is arrived.slice  # built once there


def test_an_errand_leaves_behind_what_its_function_does_not_depend_on():
    whole = scene()
    assert bare(whole).slice_digest == whole.slice_digest
    assert bare(whole) == bare(scene(runs=[], grid={"a": [0, 1], "b": [0, 1], "resolution": [5, 5]})) != whole


def test_a_tile_is_the_slice_at_its_crossings():
    engine = ls.Engine()
    slice_ = engine.slice(scene())
    a, b = np.array([0.5, -1.0, 2.0]), np.array([1.0, 0.0])
    loss, seconds = evaluate(Errand(scene(), slice_), a, b)
    want = [[float(slice_.loss(np.array([x, y]))) for x in a] for y in b]
    np.testing.assert_allclose(loss, want, rtol=1e-12)
    assert seconds > 0


# --- other workers ----------------------------------------------------------------------------------------


def test_other_processes_give_the_same_numbers():
    """A fresh interpreter each, which knows nothing of this one."""
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        executor = Counting(pool)
        engine = ls.Engine(executor=executor)
        for one in (scene("weights"), scene("random"), scene(grid=FIELDS["grid"] | {"precision": "float32"})):
            assert_same(finish(engine, one), finish(ls.Engine(), one))
        assert finish(engine, one).surface.precision == "float32"
        assert executor.handed > 30


def test_all_tiles_go_to_an_executor_that_is_given(monkeypatch):
    with ThreadPoolExecutor(3) as pool:
        executor, drawer = Counting(pool), {}
        drawer_cache = type("Drawer", (dict,), {"set": dict.__setitem__})(drawer)
        frame = finish(ls.Engine(drawer_cache, executor), scene())
    assert_same(frame, finish(ls.Engine(), scene()))
    assert executor.handed == sum(key.startswith("tile/") for key in drawer_cache) > 20


@pytest.mark.parametrize("least", [0.0, np.inf])
def test_by_default_short_tiles_stay_with_the_caller_and_others_go_to_threads(monkeypatch, least):
    threads = []

    def noting(*place):
        threads.append(current_thread())
        return evaluate(*place)

    monkeypatch.setattr(crew, "HAND_OVER", least)
    monkeypatch.setattr(crew, "SHORT", 0.0)
    monkeypatch.setattr(crew, "cores", lambda: 3)
    monkeypatch.setattr(crew, "evaluate", noting)
    finish(ls.Engine(), scene())
    mine = [thread is current_thread() for thread in threads]
    assert len(mine) > 20
    assert all(mine) if least else not any(mine)
    assert least or all(thread.name.startswith("tiles") for thread in threads)


def test_a_short_surface_stays_with_the_caller_whole(monkeypatch):
    """However long its tiles seem to take."""
    monkeypatch.setattr(crew, "HAND_OVER", 0.0)
    monkeypatch.setattr(crew, "cores", lambda: 3)
    engine = ls.Engine()
    assert engine._sheet(scene()).work < crew.SHORT
    finish(engine, scene())
    assert engine._crew._executor is None


def test_as_many_tiles_are_under_way_as_there_are_workers():
    executor, still = Patient(), scene(runs=[])
    engine = ls.Engine(executor=executor)
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(engine.advance, still, 0.0)
        executor.do(0)
        assert coming.result(WAIT).progress > 0
        assert len(executor.tasks) == 1  # there was no time for more than one piece
        coming = pool.submit(engine.surface, still)
        for number in range(1, 6):
            until(lambda number=number: len(executor.tasks) == number + 2)
            assert not coming.done()
            executor.do(number)
        surface = executor.do_all_from(6, coming)
    assert surface.loss.tobytes() == finish(ls.Engine(), still).surface.loss.tobytes()


def test_a_tile_that_is_under_way_when_time_is_up_is_kept_when_it_is_done():
    executor, still = Patient(), scene(runs=[])
    engine = ls.Engine(executor=executor)
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(engine.advance, still, 0.2)
        executor.do(1)  # the first one stays under way
        before = executor.do_all_from(2, coming)
    assert not before.done
    computed = engine.computed
    executor.do(0)
    assert engine.computed == computed + 1
    assert engine.advance(still, None).progress > before.progress
    assert engine.computed == computed + 1


# --- errors -----------------------------------------------------------------------------------------------


class GoneError(Exception):
    """The workers are gone."""


class Failing(Executor):
    """Fails now and then, in one of several ways."""

    _max_workers = 2

    def __init__(self, way: str, every: int) -> None:
        self.way, self._every, self._count = way, every, 0

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self._count += 1
        future: Future[Any] = Future()
        if self._count % self._every:
            future.set_result(function(*args, **kwargs))
        elif self.way == "submit":
            raise GoneError
        elif self.way == "work":
            future.set_exception(GoneError())
        else:
            future.cancel()
            future.set_running_or_notify_cancel()
        return future


@pytest.mark.parametrize("way", ["submit", "work", "cancel"])
@pytest.mark.parametrize("every", [2, 5])
def test_an_error_of_a_worker_reaches_the_caller_and_a_later_call_goes_on(way, every):
    engine, errors = ls.Engine(executor=Failing(way, every)), 0
    for _ in range(1000):
        try:
            frame = engine.advance(scene(), 0.5)
        except (GoneError, CancelledError):
            errors += 1
        else:
            if frame.done:
                break
    assert errors > 2
    assert_same(frame, finish(ls.Engine(), scene()))
    assert not engine._flight._flights  # nobody is left waiting


def test_an_error_of_a_worker_reaches_all_who_wait_for_the_tile(monkeypatch):
    monkeypatch.setattr(sheet, "TILE_SECONDS", 60.0)  # a tile for each half of a pass
    executor, still = Patient(), scene(runs=[], grid=FIELDS["grid"] | {"resolution": [2, 2]})
    engine = ls.Engine(executor=executor)
    with ThreadPoolExecutor(4) as pool:
        coming = [pool.submit(engine.advance, still, 0.0) for _ in range(4)]
        until(lambda: len(executor.tasks) == 1)
        (flight,) = engine._flight._flights.values()
        until(lambda: len(flight._condition._waiters) + len(flight._waiters) == 4)
        executor.tasks[0][0].set_exception(GoneError())
        for one in coming:
            with pytest.raises(GoneError):
                one.result(WAIT)
        assert not engine._flight._flights
        assert executor.do_all_from(1, pool.submit(engine.advance, still, 0.0)).done


def test_data_that_another_process_cannot_read_are_an_error_of_the_call(monkeypatch):
    """The pool stays whole: the slice is built in the call, not when the errand arrives."""

    def fail(self):
        raise ls.DataMissing("the disk is gone")

    errand = pickle.loads(pickle.dumps(Errand(scene(data={"kind": "digits", "samples": 41}))))
    monkeypatch.setattr("landscape.datasets.digits.Digits.load", fail)
    with ThreadPoolExecutor(1) as pool, pytest.raises(ls.DataMissing, match="the disk is gone"):
        pool.submit(evaluate, errand, np.zeros(1), np.zeros(1)).result(WAIT)
