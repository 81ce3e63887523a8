"""The scene that opens without a click teaches: three starts that nearly touch end in three true minima."""

from functools import cache
from itertools import combinations

import numpy as np
import pytest
from sklearn.datasets import load_digits

import landscape as ls
from landscape.diagnostics import CriticalPoint, critical_point
from landscape.slice import Slice

SCENE = ls.Scene()
SPAN = max(np.ptp(SCENE.grid.a), np.ptp(SCENE.grid.b))
every_path = pytest.mark.parametrize("index", range(3))


@cache
def paths() -> tuple[ls.Path, ...]:
    return ls.descend(SCENE)


@cache
def minima() -> tuple[CriticalPoint, ...]:
    """The critical points that Newton's method reaches from the paths' ends."""
    slice_ = Slice(ls.objective(SCENE), ls.plane(SCENE))
    return tuple(critical_point(slice_, np.array([path.a[-1], path.b[-1]])) for path in paths())


@cache
def digits_and_weights() -> tuple[np.ndarray, ...]:
    bundled, random = load_digits(), np.random.RandomState(85)
    return (
        bundled.images[:100].reshape(100, 64) / 16,
        np.eye(10)[bundled.target[:100]],
        random.randn(50, 64),
        random.randn(500, 50),
        random.randn(10, 500),
    )


def plain_loss(ab) -> float:
    """The network written out, all of it, with two of its weights replaced."""
    x, y, W1, W2, W3 = digits_and_weights()
    W3 = W3.copy()
    W3[0, 19], W3[0, 120] = ab
    h = x
    for W in (W1, W2, W3):
        h = 1 / (1 + np.exp(-(h @ W.T)))
    return float(np.square(h - y).sum(axis=1).mean())


def place(point: CriticalPoint) -> np.ndarray:
    return np.array([point.a, point.b])


def test_three_starts_nearly_touch():
    (run,) = SCENE.runs
    assert len(run.starts) == len(paths()) == 3
    for one, other in combinations(np.array(run.starts), 2):
        assert 0 < np.linalg.norm(one - other) <= 0.08 * SPAN


@every_path
def test_a_path_ends_at_a_minimum(index):
    path, point = paths()[index], minima()[index]
    assert np.hypot(path.a[-1] - point.a, path.b[-1] - point.b) < 0.05
    assert path.loss[-1] == pytest.approx(plain_loss((path.a[-1], path.b[-1])), rel=1e-12)


def test_the_three_minima_are_three():
    for one, other in combinations(minima(), 2):
        assert np.linalg.norm(place(one) - place(other)) > 0.15 * SPAN


@every_path
def test_the_whole_models_gradient_vanishes_in_the_plane(index):
    objective, plane = ls.objective(SCENE), ls.plane(SCENE)
    gradient = objective.gradient(plane.lift(place(minima()[index])))
    assert np.hypot(gradient @ plane.u, gradient @ plane.v) < 1e-10
    assert np.linalg.norm(gradient) > 1e-3  # of all weights: it is the plane in which the point is flat


@every_path
def test_the_hessian_is_positive(index):
    """By central differences of the plain loss; their error is about 1e-12 by rounding, 1e-6 by truncation."""
    at, h = place(minima()[index]), 0.02
    e = h * np.eye(2)

    def second(i: int, j: int) -> float:
        corners = plain_loss(at + e[i] + e[j]) - plain_loss(at + e[i] - e[j])
        return (corners - plain_loss(at - e[i] + e[j]) + plain_loss(at - e[i] - e[j])) / (4 * h * h)

    eigenvalues = np.linalg.eigvalsh([[second(0, 0), second(0, 1)], [second(1, 0), second(1, 1)]])
    assert eigenvalues[0] > 1e-4
    np.testing.assert_allclose(eigenvalues, minima()[index].eigenvalues, rtol=1e-3)


def test_it_is_not_convex():
    """Between two of the minima the loss rises above the chord."""
    for one, other in combinations(map(place, minima()), 2):
        assert plain_loss((one + other) / 2) > (plain_loss(one) + plain_loss(other)) / 2 + 1e-3


@every_path
def test_a_path_stays_in_the_picture_and_descends_a_visible_way(index):
    path = paths()[index]
    for coordinate, (low, high) in ((path.a, SCENE.grid.a), (path.b, SCENE.grid.b)):
        assert low < coordinate.min() < coordinate.max() < high
    assert np.hypot(path.a[-1] - path.a[0], path.b[-1] - path.b[0]) > 0.1 * SPAN
    assert path.loss[-1] < path.loss[0]
