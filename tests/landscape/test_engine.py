"""The engine: slices of time, cache, single flight. Whatever happens to the cache, the numbers are the same."""

import gc
import itertools
import pickle
import random
import weakref
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Lock
from typing import ClassVar, Literal

import numpy as np
import pytest

import landscape as ls
from landscape import crew, running, sheet
from landscape import engine as engine_module
from landscape.datasets import datasets
from landscape.flight import SingleFlight
from landscape.models.base import Model
from landscape.pace import Pace
from landscape.running import RunWork

SERIES = ("step", "a", "b", "loss", "slice_loss", "batch_loss", "grad_norm", "lr", "outside")
FIELDS = {
    "model": {"kind": "mlp", "hidden": [4, 3], "seed": 2},
    "data": {"kind": "digits", "samples": 20},
    "plane": {"kind": "weights", "first": ["W3", 1, 0], "second": ["W3", 1, 2]},
    "grid": {"a": [-3, 3], "b": [-2, 2], "resolution": [13, 11]},
    "runs": [
        {"optimizer": {"kind": "adam", "lr": 0.1}, "starts": ["initial"], "steps": 30, "trains": "all", "batch": 7},
        {"optimizer": {"kind": "momentum", "lr": 0.5}, "starts": [[1, 1], [2, -1]], "steps": 30},
    ],
}
SCENE = ls.Scene.model_validate(FIELDS)
LIMIT = 2000
"""Calls after which an endless scene fails its test."""


class Drawer(dict):
    """A cache that keeps everything and can be looked into. Safe for threads."""

    def __init__(self, *args):
        super().__init__(*args)
        self._lock = Lock()

    def set(self, key, value):
        with self._lock:
            self[key] = value

    def count(self, prefix):
        return sum(key.startswith(prefix) for key in self)


@pytest.fixture(autouse=True)
def many_small_pieces(monkeypatch):
    """Tiles and chunks so short that a small scene has many."""
    monkeypatch.setattr(sheet, "TILE_SECONDS", 2e-6)
    monkeypatch.setattr(running, "CHUNK_SECONDS", 1e-4)


def scene(**changes):
    return ls.Scene.model_validate(FIELDS | changes)


def frames(engine, scene, budget=0.0):
    """The frames of repeated calls, until nothing is missing."""
    for _ in range(LIMIT):
        frame = engine.advance(scene, budget)
        yield frame
        if frame.done:
            return
    pytest.fail(f"not done after {LIMIT} calls")


def finish(engine, scene, budget=60.0):
    *_, last = frames(engine, scene, budget)
    return last


def assert_same(frame, other):
    for name in ("a", "b", "loss", "diverged"):
        np.testing.assert_array_equal(getattr(frame.surface, name), getattr(other.surface, name))
    assert len(frame.paths) == len(other.paths)
    for path, twin in zip(frame.paths, other.paths, strict=True):
        assert (path.run, path.start, path.status, path.message) == (twin.run, twin.start, twin.status, twin.message)
        for name in SERIES:
            np.testing.assert_array_equal(getattr(path, name), getattr(twin, name))


@pytest.fixture(scope="module")
def known():
    """The finished scene, computed in one go and in large pieces."""
    return finish(ls.Engine(), SCENE)


# --- slices of time ---------------------------------------------------------------------------------------


def test_slices_of_no_time_end_and_give_the_same_numbers(known):
    engine = ls.Engine()
    seen = list(frames(engine, SCENE))
    assert len(seen) == engine.computed > 20  # at least one piece a call, and here exactly one
    assert_same(seen[-1], finish(ls.Engine(), SCENE))
    assert_same_to_rounding(seen[-1], known)


def assert_same_to_rounding(frame, other):
    """Other tiles and chunks put other points into one product."""
    np.testing.assert_allclose(frame.surface.loss, other.surface.loss, rtol=1e-12)
    for path, twin in zip(frame.paths, other.paths, strict=True):
        for name in SERIES:
            np.testing.assert_allclose(getattr(path, name), getattr(twin, name), rtol=1e-9, atol=1e-12)


def test_progress_rises_and_is_one_at_the_end_only():
    shares = [(frame.progress, frame.done) for frame in frames(ls.Engine(), SCENE)]
    assert all(0 < share <= 1 for share, _ in shares)
    assert all(after > before for (before, _), (after, _) in itertools.pairwise(shares))
    assert [done for _, done in shares] == [share == 1 for share, _ in shares]
    assert shares[-1] == (1.0, True)


