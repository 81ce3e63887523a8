"""Networks with batch normalisation: against loops, central differences, and torch where it is installed."""

import itertools
import math

import numpy as np
import pytest

from landscape.datasets.base import Samples
from landscape.models.base import size, split
from landscape.models.mlp import Mlp
from landscape.objective import Objective
from landscape.planes.base import Plane
from landscape.planes.random import Random
from landscape.planes.weights import Weights
from landscape.slice import Lifted, Slice, ways

ACTIVATIONS = ("sigmoid", "tanh", "relu", "leaky_relu", "identity", "step")
HEADS = [
    ("sigmoid", "squared_error", 1.0),
    ("softmax", "squared_error", 1.0),
    ("softmax", "squared_error", 2.5),
    ("identity", "squared_error", 1.0),
    ("sigmoid", "cross_entropy", 1.0),
    ("softmax", "cross_entropy", 1.0),
    ("softmax", "cross_entropy", 0.4),
]
EVERY = [
    {"activation": activation, "output": output, "loss": loss, "temperature": temperature, "bias": bias, "l2": l2}
    | {"dropout": dropout, "mask_seed": 4}
    for activation, (output, loss, temperature), bias, l2, dropout in itertools.product(
        ACTIVATIONS, HEADS, (False, True), (0.0, 0.3), (0.0, 0.4)
    )
]
D, K, N = 4, 3, 6

every_network = pytest.mark.parametrize("fields", EVERY, ids=lambda fields: "-".join(map(str, fields.values())))


def network(**fields):
    return Mlp(**({"hidden": (5, 3), "norm": "batch"} | fields))


def samples(seed=0):
    random = np.random.RandomState(seed)
    return random.randn(N, D), np.eye(K)[random.randint(K, size=N)]


def theta_of(model, seed=1, lead=()):
    return 0.8 * np.random.RandomState(seed).randn(*lead, size(model.blocks(D, K)))


def differences_of(model, theta, x, y, h=1e-6):
    steps = h * np.eye(theta.size)
    return (model.value(theta + steps, x, y) - model.value(theta - steps, x, y)) / (2 * h)


def test_the_mask_of_these_tests_drops_some_and_keeps_some():
    assert all(0 < mask.sum() < mask.size for mask in network(dropout=0.4, mask_seed=4).masks())


@every_network
def test_gradient_against_central_differences(fields):
    model, (x, y) = network(**fields), samples()
    theta = theta_of(model)
    loss, gradient = model.value_and_gradient(theta, x, y)
    assert float(loss) == float(model.value(theta, x, y))
    differences = differences_of(model, theta, x, y)
    assert np.linalg.norm(gradient - differences) <= 1e-6 * np.linalg.norm(differences)


@every_network
def test_parameter_vectors_at_once_are_each_alone(fields):
    model, (x, y) = network(**fields), samples(2)
    theta = theta_of(model, lead=(2, 3))
    for array in (theta, x, y):
        array.setflags(write=False)
    loss, gradient = model.value_and_gradient(theta, x, y)
    assert loss.shape == (2, 3)
    assert gradient.shape == theta.shape
    for place in np.ndindex(2, 3):
        alone = model.value_and_gradient(theta[place], x, y)
        np.testing.assert_allclose(loss[place], alone[0], rtol=1e-12)
        np.testing.assert_allclose(gradient[place], alone[1], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("dropout", [0.0, 0.4])
def test_loss_against_loops(bias, dropout):
    model, (x, y) = network(activation="tanh", bias=bias, dropout=dropout, mask_seed=4, l2=0.3), samples()
    theta = theta_of(model)
    parts = split(theta, model.blocks(D, K))
    rows = [list(row) for row in x]
    for layer, mask in zip((1, 2), model.masks(), strict=True):
        columns = []
        for unit, line in enumerate(parts[f"W{layer}"]):
            shift = parts[f"b{layer}"][unit] if bias else 0.0
            z = [sum(w * v for w, v in zip(line, row, strict=True)) + shift for row in rows]
            mean = math.fsum(z) / N
            deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in z) / N + 1e-5)
            gain, beta = parts[f"g{layer}"][unit], parts[f"s{layer}"][unit]
            kept = (1 / (1 - dropout)) if mask[unit] else 0.0
            columns.append([kept * math.tanh(gain * (value - mean) / deviation + beta) for value in z])
        rows = [list(row) for row in zip(*columns, strict=True)]
    total = 0.0
    for row, target in zip(rows, y, strict=True):
        for unit, line in enumerate(parts["W3"]):
            z = sum(w * v for w, v in zip(line, row, strict=True)) + (parts["b3"][unit] if bias else 0.0)
            total += (1 / (1 + math.exp(-z)) - target[unit]) ** 2
    squares = sum(float(np.square(parts[name]).sum()) for name in ("W1", "W2", "W3"))
    assert float(model.value(theta, x, y)) == pytest.approx(total / N + 0.15 * squares, rel=1e-11)


