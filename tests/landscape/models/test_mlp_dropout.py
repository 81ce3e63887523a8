"""Networks with dropout: one mask is one smaller network; masks of steps; the mean over masks."""

import itertools

import numpy as np
import pytest

from landscape.models.base import size, split
from landscape.models.mlp import Mlp

ACTIVATIONS = ("sigmoid", "tanh", "relu", "leaky_relu", "identity", "step")
HEADS = [
    ("sigmoid", "squared_error", 1.0),
    ("identity", "squared_error", 1.0),
    ("softmax", "squared_error", 2.5),
    ("sigmoid", "cross_entropy", 1.0),
    ("softmax", "cross_entropy", 0.4),
]
EVERY = [
    {"activation": activation, "output": output, "loss": loss, "temperature": temperature, "bias": bias, "l2": l2}
    for activation, (output, loss, temperature), bias, l2 in itertools.product(
        ACTIVATIONS, HEADS, (False, True), (0.0, 0.3)
    )
]
D, K, N = 4, 3, 6
SOME = 4  # a seed that drops some units of both layers and keeps some

every_network = pytest.mark.parametrize("fields", EVERY, ids=lambda fields: "-".join(map(str, fields.values())))


def network(**fields):
    return Mlp(**({"hidden": (5, 3), "dropout": 0.4, "mask_seed": SOME} | fields))


def samples(seed=0):
    random = np.random.RandomState(seed)
    return random.randn(N, D), np.eye(K)[random.randint(K, size=N)]


def theta_of(model, seed=1, lead=()):
    return 0.8 * np.random.RandomState(seed).randn(*lead, size(model.blocks(D, K)))


def test_masks_are_of_the_hidden_units():
    masks = network().masks()
    assert [mask.shape for mask in masks] == [(5,), (3,)]
    assert all(0 < mask.sum() < mask.size for mask in masks)
    assert all(mask.all() for mask in network(dropout=0).masks())
    assert network(hidden=()).masks() == []


@every_network
def test_a_mask_is_the_network_of_the_units_kept(fields):
    """Their columns behind times 1 / (1 - p); the penalty sees all weights as they are."""
    model, (x, y) = network(**fields), samples()
    theta, (first, second) = theta_of(model), network().masks()
    small = Mlp(hidden=(int(first.sum()), int(second.sum())), **(fields | {"l2": 0}))
    parts = split(theta, model.blocks(D, K))
    left = parts | {
        "W1": parts["W1"][first],
        "W2": parts["W2"][np.ix_(second, first)] / 0.6,
        "W3": parts["W3"][:, second] / 0.6,
    }
    if model.bias:
        left |= {"b1": parts["b1"][first], "b2": parts["b2"][second]}
    smaller = np.concatenate([left[name].ravel() for name in small.blocks(D, K)])
    squares = sum(float(np.square(parts[name]).sum()) for name in ("W1", "W2", "W3"))
    want = float(small.value(smaller, x, y)) + model.l2 / 2 * squares
    assert float(model.value(theta, x, y)) == pytest.approx(want, rel=1e-12)


@every_network
def test_gradient_against_central_differences(fields):
    model, (x, y), h = network(**fields), samples(), 1e-6
    theta = theta_of(model)
    loss, gradient = model.value_and_gradient(theta, x, y)
    assert float(loss) == float(model.value(theta, x, y))
    steps = h * np.eye(theta.size)
    differences = (model.value(theta + steps, x, y) - model.value(theta - steps, x, y)) / (2 * h)
    assert np.linalg.norm(gradient - differences) <= 1e-6 * np.linalg.norm(differences)
    dropped = split(gradient - model.l2 * theta, model.blocks(D, K))["W1"][~model.masks()[0]]
    np.testing.assert_allclose(dropped, 0, atol=1e-16)  # what leads to a dropped unit is not felt


@every_network
def test_parameter_vectors_at_once_are_each_alone(fields):
    model, (x, y) = network(**fields), samples(2)
    theta = theta_of(model, lead=(2, 3))
    for array in (theta, x, y):
        array.setflags(write=False)
    loss, gradient = model.value_and_gradient(theta, x, y)
    for place in np.ndindex(2, 3):
        alone = model.value_and_gradient(theta[place], x, y)
        np.testing.assert_allclose(loss[place], alone[0], rtol=1e-13)
        np.testing.assert_allclose(gradient[place], alone[1], rtol=1e-11, atol=1e-14)


