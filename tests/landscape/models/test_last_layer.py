"""Two parameters of the last layer: the short way against the plain way through the whole network."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape.datasets.base import Samples
from landscape.models.last_layer import LastLayer
from landscape.models.mlp import Mlp
from landscape.objective import Objective
from landscape.planes.weights import Weights
from landscape.slice import Lifted, Slice

HEADS = [
    ("sigmoid", "squared_error"),
    ("softmax", "squared_error"),
    ("identity", "squared_error"),
    ("sigmoid", "cross_entropy"),
    ("softmax", "cross_entropy"),
]
D, K, N = 5, 4, 9
PAIRS = {
    "one unit": (("W3", 1, 0), ("W3", 1, 5)),
    "two units": (("W3", 3, 2), ("W3", 0, 4)),
    "two units, one source": (("W3", 3, 2), ("W3", 0, 2)),
    "weight and its bias": (("W3", 2, 1), ("b3", 2)),
    "bias before weight": (("b3", 2), ("W3", 2, 1)),
    "weight and another bias": (("W3", 2, 1), ("b3", 0)),
    "two biases": (("b3", 3), ("b3", 1)),
}
BATCH = np.array([7, 0, 3])


def both_ways(first, second, seed=0, classes=True, **fields):
    random = np.random.RandomState(seed)
    y = np.eye(K)[random.randint(K, size=N)] if classes else random.randn(N, K)
    model = Mlp(**({"hidden": (4, 6), "activation": "tanh", "bias": True, "seed": seed} | fields))
    objective = Objective(model, Samples(random.randn(N, D), y))
    plane = Weights(first=first, second=second).build(objective.theta0, objective.blocks, model.biases())
    return Slice(objective, plane), Lifted(objective, plane)


def assert_same(short, plain, ab, batch=None):
    want, slope = plain.value_and_gradient(ab, batch)
    value, gradient = short.loss_and_gradient(ab, batch)
    np.testing.assert_allclose(value, want, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(short.loss(ab, batch), want, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(gradient, slope, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("pair", PAIRS.values(), ids=list(PAIRS))
@pytest.mark.parametrize(("output", "loss"), HEADS)
@pytest.mark.parametrize("l2", [0.0, 0.5])
def test_is_the_plain_way(pair, output, loss, l2):
    short, plain = both_ways(*pair, output=output, loss=loss, l2=l2)
    assert isinstance(short.evaluator, LastLayer)
    ab = 4 * np.random.RandomState(1).randn(2, 3, 2)
    assert_same(short, plain, ab)
    assert_same(short, plain, ab, BATCH)
    assert_same(short, plain, ab[0, 0])


def test_a_network_of_one_layer_has_only_a_last_one():
    short, plain = both_ways(("W1", 1, 0), ("W1", 2, 3), hidden=())
    assert isinstance(short.evaluator, LastLayer)
    assert_same(short, plain, np.random.RandomState(1).randn(5, 2))


@settings(derandomize=True, deadline=None, database=None, max_examples=60)
@given(
    seed=st.integers(0, 99),
    head=st.sampled_from(HEADS),
    units=st.tuples(st.integers(0, K - 1), st.integers(0, K - 1)),
    sources=st.tuples(st.integers(0, 5), st.integers(0, 5)),
    l2=st.sampled_from([0.0, 0.1]),
    activation=st.sampled_from(["sigmoid", "tanh", "relu", "leaky_relu", "identity"]),
    ab=st.tuples(st.floats(-30, 30), st.floats(-30, 30)),
)
def test_is_the_plain_way_for_any_network(seed, head, units, sources, l2, activation, ab):
    first, second = (("W3", unit, source) for unit, source in zip(units, sources, strict=True))
    if first == second:
        second = ("b3", units[1])
    short, plain = both_ways(first, second, seed, output=head[0], loss=head[1], l2=l2, activation=activation)
    assert_same(short, plain, np.array(ab))