def test_gains_and_shifts_follow_the_matrix_and_begin_at_one_and_zero():
    model, plain = network(bias=True, seed=7), Mlp(hidden=(5, 3), bias=True, seed=7)
    assert list(model.blocks(D, K).items()) == [
        ("W1", (5, D)), ("b1", (5,)), ("g1", (5,)), ("s1", (5,)),
        ("W2", (3, 5)), ("b2", (3,)), ("g2", (3,)), ("s2", (3,)), ("W3", (K, 3)), ("b3", (K,)),
    ]  # fmt: skip
    assert model.biases() == {"b1", "g1", "s1", "b2", "g2", "s2", "b3"}
    assert network().biases() == {"g1", "s1", "g2", "s2"}
    for init in ("normal", "xavier", "he"):
        drawn = split(network(bias=True, seed=7, init=init).initial(D, K), model.blocks(D, K))
        same = split(plain.model_copy(update={"init": init}).initial(D, K), plain.blocks(D, K))
        for name, block in drawn.items():
            want = same[name] if name in same else np.full(block.shape, float(name[0] == "g"))
            np.testing.assert_array_equal(block, want)


def test_neither_scale_nor_shift_of_the_sums_matters():
    """Ioffe & Szegedy, section 3.3: BN((a W) u) = BN(W u); and a bias in front is subtracted with the mean."""
    model, (x, y) = network(bias=True), samples()
    theta, blocks = theta_of(model), model.blocks(D, K)
    moved = theta.copy()
    split(moved, blocks)["W1"][:] *= 1000.0
    split(moved, blocks)["b1"][:] += 5.0
    theta1000 = theta.copy()
    split(theta1000, blocks)["W1"][:] *= 100.0  # so that 1e-5 is little beside the variance
    assert float(model.value(moved, x, y)) == pytest.approx(float(model.value(theta1000, x, y)), rel=1e-6)
    gradient = split(model.value_and_gradient(theta, x, y)[1], blocks)
    assert np.abs(gradient["b1"]).max() < 1e-15 < np.abs(gradient["b3"]).max()


def test_one_sample_is_finite_and_sees_only_the_shifts():
    model, (x, y) = network(activation="tanh"), samples()
    theta = theta_of(model)
    loss, gradient = model.value_and_gradient(theta, x[:1], y[:1])
    parts = split(theta, model.blocks(D, K))
    z = parts["W3"] @ np.tanh(parts["s2"])
    assert float(loss) == pytest.approx(float(np.square(1 / (1 + np.exp(-z)) - y[0]).sum()), rel=1e-14)
    by_block = split(gradient, model.blocks(D, K))
    assert {name for name, part in by_block.items() if np.abs(part).max() > 1e-12} == {"s2", "W3"}
    np.testing.assert_allclose(gradient, differences_of(model, theta, x[:1], y[:1]), atol=1e-8)


def test_without_hidden_layers_there_is_nothing_to_normalise():
    model, (x, y) = network(hidden=()), samples()
    theta = theta_of(model)
    assert float(model.value(theta, x, y)) == float(Mlp(hidden=()).value(theta, x, y))


@pytest.mark.parametrize("fields", [{}, {"dropout": 0.4, "mask_seed": 4, "bias": True}])
def test_32_bits_in_32_bits_out(fields):
    model, (x, y) = network(**fields), samples()
    theta = theta_of(model)
    wide = model.value_and_gradient(theta, x, y)
    narrow = model.value_and_gradient(*(array.astype(np.float32) for array in (theta, x, y)))
    assert [part.dtype for part in narrow] == [np.float32, np.float32]
    np.testing.assert_allclose(narrow[0], wide[0], rtol=1e-5)
    assert np.linalg.norm(narrow[1] - wide[1]) <= 1e-4 * np.linalg.norm(wide[1])


# --- samples see each other: nothing may be cut, and slices go the plain way --------------------------------


