"""The lowest point of a picture, beside minima that are known otherwise."""

import numpy as np
import pytest

import landscape as ls


@pytest.mark.parametrize("name", ["batch-surface", "batch-by-batch"])
def test_of_a_line_through_points_it_is_the_least_squares_solution(name):
    scene = ls.lesson(name)
    x, y, _ = scene.data.load()
    solution, (least,), _, _ = np.linalg.lstsq(x, y, rcond=None)
    found = ls.lowest(scene)
    assert not found.is_vertex
    np.testing.assert_allclose(found.place, solution.ravel(), rtol=0, atol=1e-8)
    assert found.loss == pytest.approx(least, rel=1e-10)


@pytest.mark.parametrize("name", ["himmelblau", "beale", "styblinski_tang", "six_hump_camel", "rosenbrock"])
def test_of_a_function_it_is_one_of_its_known_minima(name):
    scene = ls.Scene.model_validate({"model": {"kind": "function", "name": name}})
    found = ls.lowest(scene)
    known = min(minimum.value for minimum in scene.model.formula.minima)
    assert found.loss == pytest.approx(known, abs=1e-4)
    near = min(np.abs(np.subtract(found.place, minimum.point)).max() for minimum in scene.model.formula.minima)
    assert near < 1e-3  # published minima are rounded
    assert np.abs(ls.objective(scene).gradient(np.array(found.place))).max() < 1e-6


def test_on_a_slope_the_vertex_stands():
    """sin x sin y + 0.2 x where nothing lower lies inside: the corner of the picture."""
    scene = ls.Scene.model_validate(
        {
            "model": {"kind": "function", "name": "false_minima"},
            "grid": {"a": (1, 2), "b": (1, 2), "resolution": (9, 9)},
        }
    )
    found, surface = ls.lowest(scene), ls.surface(scene)
    assert found.is_vertex
    row, column = np.unravel_index(surface.loss.argmin(), surface.loss.shape)
    assert found.place == (surface.a[column], surface.b[row])
    assert found.loss == surface.loss.min()


def test_at_a_kink_the_vertex_stands():
    """Hinge losses are straight beside their folds: there is no curvature to follow."""
    found = ls.lowest(ls.lesson("svm-pairs"))
    assert found.loss <= np.nanmin(ls.surface(ls.lesson("svm-pairs")).loss)
    if not found.is_vertex:
        gradient = ls.Engine().slice(ls.lesson("svm-pairs")).gradient(np.array(found.place))
        assert np.abs(gradient).max() < 1e-9


def test_where_nothing_is_finite_there_is_none():
    scene = ls.lesson("ravine")
    nothing = ls.Surface(np.arange(3.0), np.arange(2.0), np.full((2, 3), np.nan), np.full((2, 3), True))
    assert ls.Engine().lowest(scene, nothing) is None


def test_a_valley_of_one_sample_has_no_lowest_point() -> None:
    """(w . x - y)^2 is 0 along a line: its curvature is singular but for rounding, and the vertex stands."""
    scene = ls.revise(ls.lesson("batch-by-batch"), {"runs.0.batch": "1"}).scene
    assert scene is not None
    x, y, _ = scene.data.load()
    for step in range(45):
        found = ls.batch_surface(scene, step)
        assert found.lowest is not None
        assert found.lowest.is_vertex
        (sample,) = found.samples
        loss = (x[sample] @ found.lowest.place - y[sample, 0]) ** 2
        np.testing.assert_allclose(found.lowest.loss, loss, rtol=1e-9, atol=1e-12)
        assert found.lowest.loss == found.surface.loss.min()
