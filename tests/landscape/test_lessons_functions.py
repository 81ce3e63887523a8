"""The lessons on functions of one and two variables, against recursions written out by hand."""

import math

import numpy as np
import pytest

import landscape as ls
from landscape.catalogue import functions

NEW = ["misleading-gradient", "learning-rates", "momentum", "edge-of-stability"]


def test_the_ids_in_gallery_order():
    assert list(functions.LESSONS) == ["valley", "ravine", "false-minima", *NEW]


@pytest.mark.parametrize("name", NEW)
def test_every_scene_comes_back_from_its_link_and_is_finite(name):
    scene = ls.lesson(name)
    assert ls.Scene.from_query(scene.to_query()) == scene
    surface = ls.surface(scene)
    assert np.isfinite(surface.loss).all()
    assert surface.loss.shape == (len(surface.b), len(surface.a))
    for path in ls.descend(scene):
        assert path.step[-1] == scene.runs[0].steps
        assert np.isfinite(path.loss).all()


def test_the_gradient_of_a_ravine_points_55_degrees_beside_the_minimum():
    """From (-1.8, 0.6) downhill is (3.6, -12) and the minimum lies along (1.8, -0.6): 73.30 and 18.43 degrees down."""
    (path,) = ls.descend(ls.lesson("misleading-gradient"))
    assert (path.a[0], path.b[0]) == (-1.8, 0.6)
    down = math.degrees(math.atan2(path.b[0] - path.b[1], path.a[1] - path.a[0]))
    straight = math.degrees(math.atan2(path.b[0], -path.a[0]))
    assert down == pytest.approx(73.30, abs=0.005)
    assert down - straight == pytest.approx(54.87, abs=0.005)


def test_the_path_through_the_ravine_bends():
    """x shrinks by 1 - 2 lr, y by 1 - 20 lr a step."""
    (path,) = ls.descend(ls.lesson("misleading-gradient"))
    step = path.step.astype(float)
    np.testing.assert_allclose(path.a, -1.8 * 0.98**step, rtol=1e-12)
    np.testing.assert_allclose(path.b, 0.6 * 0.8**step, rtol=1e-12)


def test_three_learning_rates_on_the_curve():
    """x <- x - lr f'(x), f' = 0.4 x^3 - 1.5 x^2 - 0.4 x + 2, twenty times from 2.5."""
    paths = ls.descend(ls.lesson("learning-rates"))
    for path, lr in zip(paths, (0.01, 0.05, 0.2), strict=True):
        x = 2.5
        for step in range(21):
            assert path.a[step] == pytest.approx(x, abs=1e-12)
            assert path.loss[step] == pytest.approx(0.1 * x**4 - 0.5 * x**3 - 0.2 * x**2 + 2 * x + 2, abs=1e-12)
            x -= lr * (0.4 * x**3 - 1.5 * x**2 - 0.4 * x + 2)
    minimum = max(np.roots([0.4, -1.5, -0.4, 2]).real)  # the one to the right of the start, beyond the drawn curve
    assert minimum > 3
    left = [abs(path.a[-1] - minimum) for path in paths]
    assert left[0] > 10 * left[1] > 100 * left[2]  # the faster, the nearer: none of the three is too fast


def test_the_curve_is_drawn_where_the_lesson_says():
    surface = ls.surface(ls.lesson("learning-rates"))
    assert (surface.a[0], surface.a[-1], surface.loss.shape) == (-3, 3, (1, 121))
    np.testing.assert_allclose(surface.loss[0], np.polyval([0.1, -0.5, -0.2, 2, 2], surface.a), rtol=1e-12)


def test_momentum_runs_along_the_valley_where_plain_descent_crawls():
    """v <- beta v - lr g, theta <- theta + v with g = (0.2 x, 2 y); plain descent is beta = 0."""
    plain, heavy = ls.descend(ls.lesson("momentum"))
    for path, beta in ((plain, 0.0), (heavy, 0.9)):
        x, y, vx, vy = -1.8, 0.6, 0.0, 0.0
        for step in range(21):
            assert path.a[step] == pytest.approx(x, abs=1e-12)
            assert path.b[step] == pytest.approx(y, abs=1e-12)
            vx, vy = beta * vx - 0.1 * 0.2 * x, beta * vy - 0.1 * 2 * y
            x, y = x + vx, y + vy
    assert max(heavy.a) > 0 > max(plain.a)  # it overshoots the bottom that the other does not reach


def test_at_the_edge_of_stability_y_flips_for_ever():
    """lr times the curvature 20 is 2: y <- -y; x shrinks by 0.8 all the while."""
    (path,) = ls.descend(ls.lesson("edge-of-stability"))
    assert path.step.tolist() == list(range(16))
    np.testing.assert_allclose(path.b, 0.6 * (-1.0) ** path.step, rtol=0, atol=1e-12)
    np.testing.assert_allclose(path.a[1:], 0.8 * path.a[:-1], rtol=1e-12)
