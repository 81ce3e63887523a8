"""Basins of attraction: known minima of known functions, and every start as if it walked alone."""

import time

import numpy as np
import pytest

import landscape as ls
from landscape.basins import LOST, UNDECIDED


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