def test_the_mean_over_masks_of_a_linear_network_is_the_network():
    """Inverted dropout leaves what comes next the same in expectation (Srivastava et al. 2014, section 10)."""
    whole, (x, _) = Mlp(hidden=(5, 3), activation="identity", output="identity"), samples()
    theta, count = theta_of(whole), 4000
    # loss = sum (o - y)^2 is linear in y up to a constant: o = (loss(-e) - loss(e)) / 4 for a unit target e
    outputs = []
    for seed in range(count):
        model = network(activation="identity", output="identity", mask_seed=seed)
        targets = [sign * np.eye(K)[[0]] for sign in (-1, 1)]
        losses = [float(model.value(theta, x[:1], target)) for target in targets]
        outputs.append((losses[0] - losses[1]) / 4)
    parts = split(theta, whole.blocks(D, K))
    want = (parts["W3"] @ parts["W2"] @ parts["W1"] @ x[0])[0]
    assert abs(np.mean(outputs) - want) < 5 * np.std(outputs) / np.sqrt(count)


def test_where_all_units_of_a_layer_are_dropped_the_outputs_are_constant():
    seed = next(seed for seed in range(100) if not Mlp(hidden=(2,), dropout=0.9, mask_seed=seed).masks()[0].any())
    model, (x, y) = Mlp(hidden=(2,), dropout=0.9, mask_seed=seed, output="identity"), samples()
    theta = theta_of(model, lead=(3,))
    loss, gradient = model.value_and_gradient(theta, x, y)
    np.testing.assert_array_equal(loss, np.ones(3))  # outputs 0, one target of 1
    assert not gradient.any()


def test_a_mask_for_every_step():
    model, (x, y) = network(mask="every step", hidden=(20, 30)), samples()
    theta = theta_of(model)
    at = [model.at_step(step) for step in range(40)]
    assert float(model.value(theta, x, y)) == float(network(hidden=(20, 30)).value(theta, x, y))  # its own: fixed
    assert len({tuple(np.concatenate(one.masks())) for one in at}) == 40
    assert len({float(one.value(theta, x, y)) for one in at}) == 40
    kept = np.mean([np.concatenate(one.masks()) for one in at])
    assert abs(kept - 0.6) < 5 * np.sqrt(0.24 / (40 * 50))
    for step, one in enumerate(at):
        assert one == model.at_step(step)
        assert hash(one) == hash(model.at_step(step))
        assert Mlp.model_validate(one.model_dump()) == one
        other = model.model_copy(update={"seed": 3, "activation": "tanh", "l2": 1.0}).at_step(step)
        assert [mask.tolist() for mask in other.masks()] == [mask.tolist() for mask in one.masks()]
    assert model.at_step(3) != model.model_copy(update={"mask_seed": 5}).at_step(3)


@pytest.mark.parametrize("fields", [{"mask": "fixed"}, {"mask": "every step", "dropout": 0}])
def test_otherwise_every_step_is_the_same_model(fields):
    model = network(**fields)
    assert model.at_step(0) is model.at_step(7) is model


def test_initial_weights_and_blocks_are_those_without():
    model, plain = network(bias=True), Mlp(hidden=(5, 3), bias=True)
    assert model.blocks(D, K) == plain.blocks(D, K)
    np.testing.assert_array_equal(model.initial(D, K), plain.initial(D, K))


def test_32_bits_in_32_bits_out():
    model, (x, y) = network(bias=True, output="softmax", loss="cross_entropy", temperature=2), samples()
    theta = theta_of(model)
    wide = model.value_and_gradient(theta, x, y)
    narrow = model.value_and_gradient(*(array.astype(np.float32) for array in (theta, x, y)))
    assert [part.dtype for part in narrow] == [np.float32, np.float32]
    np.testing.assert_allclose(narrow[0], wide[0], rtol=1e-5)
    assert np.linalg.norm(narrow[1] - wide[1]) <= 1e-5 * np.linalg.norm(wide[1])
