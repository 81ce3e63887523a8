"""A run cut into chunks: its pieces, its states as bytes, its paths while it is under way."""

import itertools

import numpy as np
import pytest

import landscape as ls
from landscape import running
from landscape.blas import one_thread
from landscape.descent import Walk, recorded
from landscape.optimizers import optimizers
from landscape.running import Lap, RunWork, pack_walk, unpack_walk
from landscape.slice import Slice

SERIES = ("a", "b", "loss", "slice_loss", "batch_loss", "grad_norm", "lr", "outside")


def work(**run):
    fields = {"model": {"kind": "function", "name": "ravine"}, "runs": [{"optimizer": {"lr": 0.01}} | run]}
    scene = ls.Scene.model_validate(fields)
    return RunWork(0, scene.runs[0], Slice(ls.objective(scene), ls.plane(scene)))


def network(samples=20, **fields):
    """The work of a small network whose run trains everything."""
    scene = network_scene(samples, **fields)
    return RunWork(0, scene.runs[0], Slice(ls.objective(scene), ls.plane(scene)))


def network_scene(samples=20, *, output="sigmoid", **run):
    fields = {
        "model": {"kind": "mlp", "hidden": [4, 3], "seed": 2, "activation": "tanh", "output": output},
        "data": {"kind": "digits", "samples": samples},
        "plane": {"kind": "weights", "first": ["W3", 1, 0], "second": ["W3", 1, 2]},
        "grid": {"a": [-1, 1], "b": [-1, 1], "resolution": [3, 3]},
        "runs": [{"starts": ["initial", [1.5, -0.5]], "trains": "all"} | run],
    }
    return ls.Scene.model_validate(fields)


def walked(run):
    """The records of all chunks, each from the state that the one before it leaves."""
    walk, done = run.begin(), []
    for chunk in run.chunks:
        walk, records = run.walk(chunk, unpack_walk(pack_walk(walk)))
        done.append(records)
    return done


@pytest.mark.parametrize("steps", [1, 2, 999, 1000, 1001, 100_000])
def test_chunks_cover_every_step_once(steps):
    run = work(steps=steps)
    assert [chunk.number for chunk in run.chunks] == list(range(len(run.chunks)))
    assert run.chunks[0].begins == 0
    assert run.chunks[-1].ends == steps
    assert all(one.ends == other.begins for one, other in zip(run.chunks, run.chunks[1:], strict=False))
    assert all(chunk.begins < chunk.ends for chunk in run.chunks)
    assert len(run.chunks) <= running.MAX_CHUNKS


def keyframes(run):
    return [index for index in range(len(run.chunks) + 1) if run.is_keyframe(index)]


