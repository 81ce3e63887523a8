"""Whose turn it is to compute, and what a stream tells before its first picture and of runs that blow up."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Event
from typing import Any

import numpy as np
import pytest

import landscape as ls
from components import stream as stream_module
from components.ids import Id
from components.link import View
from components.stream import frames
from components.turns import Turn, Turns
from components.views import contour, curve, surface, words
from landscape import sheet

ReadFrames = Callable[[Iterable[bytes]], list[dict[str, Any]]]

PATIENCE = 60.0
"""Seconds after which a frame is taken never to come."""


def streamed(engine: ls.Engine, scene: ls.Scene) -> Iterator[bytes]:
    return frames(engine, scene, View(), [surface.paint, contour.painter(engine), curve.paint, words.painter(engine)])


class Counted:
    """The turns themselves, whether anybody has asked for one, and how many have come."""

    def __init__(self, inner: Turns) -> None:
        self.inner, self.asked, self.taken = inner, Event(), 0

    def ask(self) -> Turn:
        counted, turn = self, self.inner.ask()
        comes = turn.comes

        def come(seconds: float) -> bool:
            counted.asked.set()
            come_ = comes(seconds)
            counted.taken += come_
            return come_

        turn.comes = come  # type: ignore[method-assign]
        return turn


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> Counted:
    counted = Counted(Turns(2))
    monkeypatch.setattr(stream_module, "COMPUTING", counted)
    return counted


@pytest.fixture
def taken(turns: Counted) -> Iterator[ExitStack]:
    """Two others compute, and do not end until this is closed."""
    with ExitStack() as stack:
        for _ in range(2):
            assert stack.enter_context(turns.inner.ask()).comes(0)
        with turns.inner.ask() as third:
            assert not third.comes(0), "there are two turns"
        yield stack


def test_a_scene_that_is_there_waits_for_nobody(small: ls.Scene, read_frames: ReadFrames, taken: ExitStack) -> None:
    engine = ls.Engine()
    while not engine.advance(small, 10.0).done:
        pass
    computed = engine.computed
    pool = ThreadPoolExecutor(1)
    try:
        data = pool.submit(lambda: list(streamed(engine, small))).result(timeout=PATIENCE)
    finally:
        pool.shutdown(wait=False)
    (meta,) = read_frames(data)
    assert meta["done"]
    assert meta["title"] is not None
    assert len(meta["paths"]) == 3
    assert engine.computed == computed


def test_what_is_not_there_waits_for_its_turn(
    small: ls.Scene, read_frames: ReadFrames, taken: ExitStack, turns: Counted
) -> None:
    """Nothing is computed while both turns are taken; as soon as one is free the frames come."""
    engine, pool = ls.Engine(), ThreadPoolExecutor(1)
    try:
        coming = pool.submit(lambda: list(streamed(engine, small)))
        assert turns.asked.wait(PATIENCE)
        assert (engine.computed, turns.taken, coming.done()) == (0, 0, False)
        taken.close()
        data = coming.result(timeout=PATIENCE)
    finally:
        pool.shutdown(wait=False)
    assert read_frames(data)[-1]["done"]
    assert engine.computed > 0


def test_who_waits_shows_what_others_compute_of_the_same_scene(
    small: ls.Scene, read_frames: ReadFrames, taken: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also that the waiting frames come at all: whoever listens knows that the server is alive."""
    monkeypatch.setattr(stream_module, "WAITING", 0.0)
    engine = ls.Engine()
    pieces = streamed(engine, small)
    nothing = read_frames([next(pieces), next(pieces)])
    assert [(meta["progress"], meta["updates"]) for meta in nothing] == [(0, []), (0, [])]
    while not engine.advance(small, 10.0).done:  # somebody else
        pass
    metas = read_frames(pieces)
    assert [meta["done"] for meta in metas] == [True]
    assert metas[0]["title"] is not None


def test_who_hangs_up_in_the_queue_is_gone(small: ls.Scene, taken: ExitStack, turns: Counted) -> None:
    engine = ls.Engine()
    painters = [surface.paint, contour.painter(engine), curve.paint, words.painter(engine)]
    assert len(list(frames(engine, small, View(), painters, gone=lambda: True))) == 0
    hangs_up = itertools.chain((False, False), itertools.repeat(True))
    kept = list(frames(engine, small, View(), painters, gone=lambda: next(hangs_up)))
    assert len(kept) == 2  # one while it waited, one at the end, which nobody reads
    taken.close()
    with turns.inner.ask() as first, turns.inner.ask() as second:
        assert first.comes(0)
        assert second.comes(0)


