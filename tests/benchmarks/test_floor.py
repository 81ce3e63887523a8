"""The floor does as many bare operations as it says, with the right functions."""

import numpy as np
import pytest

from benchmarks import floor
from benchmarks.floor import Floor


@pytest.fixture
def counted(monkeypatch):
    """Counts numbers that go through activations, and multiplications of products."""
    seen = {"calls": 0, "products": 0}
    matmul = np.matmul

    def product(left, right, out):
        seen["products"] += left.shape[0] * left.shape[1] * right.shape[1]
        return matmul(left, right, out=out)

    def call(z):
        seen["calls"] += z.size

    monkeypatch.setattr(floor.np, "matmul", product)
    for name in ("_tanh", "_sigmoid"):
        monkeypatch.setattr(floor, name, call)
    return seen


@pytest.mark.parametrize(("first", "last"), [(False, False), (True, True)])
def test_passes(counted, first, last):
    Floor("float64", "sigmoid").passes([7, 5, 3], 40, first=first, last=last)
    assert counted == {"products": 40 * (7 * 5 + 5 * 3), "calls": 40 * (7 * first + 5 + 3 * last)}


def test_passes_in_tiles_are_at_most_a_tile_too_many(counted, monkeypatch):
    monkeypatch.setattr(floor, "TILE", 50)
    Floor("float32", "tanh").passes([7, 5, 3], 1003, first=False, last=True)
    assert 1003 * 50 <= counted["products"] <= 1013 * 50


def test_training_is_three_products_for_every_matrix_but_the_first(counted):
    Floor("float64", "sigmoid").training([7, 5, 3], 40, 2)
    assert counted["products"] == 2 * 40 * (2 * 7 * 5 + 3 * 5 * 3)
    assert counted["calls"] == 2 * 40 * (5 + 3)


def test_a_step_of_descents_is_two_products_and_the_touched_units_sigmoids(counted):
    Floor("float64", "sigmoid").descent(3, 100, 10)
    assert counted == {"products": 10 * 3 * 100 * 4, "calls": 10 * 3 * 100}


def test_the_sigmoid_is_one():
    z = np.array([-3.0, 0.0, 2.0])
    expected = 1 / (1 + np.exp(-z))
    floor._sigmoid(z)
    np.testing.assert_allclose(z, expected, rtol=1e-15)
