"""The convolutional network against loops, central differences and PyTorch."""

import itertools
import math
import tracemalloc

import numpy as np
import pytest
from pydantic import ValidationError

from landscape.models.base import Intake, size, split
from landscape.models.convnet import Convnet

HEADS = [
    ("sigmoid", "squared_error"),
    ("softmax", "squared_error"),
    ("identity", "squared_error"),
    ("sigmoid", "cross_entropy"),
    ("softmax", "cross_entropy"),
]
ACTIVATIONS = ["sigmoid", "tanh", "relu", "leaky_relu", "identity"]
EVERY = [
    {"activation": activation, "pooling": pooling, "output": output, "loss": loss, "bias": bias}
    for activation, pooling, (output, loss), bias in itertools.product(
        ACTIVATIONS, ("mean", "max"), HEADS, (False, True)
    )
]
IMAGES = [(1, 6), (3, 5)]  # channels and side; of 5 a row and a column of the sums are left out
K, N = 3, 4

every_network = pytest.mark.parametrize("fields", EVERY, ids=lambda fields: "-".join(map(str, fields.values())))
every_image = pytest.mark.parametrize("image", IMAGES)


def case(fields, image, seed=0, lead=()):
    channels, side = image
    model, random = Convnet(filters=2, **fields), np.random.RandomState(seed)
    x, y = random.randn(N, channels * side * side), np.eye(K)[random.randint(K, size=N)]
    x.setflags(write=False)
    y.setflags(write=False)
    return model, 0.7 * random.randn(*lead, size(model.blocks(x.shape[1], K))), x, y


def loss_by_loops(model, theta, x, y, image):
    """One number after the other, from the formulas of the docstring; activations before pooling."""
    channels, side = image
    scalar = {
        "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
        "tanh": math.tanh,
        "relu": lambda z: z if z > 0 else 0.0,
        "leaky_relu": lambda z: z if z > 0 else 0.1 * z,
        "identity": lambda z: z,
    }
    parts, total = split(theta, model.blocks(x.shape[1], K)), 0.0
    for sample, target in zip(x.reshape(-1, channels, side, side), y, strict=True):
        features = []
        for kernel, bias in zip(parts["K1"], parts.get("b1", np.zeros(model.filters)), strict=True):
            values = np.empty((side - 2, side - 2))
            for row, column in np.ndindex(*values.shape):
                z = (kernel * sample[:, row : row + 3, column : column + 3]).sum() + bias
                values[row, column] = scalar[model.activation](z)
            for row, column in itertools.product(range(0, side - 3, 2), repeat=2):
                four = values[row : row + 2, column : column + 2]
                features.append(four.mean() if model.pooling == "mean" else four.max())
        z = parts["W2"] @ features + parts.get("b2", 0.0)
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


@every_image
@every_network
def test_loss_against_loops(fields, image):
    model, theta, x, y = case(fields, image)
    assert float(model.value(theta, x, y)) == pytest.approx(loss_by_loops(model, theta, x, y, image), rel=1e-12)


@every_image
@every_network
def test_gradient_against_central_differences(fields, image):
    (model, theta, x, y), h = case(fields, image, seed=1), 1e-6
    loss, gradient = model.value_and_gradient(theta, x, y)
    assert float(loss) == float(model.value(theta, x, y))
    steps = h * np.eye(theta.size)
    differences = (model.value(theta + steps, x, y) - model.value(theta - steps, x, y)) / (2 * h)
    assert np.linalg.norm(gradient - differences) <= 1e-6 * np.linalg.norm(differences)


@every_network
def test_parameter_vectors_at_once_are_each_alone(fields):
    model, theta, x, y = case(fields, (1, 6), seed=2, lead=(2, 3))
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
    model, theta, x, y = case(fields, (1, 6), seed=3)
    narrow = [array.astype(np.float32) for array in (theta, x, y)]
    loss, gradient = model.value_and_gradient(*narrow)
    assert model.value(*narrow).dtype == loss.dtype == gradient.dtype == np.float32
    want, slope = model.value_and_gradient(*(array.astype(np.float64) for array in narrow))
    assert float(loss) == pytest.approx(float(want), rel=1e-5)
    assert np.linalg.norm(gradient - slope) <= 1e-4 * np.linalg.norm(slope)


