"""The network against a network written out in loops, and its gradient against central differences."""

import itertools
import math

import numpy as np
import pytest
from pydantic import ValidationError

from landscape.models.base import size, split
from landscape.models.mlp import Mlp

ACTIVATIONS = ("sigmoid", "tanh", "relu", "leaky_relu", "identity", "step")
HEADS = [
    ("sigmoid", "squared_error"),
    ("softmax", "squared_error"),
    ("identity", "squared_error"),
    ("sigmoid", "cross_entropy"),
    ("softmax", "cross_entropy"),
]
EVERY = [
    {"activation": activation, "output": output, "loss": loss, "bias": bias, "l2": l2}
    for activation, (output, loss), bias, l2 in itertools.product(ACTIVATIONS, HEADS, (False, True), (0.0, 0.3))
]
D, K, N = 4, 3, 6

every_network = pytest.mark.parametrize("fields", EVERY, ids=lambda fields: "-".join(map(str, fields.values())))


def samples(seed=0):
    random = np.random.RandomState(seed)
    x, y = random.randn(N, D), np.eye(K)[random.randint(K, size=N)]
    x.setflags(write=False)
    y.setflags(write=False)
    return x, y


def theta_of(model, seed=1, lead=()):
    return 0.8 * np.random.RandomState(seed).randn(*lead, size(model.blocks(D, K)))


def loss_by_loops(model, theta, x, y):
    """One number after the other, from the formulas of the docstring."""
    scalar = {
        "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
        "tanh": math.tanh,
        "relu": lambda z: z if z > 0 else 0.0,
        "leaky_relu": lambda z: z if z > 0 else 0.1 * z,
        "identity": lambda z: z,
        "step": lambda z: 1.0 if z > 0 else 0.0,
    }
    parts = split(theta, model.blocks(D, K))
    layers = len(model.hidden) + 1
    total = 0.0
    for row, target in zip(x, y, strict=True):
        h = list(row)
        for layer in range(1, layers + 1):
            matrix = parts[f"W{layer}"]
            bias = parts[f"b{layer}"] if model.bias else np.zeros(len(matrix))
            z = [sum(w * v for w, v in zip(line, h, strict=True)) + b for line, b in zip(matrix, bias, strict=True)]
            h = [scalar[model.activation](value) for value in z] if layer < layers else z
        if model.output == "softmax":
            h = [value / model.temperature for value in h]
            o = [math.exp(value) / sum(map(math.exp, h)) for value in h]
        else:
            o = [scalar[model.output](value) for value in h]
        for probability, wanted in zip(o, target, strict=True):
            if model.loss == "squared_error":
                total += (probability - wanted) ** 2
            elif model.output == "softmax":
                total -= wanted * math.log(probability)
            else:
                total -= math.log(probability) if wanted else math.log(1 - probability)
    weights = np.concatenate([parts[name].ravel() for name in parts if name[0] == "W"])
    return total / len(x) + model.l2 / 2 * sum(w * w for w in weights)


@every_network
def test_loss_against_loops(fields):
    model, (x, y) = Mlp(hidden=(5, 3), **fields), samples()
    theta = theta_of(model)
    assert float(model.value(theta, x, y)) == pytest.approx(loss_by_loops(model, theta, x, y), rel=1e-12)


@every_network
def test_gradient_against_central_differences(fields):
    model, (x, y), h = Mlp(hidden=(5, 3), **fields), samples(), 1e-6
    theta = theta_of(model)
    loss, gradient = model.value_and_gradient(theta, x, y)
    assert float(loss) == float(model.value(theta, x, y))
    steps = h * np.eye(theta.size)
    differences = (model.value(theta + steps, x, y) - model.value(theta - steps, x, y)) / (2 * h)
    assert np.linalg.norm(gradient - differences) <= 1e-6 * np.linalg.norm(differences)


