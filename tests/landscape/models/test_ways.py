"""Every short way over random networks, planes, samples and points, against lifting through the whole network."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape.datasets.base import Samples
from landscape.grid import Grid
from landscape.models.mlp import Mlp
from landscape.objective import Objective
from landscape.planes.base import Plane
from landscape.planes.random import Random
from landscape.planes.weights import Weights
from landscape.slice import Lifted, Slice, ways

HEADS = [
    ("sigmoid", "squared_error"),
    ("softmax", "squared_error"),
    ("identity", "squared_error"),
    ("sigmoid", "cross_entropy"),
    ("softmax", "cross_entropy"),
]
ACTIVATIONS = ["sigmoid", "tanh", "relu", "leaky_relu", "identity", "step"]
HIDDEN = [(), (4,), (4, 6), (3, 5, 4)]
D, K, N = 5, 3, 9
BATCH = np.array([7, 0, 3, 3])


def objective_of(seed=0, *, one_hot=True, **fields):
    """A network on samples of which some are blank at two inputs, as images are at their margins."""
    random = np.random.RandomState(seed)
    x = random.randn(N, D)
    x[:4, 1:3] = 0.0
    y = np.eye(K)[random.randint(K, size=N)] if one_hot else random.randn(N, K)
    return Objective(Mlp(**({"hidden": (4, 6), "seed": seed} | fields)), Samples(x, y))


def drawn_objective(seed, hidden, head, activation, bias, l2, one_hot, dropout, temperature):
    """A random network, with the fields that need another left out where it lacks that."""
    output, loss = head
    fields = {"hidden": hidden, "activation": activation, "output": output, "loss": loss, "bias": bias, "l2": l2}
    fields |= {"dropout": dropout, "mask_seed": seed}
    if output == "softmax":
        fields["temperature"] = temperature
    return objective_of(seed, one_hot=one_hot or loss == "cross_entropy", **fields)


def addresses(objective):
    """Every parameter's address."""
    return [(name, *map(int, indices)) for name, shape in objective.blocks.items() for indices in np.ndindex(*shape)]


def plane_of(objective, first, second):
    kind = Weights(first=first, second=second)
    return kind.build(objective.theta0, objective.blocks, objective.model.biases())


def assert_all_ways_agree(objective, plane, a, b, ab):
    """Values at 1e-10; slopes at 1e-7, because a table's slope is its polynomials' derivative."""
    plain = Lifted(objective, plane)
    on_grid = plain.value(np.stack(np.meshgrid(a, b), axis=-1))
    for way in ways(objective, plane):
        name = type(getattr(way, "inner", way)).__name__
        np.testing.assert_allclose(way.grid(a, b), on_grid, rtol=1e-10, err_msg=name)
        for batch in (None, BATCH):
            want, slope = plain.value_and_gradient(ab, batch)
            value, gradient = way.value_and_gradient(ab, batch)
            np.testing.assert_allclose(value, want, rtol=1e-10, err_msg=name)
            np.testing.assert_allclose(way.value(ab, batch), want, rtol=1e-10, err_msg=name)
            scale = 1e-7 * (np.abs(slope).max() + want.max())
            np.testing.assert_allclose(gradient, slope, rtol=1e-7, atol=scale, err_msg=name)
            np.testing.assert_allclose(way.gradient(ab, batch), gradient, rtol=1e-10, atol=1e-14, err_msg=name)
        assert way.value(ab[0]).shape == ()
        assert way.value_and_gradient(ab.reshape(1, -1, 2))[1].shape == (1, *ab.shape)
        assert way.work > 0
        assert way.floats > 0


scenes = given(
    seed=st.integers(0, 999),
    hidden=st.sampled_from(HIDDEN),
    head=st.sampled_from(HEADS),
    activation=st.sampled_from(ACTIVATIONS),
    bias=st.booleans(),
    l2=st.sampled_from([0.0, 0.1]),
    one_hot=st.booleans(),
    dropout=st.sampled_from([0.0, 0.0, 0.3]),
    temperature=st.sampled_from([0.5, 1.0, 3.0]),
    places=st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)),
)
quickly = settings(derandomize=True, deadline=None, database=None, max_examples=250)


