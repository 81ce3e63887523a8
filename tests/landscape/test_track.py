"""A run as chunks: one after the other, taken up from the nearest state that is known."""

import numpy as np
import pytest

import landscape as ls
from landscape import running
from landscape.cache import MemoryCache
from landscape.crew import _arrays
from landscape.running import RunWork
from landscape.shelf import Shelf
from landscape.store import Store
from landscape.track import Track


@pytest.fixture(autouse=True)
def short_chunks(monkeypatch):
    monkeypatch.setattr(running, "CHUNK_SECONDS", 4e-5)


def ravine(**run):
    run = {"optimizer": {"kind": "momentum", "lr": 0.01}, "starts": [[1, 1], [2, -1]], "steps": 60} | run
    return ls.Scene.model_validate({"model": {"kind": "function", "name": "ravine"}, "runs": [run]})


def laps():
    """A run whose losses are so dear that they have a lap of their own."""
    return ls.Scene.model_validate(
        {
            "model": {"kind": "mlp", "hidden": [8, 6], "seed": 2},
            "data": {"kind": "digits", "samples": 1000},
            "plane": {"kind": "random"},
            "runs": [{"starts": ["initial"], "steps": 40, "batch": 1, "trains": "all"}],
        }
    )


def track(scene):
    slice_ = ls.Engine().slice(scene)
    return Track(RunWork(0, scene.runs[0], slice_), slice_, "run/one", "slice")


def walks():
    return Shelf(4, 1 << 20, _arrays)


def walk(lane, store, live, upto=None):
    """The numbers of the chunks that were made."""
    made = []
    while upto is None or len(made) < upto:
        (job,) = lane.missing() if not lane.complete else (None,)
        if job is None:
            return made
        lane.put(job, lane.make(lane.kit, job.piece, store, live))
        made.append(job.number)
    return made


@pytest.mark.parametrize("scene", [ravine(), laps()], ids=["ravine", "laps"])
def test_chunks_come_one_after_the_other_and_make_the_paths(scene):
    lane = track(scene)
    count = len(lane.jobs)
    assert count > 3
    assert [path.status for path in lane.paths()] == [ls.Status.RUNNING] * len(lane.paths())
    assert walk(lane, Store(MemoryCache()), walks()) == list(range(count))
    assert lane.complete
    assert (lane.kit, lane.slice) == (None, None)  # nothing is held for further work
    for path, want in zip(lane.paths(), ls.descend(scene), strict=True):
        np.testing.assert_allclose(path.loss, want.loss, rtol=1e-12)
        assert path.status == want.status != ls.Status.RUNNING
    assert lane.paths() is lane.paths()


@pytest.mark.parametrize("scene", [ravine(), laps()], ids=["ravine", "laps"])
@pytest.mark.parametrize("kept", [None, 2])
def test_a_run_is_taken_up_anywhere(scene, kept, monkeypatch):
    """By a process that has the cache alone, with and without many states in it."""
    if kept is not None:
        monkeypatch.setattr(running, "KEYFRAMES", kept)
    whole = track(scene)
    walk(whole, Store(MemoryCache()), walks())
    for upto in np.unique(np.linspace(1, len(whole.jobs) - 1, 7).astype(int)):
        store = Store(MemoryCache())
        first = track(scene)
        walk(first, store, walks(), upto)
        second = track(scene)
        for job, records in zip(first.jobs, first._records, strict=False):
            second.put(job, records)
        assert walk(second, store, walks()) == list(range(upto, len(whole.jobs)))
        for path, want in zip(second.paths(), whole.paths(), strict=True):
            assert path.loss.tobytes() == want.loss.tobytes()
            assert path.message == want.message


def test_no_step_is_walked_twice_where_the_newest_state_is_at_hand(monkeypatch):
    walked = []
    inner = RunWork.walk
    monkeypatch.setattr(
        RunWork, "walk", lambda self, chunk, state: walked.append(chunk.number) or inner(self, chunk, state)
    )
    monkeypatch.setattr(running, "KEYFRAME_BYTES", 0)
    lane = track(laps())
    walk(lane, Store(MemoryCache()), walks())
    assert walked == list(range(len(lane.jobs)))


def test_the_state_of_a_finished_run_is_let_go():
    live, lane = walks(), track(ravine())
    walk(lane, Store(MemoryCache()), live, 2)
    assert live.get("run/one")[0] == 2
    walk(lane, Store(MemoryCache()), live)
    assert live.get("run/one") is None


def test_looking_takes_what_is_there_up_to_the_first_that_is_not():
    first = track(ravine())
    walk(first, Store(MemoryCache()), walks(), 5)
    known = {job.key: records for job, records in zip(first.jobs, first._records, strict=False)}
    known.pop(first.jobs[3].key)
    second = track(ravine())
    second.look(known.get)
    assert [job.number for job in second.missing()] == [3]
    assert second.paths()[0].step.size == first.jobs[2].piece.ends
