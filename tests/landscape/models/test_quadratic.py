"""The quadratic over a plane against the sum of squares written out, in longer numbers where digits are at stake."""

import doctest

import numpy as np
import pytest

from landscape.models import quadratic
from landscape.models.quadratic import Quadratic

N, K, S = 40, 3, 5


def rows(count, seed, parallel=1.0):
    """[P Q R] of some errors; ``parallel`` is how far the second direction is from the first."""
    p, q, r = np.random.RandomState(seed).randn(3, *count)
    return np.stack([p, p + parallel * q, r], axis=-1)


def plainly(columns, penalties, mean, ab):
    """Value (M,) and gradient (M, 2) term by term, in the longest numbers that there are."""
    columns, penalties, ab = (np.asarray(array, np.longdouble) for array in (columns, penalties, ab))
    total, slope = np.zeros(len(ab), np.longdouble), np.zeros((len(ab), 2), np.longdouble)
    for part, share in ((columns.reshape(-1, 3), 1 / np.longdouble(len(columns)) if mean else 1), (penalties, 1)):
        error = part[:, 2] + ab @ part[:, :2].T  # (M, rows)
        total += share * (error**2).sum(axis=1)
        slope += 2 * share * error @ part[:, :2]
    return total, slope


@pytest.mark.parametrize("mean", [True, False])
@pytest.mark.parametrize("penalised", [True, False])
@pytest.mark.parametrize("parallel", [1.0, 1e-3, 1e-9, 0.0])
def test_is_the_sum_of_squares(mean, penalised, parallel):
    columns = rows((N, K), 0, parallel)
    penalties = rows((S,), 1) if penalised else np.empty((0, 3))
    way, ab = Quadratic(columns, penalties, mean), 3 * np.random.RandomState(2).randn(20, 2)
    want, slope = plainly(columns, penalties, mean, ab)
    value, gradient = way.value_and_gradient(ab)
    np.testing.assert_allclose(value, want.astype(float), rtol=1e-13)
    np.testing.assert_allclose(gradient, slope.astype(float), rtol=1e-12, atol=1e-12 * np.abs(slope).max())
    np.testing.assert_array_equal(way.value(ab), value)
    np.testing.assert_array_equal(way.gradient(ab), gradient)


@pytest.mark.parametrize("mean", [True, False])
def test_a_batch_is_its_samples_and_the_whole_penalty(mean):
    columns, penalties, ab = rows((N, K), 0), rows((S,), 1), np.random.RandomState(2).randn(4, 5, 2)
    way = Quadratic(columns, penalties, mean)
    for batch in (np.array([3]), np.array([5, 5, 0]), np.arange(N)):
        want, slope = plainly(columns[batch], penalties, mean, ab.reshape(-1, 2))
        value, gradient = way.value_and_gradient(ab, batch)
        np.testing.assert_allclose(value, want.astype(float).reshape(4, 5), rtol=1e-12)
        np.testing.assert_allclose(gradient, slope.astype(float).reshape(4, 5, 2), rtol=1e-11, atol=1e-11)
        np.testing.assert_array_equal(way.value(ab, batch), value)


def test_a_batch_of_one_error_without_a_penalty():
    """One row, fewer than the triangle has: (1 a + 2 b - 4)^2."""
    way = Quadratic(np.array([[[1.0, 2.0, -4.0]], [[3.0, 1.0, 1.0]]]), np.empty((0, 3)), mean=True)
    value, gradient = way.value_and_gradient(np.array([1.0, 1.0]), np.array([0]))
    np.testing.assert_allclose(value, 1, rtol=1e-14)
    np.testing.assert_allclose(gradient, [-2, -4], rtol=1e-14)


def test_a_grid_is_its_points():
    way = Quadratic(rows((N, K), 0), rows((S,), 1), mean=True)
    a, b = np.linspace(-3, 2, 7), np.linspace(-1, 4, 5)
    grid = way.grid(a, b)
    assert grid.shape == (5, 7)
    assert grid.dtype == np.float64
    np.testing.assert_array_equal(grid, way.value(np.stack(np.meshgrid(a, b), axis=-1)))


@pytest.mark.parametrize("noise", [1e-1, 1e-2, 1e-3])
@pytest.mark.parametrize("near", [1e-2, 1e-5, 0.0])
def test_keeps_its_digits_near_a_minimum_that_lies_far_away(noise, near):
    """Where the loss is a tiny part of that at (0, 0), the expanded quadratic loses what this keeps."""
    columns, minimum = rows((N, K), 0), np.array([700.0, -400.0])
    columns[..., 2] = noise * columns[..., 2] - columns[..., :2] @ minimum
    ab = minimum + near * np.random.RandomState(2).randn(20, 2)
    want, _ = plainly(columns, np.empty((0, 3)), False, ab)
    way = Quadratic(columns, np.empty((0, 3)), mean=False)
    assert float(want.max()) < 1e-5 * way.value(np.zeros(2))
    np.testing.assert_allclose(way.value(ab), want.astype(float), rtol=1e-13 / noise)

    t = columns.reshape(-1, 3).T @ columns.reshape(-1, 3)  # the six coefficients of the expanded quadratic
    points = np.concatenate([ab, np.ones((20, 1))], axis=1)
    expanded = np.einsum("mi,ij,mj->m", points, t, points)
    assert np.abs(expanded - want).max() > 100 * np.abs(way.value(ab) - want).max()


def test_no_direction_moves_anything():
    """Inputs that are zero in all samples: the loss is constant."""
    columns = rows((N, K), 0)
    columns[..., :2] = 0
    way = Quadratic(columns, np.empty((0, 3)), mean=False)
    value, gradient = way.value_and_gradient(np.array([[0.0, 0.0], [1e6, -3.0]]))
    np.testing.assert_allclose(value, (columns[..., 2] ** 2).sum(), rtol=1e-14)
    np.testing.assert_array_equal(gradient, 0)


def test_numbers_that_are_not_finite_are_passed_on_without_a_warning():
    columns = rows((N, K), 0)
    way = Quadratic(columns, np.empty((0, 3)), mean=True)
    assert way.value(np.array([1e200, 0.0])) == np.inf
    assert way.grid(np.array([1e200]), np.array([0.0]))[0, 0] == np.inf
    columns[3, 0] = [0.0, 1.0, np.inf]
    broken = Quadratic(columns, np.empty((0, 3)), mean=True)
    value, _ = broken.value_and_gradient(np.ones(2))
    assert not np.isfinite(value)
    assert not np.isfinite(broken.value(np.ones(2), np.array([3, 4])))
    assert not np.isfinite(broken.grid(np.ones(1), np.ones(1))).any()


def test_examples_run():
    outcome = doctest.testmod(quadratic)
    assert outcome.attempted > 0
    assert outcome.failed == 0
