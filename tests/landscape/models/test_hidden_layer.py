"""Two parameters of a hidden layer: the short way against the plain way through the whole network."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape.datasets.base import Samples
from landscape.models.hidden_layer import HiddenLayer
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
HIDDEN = (4, 6, 3)
D, K, N = 5, 4, 9
SOURCES = (D, *HIDDEN)
PAIRS = {
    "first layer, one unit": (("W1", 1, 0), ("W1", 1, 4)),
    "first layer, two units": (("W1", 3, 0), ("W1", 1, 4)),
    "second layer, one unit": (("W2", 5, 2), ("W2", 5, 0)),
    "second layer, two units": (("W2", 5, 2), ("W2", 0, 2)),
    "third layer, one unit": (("W3", 2, 1), ("W3", 2, 5)),
    "weight and its bias": (("W2", 2, 1), ("b2", 2)),
    "bias and another weight": (("b1", 2), ("W1", 0, 1)),
    "two biases": (("b3", 2), ("b3", 1)),
}
BATCH = np.array([7, 0, 3])


def both_ways(first, second, seed=0, **fields):
    random = np.random.RandomState(seed)
    samples = Samples(random.randn(N, D), np.eye(K)[random.randint(K, size=N)])
    model = Mlp(**({"hidden": HIDDEN, "activation": "tanh", "bias": True, "seed": seed} | fields))
    objective = Objective(model, samples)
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
    assert isinstance(short.evaluator, HiddenLayer)
    ab = 4 * np.random.RandomState(1).randn(2, 3, 2)
    assert_same(short, plain, ab)
    assert_same(short, plain, ab, BATCH)
    assert_same(short, plain, ab[0, 0])


@settings(derandomize=True, deadline=None, database=None, max_examples=80)
@given(
    seed=st.integers(0, 99),
    head=st.sampled_from(HEADS),
    layer=st.integers(1, len(HIDDEN)),
    numbers=st.tuples(*[st.integers(0, 99)] * 4),
    bias=st.booleans(),
    l2=st.sampled_from([0.0, 0.1]),
    activation=st.sampled_from(["sigmoid", "tanh", "relu", "leaky_relu", "identity"]),
    ab=st.tuples(st.floats(-30, 30), st.floats(-30, 30)),
)
def test_is_the_plain_way_for_any_network(seed, head, layer, numbers, bias, l2, activation, ab):
    width, sources, name = HIDDEN[layer - 1], SOURCES[layer - 1], f"W{layer}"
    first = (name, numbers[0] % width, numbers[1] % sources)
    second = (name, numbers[2] % width, numbers[3] % sources)
    if first == second:
        second = (name, first[1], (first[2] + 1) % sources)
    short, plain = both_ways(first, second, seed, output=head[0], loss=head[1], l2=l2, bias=bias, activation=activation)
    assert isinstance(short.evaluator, HiddenLayer)
    assert_same(short, plain, np.array(ab))


def test_the_work_of_wide_layers_behind_is_counted():
    """A tile is cut by it: one product of 60 x 50 a sample must weigh more than 60 activations."""
    short, _ = both_ways(("W1", 0, 0), ("W1", 0, 1), hidden=(4, 50, 60))
    assert short.work >= N * (50 + 50 * 60 + 60 * K)
