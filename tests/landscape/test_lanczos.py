"""The largest eigenvalue by products, against all eigenvalues by numpy."""

import doctest

import numpy as np
import pytest

from landscape import lanczos
from landscape.lanczos import MOST, largest


class Counted:
    """A symmetric matrix that counts its products."""

    def __init__(self, matrix):
        self.matrix, self.products = np.asarray(matrix, dtype=float), 0

    def __call__(self, vector):
        self.products += 1
        return self.matrix @ vector


def symmetric(size, seed):
    matrix = np.random.RandomState(seed).randn(size, size)
    return (matrix + matrix.T) / 2


def with_spectrum(values, seed=0):
    turned = np.linalg.qr(np.random.RandomState(seed).randn(len(values), len(values)))[0]
    return turned @ np.diag(values) @ turned.T


MATRICES = {
    "1 x 1": [[-3.0]],
    "1 x 1, zero": [[0.0]],
    "2 x 2": symmetric(2, 1),
    "3 x 3": symmetric(3, 1),
    "random, 10": symmetric(10, 2),
    "random, 60": symmetric(60, 3),
    "negative-dominant": symmetric(40, 4) - 30 * np.eye(40),
    "one far below": with_spectrum([-1e6, *np.linspace(-1, 2, 30)]),
    "all negative": with_spectrum(-np.linspace(1, 5, 25)),
    "clustered at the top": with_spectrum([*np.linspace(0, 1, 30), *(2 + 1e-4 * np.arange(5))]),
    "twice the same": with_spectrum([5.0, 5.0, *np.linspace(-5, 4, 20)]),
    "identity": np.eye(50),
    "zeros": np.zeros((12, 12)),
    "of rank one": np.outer(np.arange(1.0, 31), np.arange(1.0, 31)),
    "huge": 1e150 * symmetric(8, 5),
    "tiny": 1e-150 * symmetric(8, 6),
}


@pytest.mark.parametrize("matrix", MATRICES.values(), ids=list(MATRICES))
def test_is_numpys_largest(matrix):
    product = Counted(matrix)
    values = np.linalg.eigvalsh(product.matrix)
    found = largest(product, len(values), tolerance=1e-9)
    assert found.value == pytest.approx(values[-1], rel=1e-9, abs=1e-9 * np.abs(values).max())
    assert product.products == found.products <= min(len(values), MOST)
    assert found.vector @ found.vector == pytest.approx(1, rel=1e-12)
    quotient = found.vector @ product.matrix @ found.vector
    assert quotient == pytest.approx(found.value, rel=1e-9, abs=1e-9 * np.abs(values).max())


@pytest.mark.parametrize("seed", range(5))
def test_of_a_large_one_sixty_products_are_enough(seed):
    """A quadratic form of 400 numbers as a network's is: a few steep directions above many flat ones."""
    values = np.concatenate([np.random.RandomState(seed).randn(390), [15, 20, 21, 30, 31, 40, 50, 60, 99, 100]])
    product = Counted(with_spectrum(values, seed))
    found = largest(product, 400)
    assert found.value == pytest.approx(100, rel=1e-8)
    assert product.products < MOST


def test_stops_early_and_says_how_far_it_may_be_off():
    matrix = symmetric(300, 7)
    values = np.linalg.eigvalsh(matrix)
    for most in (5, 10, 20, 40):
        found = largest(Counted(matrix), 300, most=most)
        assert found.products == most
        assert found.value < values[-1]
        assert np.abs(values - found.value).min() <= found.error
    assert found.value == pytest.approx(values[-1], rel=1e-3)


def test_two_rows_take_two_products():
    product = Counted([[1.0, 4.0], [4.0, 1.0]])
    assert largest(product, 2)[1:] == (pytest.approx(5.0, rel=1e-15), 0.0, 2)
    assert product.products == 2


def test_the_seed_decides():
    matrix = symmetric(80, 8)
    first, second = (largest(Counted(matrix), 80, most=6, seed=seed) for seed in (1, 2))
    assert first[1:] == largest(Counted(matrix), 80, most=6, seed=1)[1:]
    assert first.value != second.value


@pytest.mark.parametrize("size", [1, 2, 5])
def test_numbers_that_are_not_finite_say_nothing(size):
    found = largest(lambda vector: np.full(size, np.inf), size)
    assert np.isnan(found.value)
    assert found.error == np.inf


def test_the_example():
    assert doctest.testmod(lanczos).failed == 0