@every_network
def test_parameter_vectors_at_once_are_each_alone(fields):
    model, (x, y) = Mlp(hidden=(5, 3), **fields), samples(2)
    theta = theta_of(model, lead=(2, 3))
    theta.setflags(write=False)
    loss, gradient = model.value_and_gradient(theta, x, y)
    assert loss.shape == (2, 3)
    assert gradient.shape == theta.shape
    np.testing.assert_allclose(model.value(theta, x, y), loss, rtol=1e-14)
    for place in np.ndindex(2, 3):
        alone = model.value_and_gradient(theta[place], x, y)
        np.testing.assert_allclose(loss[place], alone[0], rtol=1e-13)
        np.testing.assert_allclose(gradient[place], alone[1], rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("hidden", [(), (1,), (3, 2, 4, 2)])
def test_any_depth(hidden):
    model, (x, y), h = Mlp(hidden=hidden, activation="tanh", bias=True), samples(3), 1e-6
    theta = theta_of(model)
    loss, gradient = model.value_and_gradient(theta, x, y)
    assert float(loss) == pytest.approx(loss_by_loops(model, theta, x, y), rel=1e-12)
    steps = h * np.eye(theta.size)
    differences = (model.value(theta + steps, x, y) - model.value(theta - steps, x, y)) / (2 * h)
    assert np.linalg.norm(gradient - differences) <= 1e-6 * np.linalg.norm(differences)


def test_blocks_are_rows_to_columns_from_with_biases_behind_their_matrix():
    blocks = Mlp(hidden=(5, 3), bias=True).blocks(D, K)
    assert list(blocks.items()) == [
        ("W1", (5, D)), ("b1", (5,)), ("W2", (3, 5)), ("b2", (3,)), ("W3", (K, 3)), ("b3", (K,)),
    ]  # fmt: skip
    assert Mlp(hidden=(5, 3), bias=True).biases() == {"b1", "b2", "b3"}
    assert Mlp(hidden=(5, 3)).biases() == frozenset()


@pytest.mark.parametrize("bias", [False, True])
def test_normal_is_drawn_block_by_block(bias):
    model = Mlp(hidden=(5, 3), seed=7, init="normal", bias=bias)
    random = np.random.RandomState(7)
    want = [random.randn(*shape).ravel() for shape in model.blocks(D, K).values()]
    np.testing.assert_array_equal(model.initial(D, K), np.concatenate(want))
    np.testing.assert_array_equal(model.initial(D, K), model.initial(D, K))


@pytest.mark.parametrize(("init", "variance"), [("xavier", lambda i, o: 2 / (i + o)), ("he", lambda i, o: 2 / i)])
def test_scaled_starts_have_their_variance_and_no_biases(init, variance):
    inputs, outputs = 120, 90
    model = Mlp(hidden=(200, 150), init=init, bias=True, seed=3)
    for name, block in split(model.initial(inputs, outputs), model.blocks(inputs, outputs)).items():
        if name[0] == "b":
            assert not block.any()
        else:
            fan_out, fan_in = block.shape
            deviation = math.sqrt(2 / block.size)  # of a sample variance, relative
            assert block.var() == pytest.approx(variance(fan_in, fan_out), rel=5 * deviation)
            assert abs(block.mean()) < 5 * math.sqrt(variance(fan_in, fan_out) / block.size)


def test_the_penalty_leaves_the_biases_out():
    x, y = samples()
    plain, strong = Mlp(hidden=(2,), bias=True), Mlp(hidden=(2,), bias=True, l2=2.0)
    theta = theta_of(plain)
    parts = split(theta, plain.blocks(D, K))
    want = (parts["W1"] ** 2).sum() + (parts["W2"] ** 2).sum()  # l2 / 2 = 1
    assert float(strong.value(theta, x, y) - plain.value(theta, x, y)) == pytest.approx(want, rel=1e-12)


def test_cross_entropy_needs_probabilities():
    with pytest.raises(ValidationError) as caught:
        Mlp(output="identity", loss="cross_entropy")
    (line,) = caught.value.errors()
    assert line["loc"] == ("loss",)
    assert line["msg"] == "Loss cross_entropy needs sigmoid or softmax outputs. Got identity."


every_loss = pytest.mark.parametrize("loss", ["squared_error", "cross_entropy"])


@every_loss
@pytest.mark.parametrize("temperature", [0.4, 5.0])
def test_temperature(loss, temperature):
    model = Mlp(hidden=(5, 3), output="softmax", loss=loss, temperature=temperature, bias=True, l2=0.3)
    (x, y), theta, h = samples(), theta_of(model), 1e-6
    value, gradient = model.value_and_gradient(theta, x, y)
    assert float(value) == pytest.approx(loss_by_loops(model, theta, x, y), rel=1e-12)
    steps = h * np.eye(theta.size)
    differences = (model.value(theta + steps, x, y) - model.value(theta - steps, x, y)) / (2 * h)
    assert np.linalg.norm(gradient - differences) <= 1e-6 * np.linalg.norm(differences)


@every_loss
def test_a_temperature_is_the_last_layer_divided_by_it(loss):
    warm = Mlp(hidden=(5,), output="softmax", loss=loss, temperature=4.0)
    plain, (x, y) = warm.model_copy(update={"temperature": 1.0}), samples()
    theta = theta_of(warm)
    cooled = theta.copy()
    split(cooled, warm.blocks(D, K))["W2"][:] /= 4.0
    assert float(warm.value(theta, x, y)) == pytest.approx(float(plain.value(cooled, x, y)), rel=1e-14)
    assert warm.loss_words() == f"{loss.replace('_', ' ')} at temperature 4"


@pytest.mark.parametrize("output", ["sigmoid", "identity"])
def test_a_temperature_needs_softmax(output):
    with pytest.raises(ValidationError) as caught:
        Mlp(output=output, temperature=2)
    (line,) = caught.value.errors()
    assert line["loc"] == ("temperature",)
    assert line["msg"] == f"Temperature other than 1 needs softmax outputs. Got {output}."
    assert Mlp(output=output, temperature=1).temperature == 1.0


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"temperature": 0}, "Temperature must be greater than 0. Got 0."),
        ({"temperature": 101}, "Temperature must be at most 100. Got 101."),
        ({"dropout": -0.1}, "Dropout must be at least 0. Got -0.1."),
        ({"dropout": 0.91}, "Dropout must be at most 0.9. Got 0.91."),
        ({"mask": "never"}, "Mask must be fixed or every step. Got never."),
        ({"mask_seed": -1}, "Mask seed must be at least 0. Got -1."),
        ({"norm": "layer"}, "Normalisation must be none or batch. Got layer."),
    ],
)
def test_bounds_are_sentences(fields, sentence):
    with pytest.raises(ValidationError) as caught:
        Mlp(output="softmax", **fields)
    assert [line["msg"] for line in caught.value.errors()] == [sentence]