@pytest.mark.parametrize("steps", [1, 2, 65, 1000, 100_000])
def test_no_more_states_are_kept_than_may_be(steps, monkeypatch):
    monkeypatch.setattr(running, "CHUNK_SECONDS", 1e-9)
    kept, chunks = keyframes(work(steps=steps)), min(steps, running.MAX_CHUNKS)
    assert len(kept) <= running.KEYFRAMES
    assert set(kept) <= set(range(1, chunks))  # the beginning is known, and at the end nobody takes the run up
    assert len(kept) >= min(chunks - 1, running.KEYFRAMES // 2)
    state = work(steps=steps).start.nbytes
    monkeypatch.setattr(running, "KEYFRAME_BYTES", 3 * state)
    assert len(keyframes(work(steps=steps))) <= 3
    monkeypatch.setattr(running, "KEYFRAME_BYTES", state - 1)
    assert keyframes(work(steps=steps)) == []


@pytest.mark.parametrize("kind", optimizers.names())
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_state_survives_as_bytes(kind, dtype):
    theta = np.random.RandomState(0).randn(3, 5).astype(dtype)
    state = optimizers.read({"kind": kind}).init(theta)
    counts = np.array([7, 4, 9])
    walk = Walk(7, theta, state, np.array([-1, 4, -1]), np.array([1.0, np.inf, np.nan]), counts)
    again = unpack_walk(pack_walk(walk))
    assert again.step == 7
    mine, theirs = ((each.theta, each.died, each.loss, each.evaluations) for each in (again, walk))
    for one, other in zip(mine, theirs, strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)
    assert len(again.state) == len(walk.state)
    for one, other in zip(again.state, walk.state, strict=True):
        assert (one.dtype, one.shape) == (other.dtype, other.shape)
        np.testing.assert_array_equal(one, other)


def test_a_path_under_way_says_where_it_is(monkeypatch):
    monkeypatch.setattr(running, "CHUNK_SECONDS", 4e-4)
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


# --- how long a chunk is ----------------------------------------------------------------------------------


def test_a_chunk_is_as_long_as_its_work_allows():
    run = work(steps=100_000)
    assert all(chunk.work <= running.rows_per(running.CHUNK_SECONDS, 1.0) for chunk in run.chunks)
    assert len(run.chunks) < 200  # and no shorter: a few milliseconds of steps would be lost in handing them over
    assert run.work * 100_000 == pytest.approx(sum(chunk.work for chunk in run.chunks))


def test_a_step_that_takes_as_long_as_a_chunk_is_one(monkeypatch):
    monkeypatch.setattr(running, "CHUNK_SECONDS", 1e-9)
    run = network(steps=running.MAX_CHUNKS)
    assert [chunk.ends - chunk.begins for chunk in run.chunks] == [1] * running.MAX_CHUNKS


# --- laps -------------------------------------------------------------------------------------------------


def test_losses_that_cost_many_times_the_steps_have_a_lap_of_their_own(monkeypatch):
    monkeypatch.setattr(running, "STEP_OVERHEAD", 1e3)  # of a small network the calls weigh most
    laps = {
        batch: list(dict.fromkeys(chunk.lap for chunk in network(1500, steps=200, batch=batch).chunks))
        for batch in (None, 1500, 1000, 5)
    }
    twice = [Lap.PLACES, Lap.LOSSES]
    assert laps == {None: [Lap.ONLY], 1500: [Lap.ONLY], 1000: [Lap.ONLY], 5: twice}
    for lap in twice:
        chunks = [chunk for chunk in network(1500, steps=200, batch=5).chunks if chunk.lap is lap]
        assert (chunks[0].begins, chunks[-1].ends) == (0, 200)
        assert all(one.ends == other.begins for one, other in itertools.pairwise(chunks))


def two_laps(monkeypatch, **run):
    monkeypatch.setattr(running, "LAPS", 0.0)
    monkeypatch.setattr(running, "CHUNK_SECONDS", 4e-4)
    twice = network(**run)
    assert {chunk.lap for chunk in twice.chunks} == {Lap.PLACES, Lap.LOSSES}
    assert [chunk.number for chunk in twice.chunks] == list(range(len(twice.chunks)))
    return twice


@pytest.mark.parametrize(("output", "lr"), [("sigmoid", 0.5), ("identity", 1000.0)])
@pytest.mark.parametrize("trains", ["plane", "all"])
@pytest.mark.parametrize("batch", [7, 1])
def test_two_laps_tell_what_one_tells(output, lr, trains, batch, monkeypatch):
    """Also of starts that end early."""
    optimizer = {"kind": "momentum", "lr": lr, "beta": 0.999}
    fields = {"steps": 400, "batch": batch, "trains": trains, "optimizer": optimizer, "output": output}
    once = network(**fields)
    assert {chunk.lap for chunk in once.chunks} == {Lap.ONLY}
    want = once.paths(walked(once))
    assert {path.step[-1] < 400 for path in want} == {output == "identity"}
    twice = two_laps(monkeypatch, **fields)
    got = twice.paths(walked(twice))
    for path, other in zip(got, want, strict=True):
        assert (path.status, path.message) == (other.status, other.message)
        np.testing.assert_array_equal(path.step, other.step)
        for name in SERIES:  # losses may be evaluated in other groups of points
            np.testing.assert_allclose(getattr(path, name), getattr(other, name), rtol=1e-12, err_msg=name)


def test_on_the_second_lap_the_losses_follow_the_path(monkeypatch):
    run = two_laps(monkeypatch, steps=60, batch=7)
    done, last = walked(run), run.paths(walked(run))
    first = [chunk.lap for chunk in run.chunks].index(Lap.LOSSES)
    for count in range(1, len(run.chunks)):
        reached = run.chunks[count - 1].ends
        seen, told = (61, reached) if count > first else (reached + (count == first), 0)
        said = f"the loss is known up to step {reached}." if count > first else f"At step {reached} of 60."
        for path, whole in zip(run.paths(done[:count]), last, strict=True):
            assert path.status is ls.Status.RUNNING
            assert path.message.endswith(said)
            np.testing.assert_array_equal(path.step, recorded(60)[:seen])
            for name in SERIES:
                known = told if name in ("loss", "slice_loss") else seen
                np.testing.assert_array_equal(getattr(path, name)[:known], getattr(whole, name)[:known])
                assert np.isnan(getattr(path, name)[known:]).all()


def test_the_second_lap_begins_anew(monkeypatch):
    run = two_laps(monkeypatch, steps=50, batch=5)
    first = [chunk.lap for chunk in run.chunks].index(Lap.LOSSES)
    walk = run.begin()
    for chunk in run.chunks[:first]:
        walk, _ = run.walk(chunk, walk)
    assert walk.step == 0
    np.testing.assert_array_equal(walk.theta, run.start)
    assert not run.is_keyframe(first)


class Stateless(dict):
    """A cache that keeps what was computed, and no state of a run."""

    def set(self, key, value):
        if "/state/" not in key:
            self[key] = value


def test_two_laps_are_taken_up_anywhere(monkeypatch):
    """A new process for every piece, which finds no state: it walks there from the beginning of the piece's lap."""
    run = two_laps(monkeypatch, steps=40, batch=7)
    cache, frame = Stateless(), None
    for _ in range(100):
        frame = ls.Engine(cache).advance(network_scene(steps=40, batch=7), budget=0.0)
        if frame.done:
            break
    assert frame.done
    for path, other in zip(frame.paths, run.paths(walked(run)), strict=True):
        assert path.message == other.message
        for name in SERIES:
            np.testing.assert_array_equal(getattr(path, name), getattr(other, name))


# --- precision --------------------------------------------------------------------------------------------


GENTLE = {
    "newton": {"damping": 0.5, "saddle_free": True},
    "random_search": {"scale": 0.5},
    "local_search": {"scale": 0.01},
}
"""Settings of methods that have no rate, or divide by curvatures next to zero; the others walk at rate 0.01."""
AGREEING = {"lbfgs": 8}
"""Steps for which rounding does not grow: the guess of a curvature divides differences of gradients."""


@pytest.mark.parametrize("kind", optimizers.names())
@pytest.mark.parametrize("batch", [None, 7])
def test_single_precision_stays_single_and_close(kind, batch):
    optimizer = {"kind": kind, **(GENTLE.get(kind) or {"lr": 0.01})}
    fields = {"steps": 20, "batch": batch, "optimizer": optimizer}
    rough, exact = network(precision="float32", **fields), network(**fields)
    walk, records = rough.walk(rough.chunks[0], rough.begin())
    assert walk.theta.dtype == np.float32
    for array, first in zip(walk.state, rough.begin().state, strict=True):
        assert array.dtype == first.dtype
        assert array.dtype != np.float64 or array.shape[-1] == 1  # a number of the descent, not of a parameter
    assert all(records[name].dtype == np.float64 for name in SERIES)
    with one_thread:  # as wherever runs are walked: two would make eigenvalues of small matrices slower
        pairs = list(zip(rough.paths(walked(rough)), exact.paths(walked(exact)), strict=True))
    for path, other in pairs:
        assert path.step[-1] == 20
        assert path.outside[0] == 0
        for name in SERIES:
            close, some = {"rtol": 1e-3, "atol": 1e-4}, slice(AGREEING.get(kind))
            np.testing.assert_allclose(getattr(path, name)[some], getattr(other, name)[some], err_msg=name, **close)
    assert not np.array_equal(records["a"], exact.walk(exact.chunks[0], exact.begin())[1]["a"])


def test_in_the_plane_numbers_are_double():
    run = network(precision="float32", steps=3, trains="plane")
    assert run.walk(run.chunks[0], run.begin())[0].theta.dtype == np.float64


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
