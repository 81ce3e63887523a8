"""Profiles and pairs: each is its own surface, coarse ones come before fine ones, and the directions are sensible."""

import time
from itertools import permutations

import numpy as np
import pytest

import landscape as ls
from landscape.convexity import SEGMENTS
from landscape.directions import FINEST, MOST, over
from landscape.facets import Facets


def network(hidden=(6,), **parts):
    return ls.Scene.model_validate(
        {
            "model": {"kind": "mlp", "hidden": list(hidden), "activation": "tanh", "bias": True, "seed": 1},
            "data": {"kind": "digits", "samples": 30},
            "plane": {"kind": "weights", "first": ["W1", 2, 20], "second": ["W1", 2, 21]},
            "grid": {"a": [-2, 2], "b": [-1, 1], "resolution": [9, 7]},
            "runs": [],
            **parts,
        }
    )


def alone(scene, first, second=None):
    """The scene over these directions, made from its text as a reader would."""
    wanted = {"plane.first": ls.to_text(first), "plane.second": ls.to_text(second)}
    keys = {**ls.flatten(scene), **wanted}
    if second is None:
        keys["grid.b"] = "none"
    return ls.Scene.from_query("&".join(f"{key}={text}" for key, text in keys.items() if not key.startswith("runs")))


def same(one, other):
    np.testing.assert_array_equal(one.a, other.a)
    np.testing.assert_array_equal(one.b, other.b)
    np.testing.assert_allclose(one.loss, other.loss, rtol=1e-12, atol=1e-12)


# --- the two lessons --------------------------------------------------------------------------------------


def test_all_profiles_and_pairs_of_the_lessons_come_in_time_and_are_what_they_are_alone():
    engine = ls.Engine()
    begun = time.perf_counter()
    profiles, pairs = engine.profiles(ls.lesson("svm-profiles")), engine.pairs(ls.lesson("svm-pairs"))
    for study in (profiles, pairs):
        while not study.is_drawn:
            study.advance(0.1)
    seconds = time.perf_counter() - begun
    for study in (profiles, pairs):
        while not study.done:
            study.advance(0.1)
    probed = time.perf_counter() - begun
    print(f"\n7 profiles and 42 pairs of a cold engine: {seconds:.2f} s; with their midpoint tests {probed:.2f} s")
    assert (len(profiles.surfaces), len(pairs.surfaces)) == (7, 42)
    for study in (profiles, pairs):
        for facet, surface in zip(study.facets, study.surfaces, strict=True):
            assert surface.stride == 1
            same(surface, ls.surface(alone(facet.scene, facet.first, facet.second)))
    assert [(facet.first, facet.second) for facet in pairs.facets] == [
        (first, second) for second in range(7) for first in range(7) if first != second
    ]
    assert (profiles.convex, pairs.convex) == (7, 42)
    assert seconds <= 1.5


def test_the_public_functions_give_them_by_direction():
    curves, maps = ls.profiles(ls.lesson("svm-profiles")), ls.pairs(ls.lesson("svm-pairs"))
    assert list(curves) == list(range(7))
    assert set(maps) == set(permutations(range(7), 2))
    assert curves[3].loss.shape == (1, 40)
    assert maps[3, 4].loss.shape == (50, 50)
    np.testing.assert_allclose(maps[3, 4].loss, maps[4, 3].loss.T, rtol=1e-12)
    chosen = ls.pairs(ls.lesson("svm-pairs"), [(5,), ("2",)])
    assert set(chosen) == {(5, 2), (2, 5)}
    np.testing.assert_array_equal(chosen[5, 2].loss, maps[5, 2].loss)
    with pytest.raises(ValueError, match="need a plane of two weights"):
        ls.pairs(ls.lesson("random-plane"))


# --- any scene --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "scene",
    [
        network(),
        network(plane={"kind": "columns", "matrix": "W1", "first": 30, "second": 33}),
        network(plane={"kind": "weights", "first": ["W2", 1, 2], "second": ["W1", 2, 21]}),
        ls.lesson("ravine"),
        ls.lesson("batch-surface"),
    ],
    ids=["two weights", "columns", "of two layers", "function", "line through points"],
)
def test_each_facet_is_its_own_surface(scene):
    engine = ls.Engine()
    for study in (engine.profiles(scene), engine.pairs(scene)):
        while not study.is_drawn:
            study.advance(0.05)
        for facet, surface in zip(study.facets, study.surfaces, strict=True):
            same(surface, ls.Engine().surface(facet.scene))


def test_a_click_finds_its_tiles_and_the_maps_find_those_of_the_large_picture():
    engine, scene = ls.Engine(), network()
    study = engine.pairs(scene)
    while not study.is_drawn:
        study.advance(0.05)
    computed = engine.computed
    assert engine.advance(scene, budget=None).done
    assert engine.advance(over(scene, ("W1", 2, 18), ("W1", 2, 23)), budget=None).done
    assert engine.computed == computed


def test_all_first_passes_come_before_any_other():
    fine = {"a": [-2, 2], "b": [-1, 1], "resolution": [57, 57]}
    study = ls.Engine().pairs(network((40, 40), grid=fine))
    mixed = 0
    while not study.is_drawn:
        study.advance(1e-6)
        strides = [surface.stride if surface is not None else np.inf for surface in study.surfaces]
        assert not (np.inf in strides and min(strides) < max(s for s in [*strides, 0] if s < np.inf)), strides
        mixed += len(set(strides)) > 1
    assert mixed > 3
    assert study.progress > 0.9