@quickly
@scenes
def test_two_parameters_anywhere(places, **drawn):
    objective = drawn_objective(**drawn)
    there = addresses(objective)
    first, second = there[places[0] % len(there)], there[places[1] % (len(there) - 1)]
    if first == second:
        second = there[-1] if first != there[-1] else there[0]
    random = np.random.RandomState(drawn["seed"])
    a, b = np.sort(random.uniform(-6, 6, 4)), np.sort(random.uniform(-6, 6, 3))
    assert_all_ways_agree(objective, plane_of(objective, first, second), a, b, 3 * random.randn(3, 2))


@settings(quickly, max_examples=100)
@scenes
def test_any_two_directions(places, **drawn):
    objective = drawn_objective(**drawn)
    random = np.random.RandomState(places[0])
    size = objective.theta0.size
    plane = Plane(objective.theta0, random.randn(size), random.randn(size))
    a, b = np.sort(random.uniform(-2, 2, 4)), np.sort(random.uniform(-2, 2, 3))
    assert_all_ways_agree(objective, plane, a, b, random.randn(3, 2))


@pytest.mark.parametrize("seed", [3, 4])
@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "step"])
@pytest.mark.parametrize(("output", "loss"), HEADS)
def test_single_precision_is_good_to_a_millionth_where_the_probe_says_so(activation, output, loss, seed):
    """The probe is a few points; the whole grid must keep what it promises."""
    objective = objective_of(seed, activation=activation, output=output, loss=loss)
    pairs = [(("W3", 1, 0), ("W3", 1, 5)), (("W2", 2, 0), ("W2", 2, 3)), (("W2", 2, 0), ("W2", 4, 3)),
             (("W1", 2, 1), ("W1", 2, 3)), (("W1", 2, 1), ("W3", 2, 3))]  # fmt: skip
    planes = [plane_of(objective, *pair) for pair in pairs]
    planes.append(Random(seed=1).build(objective.theta0, objective.blocks, objective.model.biases()))
    grid = Grid(a=(-3, 4), b=(-4, 3), precision="float32")
    a, b = np.linspace(-3, 4, 23), np.linspace(-4, 3, 19)
    used = 0
    for plane in planes:
        for way in ways(objective, plane):
            slice_ = Slice(objective, plane)
            slice_.evaluator = way
            exact, rough = slice_.grid(a, b), slice_.grid(a, b, "float32")
            assert rough.dtype == np.float64
            if slice_.precision(grid) == "float32":
                used += 1
                np.testing.assert_allclose(rough, exact, rtol=1e-6, err_msg=type(way).__name__)
    assert used >= 5


def test_which_way_is_the_quickest():
    taken = {}
    objective = objective_of(bias=True)
    for first, second in itertools.permutations(["W1 2 1", "W1 2 3", "W1 0 1", "W2 3 1", "W3 1 2", "b3 1", "b2 3"], 2):
        pair = [(name, *map(int, rest)) for name, *rest in (first.split(), second.split())]
        taken[first, second] = type(Slice(objective, plane_of(objective, *pair)).evaluator).__name__
    assert taken["W1 2 1", "W1 2 3"] == "Tabulated"  # one unit
    assert taken["W1 2 1", "W1 0 1"] == "HiddenLayer"  # two units of one layer
    assert taken["W2 3 1", "b2 3"] == "Tabulated"
    assert taken["W3 1 2", "b3 1"] == "LastLayer"
    assert taken["W1 2 1", "W2 3 1"] == taken["W3 1 2", "W2 3 1"] == "TwoLayers"
    softmax = objective_of(output="softmax", loss="cross_entropy")
    assert type(Slice(softmax, plane_of(softmax, ("W3", 1, 2), ("W3", 0, 2))).evaluator).__name__ == "SoftmaxLayer"
    kinks = objective_of(activation="relu")
    assert type(Slice(kinks, plane_of(kinks, ("W2", 1, 2), ("W2", 1, 0))).evaluator).__name__ == "HiddenLayer"
    plane = Random(seed=1).build(objective.theta0, objective.blocks, objective.model.biases())
    assert type(Slice(objective, plane).evaluator).__name__ == "Dense"