def test_no_gradient_passes_a_step():
    model, (x, y) = Mlp(hidden=(5, 3), activation="step", bias=True), samples()
    theta = theta_of(model)
    parts = split(model.value_and_gradient(theta, x, y)[1], model.blocks(D, K))
    assert {name for name, part in parts.items() if part.any()} == {"W3", "b3"}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "a 784-50-500-10 sigmoid network"),
        ({"activation": "leaky_relu"}, "a 784-50-500-10 leaky relu network"),
        ({"norm": "batch"}, "a 784-50-500-10 sigmoid network with batch normalisation"),
        ({"dropout": 0.5}, "a 784-50-500-10 sigmoid network with 50 % of its hidden units dropped"),
        ({"norm": "batch", "dropout": 0.125, "activation": "step"},
         "a 784-50-500-10 step network with batch normalisation and 12.5 % of its hidden units dropped"),
        ({"hidden": (), "norm": "batch", "dropout": 0.5}, "a 784-10 sigmoid network"),
    ],
)  # fmt: skip
def test_words(fields, words):
    assert Mlp(**fields).words(784, 10) == words


def test_work_counts_products_and_activations():
    products, units = 784 * 50 + 50 * 500 + 500 * 10, 50 + 500 + 10
    assert Mlp(hidden=(50, 500)).work(784, 10) == pytest.approx(products / 8 + 8 * units, rel=1e-3)