def test_turns_are_taken_for_computing_alone(
    small: ls.Scene, read_frames: ReadFrames, turns: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet, "TILE_SECONDS", 2e-6)
    for seconds in ("FIRST_SLICE", "SLICE"):
        monkeypatch.setattr(stream_module, seconds, 0.0)
    engine = ls.Engine()
    metas = read_frames(streamed(engine, small))
    assert turns.taken == len(metas) == engine.computed > 5  # one piece in each frame
    turns.taken = 0
    (meta,) = read_frames(streamed(engine, small))
    assert meta["done"]
    assert turns.taken == 0


# --- the queue itself -------------------------------------------------------------------------------------


def test_turns_come_in_the_order_in_which_they_were_asked_for() -> None:
    """Whoever comes back at once stands behind those who wait; a semaphore lets it pass them."""
    queue, order = Turns(1), []
    entered = [Event() for _ in range(6)]

    def wait(number: int) -> None:
        with queue.ask() as turn:
            entered[number].set()
            assert turn.comes(PATIENCE)
            order.append(number)

    with ThreadPoolExecutor(6) as pool:
        with queue.ask() as mine:
            assert mine.comes(0)
            for number in range(6):
                pool.submit(wait, number)
                assert entered[number].wait(PATIENCE)
            late = time.monotonic() + PATIENCE
            while not all(turn._waits for turn in queue._queue):  # until they stand there
                assert time.monotonic() < late
                os.sched_yield()
        with queue.ask() as again:
            assert again.comes(PATIENCE)
            order.append(-1)
    assert order == [0, 1, 2, 3, 4, 5, -1]


def test_who_does_not_wait_just_then_is_passed_over_and_keeps_its_place() -> None:
    """It may be writing to somebody who does not read."""
    queue, places = Turns(1), [ExitStack() for _ in range(4)]
    first, busy, third = (place.enter_context(queue.ask()) for place in places[:3])
    assert first.comes(0)
    assert not busy.comes(0)
    assert not third.comes(0)
    places[0].close()
    assert third.comes(0)  # busy is elsewhere
    fourth = places[3].enter_context(queue.ask())
    assert not fourth.comes(0)
    assert not busy.comes(0)
    places[2].close()
    assert busy.comes(0)
    assert not fourth.comes(0)
    places[1].close()
    assert fourth.comes(0)
    places[3].close()


def test_a_turn_that_has_come_stays_until_it_is_left() -> None:
    queue = Turns(1)
    with queue.ask() as mine, queue.ask() as other:
        assert [mine.comes(0) for _ in range(3)] == [True] * 3
        assert not other.comes(0)


@pytest.fixture(scope="module")
def patient() -> ls.Scene:
    """A first pass of many pieces."""
    return ls.Scene.model_validate(
        {
            "model": {"kind": "mlp", "hidden": [4, 3]},
            "data": {"kind": "digits", "samples": 20},
            "plane": {"kind": "random"},
            "grid": {"resolution": [120, 120]},
            "runs": [],
        }
    )


def test_before_the_first_surface_there_is_progress_alone(
    patient: ls.Scene, read_frames: ReadFrames, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet, "TILE_SECONDS", 1e-9)
    for seconds in ("FIRST_SLICE", "SLICE"):
        monkeypatch.setattr(stream_module, seconds, 0.0)
    pieces, metas = streamed(ls.Engine(), patient), read_frames([])
    while not metas or not metas[-1]["updates"]:
        metas += read_frames([next(pieces)])
    picture = len(metas) - 1
    assert picture > 1
    metas += read_frames([next(pieces), next(pieces)])
    pieces.close()  # type: ignore[attr-defined]  # it is a generator
    for meta in metas[:picture]:
        assert set(meta) == {"progress", "word", "done", "updates", "hidden", "paths", "title", "props"}
        assert (meta["updates"], meta["paths"], meta["title"], meta["props"]) == ([], None, None, {})
        assert meta["word"] == f"computing {100 * meta['progress']:.0f} %"
        assert not meta["done"]
    first = metas[picture]
    assert first["title"].startswith("The loss of a 64-4-3-10")
    assert first["word"].startswith("sharpening ")
    assert {update["graph"] for update in first["updates"]} == {Id.SURFACE, Id.CONTOUR, Id.CURVE}
    assert "Nobody walks in this scene." in str(first["props"][Id.RUNS])
    assert first["paths"] == []
    progress = [meta["progress"] for meta in metas]
    assert all(earlier < later for earlier, later in itertools.pairwise(progress))
    assert all(meta["title"] is None for meta in metas[picture + 1 :])


# --- runs that blow up ------------------------------------------------------------------------------------


def ravine(lr: float, steps: int, starts: list[list[float]]) -> ls.Scene:
    run = {"optimizer": {"kind": "gradient_descent", "lr": lr}, "starts": starts, "steps": steps}
    return ls.Scene.model_validate({"model": {"kind": "function", "name": "ravine"}, "runs": [run]})


