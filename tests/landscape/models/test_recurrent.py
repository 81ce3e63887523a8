"""The recurrent network against loops, central differences and PyTorch; and the wall of its exploding gradient."""

import itertools
import math
import tracemalloc

import numpy as np
import pytest
from pydantic import ValidationError

from landscape.datasets.base import Samples
from landscape.models.base import Intake, size, spans, split
from landscape.models.recurrent import Recurrent
from landscape.objective import Objective
from landscape.planes.weights import Weights
from landscape.slice import Lifted, ways

HEADS = [
    ("identity", "squared_error"),
    ("sigmoid", "squared_error"),
    ("softmax", "squared_error"),
    ("sigmoid", "cross_entropy"),
    ("softmax", "cross_entropy"),
]
ACTIVATIONS = ["tanh", "relu", "sigmoid", "leaky_relu", "identity"]
EVERY = [
    {"activation": activation, "output": output, "loss": loss, "bias": bias}
    for activation, (output, loss), bias in itertools.product(ACTIVATIONS, HEADS, (False, True))
]
T, F, H, K, N = 4, 2, 3, 2, 5

every_network = pytest.mark.parametrize("fields", EVERY, ids=lambda fields: "-".join(map(str, fields.values())))


def case(fields, seed=0, lead=(), steps=T):
    model, random = Recurrent(hidden=H, features=F, **fields), np.random.RandomState(seed)
    x, y = random.randn(N, steps * F), np.eye(K)[random.randint(K, size=N)]
    x.setflags(write=False)
    y.setflags(write=False)
    return model, 0.7 * random.randn(*lead, size(model.blocks(steps * F, K))), x, y


def loss_by_loops(model, theta, x, y):
    """One number after the other, from the formulas of the docstring."""
    scalar = {
        "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
        "tanh": math.tanh,
        "relu": lambda z: z if z > 0 else 0.0,
        "leaky_relu": lambda z: z if z > 0 else 0.1 * z,
        "identity": lambda z: z,
    }
    parts, total = split(theta, model.blocks(x.shape[1], K)), 0.0
    for row, target in zip(x, y, strict=True):
        h = [0.0] * model.hidden
        for start in range(0, len(row), model.features):
            now = row[start : start + model.features]
            sums = [parts["Wx"][unit] @ now + parts["Wh"][unit] @ h for unit in range(model.hidden)]
            if model.bias:
                sums = [z + b for z, b in zip(sums, parts["b"], strict=True)]
            h = [scalar[model.activation](z) for z in sums]
        z = parts["Wo"] @ h + parts.get("bo", 0.0)
        if model.output == "softmax":
            o = np.exp(z) / np.exp(z).sum()
        else:
            o = np.array([scalar[model.output](value) for value in z])
        if model.loss == "squared_error":
            total += ((o - target) ** 2).sum()
        elif model.output == "softmax":
            total -= (target * np.log(o)).sum()
        else:
            total -= (target * np.log(o) + (1 - target) * np.log(1 - o)).sum()
    return total / len(x)


@every_network
def test_loss_against_loops(fields):
    model, theta, x, y = case(fields)
    assert float(model.value(theta, x, y)) == pytest.approx(loss_by_loops(model, theta, x, y), rel=1e-12)


@pytest.mark.parametrize("steps", [1, 2, T])
@every_network
def test_gradient_against_central_differences(fields, steps):
    (model, theta, x, y), h = case(fields, seed=1, steps=steps), 1e-6
    loss, gradient = model.value_and_gradient(theta, x, y)
    assert float(loss) == float(model.value(theta, x, y))
    differences = np.array(
        [
            (model.value(theta + step, x, y) - model.value(theta - step, x, y)) / (2 * h)
            for step in h * np.eye(theta.size)
        ]
    )
    assert np.linalg.norm(gradient - differences) <= 1e-6 * np.linalg.norm(differences)


@every_network
def test_parameter_vectors_at_once_are_each_alone(fields):
    model, theta, x, y = case(fields, seed=2, lead=(2, 3))
    theta.setflags(write=False)
    loss, gradient = model.value_and_gradient(theta, x, y)
    assert loss.shape == (2, 3)
    assert gradient.shape == theta.shape
    np.testing.assert_array_equal(model.value(theta, x, y), loss)
    for place in np.ndindex(2, 3):
        alone = model.value_and_gradient(theta[place], x, y)
        np.testing.assert_allclose(loss[place], alone[0], rtol=1e-13)
        np.testing.assert_allclose(gradient[place], alone[1], rtol=1e-11, atol=1e-14)