@pytest.mark.parametrize("image", [(1, 8), (3, 7)])
@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("pooling", ["mean", "max"])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_against_autograd(activation, pooling, bias, image):
    torch = pytest.importorskip("torch", reason="torch is not installed")
    functional = torch.nn.functional
    channels, side = image
    model, theta, x, y = case({"activation": activation, "pooling": pooling, "bias": bias}, image, seed=4)
    leaf = torch.tensor(theta, requires_grad=True)
    parts, start = {}, 0
    for name, shape in model.blocks(x.shape[1], K).items():
        parts[name] = leaf[start : start + math.prod(shape)].reshape(shape)
        start += math.prod(shape)
    functions = {
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "relu": torch.relu,
        "leaky_relu": lambda z: functional.leaky_relu(z, 0.1),
        "identity": lambda z: z,
    }
    pools = {"mean": functional.avg_pool2d, "max": functional.max_pool2d}
    z = functional.conv2d(torch.tensor(x).reshape(-1, channels, side, side), parts["K1"], parts.get("b1"))
    h = pools[pooling](functions[activation](z), 2).flatten(1)
    loss = functional.cross_entropy(functional.linear(h, parts["W2"], parts.get("b2")), torch.tensor(y.argmax(axis=1)))
    loss.backward()
    value, gradient = model.value_and_gradient(theta, x, y)
    assert float(value) == pytest.approx(loss.item(), rel=1e-12)
    np.testing.assert_allclose(gradient, leaf.grad.numpy(), rtol=1e-9, atol=1e-12)


def test_equal_maxima_give_the_derivative_that_autograd_gives():
    """All four sums of the only window are 6; which kernel row has a derivative says whose patch is felt."""
    torch = pytest.importorskip("torch", reason="torch is not installed")
    functional = torch.nn.functional
    model = Convnet(filters=1, activation="identity", bias=False, output="identity", loss="squared_error")
    x, y = np.zeros((1, 16)), np.array([[1.0]])
    x[0, :4] = x[0, 12:] = 1.0  # each row of sums sees one of them, under kernel row 0 or 2
    theta = np.array([1.0, 2, 3, 4, 5, 6, 1, 2, 3, 0.5])
    leaf = torch.tensor(theta, requires_grad=True)
    h = functional.max_pool2d(functional.conv2d(torch.tensor(x).reshape(1, 1, 4, 4), leaf[:9].reshape(1, 1, 3, 3)), 2)
    (h.flatten(1) * leaf[9] - 1).square().sum().backward()
    gradient = model.value_and_gradient(theta, x, y)[1]
    np.testing.assert_allclose(gradient, leaf.grad.numpy(), rtol=1e-12)
    assert gradient[:3].all()  # the first row of sums took it
    assert not gradient[6:9].any()


def test_memory_does_not_grow_with_samples_and_parameter_vectors():
    """All sums at once would be 40 x 100 x 4 x 676 numbers, 87 MB."""
    model, random = Convnet(), np.random.RandomState(0)
    x, y = random.randn(100, 784), np.eye(10)[random.randint(10, size=100)]
    theta = random.randn(40, size(model.blocks(784, 10)))
    for call, limit in ((model.value, 12e6), (model.value_and_gradient, 24e6)):
        tracemalloc.start()
        try:
            call(theta, x, y)
            assert tracemalloc.get_traced_memory()[1] < limit
        finally:
            tracemalloc.stop()


def test_samples_in_pieces_are_the_samples_at_once():
    model, random = Convnet(), np.random.RandomState(0)
    x, y = random.randn(150, 784), np.eye(10)[random.randint(10, size=150)]
    theta = 0.2 * random.randn(2, size(model.blocks(784, 10)))
    loss, gradient = model.value_and_gradient(theta, x, y)
    each = [model.value_and_gradient(theta, x[[n]], y[[n]]) for n in range(len(x))]
    np.testing.assert_allclose(loss, np.mean([value for value, _ in each], axis=0), rtol=1e-12)
    np.testing.assert_allclose(gradient, np.mean([slope for _, slope in each], axis=0), rtol=1e-9, atol=1e-12)