def test_the_surface_sharpens_and_the_paths_grow():
    strides, lengths = [], []
    for frame in frames(ls.Engine(), SCENE):
        strides.append(frame.surface.stride if frame.surface else None)
        lengths.append([len(path.step) for path in frame.paths])
        assert (frame.surface is None) == (len(strides) <= strides.count(None))  # once there, it stays
        for path in frame.paths:
            if path.status is ls.Status.RUNNING:
                assert path.message.startswith("At step ")
                assert path.message.endswith(" of 30.")
    assert [stride for stride in dict.fromkeys(strides) if stride] == [4, 2, 1]
    assert (np.diff(lengths, axis=0) >= 0).all()
    assert lengths[-1] == [31, 31, 31]


def test_the_first_pass_comes_before_everything_and_then_all_come_to_their_ends_together():
    engine, done = ls.Engine(), []
    for _ in frames(engine, SCENE):
        lanes = [engine._sheet(SCENE), *engine._tracks(SCENE)]
        done.append([lane.done / lane.work for lane in lanes])
    visible = next(n for n, frame in enumerate(frames(ls.Engine(), SCENE)) if frame.surface)
    assert all(shares[1:] == [0, 0] for shares in done[: visible + 1])
    largest = max(job.work / lane.work for lane in lanes for job in lane.jobs)
    first = done[visible][0]
    for shares in done[visible:]:
        ahead = max(*shares, first)
        assert all(share == 1 or share >= ahead - largest - 1e-9 for share in shares if ahead > first + largest)


def test_a_coarse_surface_holds_values_of_the_final_one():
    *coarse, last = frames(ls.Engine(), SCENE)
    for surface in {frame.surface.stride: frame.surface for frame in coarse if frame.surface}.values():
        columns, rows = np.searchsorted(last.surface.a, surface.a), np.searchsorted(last.surface.b, surface.b)
        np.testing.assert_array_equal(surface.loss, last.surface.loss[np.ix_(rows, columns)])


def test_the_last_pass_is_exactly_the_asked_grid():
    surface = ls.Engine().surface(SCENE)
    np.testing.assert_array_equal(surface.a, np.linspace(-3, 3, 13))
    np.testing.assert_array_equal(surface.b, np.linspace(-2, 2, 11))
    assert surface.loss.shape == (11, 13)
    assert surface.loss.dtype == np.float64
    assert surface.stride == 1


def test_values_are_those_of_the_network():
    surface, objective, plane = ls.Engine().surface(SCENE), ls.objective(SCENE), ls.plane(SCENE)
    for i, j in [(0, 0), (3, 7), (10, 12)]:
        theta = plane.origin + surface.a[j] * plane.u + surface.b[i] * plane.v
        want = float(objective.model.value(theta, *objective.samples[:2]))
        assert surface.loss[i, j] == pytest.approx(want, rel=1e-12)


def test_a_scene_without_runs_is_a_surface():
    frame = finish(ls.Engine(), scene(runs=[]))
    assert frame.paths == ()
    assert frame.surface.stride == 1


def test_surface_and_paths_compute_nothing_of_each_other():
    drawer = Drawer()
    ls.Engine(drawer).surface(SCENE)
    assert drawer.count("tile/") == len(drawer) > 0
    drawer = Drawer()
    paths = ls.Engine(drawer).paths(SCENE)
    assert drawer.count("tile/") == 0
    assert all(path.status is not ls.Status.RUNNING for path in paths)


@pytest.mark.parametrize(("budget", "pieces"), [(0.0, 1), (0.4, 1), (1.4, 1), (1.6, 2), (4.0, 4), (4.6, 5)])
def test_a_piece_is_begun_where_most_of_it_fits_in(monkeypatch, budget, pieces):
    """Each takes a second by this clock, and is known to."""
    clock = itertools.count()
    now = [0.0]

    def evaluate(*place):
        now[0] = float(next(clock)) + 1.0
        return crew_evaluate(*place)

    crew_evaluate = crew.evaluate
    monkeypatch.setattr(crew, "evaluate", evaluate)
    monkeypatch.setattr(crew, "monotonic", lambda: now[0])
    monkeypatch.setattr(engine_module, "monotonic", lambda: now[0])
    monkeypatch.setattr(crew, "HAND_OVER", np.inf)
    monkeypatch.setattr(Pace, "seconds", lambda self, work: 1.0)
    engine = ls.Engine()
    engine.advance(scene(runs=[]), budget)
    assert engine.computed == pieces


