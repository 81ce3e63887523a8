"""A run cut into chunks: its pieces, its states as bytes, its paths while it is under way."""

import numpy as np
import pytest

import landscape as ls
from landscape import running
from landscape.descent import begin
from landscape.optimizers import optimizers
from landscape.running import RunWork, pack_walk, unpack_walk
from landscape.slice import Slice


def work(**run):
    fields = {"model": {"kind": "function", "name": "ravine"}, "runs": [{"optimizer": {"lr": 0.01}} | run]}
    scene = ls.Scene.model_validate(fields)
    return RunWork(0, scene.runs[0], Slice(ls.objective(scene), ls.plane(scene)))


@pytest.mark.parametrize("steps", [1, 2, 999, 1000, 1001, 100_000])
def test_chunks_cover_every_step_once(steps):
    run = work(steps=steps)
    assert [chunk.number for chunk in run.chunks] == list(range(len(run.chunks)))
    assert run.chunks[0].begins == 0
    assert run.chunks[-1].ends == steps
    assert all(one.ends == other.begins for one, other in zip(run.chunks, run.chunks[1:], strict=False))
    assert all(chunk.begins < chunk.ends for chunk in run.chunks)
    assert len(run.chunks) <= running.MAX_CHUNKS


@pytest.mark.parametrize("steps", [1, 64, 65, 1000, 100_000])
def test_no_more_states_are_kept_than_may_be(steps, monkeypatch):
    monkeypatch.setattr(running, "CHUNK_SECONDS", 1e-9)
    run = work(steps=steps)
    kept = [index for index in range(len(run.chunks)) if run.is_keyframe(index)]
    assert kept[0] == 0
    assert len(kept) <= running.KEYFRAMES
    monkeypatch.setattr(running, "KEYFRAME_BYTES", 3 * run.start.nbytes)
    assert sum(map(work(steps=steps).is_keyframe, range(len(run.chunks)))) <= 3


@pytest.mark.parametrize("kind", optimizers.names())
def test_a_state_survives_as_bytes(kind):
    optimizer = optimizers.read({"kind": kind})
    walk = begin(optimizer, np.random.RandomState(0).randn(3, 5))
    walk = walk._replace(step=7, died=np.array([-1, 4, -1]), loss=np.array([1.0, np.inf, np.nan]))
    again = unpack_walk(pack_walk(walk))
    assert again.step == 7
    for one, other in zip((again.theta, again.died, again.loss), (walk.theta, walk.died, walk.loss), strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)
    assert len(again.state) == len(walk.state)
    for one, other in zip(again.state, walk.state, strict=True):
        assert (one.dtype, one.shape) == (other.dtype, other.shape)
        np.testing.assert_array_equal(one, other)


def test_a_path_under_way_says_where_it_is(monkeypatch):
    monkeypatch.setattr(running, "CHUNK_SECONDS", 4e-3)
    run = work(steps=100, starts=[[1, 1], [0, 1]])
    size = run.chunks[0].ends
    assert 1 < size < 50
    before = run.paths([])
    assert [path.message for path in before] == ["At step 0 of 100."] * 2
    assert all(path.step.size == path.loss.size == 0 for path in before)
    walk, records = run.walk(run.chunks[0], run.begin())
    paths = run.paths([records])
    assert [path.start for path in paths] == [0, 1]
    for path in paths:
        assert path.status is ls.Status.RUNNING
        assert path.message == f"At step {size} of 100."
        np.testing.assert_array_equal(path.step, np.arange(size))
    np.testing.assert_allclose(paths[0].b, 0.8 ** np.arange(size), rtol=1e-12)  # y <- (1 - 20 lr) y
    assert walk.step == size


def test_starts_are_lifted_when_everything_is_trained():
    scene = ls.Scene.model_validate(
        {
            "model": {"kind": "mlp", "hidden": [3, 2], "seed": 1},
            "data": {"kind": "digits", "samples": 5},
            "plane": {"kind": "weights", "first": ["W3", 0, 0], "second": ["W3", 0, 1]},
            "runs": [{"starts": ["initial", [2, -1]], "trains": "all", "steps": 1}],
        }
    )
    objective, plane = ls.objective(scene), ls.plane(scene)
    run = RunWork(0, scene.runs[0], Slice(objective, plane))
    np.testing.assert_array_equal(run.start[0], objective.theta0)
    want = objective.theta0.copy()
    places = [np.flatnonzero(plane.u)[0], np.flatnonzero(plane.v)[0]]
    want[places] = [2, -1]
    np.testing.assert_array_equal(run.start[1], want)
