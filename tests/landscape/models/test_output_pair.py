"""Which pairs of parameters the output layer's ways take; what they give is tested with the models that use them."""

import numpy as np
import pytest

from landscape.models.base import split
from landscape.models.losses import Head
from landscape.models.output_pair import of_output_pair

BLOCKS = {"A": (3, 2), "a": (3,), "B": (2, 3), "b": (2,)}  # A 0..5, a 6..8, B 9..14, b 15..16
N = 4


def ways(pair, blocks=BLOCKS, values=None):
    random = np.random.RandomState(0)
    count = sum(int(np.prod(shape)) for shape in blocks.values())
    theta, h, y = random.randn(count), random.randn(N, 3), random.randn(N, 2)
    theta[list(pair or ())] = 0.0
    head = Head("identity", "squared_error")
    return theta, h, y, list(of_output_pair(pair, blocks, split(theta, blocks), values or (lambda: h), head, y))


@pytest.mark.parametrize("pair", [(9, 14), (10, 16), (15, 12), (15, 16)])
def test_two_of_the_last_matrix_and_its_bias_are_taken(pair):
    theta, h, y, found = ways(pair)
    assert len(found) == 1
    for a, b in [(0.0, 0.0), (1.0, -2.0), (-3.0, 0.5)]:
        moved = theta.copy()
        moved[list(pair)] = a, b
        parts = split(moved, BLOCKS)
        want = np.square(h @ parts["B"].T + parts["b"] - y).sum(axis=1).mean()
        assert float(found[0].value(np.array([a, b]))) == pytest.approx(want, rel=1e-12)


def test_without_a_bias():
    blocks = {"A": (3, 2), "B": (2, 3)}
    theta, h, y, found = ways((6, 8), blocks)
    theta[6] = 2.0
    want = np.square(h @ split(theta, blocks)["B"].T - y).sum(axis=1).mean()
    assert float(found[0].value(np.array([2.0, 0.0]))) == pytest.approx(want, rel=1e-12)


@pytest.mark.parametrize("pair", [None, (0, 9), (16, 8), (1, 2)])
def test_others_are_left_and_cost_nothing(pair):
    def never():
        raise AssertionError("What goes into the layer was asked for.")

    assert ways(pair, values=never)[-1] == []