def last_paths(metas: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return next(meta["paths"] for meta in reversed(metas) if meta["paths"] is not None)


def axis(metas: list[dict[str, Any]], graph: str, name: str) -> list[float]:
    """What an axis shows at the end."""
    ranges = [update["layout"][name] for meta in metas for update in meta["updates"]
              if update["graph"] == graph and name in update["layout"]]  # fmt: skip
    return list(ranges[-1])


def test_a_diverged_run_has_a_cross_inside_the_picture(read_frames: ReadFrames) -> None:
    scene = ravine(1000, 100, [[0.5, 0.5], [1, -1]])
    metas = read_frames(streamed(ls.Engine(), scene))
    calm = read_frames(streamed(ls.Engine(), scene.model_copy(update={"runs": ()})))
    for name, grid in (("scene.xaxis.range", scene.grid.a), ("scene.yaxis.range", scene.grid.b)):
        assert axis(metas, Id.SURFACE, name) == axis(calm, Id.SURFACE, name) == list(grid)
    for name, grid in (("xaxis.range", scene.grid.a), ("yaxis.range", scene.grid.b)):
        assert axis(metas, Id.CONTOUR, name) == list(grid)
    low, high = axis(metas, Id.SURFACE, "scene.zaxis.range")
    level_low, level_high = axis(metas, Id.CURVE, "yaxis.range")
    for path, start in zip(last_paths(metas), ([0.5, 0.5], [1, -1]), strict=True):
        assert (path["status"], path["mark"]) == (ls.Status.DIVERGED, "x")
        assert all(path[series].shape == path["step"].shape for series in ("loss", "a", "b", "height", "level"))
        assert path["step"].size > 10
        np.testing.assert_array_equal(path["a"], np.full(path["step"].size, np.float32(start[0])))
        np.testing.assert_array_equal(path["b"], np.full(path["step"].size, np.float32(start[1])))
        assert ((low < path["height"]) & (path["height"] < high)).all()
        assert np.isfinite(path["level"]).all()
        assert level_low < path["level"][0] < level_high
        assert ((level_high < path["level"][1:]) & (path["level"][1:] < 3 * level_high)).all()
        assert path["loss"].max() > 1e100, "the loss itself is told as it is"


def test_only_what_broke_has_a_cross(read_frames: ReadFrames) -> None:
    """y <- (1 - 20 lr) y; on the axis of x at a rate of 0.09 all goes well, off it at 0.11 y grows by -1.2 a step."""
    well = last_paths(read_frames(streamed(ls.Engine(), ravine(0.09, 20, [[1, 1], [-1, 1]]))))
    assert [path["mark"] for path in well] == ["circle", "square"]
    mixed = last_paths(read_frames(streamed(ls.Engine(), ravine(0.11, 10_000, [[1, 0], [1, 1]]))))
    assert [path["mark"] for path in mixed] == ["circle", "x"]
    assert mixed[0]["status"] != ls.Status.DIVERGED == mixed[1]["status"]


def test_both_broken_ends_have_a_cross_and_no_other() -> None:
    broken = {ls.Status.DIVERGED, ls.Status.NON_FINITE}
    for status in ls.Status:
        assert stream_module._mark(1, status) == ("x" if status in broken else "square"), status


def test_a_tiny_range_keeps_its_digits(read_frames: ReadFrames) -> None:
    """x^2 + 10 y^2 over a millionth around (1, 1): the heights differ by some millionths of 11."""
    grid = {"a": [1, 1 + 1e-6], "b": [1, 1 + 1e-6], "resolution": [21, 21]}
    scene = ls.Scene.model_validate({"model": {"kind": "function", "name": "ravine"}, "grid": grid, "runs": []})
    metas = read_frames(streamed(ls.Engine(), scene))
    want = ls.surface(scene)
    pictures = {
        graph: [u["data"] for meta in metas for u in meta["updates"] if u["graph"] == graph and "z" in u["data"]][-1]
        for graph in (Id.SURFACE, Id.CONTOUR)
    }
    low = want.loss.min()
    span = want.loss.max() - low
    for data in pictures.values():
        for axis_, values in (("x", want.a), ("y", want.b)):
            assert abs(data[axis_][0] - values).max() <= 1e-4 * 1e-6
        z = data["z"][0].astype(np.float64)
        assert abs((z - z.min()) - (want.loss - low)).max() <= 2e-4 * span
    title = next(update["layout"]["scene.zaxis.title.text"] for meta in reversed(metas) for update in meta["updates"]
                 if "scene.zaxis.title.text" in update["layout"])  # fmt: skip
    assert title.startswith("loss - 1")
    base = float(title.removeprefix("loss - "))
    ends = np.array(axis(metas, Id.SURFACE, "scene.zaxis.range")) + base
    assert ends[0] < low < low + span < ends[1]
    assert ends[1] - ends[0] < 1.2 * span
