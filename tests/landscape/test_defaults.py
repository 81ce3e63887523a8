"""What is left out of a scene suits what is given."""

import numpy as np
import pytest

import landscape as ls
from landscape.models import models
from landscape.optimizers import optimizers


def scene(**fields):
    return ls.Scene.model_validate(fields)


def test_nothing_given_is_a_whole_scene():
    default = scene()
    assert default == ls.Scene()
    assert default.model.kind == models.names()[0]
    assert default.data.kind == "digits"
    assert len(default.runs) == 1
    assert len(default.runs[0].starts) == 3
    for a, b in default.runs[0].starts:
        assert default.grid.a[0] <= a <= default.grid.a[1]
        assert default.grid.b[0] <= b <= default.grid.b[1]


@pytest.mark.parametrize(
    ("model", "first", "second"),
    [
        ({"hidden": []}, ("W1", 0, 36), ("W1", 0, 37)),
        ({"hidden": [4]}, ("W2", 0, 2), ("W2", 0, 3)),
        ({"hidden": [4, 1]}, ("W3", 0, 0), ("W3", 1, 0)),
        ({"hidden": [4, 3], "bias": True}, ("W3", 0, 1), ("W3", 0, 2)),
        ({"kind": "function"}, ("x",), ("y",)),
    ],
)
def test_the_plane_is_of_weights_that_exist(model, first, second):
    plane = scene(model=model).plane
    assert (plane.first, plane.second) == (first, second)


def test_without_hidden_layers_the_default_plane_looks_at_pixels_that_are_not_blank():
    made = scene(model={"hidden": []})
    x = ls.objective(made).samples.x
    assert all(x[:, pixel].any() for _, _, pixel in (made.plane.first, made.plane.second))


def test_half_a_plane_is_completed():
    plane = scene(model={"hidden": [4, 3]}, plane={"first": ["W1", 2, 3]}).plane
    assert (plane.first, plane.second) == (("W1", 2, 3), ("W3", 0, 2))


@pytest.mark.parametrize("name", ["valley", "ravine", "shallow_ravine", "false_minima"])
def test_a_function_is_seen_on_its_domain_and_walked_from_its_start(name):
    made = scene(model={"kind": "function", "name": name})
    assert made.data is None
    assert (made.grid.a, made.grid.b) == made.model.domain
    (path,) = ls.descend(made)
    assert (path.a[0], path.b[0]) == tuple(made.model.initial(0, 0))
    assert path.loss[-1] < path.loss[0]
    assert path.status in (ls.Status.CONVERGED, ls.Status.MAX_STEPS)


def test_directions_are_seen_one_unit_around_and_trained_in_full():
    made = scene(model={"hidden": [4, 3]}, plane={"kind": "random"})
    assert (made.grid.a, made.grid.b) == ((-1, 1), (-1, 1))
    assert [(run.trains, run.starts) for run in made.runs] == [("all", ("initial",))]


def test_what_is_given_stays():
    made = scene(grid={"b": [-7, 8]}, runs=[{"steps": 5}], data={"samples": 7}, model={"seed": 9})
    assert (made.grid.b, made.grid.a) == ((-7, 8), ls.Scene().grid.a)
    assert (made.runs[0].steps, made.data.samples, made.model.seed) == (5, 7, 9)
    assert made.runs[0].optimizer == optimizers[optimizers.names()[0]]()
    assert scene(runs=[]).runs == ()


def test_the_chosen_scene_teaches():
    """Not convex, and three starts that nearly touch end in three minima: refined, with positive Hessians."""
    made = ls.Scene()
    starts = np.array(made.runs[0].starts)
    spread = np.linalg.norm(starts - starts.mean(axis=0), axis=1).max()
    paths = ls.descend(made)
    ends = np.array([[path.a[-1], path.b[-1]] for path in paths])
    apart = min(np.linalg.norm(ends[i] - ends[j]) for i, j in [(0, 1), (0, 2), (1, 2)])
    assert apart > 2 * spread
    assert all(path.loss[-1] < path.loss[0] for path in paths)
    assert not any(path.status is ls.Status.DIVERGED for path in paths)


@pytest.mark.parametrize("init", ["normal", "xavier"])
def test_ranges_lie_around_the_values_of_the_chosen_weights(init):
    made = scene(model={"hidden": [6, 4], "init": init}, plane={"first": ["W1", 2, 20], "second": ["W2", 3, 1]})
    objective = ls.objective(made)
    first, second = objective.theta0[: 6 * 64].reshape(6, 64), objective.theta0[6 * 64 : 6 * 64 + 24].reshape(4, 6)
    for ends, matrix, value in ((made.grid.a, first, first[2, 20]), (made.grid.b, second, second[3, 1])):
        size = np.sqrt(np.mean(matrix**2))
        assert np.mean(ends) == pytest.approx(value, abs=size)
        assert np.ptp(ends) == pytest.approx(30 * size, rel=0.1)
        assert all(float(f"{end:.3g}") == end for end in ends), "numbers that can be read"


def test_ranges_of_directions_are_one_norm_around():
    for plane in ({"kind": "random"}, {"kind": "columns"}):
        assert (scene(plane=plane).grid.a, scene(plane=plane).grid.b) == ((-1.0, 1.0), (-1.0, 1.0))


@pytest.mark.parametrize("kind", models.names())
def test_every_model_has_data_and_a_run_that_suit_it(kind):
    made = scene(model={"kind": kind})
    first = ls.revise(ls.Scene(), {"model.kind": kind})
    assert first.scene == made
    assert (first.errors, first.notices) == ({}, [])
    (path, *_) = ls.descend(made)
    assert path.status in (ls.Status.CONVERGED, ls.Status.MAX_STEPS)
    assert path.loss[-1] < path.loss[0]