def test_progress_is_the_share_of_the_work(monkeypatch):
    """By hand: a piece's share of the multiplications that are planned."""
    engine = ls.Engine()
    lanes = [engine._sheet(SCENE), *engine._tracks(SCENE)]
    planned = {job.key: job.work for lane in lanes for job in lane.jobs}
    drawer = Drawer()
    done = 0.0
    for frame in frames(ls.Engine(drawer), SCENE):
        done = sum(work for key, work in planned.items() if key in drawer)
        assert frame.progress == pytest.approx(done / sum(planned.values()), rel=1e-9)
    assert done == pytest.approx(sum(planned.values()))


def test_a_finished_frame_is_made_of_what_is_there():
    engine = ls.Engine()
    last = finish(engine, SCENE)
    for frame in (engine.advance(SCENE, None), engine.advance(SCENE, 0.0), engine.advance(SCENE, 10.0)):
        assert frame.done
        assert frame.surface is last.surface
        assert all(path is twin for path, twin in zip(frame.paths, last.paths, strict=True))


def test_looking_computes_nothing_and_sees_what_others_have_put_there():
    drawer = Drawer()
    here, elsewhere = ls.Engine(drawer), ls.Engine(drawer)
    assert here.advance(SCENE, None).progress == 0
    assert here.computed == 0
    want = finish(elsewhere, SCENE)
    frame = here.advance(SCENE, None)
    assert frame.done
    assert here.computed == 0
    assert_same(frame, want)


# --- what depends on what ---------------------------------------------------------------------------------


def test_a_new_learning_rate_recomputes_no_tile():
    drawer = Drawer()
    engine = ls.Engine(drawer)
    finish(engine, SCENE)
    tiles = drawer.count("tile/")
    other = scene(runs=[FIELDS["runs"][0] | {"optimizer": {"kind": "adam", "lr": 0.2}}, FIELDS["runs"][1]])
    before = engine.computed
    finish(engine, other)
    chunks = len(RunWork(0, other.runs[0], engine.slice(other)).chunks)
    assert drawer.count("tile/") == tiles
    assert engine.computed - before == chunks  # of the changed run alone


def test_a_new_grid_recomputes_no_run():
    drawer = Drawer()
    engine = ls.Engine(drawer)
    finish(engine, SCENE)
    runs = drawer.count("run/")
    frame = finish(engine, scene(grid={"a": [-4, 3], "b": [-2, 2], "resolution": [13, 11]}))
    assert drawer.count("run/") == runs
    assert frame.surface.a[0] == -4


def test_a_run_that_trains_everything_is_not_walked_again_for_another_plane(monkeypatch):
    """Its records are of the new plane, its steps come from the states that were kept."""
    drawer = Drawer()
    run = FIELDS["runs"][0]
    finish(ls.Engine(drawer), scene(runs=[run]))
    other = scene(runs=[run], plane={"kind": "random", "seed": 3})
    states = drawer.count(f"run/{other.run_digest(0)}/state/")
    assert states > 3
    want = finish(ls.Engine(), other)
    assert_same(finish(ls.Engine(drawer), other), want)
    assert drawer.count(f"run/{other.run_digest(0)}/state/") == states


def test_models_on_the_same_data_share_its_samples(monkeypatch):
    loads, digits = [], datasets["digits"]
    load = digits.load
    monkeypatch.setattr(digits, "load", lambda self: loads.append(self.samples) or load(self))
    engine = ls.Engine()
    small, large = (
        engine.objective(scene(model={"kind": "mlp", "hidden": hidden, "seed": 2})) for hidden in ([4, 3], [5, 3])
    )
    assert small.theta0.size < large.theta0.size
    assert small.samples is large.samples
    assert engine.slice(SCENE).objective.samples is small.samples
    assert loads == [20]
    assert engine.objective(scene(data={"kind": "digits", "samples": 21})).samples.x.shape == (21, 64)
    assert loads == [20, 21]


def test_what_is_built_is_bounded_in_bytes(monkeypatch):
    """Beside the newest. 100 samples take 59,200 bytes: 64 numbers and 10 targets each."""
    monkeypatch.setattr(engine_module, "BUILT_BYTES", 150_000)
    engine = ls.Engine()
    held = [
        weakref.ref(engine.objective(scene(data={"kind": "digits", "samples": 100, "sample_seed": seed})).samples.x)
        for seed in range(6)
    ]
    gc.collect()
    assert [ref() is not None for ref in held] == [False, False, False, True, True, True]