FOLDED = [{"dropout": 0.4, "mask_seed": 2}, {"temperature": 2.0}, {"dropout": 0.4, "mask_seed": 2, "temperature": 0.5}]


@pytest.mark.parametrize("fields", FOLDED)
def test_dropout_and_temperature_go_the_short_ways_too(fields):
    objective = objective_of(bias=True, output="softmax", loss="cross_entropy", l2=0.2, **fields)
    taken = {}
    for first, second in [("W1 2 1", "W1 2 3"), ("W1 2 1", "W1 0 1"), ("W3 1 2", "b3 1"), ("W1 2 1", "W2 3 1")]:
        pair = [(name, *map(int, rest)) for name, *rest in (first.split(), second.split())]
        taken[first, second] = type(Slice(objective, plane_of(objective, *pair)).evaluator.inner).__name__
    assert list(taken.values()) == ["Tabulated", "HiddenLayer", "SoftmaxLayer", "TwoLayers"]


@pytest.mark.parametrize("l2", [0.0, 0.2])
def test_the_loss_over_a_dropped_unit_is_constant_but_for_the_penalty(l2):
    objective = objective_of(dropout=0.4, mask_seed=2, l2=l2)
    unit = int(np.flatnonzero(~objective.model.masks()[1])[0])
    a, b, ab = np.linspace(-3, 4, 5), np.linspace(-4, 3, 4), np.random.RandomState(0).randn(3, 2)
    for pair in [(("W2", unit, 0), ("W2", unit, 3)), (("W3", 1, unit), ("W3", 0, unit))]:
        plane = plane_of(objective, *pair)
        assert_all_ways_agree(objective, plane, a, b, ab)
        grid = Slice(objective, plane).grid(a, b)
        want = grid[0, 0] + l2 / 2 * (a**2 - a[0] ** 2 + (b**2 - b[0] ** 2)[:, None])
        np.testing.assert_allclose(grid, want, rtol=1e-12)


def test_the_grids_of_a_step_have_64_bits():
    """In 32 bits a sum that is rounded across zero would move its unit by one."""
    objective = objective_of(activation="step")
    a, b = np.linspace(-3, 4, 23), np.linspace(-4, 3, 19)
    planes = [plane_of(objective, ("W2", 2, 0), ("W2", 2, 3))]
    planes.append(Random(seed=1).build(objective.theta0, objective.blocks, objective.model.biases()))
    for plane in planes:
        slice_ = Slice(objective, plane)
        assert type(slice_.evaluator.inner).__name__ in ("HiddenLayer", "Dense")
        np.testing.assert_array_equal(slice_.grid(a, b, "float32"), slice_.grid(a, b))


def test_whatever_needs_too_much_memory_goes_the_plain_way(monkeypatch):
    monkeypatch.setattr("landscape.models.ways.ROOM", 8 * N)  # less than any layer of all samples
    objective = objective_of()
    for first, second in [(("W1", 2, 1), ("W1", 2, 3)), (("W1", 2, 1), ("W3", 1, 3))]:
        plane = plane_of(objective, first, second)
        assert [type(way) for way in ways(objective, plane)] == [Lifted]
    plane = plane_of(objective, ("W3", 1, 2), ("W3", 1, 3))  # of the last layer only the outputs are kept
    assert type(Slice(objective, plane).evaluator).__name__ == "LastLayer"


def test_values_far_out_are_the_limits_they_should_be():
    """Where a factor of the exponential alone would overflow, the terms are evaluated one by one."""
    objective = objective_of(5)
    for pair in [(("W3", 1, 0), ("W3", 1, 5)), (("W2", 2, 0), ("W2", 2, 3))]:
        plane = plane_of(objective, *pair)
        a, b = np.array([-1e6, -900.0, 0.0, 1e6]), np.array([-2e6, 3.0, 2e6])
        plain = Lifted(objective, plane).value(np.stack(np.meshgrid(a, b), axis=-1))
        for way in ways(objective, plane):
            np.testing.assert_allclose(way.grid(a, b), plain, rtol=1e-10, err_msg=type(way).__name__)
