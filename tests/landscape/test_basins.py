"""Basins of attraction: known minima of known functions, and every start as if it walked alone."""

import sys
import time
from typing import get_args

import numpy as np
import pytest

import landscape as ls
from landscape.basins import LOST, UNDECIDED
from landscape.models.function import Function


def function(name, **run):
    scene = ls.Scene.model_validate({"model": {"kind": "function", "name": name}})
    return scene.model_copy(update={"runs": (scene.runs[0].model_copy(update={"steps": 200} | run),)})


@pytest.mark.parametrize("name", ["himmelblau", "styblinski_tang", "three_hump_camel"])
def test_the_ends_are_the_functions_minima(name):
    found = ls.basins(function(name))
    minima = np.array([minimum.point for minimum in function(name).model.formula.minima])
    gaps = np.linalg.norm(found.ends[:, None] - minima, axis=-1)
    assert gaps.min(axis=0).max() < 1e-3, "every known minimum is found"
    assert found.share.sum() == pytest.approx((found.label >= 0).mean())
    assert (np.diff(found.share) <= 0).all()


def test_each_start_ends_as_if_it_walked_alone():
    scene = function("himmelblau")
    found = ls.basins(scene, resolution=(9, 7))
    random = np.random.RandomState(0)
    for row, column in zip(random.randint(7, size=8), random.randint(9, size=8), strict=True):
        start = (float(found.a[column]), float(found.b[row]))
        (path,) = ls.descend(
            scene.model_copy(update={"runs": (scene.runs[0].model_copy(update={"starts": (start,)}),)})
        )
        end = found.ends[found.label[row, column]]
        np.testing.assert_allclose([path.a[-1], path.b[-1]], end, atol=1e-3)


def test_the_sides_of_a_saddle_are_lost_and_a_plateau_decides_nothing():
    saddle = ls.basins(function("saddle"), resolution=(5, 5))
    assert (saddle.label[[0, 1, 3, 4]] == LOST).all()
    flat = ls.basins(function("plateau"), resolution=(21, 21))
    far = np.hypot(flat.a, flat.b[:, None]) > 5
    assert (flat.label[far] == UNDECIDED).all()
    assert len(flat.ends) == 1
    np.testing.assert_allclose(flat.ends[0], 0.0, atol=1e-6)


def test_a_curve_has_basins_too():
    found = ls.basins(function("quartic"))
    assert found.label.shape == (1, 41)
    low, hill, high = np.sort(np.roots([0.4, -1.5, -0.4, 2.0]).real)  # where the derivative vanishes
    np.testing.assert_allclose(np.sort(found.ends[:, 0]), [low, high], atol=1e-6)
    left = found.label[0, found.a < hill]
    assert len(set(left)) == 1


@pytest.mark.parametrize(
    ("fields", "resolution", "sentence"),
    [
        ({"trains": "all"}, (3, 3), "Basins are those of descents in the plane"),
        ({}, (101, 101), "Resolution must make 1 to 10,000 starts. Got 101 x 101"),
        ({}, (0, 3), "Resolution must make 1 to 10,000 starts. Got 0 x 3"),
    ],
)
def test_what_cannot_be_asked_is_refused(fields, resolution, sentence):
    with pytest.raises(ValueError, match=sentence):
        ls.basins(function("valley", **fields), resolution=resolution)
    with pytest.raises(ValueError, match="Run must be one of the scene's 1"):
        ls.basins(function("valley"), run=1)


def test_a_lattice_takes_less_than_a_second():
    scene = function("himmelblau")
    ls.basins(scene, resolution=(3, 3))
    begun = time.process_time()
    ls.basins(scene)
    assert time.process_time() - begun < 1.0


def with_lattice(scene, lattice, *starts):
    run = scene.runs[0].model_dump() | {"starts": [*starts, lattice]}
    return ls.Scene.model_validate(scene.model_dump() | {"runs": [run]})