@every_network
def test_single_precision_in_and_out(fields):
    model, theta, x, y = case(fields, seed=3)
    narrow = [array.astype(np.float32) for array in (theta, x, y)]
    loss, gradient = model.value_and_gradient(*narrow)
    assert model.value(*narrow).dtype == loss.dtype == gradient.dtype == np.float32
    want, slope = model.value_and_gradient(*(array.astype(np.float64) for array in narrow))
    assert float(loss) == pytest.approx(float(want), rel=1e-5)
    assert np.linalg.norm(gradient - slope) <= 1e-4 * np.linalg.norm(slope)


@pytest.mark.parametrize("steps", [1, 3, 20])
@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_against_autograd_of_its_own_recurrent_layer(activation, steps):
    """``torch.nn.RNN`` has a bias on either product: one of them is zero here."""
    torch = pytest.importorskip("torch", reason="torch is not installed")
    model, theta, x, y = case({"activation": activation}, seed=4, steps=steps)
    parts = {name: torch.tensor(part) for name, part in split(theta, model.blocks(steps * F, K)).items()}
    layer, out = torch.nn.RNN(F, H, nonlinearity=activation, batch_first=True).double(), torch.nn.Linear(H, K).double()
    with torch.no_grad():
        layer.weight_ih_l0.copy_(parts["Wx"])
        layer.weight_hh_l0.copy_(parts["Wh"])
        layer.bias_ih_l0.copy_(parts["b"])
        layer.bias_hh_l0.zero_()
        out.weight.copy_(parts["Wo"])
        out.bias.copy_(parts["bo"])
    loss = (out(layer(torch.tensor(x).reshape(N, steps, F))[0][:, -1]) - torch.tensor(y)).square().sum(dim=1).mean()
    loss.backward()
    value, gradient = model.value_and_gradient(theta, x, y)
    assert float(value) == pytest.approx(loss.item(), rel=1e-12)
    leaves = [layer.weight_ih_l0, layer.weight_hh_l0, layer.bias_ih_l0, out.weight, out.bias]
    want = np.concatenate([leaf.grad.numpy().ravel() for leaf in leaves])
    np.testing.assert_allclose(gradient, want, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_against_autograd_of_the_formulas(activation, bias):
    torch = pytest.importorskip("torch", reason="torch is not installed")
    fields = {"activation": activation, "bias": bias, "output": "softmax", "loss": "cross_entropy"}
    model, theta, x, y = case(fields, seed=5, steps=8)
    functions = {
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "relu": torch.relu,
        "leaky_relu": lambda z: torch.nn.functional.leaky_relu(z, 0.1),
        "identity": lambda z: z,
    }
    leaf = torch.tensor(theta, requires_grad=True)
    blocks = model.blocks(x.shape[1], K)
    parts = {name: leaf[span].reshape(shape) for name, shape, span in spans(blocks)}
    h = torch.zeros(N, H, dtype=torch.float64)
    for now in torch.tensor(x).reshape(N, 8, F).unbind(dim=1):
        h = functions[activation](now @ parts["Wx"].T + h @ parts["Wh"].T + parts.get("b", 0.0))
    z = h @ parts["Wo"].T + parts.get("bo", 0.0)
    loss = torch.nn.functional.cross_entropy(z, torch.tensor(y.argmax(axis=1)))
    loss.backward()
    value, gradient = model.value_and_gradient(theta, x, y)
    assert float(value) == pytest.approx(loss.item(), rel=1e-12)
    np.testing.assert_allclose(gradient, leaf.grad.numpy(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("head", [("identity", "squared_error"), ("softmax", "cross_entropy")], ids="-".join)
@pytest.mark.parametrize(
    "pair", [(("Wo", 1, 2), ("Wo", 1, 0)), (("Wo", 0, 2), ("Wo", 1, 1)), (("bo", 0), ("Wo", 0, 1))]
)
def test_two_parameters_of_the_output_layer(activation, head, pair):
    model, _, x, y = case({"activation": activation, "output": head[0], "loss": head[1]}, seed=6)
    objective = Objective(model, Samples(x, y))
    plane = Weights(first=pair[0], second=pair[1]).build(objective.theta0, objective.blocks, model.biases())
    random = np.random.RandomState(0)
    a, b, ab = np.linspace(-3, 2, 4), np.linspace(-2, 4, 3), 2 * random.randn(6, 2)
    short, plain = list(ways(objective, plane))
    assert type(short).__name__ == ("SoftmaxLayer" if head[0] == "softmax" else "LastLayer")
    np.testing.assert_allclose(short.grid(a, b), plain.value(np.stack(np.meshgrid(a, b), axis=-1)), rtol=1e-10)
    want, slope = plain.value_and_gradient(ab)
    value, gradient = short.value_and_gradient(ab)
    np.testing.assert_allclose(value, want, rtol=1e-10)
    np.testing.assert_allclose(gradient, slope, rtol=1e-10, atol=1e-12)


def test_other_planes_go_the_plain_way():
    model, _, x, y = case({}, seed=6)
    objective = Objective(model, Samples(x, y))
    for pair in [(("Wh", 0, 0), ("b", 0)), (("Wo", 0, 0), ("Wx", 0, 0)), (("Wh", 0, 1), ("bo", 0))]:
        plane = Weights(first=pair[0], second=pair[1]).build(objective.theta0, objective.blocks, model.biases())
        assert [type(way) for way in ways(objective, plane)] == [Lifted]


def wall(steps, activation="sigmoid"):
    """Loss (B, A) and gradient norm over w and b of one unit that is fed nothing but b, to say 0.7 at the end.

    E = (h_T - 0.7)^2 with h_t = sigma(w h_{t-1} + b), w in 0..10, b in -6..0: with h_T of their x_T the setting of
    figure 6 of Pascanu, Mikolov & Bengio 2013, who take T = 50. (They begin at another h_0.)
    """
    model = Recurrent(hidden=1, features=1, activation=activation)
    w, b = np.meshgrid(np.linspace(0, 10, 60), np.linspace(-6, 0, 60))
    theta = np.zeros((*w.shape, 5))  # Wx, Wh, b, Wo, bo
    theta[..., 1], theta[..., 2], theta[..., 3] = w, b, 1.0
    loss, gradient = model.value_and_gradient(theta, np.zeros((1, steps)), np.array([[0.7]]))
    return loss, np.hypot(gradient[..., 1], gradient[..., 2])


def steepest_jump(loss):
    """The largest change of the loss from a grid point to its neighbour, as a share of the whole picture's range."""
    return max(np.abs(np.diff(loss, axis=axis)).max() for axis in (0, 1)) / np.ptp(loss)


def test_fifty_steps_make_a_wall():
    loss, norm = wall(50)
    assert norm.max() >= 500 * np.median(norm)
    assert steepest_jump(loss) >= 0.6
    # It stands where the lower of two resting states ends: h = sigma(w h + b) and w h (1 - h) = 1.
    rest = 0.5 - np.sqrt(0.25 - 1 / 8)
    edge = np.log(rest / (1 - rest)) - 8 * rest  # b at w = 8: -2.93
    column = np.argmin(np.abs(np.linspace(0, 10, 60) - 8))
    row = np.abs(np.diff(loss[:, column])).argmax()
    assert np.linspace(-6, 0, 60)[row : row + 2].mean() == pytest.approx(edge, abs=0.2)


def test_two_steps_make_none():
    loss, norm = wall(2)
    assert norm.max() <= 10 * np.median(norm)
    assert steepest_jump(loss) <= 0.1


def test_the_gradient_explodes_and_vanishes_as_the_recurrent_weight_to_the_power_of_the_steps():
    """One linear unit, h_T = sum_t w^(T-t) u x_t, so that dh_T/du of an input at the first step alone is w^(T-1)."""
    model, steps = Recurrent(hidden=1, features=1, activation="identity", bias=False), 50
    x, y = np.zeros((1, steps)), np.zeros((1, 1))
    x[0, 0] = 1.0
    for w in (0.5, 0.9, 1.0, 1.1, 2.0):
        theta = np.array([1.0, w, 1.0])  # u, w, output
        loss, gradient = model.value_and_gradient(theta, x, y)
        h = w ** (steps - 1)
        assert float(loss) == pytest.approx(h**2, rel=1e-12)
        np.testing.assert_allclose(gradient, [2 * h * h, 2 * h * (steps - 1) * h / w, 2 * h * h], rtol=1e-12)


def test_overflow_is_infinite_and_silent():
    model = Recurrent(hidden=2, features=1, activation="relu")
    theta = np.full(size(model.blocks(200, 1)), 1e3)
    loss, gradient = model.value_and_gradient(theta, np.ones((3, 200)), np.zeros((3, 1)))
    assert loss == np.inf == model.value(theta, np.ones((3, 200)), np.zeros((3, 1)))
    assert not np.isfinite(gradient).all()


def test_samples_and_vectors_in_pieces_are_all_at_once():
    model, random = Recurrent(hidden=16, gain=1.5), np.random.RandomState(0)
    x, y = random.rand(300, 100), random.rand(300, 1)
    theta = 0.3 * random.randn(20, size(model.blocks(100, 1)))
    tracemalloc.start()
    try:
        loss, gradient = model.value_and_gradient(theta, x, y)
        assert tracemalloc.get_traced_memory()[1] < 12e6  # all states at once: 20 x 300 x 51 x 16 numbers, 39 MB
    finally:
        tracemalloc.stop()
    each = [model.value_and_gradient(theta, x[some : some + 30], y[some : some + 30]) for some in range(0, 300, 30)]
    np.testing.assert_allclose(loss, np.mean([value for value, _ in each], axis=0), rtol=1e-12)
    np.testing.assert_allclose(gradient, np.mean([slope for _, slope in each], axis=0), rtol=1e-9, atol=1e-12)


def test_blocks_and_biases():
    assert list(Recurrent(hidden=5, features=3).blocks(30, 2).items()) == [
        ("Wx", (5, 3)), ("Wh", (5, 5)), ("b", (5,)), ("Wo", (2, 5)), ("bo", (2,)),
    ]  # fmt: skip
    assert Recurrent(hidden=5, bias=False).blocks(30, 2) == {"Wx": (5, 2), "Wh": (5, 5), "Wo": (2, 5)}
    assert Recurrent().biases() == {"b", "bo"}
    assert Recurrent(bias=False).biases() == frozenset()


def test_starts_are_drawn_matrix_by_matrix_and_scaled():
    model, random = Recurrent(hidden=3, features=2, gain=1.5, seed=7), np.random.RandomState(7)
    parts = split(model.initial(8, 1), model.blocks(8, 1))
    np.testing.assert_allclose(parts["Wx"], random.randn(3, 2) / math.sqrt(2), rtol=1e-15)
    np.testing.assert_allclose(parts["Wh"], 1.5 * random.randn(3, 3) / math.sqrt(3), rtol=1e-15)
    np.testing.assert_allclose(parts["Wo"], random.randn(1, 3) / math.sqrt(3), rtol=1e-15)
    assert not parts["b"].any()
    assert not parts["bo"].any()
    diagonal = Recurrent(hidden=3, gain=0.9, init="identity", seed=7)
    held = split(diagonal.initial(8, 1), diagonal.blocks(8, 1))
    np.testing.assert_array_equal(held["Wh"], 0.9 * np.eye(3))
    np.testing.assert_array_equal(held["Wo"], parts["Wo"])  # the other matrices stay


@pytest.mark.parametrize("gain", [0.5, 1.0, 3.0])
def test_the_gain_is_about_the_spectral_radius(gain):
    radii = []
    for seed in range(20):
        model = Recurrent(hidden=64, gain=gain, seed=seed)
        radii.append(np.abs(np.linalg.eigvals(split(model.initial(8, 1), model.blocks(8, 1))["Wh"])).max())
    assert np.mean(radii) == pytest.approx(gain, rel=0.1)


def test_samples_that_are_no_whole_steps_are_refused():
    Recurrent(features=3).check(Intake(30, 1, "numbers"))
    with pytest.raises(ValidationError, match=r"Features must divide the 31 numbers of a sample .* Got 3."):
        Recurrent(features=3).check(Intake(31, 1, "numbers"))
    with pytest.raises(ValidationError, match=r"Features must divide the 2 numbers .* Got 4."):
        Recurrent(features=4).check(Intake(2, 1, "numbers"))


def test_cross_entropy_needs_probabilities_and_classes():
    with pytest.raises(ValidationError, match=r"needs sigmoid or softmax outputs. Got identity."):
        Recurrent(loss="cross_entropy")
    with pytest.raises(ValidationError, match=r"needs samples of classes. Got numbers."):
        Recurrent(loss="cross_entropy", output="softmax").check(Intake(8, 1, "numbers"))


def test_words():
    assert Recurrent().words(20, 1) == "a recurrent network of 8 tanh units over 10 steps"
    assert Recurrent(hidden=1, activation="leaky_relu").words(2, 1) == (
        "a recurrent network of 1 leaky relu unit over 1 step"
    )