def test_samples_are_not_split():
    assert not network().splits
    assert Mlp(dropout=0.5).splits
    random = np.random.RandomState(3)
    x, y = random.randn(1500, 6), np.eye(K)[random.randint(K, size=1500)]
    model = network(hidden=(60, 70), l2=0.1)
    objective = Objective(model, Samples(x, y))  # large enough to be cut, were it to be
    want = model.value_and_gradient(objective.theta0, x, y)
    loss, gradient = objective.loss_and_gradient(objective.theta0)
    assert float(loss) == float(objective.loss(objective.theta0)) == float(want[0])
    np.testing.assert_array_equal(gradient, want[1])


@pytest.mark.parametrize("dropout", [0.0, 0.4])
def test_a_slice_is_the_plain_evaluation_of_all_samples_in_view(dropout):
    x, y = samples()
    model = network(dropout=dropout, mask_seed=4, l2=0.1)
    objective = Objective(model, Samples(x, y))
    theta0, blocks, batch = objective.theta0, objective.blocks, np.array([3, 0, 5])
    planes = [Random(seed=1).build(theta0, blocks, model.biases())]
    for first, second in [(("W1", 0, 1), ("W3", 2, 0)), (("g1", 1), ("s2", 0)), (("W3", 0, 0), ("W3", 0, 1))]:
        planes.append(Weights(first=first, second=second).build(theta0, blocks, model.biases()))
    for plane in planes:
        assert isinstance(plane, Plane)
        assert [type(way) for way in ways(objective, plane)] == [Lifted]
        slice_, ab = Slice(objective, plane), np.random.RandomState(5).randn(4, 2)
        theta = plane.origin + ab @ np.stack([plane.u, plane.v])
        for chosen in (None, batch):
            rows = slice(None) if chosen is None else chosen
            want, gradient = model.value_and_gradient(theta, x[rows], y[rows])
            loss, slope = slice_.loss_and_gradient(ab, chosen)
            np.testing.assert_allclose(loss, want, rtol=1e-12)
            np.testing.assert_allclose(slope, gradient @ np.stack([plane.u, plane.v], axis=1), rtol=1e-9, atol=1e-13)


# --- torch --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "leaky_relu", "identity"])
@pytest.mark.parametrize(("output", "loss", "temperature"), HEADS)
@pytest.mark.parametrize(
    ("norm", "bias", "dropout"), [("batch", True, 0.0), ("batch", False, 0.4), ("none", True, 0.4)]
)
def test_against_torch(activation, output, loss, temperature, norm, bias, dropout):
    torch = pytest.importorskip("torch", reason="torch is not installed")
    functional = torch.nn.functional
    functions = {
        "sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu, "identity": lambda z: z,
        "leaky_relu": lambda z: functional.leaky_relu(z, 0.1),
    }  # fmt: skip
    fields = {"output": output, "loss": loss, "temperature": temperature, "norm": norm, "bias": bias}
    model, (x, y) = network(activation=activation, dropout=dropout, mask_seed=4, **fields), samples(6)
    theta = theta_of(model, seed=2)
    parts = {name: torch.tensor(part, requires_grad=True) for name, part in split(theta, model.blocks(D, K)).items()}

    h = torch.tensor(x)
    for layer, mask in enumerate(model.masks(), start=1):
        z = functional.linear(h, parts[f"W{layer}"], parts.get(f"b{layer}"))
        if norm == "batch":
            module = torch.nn.BatchNorm1d(z.shape[1], track_running_stats=False, dtype=torch.float64)
            weights = {"weight": parts[f"g{layer}"], "bias": parts[f"s{layer}"]}
            z = torch.func.functional_call(module.train(), weights, z)
        h = functions[activation](z) * torch.tensor(mask / (1 - dropout))
    z, target = functional.linear(h, parts["W3"], parts.get("b3")) / temperature, torch.tensor(y)
    if loss == "squared_error":
        o = {"sigmoid": torch.sigmoid, "softmax": lambda z: z.softmax(dim=1), "identity": lambda z: z}[output](z)
        value = ((o - target) ** 2).sum(dim=1).mean()
    elif output == "softmax":
        value = functional.cross_entropy(z, target)
    else:
        value = functional.binary_cross_entropy_with_logits(z, target, reduction="none").sum(dim=1).mean()
    value.backward()

    mine, gradient = model.value_and_gradient(theta, x, y)
    assert float(mine) == pytest.approx(value.item(), rel=1e-12)
    theirs = np.concatenate([part.grad.numpy().ravel() for part in parts.values()])
    assert np.linalg.norm(gradient - theirs) <= 1e-9 * np.linalg.norm(theirs)