def test_room_is_made_before_samples_are_read(monkeypatch):
    """So that never more than the old ones that fit and the new ones are there."""
    monkeypatch.setattr(engine_module, "BUILT_BYTES", 1)
    engine, digits = ls.Engine(), datasets["digits"]
    load, alive, held = digits.load, [], []

    def looking(self):
        gc.collect()
        alive.append(sum(ref() is not None for ref in held))
        return load(self)

    monkeypatch.setattr(digits, "load", looking)
    for seed in range(4):
        samples = engine.objective(scene(data={"kind": "digits", "samples": 100, "sample_seed": seed})).samples
        held.append(weakref.ref(samples.x))
        del samples
    assert alive == [0, 0, 0, 0]
    assert [ref() is not None for ref in held] == [False, False, False, True]


def bowl(height):
    """A model of two parameters whose meaning is not in its fields."""

    class Bowl(Model):
        uses_data: ClassVar[bool] = False
        noun: ClassVar[str] = "bowl"
        kind: Literal["bowl"] = "bowl"

        def blocks(self, inputs, outputs):
            return {"x": (), "y": ()}

        def initial(self, inputs, outputs):
            return np.array([0.5, 0.5])

        def value(self, theta, x, y):
            return height * np.log((theta**2).sum(axis=-1))

        def value_and_gradient(self, theta, x, y):
            return self.value(theta, x, y), height * 2 * theta / (theta**2).sum(axis=-1)[..., None]

        def work(self, inputs, outputs):
            return 1

    return Bowl


def bowl_scene():
    grid = {"a": [-2, 2], "b": [-1, 1], "resolution": [5, 5]}
    return ls.Scene.model_validate({"model": {"kind": "bowl"}, "grid": grid, "runs": [{"steps": 3}]})


def test_a_kind_added_again_forgets_what_it_computed(register):
    """Also where a scene of the kind as it was is asked for after the change."""
    engine = ls.Engine(Drawer())
    register(bowl(1.0))
    first = bowl_scene()
    engine.objective(first)
    register(bowl(3.0))
    second = bowl_scene()
    for scene, height in ((first, 1.0), (second, 3.0), (first, 1.0)):
        frame = finish(engine, scene)
        assert frame.surface.loss[0, 0] == pytest.approx(height * np.log(5))
        assert frame.paths[0].loss[0] == pytest.approx(height * np.log(0.5))


def test_what_is_not_finite_is_marked_on_the_surface_without_a_warning(register):
    register(bowl(1.0))
    surface = ls.Engine().surface(bowl_scene())
    assert np.argwhere(surface.diverged).tolist() == [[2, 2]]  # log 0
    assert np.isnan(surface.loss[2, 2])
    assert np.isfinite(surface.loss).sum() == 24


# --- everybody at once ------------------------------------------------------------------------------------


def test_many_threads_compute_each_piece_once(monkeypatch):
    built = []
    make = engine_module.restrict
    monkeypatch.setattr(engine_module, "restrict", lambda *parts: built.append(1) or make(*parts))
    alone = ls.Engine()
    want = finish(alone, SCENE)
    built.clear()

    drawer = Drawer()
    together, barrier = ls.Engine(drawer), Barrier(32)

    def ask(_):
        barrier.wait(30)
        return finish(together, SCENE, 0.01)

    with ThreadPoolExecutor(32) as pool:
        for frame in pool.map(ask, range(32)):
            assert_same(frame, want)
    assert together.computed == alone.computed
    assert len(built) == 1


@pytest.mark.parametrize("forgetful", [False, True])
def test_what_was_finished_between_choosing_and_starting_is_not_computed_again(monkeypatch, forgetful):
    """Another caller finishes the whole scene just after this one has chosen the first piece."""
    begin, overtake = SingleFlight.begin, [True]

    def overtaken(self, key):
        if key.startswith("tile/") and overtake:
            overtake.clear()
            finish(engine, SCENE)
        return begin(self, key)

    alone = ls.Engine()
    finish(alone, SCENE)
    engine = ls.Engine(Forgetful(1.0) if forgetful else Drawer())
    monkeypatch.setattr(SingleFlight, "begin", overtaken)
    frame = engine.advance(SCENE, 0.0)
    assert not overtake
    assert frame.done
    assert engine.computed == alone.computed


def test_an_error_reaches_the_caller_and_the_next_call_tries_again(monkeypatch):
    engine, digits = ls.Engine(), datasets["digits"]

    def fail(self):
        raise ls.DataMissing("the disk is gone")

    with monkeypatch.context() as patch:
        patch.setattr(digits, "load", fail)
        for budget in (0.3, None, 0.0):
            with pytest.raises(ls.DataMissing, match="the disk is gone"):
                engine.advance(SCENE, budget)
    assert finish(engine, SCENE).done


# --- whatever happens to the cache ------------------------------------------------------------------------


