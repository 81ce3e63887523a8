"""The factored exponentials behind a grid of cross-entropies: of large exponents, and of small losses."""

import numpy as np
import pytest

from landscape.models.linear_scores import PlanePenalty
from landscape.models.softmax_scores import REACH, SoftmaxScores

N, J = 60, 4


def way_of(margins):
    return SoftmaxScores(margins, PlanePenalty(np.zeros((3, 2)), 0.0, squared=False))


def one_by_one(margins, a, b):
    """Each sample's ``log(exp(0) + sum exp m)`` by numpy's logaddexp."""
    p, q, r = margins
    m = p + a[:, None, None] * q + b[:, None, None, None] * r  # (B, A, J, N)
    return np.logaddexp(0.0, np.logaddexp.reduce(m, axis=-2)).mean(axis=-1)


@pytest.mark.parametrize("size", [0.01, 1.0, 30.0, 1e3, 1e6])
def test_exponents_of_every_size(size):
    """Up to blocks that hold a single point, and beyond every exponential."""
    random = np.random.RandomState(0)
    margins = size * random.randn(3, J, N)
    a, b = np.linspace(-2, 3, 23), np.linspace(-4, 1, 19)
    np.testing.assert_allclose(way_of(margins).grid(a, b), one_by_one(margins, a, b), rtol=1e-12)


@pytest.mark.parametrize("along", [0, 1])
def test_a_plane_that_is_steep_one_way(along):
    random = np.random.RandomState(1)
    margins = random.randn(3, J, N)
    margins[1 + along] *= 500.0
    margins[2 - along] = 0.0
    a, b = np.linspace(-1, 1, 30), np.linspace(-1, 1, 21)
    np.testing.assert_allclose(way_of(margins).grid(a, b), one_by_one(margins, a, b), rtol=1e-12)


def test_at_the_edges_of_the_largest_block_nothing_leaves_the_numbers():
    random = np.random.RandomState(2)
    margins = random.choice([-1.0, 1.0], (3, J, N))
    margins[0] *= 600.0  # some classes count for nothing in the middle
    for size in (0.999 * REACH, REACH, 1.001 * REACH):
        a = size * np.linspace(-1, 1, 9)
        np.testing.assert_allclose(way_of(margins).grid(a, a), one_by_one(margins, a, a), rtol=1e-12)


def test_small_losses_keep_their_digits():
    """A trained classifier: every margin is far below 0 in the middle of the grid."""
    random = np.random.RandomState(3)
    margins = random.randn(3, J, N)
    margins[0] -= 45.0
    a, b = np.linspace(-14, 14, 21), np.linspace(-2, 2, 11)
    want = one_by_one(margins, a, b)
    assert want.min() < 1e-15
    assert want.max() > 1e-7
    np.testing.assert_allclose(way_of(margins).grid(a, b), want, rtol=1e-10)


def test_any_order_of_coordinates_and_two_classes():
    random = np.random.RandomState(4)
    margins = 80 * random.randn(3, 1, N)
    a, b = random.randn(20), random.randn(15)
    b[3:6] = b[0]
    np.testing.assert_allclose(way_of(margins).grid(a, b), one_by_one(margins, a, b), rtol=1e-12)


def test_many_samples_are_cut_into_parts_and_chunks(monkeypatch):
    monkeypatch.setattr("landscape.models.softmax_scores.CHUNK_FLOATS", 500)
    monkeypatch.setattr("landscape.models.softmax_scores.SAMPLES", 11)
    random = np.random.RandomState(5)
    margins = random.randn(3, J, N)
    a, b = np.linspace(-1, 1, 9), np.linspace(-1, 1, 7)
    np.testing.assert_allclose(way_of(margins).grid(a, b), one_by_one(margins, a, b), rtol=1e-13)
