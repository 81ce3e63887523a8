"""Planes of one axis: the loss as a curve, and descents on it."""

import numpy as np
import pytest
from pydantic import ValidationError

import landscape as ls

NETWORK = {"model": {"hidden": [6, 4], "bias": True}, "data": {"samples": 40}}
LINES = {
    "weights, last layer": {"kind": "weights", "first": ["W3", 2, 1], "second": None},
    "weights, first layer": {"kind": "weights", "first": ["W1", 2, 20], "second": None},
    "random": {"kind": "random", "directions": 1},
    "columns": {"kind": "columns", "matrix": "W2", "first": 3, "second": None},
}
every_line = pytest.mark.parametrize("plane", LINES.values(), ids=list(LINES))


def scene(plane, **fields):
    return ls.Scene.model_validate(NETWORK | {"plane": plane} | fields)


@every_line
def test_the_curve_is_the_loss_of_the_lifted_parameters(plane):
    line = scene(plane, grid={"a": [-3, 4], "resolution": [9, 60]})
    surface, where, objective = ls.surface(line), ls.plane(line), ls.objective(line)
    assert surface.loss.shape == (1, 9)
    assert (surface.b.tolist(), surface.stride) == ([0.0], 1)
    want = [float(objective.loss(where.origin + a * where.u)) for a in surface.a]
    np.testing.assert_allclose(surface.loss[0], want, rtol=1e-10)


@every_line
def test_a_descent_stays_on_the_curve(plane):
    line = scene(plane, runs=[{"starts": [[0.5], "initial"], "steps": 40, "optimizer": {"kind": "adam"}}])
    where, objective = ls.plane(line), ls.objective(line)
    for path in ls.descend(line):
        np.testing.assert_array_equal(path.b, 0.0)
        want = objective.loss(where.origin + path.a[:, None] * where.u)
        np.testing.assert_allclose(path.loss, want, rtol=1e-10)
        assert path.loss[-1] < path.loss[0]


@every_line
def test_a_run_that_trains_everything_is_projected_on_it(plane):
    line = scene(plane, runs=[{"starts": ["initial"], "trains": "all", "steps": 3, "optimizer": {"lr": 0.5}}])
    where, objective = ls.plane(line), ls.objective(line)
    (path,) = ls.descend(line)
    theta = objective.theta0.copy()
    for step in range(4):
        moved = theta - objective.theta0
        a = where.u @ (theta - where.origin) / (where.u @ where.u)
        assert path.a[step] == pytest.approx(a, rel=1e-9, abs=1e-12)
        rest = moved - (where.u @ moved) / (where.u @ where.u) * where.u
        if step:
            assert path.outside[step] == pytest.approx(rest @ rest / (moved @ moved), rel=1e-6)
        theta -= 0.5 * objective.gradient(theta)
    np.testing.assert_array_equal(path.b, 0.0)


def test_a_function_of_one_variable_is_a_curve():
    quartic = ls.Scene.model_validate({"model": {"kind": "function", "name": "quartic"}})
    assert (quartic.plane.first, quartic.plane.second, quartic.grid.b) == (("x",), None, None)
    surface = ls.surface(quartic)
    x = surface.a
    want = 0.1 * x**4 - 0.5 * x**3 - 0.2 * x**2 + 2 * x + 2
    np.testing.assert_allclose(surface.loss[0], want, rtol=1e-14, atol=1e-14)


@every_line
def test_links_of_lines_come_back(plane):
    line = scene(plane, runs=[{"starts": [[1.5], "initial"], "steps": 5}])
    assert ls.Scene.from_query(line.to_query()) == line
    assert ls.Scene.model_validate(line.model_dump(mode="json")) == line


def test_a_second_weight_that_is_taken_away_takes_what_suited_two_with_it():
    surface = ls.Scene()
    curve = ls.revise(surface, {"plane.second": "none"})
    assert (curve.errors, curve.notices) == ({}, [])
    assert curve.scene.grid.b is None
    assert curve.scene.runs[0].starts == ("initial",)
    back = ls.revise(curve.scene, {"plane.second": "W3,0,120"})
    assert (back.errors, back.notices) == ({}, [])
    assert back.scene.grid.b is not None


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"grid": {"b": [-1, 1]}}, "Range of b must be none: the plane is a line. Got -1,1."),
        ({"runs": [{"starts": [[1, 2]]}]}, "Starts must be one number a, or initial. Got 1.0, 2.0."),
        ({"runs": [{"starts": [[]]}]}, "Starts must be two numbers a, b, or initial. Got nothing."),
    ],
)
def test_what_does_not_fit_a_line_is_refused(fields, sentence):
    with pytest.raises(ValidationError) as caught:
        scene(LINES["random"], **fields)
    assert caught.value.errors()[0]["msg"] == sentence


def test_what_does_not_fit_a_plane_is_refused():
    with pytest.raises(ValidationError, match="Range of b must be given: the plane has two axes"):
        ls.Scene.model_validate({"grid": {"b": None}})
    with pytest.raises(ValidationError, match=r"Starts must be two numbers a, b, or initial\. Got 3"):
        ls.Scene.model_validate({"runs": [{"starts": [[3]]}]})


def test_another_pair_for_a_line_is_another_weight():
    line = scene(LINES["weights, last layer"])
    lively = ls.suggest_pair(ls.Engine(), line, seed=1)
    assert lively.plane.second is None
    assert lively.grid.b is None
    assert lively.plane.first != line.plane.first


@every_line
@pytest.mark.parametrize(
    ("run", "asked"),
    [
        ({"noise": 0.1}, 1),
        ({"gradient": "centred"}, 2),
        ({"optimizer": {"kind": "local_search"}}, None),
        ({"optimizer": {"kind": "newton", "lr": 0.1, "saddle_free": True, "damping": 0.1}}, 3),
        ({"optimizer": {"kind": "lbfgs"}}, None),
    ],
    ids=["noise", "differences", "search", "newton", "lbfgs"],
)
def test_nothing_leaves_a_line_or_pays_for_a_second_coordinate(plane, run, asked):
    for path in ls.descend(scene(plane, runs=[{"starts": [[0.5], "initial"], "steps": 20} | run])):
        np.testing.assert_array_equal(path.b, 0.0)
        assert np.ptp(path.a) > 0
        if asked is not None:
            np.testing.assert_array_equal(path.evaluations, asked * np.arange(21))