def test_descents_in_a_valley_are_together_before_they_arrive():
    few = ls.basins(function("rosenbrock"))
    assert not few.arrived[0]
    assert few.share[0] > 0.5
    a, b = few.ends[0]
    assert abs(b - a * a) < 0.01, "in the valley b = a^2"
    assert few.arrived[few.loss.argmin()]
    np.testing.assert_allclose(few.ends[few.loss.argmin()], 1.0, atol=0.1)


def test_starts_that_hardly_move_are_not_together():
    scene = function("himmelblau", steps=1)
    still = ls.basins(scene.model_copy(update={"runs": (scene.runs[0].model_copy(
        update={"optimizer": scene.runs[0].optimizer.model_copy(update={"lr": 1e-9})}),)}))  # fmt: skip
    assert still.arrived.all()
    minima = np.array([minimum.point for minimum in scene.model.formula.minima])
    a, b = np.meshgrid(still.a, still.b)
    starts = np.stack([a, b], axis=-1)[still.label >= 0]
    far = np.linalg.norm(starts[:, None] - minima, axis=-1).min(axis=1)
    assert 0 < len(starts) < 40
    assert far.max() < 0.04 * np.hypot(*np.ptp([scene.grid.a, scene.grid.b], axis=1)), "those that begin at a minimum"


def test_mini_batches_that_tremble_for_ever_arrive():
    scene = ls.lesson("batch-by-batch")
    scene = scene.model_copy(update={"runs": (scene.runs[0].model_copy(update={"steps": 4000}),)})
    found = ls.basins(scene, resolution=(7, 7))
    x, y = ls.objective(scene).samples.x, ls.objective(scene).samples.y[:, 0]
    solution = np.linalg.lstsq(x, y, rcond=None)[0]
    assert (found.label == 0).all()
    assert np.hypot(*(found.ends[0] - solution)) < 0.02 * np.hypot(20, 100)


def test_a_lattice_start_is_the_same_as_asking_for_its_basins():
    scene = function("himmelblau")
    spread = with_lattice(scene, {"kind": "lattice", "resolution": [9, 7]}, (1.0, 1.0))
    assert spread.runs[0].places == ((1.0, 1.0),)
    assert spread.run_digest(0) == with_lattice(scene, "lattice, 5", (1.0, 1.0)).run_digest(0)
    frame = ls.Engine().advance(spread, budget=60.0)
    assert frame.done
    assert len(frame.paths) == 1
    for found in (ls.basins(spread), ls.basins(scene, resolution=(9, 7))):
        np.testing.assert_array_equal(found.label, frame.basins.label)
        np.testing.assert_array_equal(found.ends, frame.basins.ends)


def test_descend_walks_from_every_crossing_of_a_lattice():
    scene = with_lattice(function("himmelblau"), "lattice,4,3", (1.0, 1.0))
    first, *others = ls.descend(scene)
    assert (first.a[0], first.b[0]) == (1.0, 1.0)
    (low, high), (bottom, top) = scene.grid.a, scene.grid.b
    crossings = [(a, b) for b in np.linspace(bottom, top, 3) for a in np.linspace(low, high, 4)]
    assert [(path.a[0], path.b[0]) for path in others] == crossings
    assert [path.start for path in others] == list(range(1, 13))
    long = scene.model_copy(update={"runs": (scene.runs[0].model_copy(update={"steps": 1000}),)})
    long = with_lattice(long, "lattice,60,60")
    with pytest.raises(ValueError, match=r"at most 2,000,000 recorded places, .* Got 3,603,600"):
        ls.descend(long)


