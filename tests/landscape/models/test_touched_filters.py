"""Every short way of a convolutional network over random planes, against lifting through the whole network."""

import itertools

import numpy as np
import pytest

from landscape.datasets.base import Samples
from landscape.models.convnet import Convnet
from landscape.objective import Objective
from landscape.planes.base import Plane
from landscape.planes.random import Random
from landscape.planes.weights import Weights
from landscape.slice import Lifted, Slice, ways

HEADS = [("sigmoid", "squared_error"), ("softmax", "cross_entropy"), ("identity", "squared_error")]
ACTIVATIONS = ["sigmoid", "tanh", "relu", "leaky_relu", "identity"]
PAIRS = {
    "two taps of a filter": (("K1", 1, 0, 0, 2), ("K1", 1, 0, 1, 1)),
    "taps of two filters": (("K1", 2, 0, 0, 2), ("K1", 0, 0, 2, 1)),
    "a tap and its bias": (("K1", 2, 0, 1, 2), ("b1", 2)),
    "a tap and a weight behind it": (("K1", 1, 0, 1, 2), ("W2", 0, 5)),
    "a weight and a tap elsewhere": (("W2", 2, 11), ("K1", 1, 0, 1, 2)),
    "a tap and an output's bias": (("K1", 1, 0, 1, 2), ("b2", 1)),
    "two weights of an output": (("W2", 1, 2), ("W2", 1, 7)),
    "a weight and a bias": (("W2", 1, 2), ("b2", 0)),
}
K, N = 3, 7
BATCH = np.array([5, 0, 3, 3])


def objective_of(side=6, seed=0, samples=N, **fields):
    model, random = Convnet(filters=3, seed=seed, init="normal", **fields), np.random.RandomState(seed)
    x, y = random.randn(samples, side * side), np.eye(K)[random.randint(K, size=samples)]
    return Objective(model, Samples(x, y))


def plane_of(objective, first, second):
    kind = Weights(first=first, second=second)
    return kind.build(objective.theta0, objective.blocks, objective.model.biases())


def assert_all_ways_agree(objective, plane, *, tolerance=1e-10):
    random = np.random.RandomState(1)
    a, b, ab = np.sort(random.uniform(-2, 2, 4)), np.sort(random.uniform(-2, 2, 3)), random.randn(3, 2)
    plain, names = Lifted(objective, plane), []
    on_grid = plain.value(np.stack(np.meshgrid(a, b), axis=-1))
    for way in ways(objective, plane):
        names.append(type(way).__name__)
        np.testing.assert_allclose(way.grid(a, b), on_grid, rtol=tolerance, err_msg=names[-1])
        np.testing.assert_allclose(way.grid(a, b, np.float32), on_grid, rtol=1e-4, err_msg=names[-1])
        for batch in (None, BATCH):
            want, slope = plain.value_and_gradient(ab, batch)
            value, gradient = way.value_and_gradient(ab, batch)
            np.testing.assert_allclose(value, want, rtol=tolerance, err_msg=names[-1])
            np.testing.assert_allclose(way.value(ab, batch), want, rtol=tolerance, err_msg=names[-1])
            scale = tolerance * np.abs(slope).max()
            np.testing.assert_allclose(gradient, slope, rtol=tolerance, atol=scale, err_msg=names[-1])
        assert way.value(ab[0]).shape == ()
        assert way.value_and_gradient(ab.reshape(1, -1, 2))[1].shape == (1, *ab.shape)
        assert isinstance(way.work, int)
        assert way.work > 0
    return names


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("pooling", ["mean", "max"])
@pytest.mark.parametrize("head", HEADS, ids="-".join)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_two_parameters(activation, head, pooling, pair):
    objective = objective_of(activation=activation, pooling=pooling, output=head[0], loss=head[1])
    names = assert_all_ways_agree(objective, plane_of(objective, *PAIRS[pair]))
    want = ["TouchedFilters", "Lifted"]
    if pair in ("two weights of an output", "a weight and a bias"):
        want.insert(0, "SoftmaxLayer" if head[0] == "softmax" else "LastLayer")
    assert names == want


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("pooling", ["mean", "max"])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_any_two_directions(activation, pooling, bias):
    objective = objective_of(side=7, activation=activation, pooling=pooling, bias=bias)
    random = np.random.RandomState(2)
    u, v = random.randn(2, objective.theta0.size)
    assert assert_all_ways_agree(objective, Plane(objective.theta0, u, v)) == ["TouchedFilters", "Lifted"]


def test_directions_through_one_block_each():
    """What moves is found block by block; here are all pairs of them."""
    objective = objective_of()
    random, at = np.random.RandomState(3), {}
    start = 0
    for name, shape in objective.blocks.items():
        at[name] = np.zeros(objective.theta0.size)
        stop = start + int(np.prod(shape))
        at[name][start:stop] = random.randn(stop - start)
        start = stop
    for first, second in itertools.permutations(at, 2):
        assert_all_ways_agree(objective, Plane(objective.theta0, at[first], at[second]))


@pytest.mark.parametrize("chunk", [1, 300, 3000])
def test_cut_into_pieces_it_is_the_same(monkeypatch, chunk):
    objective = objective_of()
    random = np.random.RandomState(4)
    planes = [plane_of(objective, *PAIRS["two taps of a filter"])]
    planes.append(Plane(objective.theta0, *random.randn(2, objective.theta0.size)))
    ab = random.randn(5, 2)
    for plane in planes:
        value, slope = Lifted(objective, plane).value_and_gradient(ab)
        with monkeypatch.context() as patch:
            patch.setattr("landscape.models.touched_filters.CHUNK_FLOATS", chunk)
            way = next(ways(objective, plane))
            np.testing.assert_allclose(way.value(ab), value, rtol=1e-12)
            np.testing.assert_allclose(way.value_and_gradient(ab)[1], slope, rtol=1e-9, atol=1e-12)


def test_what_needs_too_much_memory_goes_the_plain_way(monkeypatch):
    objective = objective_of()
    plane = plane_of(objective, *PAIRS["two taps of a filter"])
    held = next(ways(objective, plane)).nbytes
    monkeypatch.setattr("landscape.models.convnet.ROOM", held // 2)
    assert [type(way) for way in ways(objective, plane)] == [Lifted]


def test_single_precision_is_taken_only_where_a_probe_allows_it():
    objective = objective_of(samples=40)
    slice_ = Slice(objective, Random(seed=1).build(objective.theta0, objective.blocks, objective.model.biases()))
    a, b = np.linspace(-1, 1, 9), np.linspace(-1, 1, 7)
    exact, rough = slice_.grid(a, b), slice_.grid(a, b, "float32")
    assert rough.dtype == np.float64
    assert 0 < np.abs(rough / exact - 1).max() < 1e-4
    assert slice_.single_error((-1, 1), (-1, 1)) < 1e-4


def test_far_out_it_is_the_same_limit():
    objective = objective_of(output="sigmoid", loss="squared_error", activation="tanh")
    plane = plane_of(objective, *PAIRS["two taps of a filter"])
    ab = np.array([[1e9, -3.0], [-1e9, 1e9], [0.0, 1e12]])
    way, plain = list(ways(objective, plane))
    np.testing.assert_allclose(way.value(ab), plain.value(ab), rtol=1e-10)