def test_a_second_engine_goes_on_where_the_first_one_stopped(monkeypatch):
    """All states come from the cache: no step is walked twice."""
    walked = []
    walk = RunWork.walk
    monkeypatch.setattr(
        RunWork, "walk", lambda self, chunk, state: walked.append((chunk.run, chunk.number)) or walk(self, chunk, state)
    )
    want = finish(ls.Engine(), SCENE)
    in_one_go = list(walked)
    walked.clear()
    drawer = Drawer()
    first = ls.Engine(drawer)
    for frame in frames(first, SCENE):
        if frame.progress > 0.5:
            break
    assert not frame.done
    assert any(0 < len(path.step) < 31 for path in frame.paths)
    second = ls.Engine(Drawer(drawer))
    assert_same(finish(second, SCENE), want)
    assert sorted(walked) == sorted(in_one_go)


def test_states_that_are_kept_seldom_are_walked_to_from_the_nearest(monkeypatch):
    monkeypatch.setattr(running, "KEYFRAMES", 3)
    want = finish(ls.Engine(), SCENE)
    drawer = Drawer()
    for _ in range(LIMIT):  # a new process for every slice of time
        frame = ls.Engine(drawer).advance(SCENE, 0.0)
        if frame.done:
            break
    assert_same(frame, want)
    assert drawer.count(f"run/{SCENE.run_digest(0)}/state/") <= 3


def test_flipped_bytes_are_computed_anew():
    """By the next process: this one has what it has seen."""
    drawer = Drawer()
    want = finish(ls.Engine(drawer), SCENE)
    results = [key for key in drawer if "/state/" not in key]
    dice = random.Random(0)
    for _ in range(100):
        key = dice.choice(results)
        broken, good = bytearray(drawer[key]), drawer[key]
        broken[dice.randrange(len(broken))] ^= 1 << dice.randrange(8)
        drawer[key] = bytes(broken)
        engine = ls.Engine(drawer)
        assert_same(finish(engine, SCENE), want)
        assert engine.computed == 1
        assert drawer[key] == good


@pytest.mark.parametrize("damage", ["flip", "truncate", "swap", "foreign"])
def test_a_cache_that_is_broken_through_and_through(damage):
    """States included, seen by an engine that knows nothing else."""
    drawer = Drawer()
    want = finish(ls.Engine(drawer), SCENE)
    dice = random.Random(1)
    for _ in range(6):
        broken = Drawer(drawer)
        keys = sorted(broken)
        others = dict(zip(keys, dice.sample(keys, len(keys)), strict=True))
        for key in keys:
            value = bytearray(drawer[key])
            match damage:
                case "flip":
                    value[dice.randrange(len(value))] ^= 1 << dice.randrange(8)
                case "truncate":
                    value = value[: dice.randrange(len(value))]
                case "swap":
                    value = drawer[others[key]]
            foreign = dice.choice([b"", b"x", 5, "text", [1], {"loss": 1}, np.zeros(4)])
            broken[key] = foreign if damage == "foreign" else bytes(value)
        engine = ls.Engine(broken)
        assert_same(finish(engine, SCENE), want)
        assert engine.computed >= 1


class Bomb:
    """Unpickled, it goes off."""

    gone_off = False

    def __reduce__(self):
        return _go_off, ()


def _go_off():
    Bomb.gone_off = True
    return {}


def test_a_planted_pickle_is_not_executed():
    drawer = Drawer()
    want = finish(ls.Engine(drawer), SCENE)
    bomb = pickle.dumps(Bomb())
    for key in drawer:
        drawer[key] = bomb
    assert_same(finish(ls.Engine(drawer), SCENE), want)
    assert not Bomb.gone_off
    pickle.loads(bomb)
    assert Bomb.gone_off  # it would have


def test_entries_are_bytes_and_no_pickles():
    drawer = Drawer()
    finish(ls.Engine(drawer), SCENE)
    for value in drawer.values():
        assert type(value) is bytes
        with pytest.raises(Exception, match=r"^"):  # whichever; some have no words
            pickle.loads(value)


class Forgetful(Drawer):
    """Loses what it was given, now and then."""

    def __init__(self, share):
        super().__init__()
        self._dice, self._share = random.Random(2), share

    def get(self, key, default=None):
        with self._lock:
            if self._dice.random() < self._share:
                self.pop(key, None)
        return super().get(key, default)


@pytest.mark.parametrize(("share", "budget"), [(1.0, 60.0), (0.5, 60.0), (0.01, 0.0)])
def test_a_cache_that_forgets(share, budget):
    assert_same(finish(ls.Engine(Forgetful(share)), SCENE, budget), finish(ls.Engine(), SCENE))