@pytest.mark.parametrize(
    ("text", "reads", "sentence"),
    [
        ("lattice", (41, 41), None),
        ("lattice,5", (5, 5), None),
        (" Lattice , 100 , 100 ", (100, 100), None),
        ("lattice,1,5", None, "each 2 or more. Got 1, 5."),
        ("lattice,2.5", None, "each 2 or more. Got 2.5."),
        ("lattice,2,3,4", None, "each 2 or more. Got 2, 3, 4."),
        ("lattice,101,100", None, "at most 10,000 in all. Got 101 x 100."),
        ("lattice,5;lattice,6", None, "at most one lattice in a scene. Got 2."),
    ],
)
def test_a_lattice_in_a_link(text, reads, sentence):
    basis = "model.kind=function&model.name=himmelblau"
    if sentence is None:
        scene = ls.Scene.from_query(f"{basis}&runs.0.starts={text}")
        assert scene.runs[0].lattice == ls.Lattice(reads)
        assert ls.Scene.from_query(scene.to_query()) == scene
    else:
        with pytest.warns(ls.LinkWarning, match="runs.0.starts=.* in the link: Starts ") as told:
            ls.Scene.from_query(f"{basis}&runs.0.starts={text}")
        assert sentence in str(told[0].message)


def test_a_lattice_is_refused_where_all_weights_are_trained():
    revision = ls.revise(ls.Scene(), {"runs.0.starts": "lattice", "runs.0.trains": "all"})
    assert set(revision.errors.values()) == {
        "Starts of a lattice are for a run that trains the plane's two coordinates. Got one that trains all weights."
    }
    with pytest.raises(ValueError, match="kind lattice"):
        with_lattice(function("valley"), {"kind": "cubicle"})


def test_a_search_has_no_basins():
    changes = {"runs.0.optimizer.kind": "local_search", "runs.0.starts": "lattice"}
    revision = ls.revise(function("himmelblau"), changes)
    assert "a method that follows gradients to an end. Got local search" in next(iter(revision.errors.values()))


def test_basins_come_in_slices_of_time_and_are_kept(monkeypatch):
    """Flocks of few starts and chunks of few steps give the basins of all at once; another rate finds nothing."""
    scene = with_lattice(function("himmelblau", steps=40), "lattice,11,9")
    want = ls.basins(scene)
    flock = sys.modules["landscape.flock"]
    monkeypatch.setattr(flock, "CHUNK_SECONDS", 1e-7)
    monkeypatch.setattr(flock, "MAX_CHUNKS", 4)
    cache = ls.MemoryCache()
    engine, shares = ls.Engine(cache), []
    while not (frame := engine.advance(scene, budget=0.0)).done:
        assert frame.basins is None
        shares.append(frame.progress)
    assert len(shares) > 20
    assert shares == sorted(shares)
    np.testing.assert_array_equal(frame.basins.label, want.label)
    np.testing.assert_allclose(frame.basins.ends, want.ends, rtol=1e-12)
    again = ls.Engine(cache)
    assert again.advance(scene, budget=None).done, "what is in the cache is there at once"
    assert again.computed == 0


def test_a_search_among_losses_has_no_basins():
    scene = ls.lesson("false-minima")
    revision = ls.revise(scene, {"runs.0.optimizer.kind": "random_search", "runs.0.starts": "lattice,5"})
    assert revision.scene is None
    assert "a method that follows gradients to an end. Got random search" in next(iter(revision.errors.values()))


def test_a_lattice_over_two_weights_of_the_digits_network_takes_less_than_five_seconds(mnist_files):
    scene = ls.lesson("mnist-descent")
    run = scene.runs[0].model_copy(update={"steps": 200})
    scene = scene.model_copy(update={"runs": (run,)})
    begun = time.perf_counter()
    found = ls.basins(scene)
    seconds = time.perf_counter() - begun
    print(f"\n41 x 41 starts, 200 steps, 100 digits: {seconds:.2f} s")
    assert found.label.shape == (41, 41)
    assert seconds <= 5.0


def test_a_lattice_on_any_function_takes_less_than_a_second():
    for name in sorted(get_args(Function.model_fields["name"].annotation)):
        begun = time.perf_counter()
        ls.basins(function(name, steps=200))
        assert time.perf_counter() - begun <= 1.0, name