def test_two_readers_share_one_study_and_another_engine_its_cache():
    cache, scene = ls.MemoryCache(), network()
    engine = ls.Engine(cache)
    study = engine.pairs(scene)
    assert engine.pairs(scene) is study
    while not study.done:
        study.advance(0.1)
    other = ls.Engine(cache)
    again = other.pairs(scene)
    while not again.done:
        again.advance(None)
    assert other.computed == 0


def test_large_functions_take_turns(monkeypatch):
    """Where there is room for one alone, the others wait until it is complete, and all come to their end."""
    monkeypatch.setattr("landscape.facets.ROOM", 0)
    study = ls.Engine().pairs(network())
    most = 0
    while not study.is_drawn:
        study.advance(1e-6)
        most = max(most, sum(sheet.kit is not None for sheet in study.sheets))
    assert most <= 1
    assert all(surface.stride == 1 for surface in study.surfaces)


def test_a_direction_that_moves_nothing_is_named_and_the_others_are_there():
    scene = network(
        model={"kind": "mlp", "hidden": [3]},
        plane={"kind": "columns", "matrix": "W2", "first": 0, "second": 1},
    )
    engine = ls.Engine()
    study = engine.profiles(scene)
    broken = Facets(study._work, study.facets, _refuses_the_second(engine), engine._probe)
    while not broken.done:
        broken.advance(0.1)
    assert list(broken.faults.values()) == ["Column 1 of W2 is zero."]
    assert [surface is None for surface in broken.surfaces] == [False, True, False]


def _refuses_the_second(engine):
    def sheet(scene):
        if scene.plane.first == 1:
            raise ls.PlaneError("Column 1 of W2 is zero.")
        return engine._sheet(scene)

    return sheet


def test_probes_that_would_take_long_are_left_out(monkeypatch):
    monkeypatch.setattr("landscape.facets.PROBED_SECONDS", 0.0)
    study = ls.Engine().profiles(ls.lesson("svm-profiles"))
    study.advance(1.0)
    assert study.done
    assert study.convex is None
    assert SEGMENTS == 1000


# --- which directions -------------------------------------------------------------------------------------


def test_of_a_large_layer_the_neighbours_into_the_same_unit_are_taken():
    assert ls.directions(network()) == tuple(("W1", 2, column) for column in (18, 19, 20, 21, 22, 23))
    edge = network(plane={"kind": "weights", "first": ["W1", 0, 0], "second": ["W1", 0, 63]})
    assert ls.directions(edge) == tuple(("W1", 0, column) for column in (0, 1, 2, 61, 62, 63))
    apart = network(plane={"kind": "weights", "first": ["W2", 1, 2], "second": ["W1", 2, 21]})
    found = ls.directions(apart)
    assert ("W1", 2, 21) in found
    assert [one for one in found if one[0] == "W2"] == [("W2", 1, column) for column in range(5)]
    bias = network(plane={"kind": "weights", "first": ["b1", 2], "second": None}, grid={"b": None})
    assert ls.directions(bias) == tuple(("b1", unit) for unit in range(6))


def test_small_models_and_matrices_are_taken_whole():
    assert ls.directions(ls.lesson("svm-pairs")) == tuple(range(7))
    line = ls.lesson("batch-surface")
    assert set(ls.directions(line)) == set(line.plane.chosen)
    assert line.parameters == 2
    assert ls.directions(ls.lesson("random-plane")) == ()
    many = network(plane={"kind": "columns", "matrix": "W1", "first": 30, "second": 33})
    assert ls.directions(many) == (29, 30, 31, 32, 33, 34)


@pytest.mark.parametrize(
    ("several", "sentence"),
    [
        ([["W9", 0, 0]], "there is no W9"),
        ([["W1", 2, 64]], "from must be at most 63. Got 64."),
        ([["W1", 2, 20], ["W1", "2", "20"]], r"must differ. Got W1\[2,20\] twice."),
        ([["W1", 0, column] for column in range(13)], "must be at most 12. Got 13."),
        ([["W1", "two", 0]], "must be whole numbers. Got two."),
        ([[]], "must be the name of a block"),
    ],
)
def test_directions_that_a_scene_does_not_have(several, sentence):
    with pytest.raises(ValueError, match=sentence):
        ls.directions(network(), several)


def test_columns_that_a_matrix_does_not_have():
    with pytest.raises(ValueError, match=r"must be columns of W, 0 to 6\. Got W,3\."):
        ls.directions(ls.lesson("svm-pairs"), [["W", 3]])


def test_pairs_are_drawn_over_the_scenes_own_ranges_on_no_finer_a_grid_than_is_seen():
    line = ls.lesson("svm-profiles")
    pair = over(line, 2, 5)
    assert (pair.grid.a, pair.grid.b, pair.grid.resolution) == ((-20, 19), (-20, 19), (40, 40))
    profile = over(ls.lesson("svm-pairs"), 2)
    assert (profile.grid.a, profile.grid.b, profile.grid.shape) == ((-100, 100), None, (50, 1))
    fine = over(ls.lesson("batch-surface"), *ls.directions(ls.lesson("batch-surface")))
    assert fine.grid.resolution == (51, 32)  # of 101 x 501
    assert max(fine.grid.resolution) <= FINEST
    assert MOST == 12