def test_blocks_and_biases():
    assert list(Convnet(filters=5).blocks(784, 10).items()) == [
        ("K1", (5, 1, 3, 3)), ("b1", (5,)), ("W2", (10, 5 * 169)), ("b2", (10,)),
    ]  # fmt: skip
    assert Convnet(filters=5, bias=False).blocks(3072, 10) == {"K1": (5, 3, 3, 3), "W2": (10, 5 * 225)}
    assert Convnet().biases() == {"b1", "b2"}
    assert Convnet(bias=False).biases() == frozenset()
    with pytest.raises(ValidationError, match=r"at least 4 x 4. Got samples of 2 numbers."):
        Convnet().blocks(2, 3)


def test_normal_is_drawn_block_by_block():
    model, random = Convnet(filters=3, init="normal", seed=7), np.random.RandomState(7)
    want = [random.randn(*shape).ravel() for shape in model.blocks(64, 10).values()]
    np.testing.assert_array_equal(model.initial(64, 10), np.concatenate(want))


@pytest.mark.parametrize(("init", "filter_", "matrix"), [
    ("he", 2 / 27, 2 / (32 * 225)), ("xavier", 2 / (27 + 9 * 32), 2 / (32 * 225 + 10)),
])  # fmt: skip
def test_scaled_starts_have_their_variance_and_no_biases(init, filter_, matrix):
    model = Convnet(filters=32, init=init, seed=3)
    parts = split(model.initial(3072, 10), model.blocks(3072, 10))
    for name, variance in (("K1", filter_), ("W2", matrix)):
        assert parts[name].var() == pytest.approx(variance, rel=5 * math.sqrt(2 / parts[name].size))
    assert not parts["b1"].any()
    assert not parts["b2"].any()


@pytest.mark.parametrize("image", [(1, 8, 8), (1, 28, 28), (3, 32, 32), (1, 4, 4)])
def test_square_images_are_taken(image):
    Convnet().check(Intake(math.prod(image), 10, "classes", image))


@pytest.mark.parametrize(
    ("inputs", "image", "sentence"),
    [
        (64, None, "Data must be images: a convolutional network slides over rows and columns. Got none."),
        (2, None, "Data must be images"),
        (64, (1, 4, 16), "must be square images .* Got 4 x 16 in 1 channels, 64 numbers"),
        (9, (1, 3, 3), "at least 4 x 4, and nothing else. Got 3 x 3 in 1 channels"),
        (3073, (3, 32, 32), "nothing else. Got 32 x 32 in 3 channels, 3073 numbers"),
        (2 * 64, (2, 8, 8), "of 1 or 3 channels"),
        (4 * 16, (4, 4, 4), "of 1 or 3 channels"),
    ],
)
def test_other_samples_are_refused(inputs, image, sentence):
    with pytest.raises(ValidationError, match=sentence):
        Convnet().check(Intake(inputs, 3, "classes", image))


def test_cross_entropy_needs_probabilities_and_classes():
    with pytest.raises(ValidationError, match=r"needs sigmoid or softmax outputs. Got identity."):
        Convnet(output="identity")
    with pytest.raises(ValidationError, match=r"needs samples of classes. Got numbers."):
        Convnet().check(Intake(64, 1, "numbers", (1, 8, 8)))


def test_words():
    assert Convnet(filters=1, activation="leaky_relu").words(64, 10) == (
        "a leaky relu network of one filter of 3 x 3 with max pooling"
    )
    assert Convnet().loss_words() == "cross entropy"


@pytest.mark.parametrize("pooling", ["mean", "max"])
def test_overflow_is_infinite_and_silent(pooling):
    model, theta, x, y = case({"pooling": pooling, "output": "identity", "loss": "squared_error"}, (1, 6))
    loss, gradient = model.value_and_gradient(1e200 * theta, x, y)
    assert not np.isfinite(loss)
    assert not np.isfinite(gradient).all()
