"""The linear classifier against loops, worked examples, central differences, scikit-learn and PyTorch."""

import itertools
import math

import numpy as np
import pytest
from pydantic import ValidationError

from landscape.models.base import Intake, size, split
from landscape.models.classifier import Classifier

D, K, N = 4, 3, 7
EVERY = [
    {"loss": loss, "penalty": penalty, "bias": bias, "delta": delta, "strength": 0.3}
    for loss, penalty, bias, delta in itertools.product(
        ("hinge", "cross_entropy"), ("none", "frobenius", "l2"), (False, True), (0.0, 1.5)
    )
]
every_classifier = pytest.mark.parametrize("fields", EVERY, ids=lambda fields: "-".join(map(str, fields.values())))


def samples(seed=0):
    random = np.random.RandomState(seed)
    x, y = random.randn(N, D), np.eye(K)[random.randint(K, size=N)]
    x.setflags(write=False)
    y.setflags(write=False)
    return x, y


def theta_of(model, seed=1, lead=()):
    return np.random.RandomState(seed).randn(*lead, size(model.blocks(D, K)))


def loss_by_loops(model, theta, x, y):
    """One number after the other, from the formulas of the docstring."""
    parts = split(theta, model.blocks(D, K))
    bias = parts["b"] if model.bias else np.zeros(K)
    total = 0.0
    for row, target in zip(x, y, strict=True):
        s = [sum(w * v for w, v in zip(line, row, strict=True)) + b for line, b in zip(parts["W"], bias, strict=True)]
        right = list(target).index(1.0)
        if model.loss == "hinge":
            total += sum(max(0.0, s[j] - s[right] + model.delta) for j in range(K) if j != right)
        else:
            total -= math.log(math.exp(s[right]) / sum(map(math.exp, s)))
    square = sum(w * w for w in parts["W"].ravel())
    extra = {"none": 0.0, "frobenius": math.sqrt(square), "l2": square}[model.penalty]
    return total / len(x) + model.strength * extra


@every_classifier
def test_loss_against_loops(fields):
    model, (x, y) = Classifier(**fields), samples()
    for theta in theta_of(model, lead=(3,)):
        assert float(model.value(theta, x, y)) == pytest.approx(loss_by_loops(model, theta, x, y), rel=1e-12)


@every_classifier
def test_gradient_against_central_differences(fields):
    model, (x, y) = Classifier(**fields), samples(3)
    theta, h = theta_of(model, seed=4), 1e-6
    steps = h * np.eye(theta.size)
    differences = (model.value(theta + steps, x, y) - model.value(theta - steps, x, y)) / (2 * h)
    loss, gradient = model.value_and_gradient(theta, x, y)
    assert float(loss) == float(model.value(theta, x, y))
    assert np.linalg.norm(differences) > 0.1
    assert np.linalg.norm(gradient - differences) <= 1e-8 * np.linalg.norm(differences)


def test_a_step_worked_by_hand():
    """Scores 3, 2, 0 and class 1: the hinges are 3 - 2 + 1 and max(0, 0 - 2 + 1); only the first moves W."""
    x, y = np.array([[1.0, 2.0]]), np.array([[0.0, 1.0, 0.0]])
    theta = np.array([1.0, 1.0, 0.0, 1.0, 0.0, 0.0])
    loss, gradient = Classifier(penalty="frobenius", strength=0.5).value_and_gradient(theta, x, y)
    assert float(loss) == pytest.approx(2 + 0.5 * math.sqrt(3), rel=1e-15)
    pull = np.array([[1.0, 2.0], [-1.0, -2.0], [0.0, 0.0]])
    np.testing.assert_allclose(gradient, pull.ravel() + 0.5 * theta / math.sqrt(3), rtol=1e-15)
    loss, gradient = Classifier(loss="cross_entropy").value_and_gradient(0 * theta, x, y)
    assert float(loss) == pytest.approx(math.log(3), rel=1e-15)
    shares = np.array([[1 / 3], [1 / 3 - 1], [1 / 3]])
    np.testing.assert_allclose(gradient, (shares * x).ravel(), rtol=1e-15)


def test_at_its_kinks_the_derivative_is_the_one_from_below():
    x, y = samples()
    model = Classifier(delta=0.0, penalty="frobenius")
    loss, gradient = model.value_and_gradient(np.zeros(K * D), x, y)  # every margin and the norm are exactly 0
    assert float(loss) == 0.0
    np.testing.assert_array_equal(gradient, 0.0)


def test_cross_entropy_of_large_and_of_small_losses():
    x, y = np.eye(2), np.eye(2)
    model = Classifier(loss="cross_entropy")
    wrong, right = np.array([0.0, 1e5, 1e5, 0.0]), np.array([40.0, 0.0, 0.0, 40.0])
    assert float(model.value(wrong, x, y)) == 1e5
    assert float(model.value(right, x, y)) == pytest.approx(math.exp(-40), rel=1e-12)
    gradient = model.value_and_gradient(wrong, x, y)[1]
    np.testing.assert_allclose(gradient.reshape(2, 2), [[-0.5, 0.5], [0.5, -0.5]], rtol=1e-15)


@pytest.mark.parametrize("loss", ["hinge", "cross_entropy"])
def test_beyond_the_numbers_it_is_not_finite_and_silent(loss):
    x, y = samples()
    model = Classifier(loss=loss, penalty="frobenius")
    value, gradient = model.value_and_gradient(1e307 * theta_of(model), 1e3 * x, y)
    assert not np.isfinite(value)
    assert gradient.shape == (K * D,)


@every_classifier
def test_narrow_numbers_stay_narrow(fields):
    model, (x, y) = Classifier(**fields), samples()
    theta = theta_of(model, lead=(2,))
    want, slope = model.value_and_gradient(theta, x, y)
    loss, gradient = model.value_and_gradient(*(array.astype(np.float32) for array in (theta, x, y)))
    assert loss.dtype == gradient.dtype == np.float32
    np.testing.assert_allclose(loss, want, rtol=1e-5)
    np.testing.assert_allclose(gradient, slope, rtol=1e-4, atol=1e-5)


def test_initial_weights_are_the_published_draws():
    normal = Classifier(seed=3, scale=0.5, bias=True).initial(D, K)
    np.testing.assert_array_equal(normal[:-K], 0.5 * np.random.RandomState(3).randn(K, D).ravel())
    np.testing.assert_array_equal(normal[-K:], 0.0)
    uniform = Classifier(seed=3, init="uniform").initial(D, K)
    np.testing.assert_array_equal(uniform, 0.001 * np.random.RandomState(3).rand(K, D).ravel())


def test_words_say_which_classifier_and_loss():
    assert Classifier().words(3073, 10) == "a linear classifier of 10 classes"
    assert Classifier(penalty="none").loss_words() == "multiclass hinge"
    assert Classifier(loss="cross_entropy", penalty="l2").loss_words() == "softmax cross-entropy and penalty"
    assert Classifier(penalty="l2", strength=0).loss_words() == "multiclass hinge"
    assert dict(Classifier(bias=True).blocks(D, K)) == {"W": (K, D), "b": (K,)}
    assert Classifier(bias=True).biases() == {"b"}


def test_unsuitable_samples_and_fields_are_refused_with_a_sentence():
    with pytest.raises(ValidationError, match=r"Data must have classes for a linear classifier\. Got numbers\."):
        Classifier().check(Intake(3, 2, "numbers"))
    with pytest.raises(ValidationError, match=r"Data must have at least 2 classes .*\. Got 1\."):
        Classifier().check(Intake(3, 1))
    Classifier().check(Intake(3, 2))
    with pytest.raises(ValidationError, match=r"Margin must be at least 0\. Got -1\."):
        Classifier(delta=-1)
    with pytest.raises(ValidationError, match=r"Penalty strength must be at least 0\. Got -0\.5\."):
        Classifier(strength=-0.5)


@every_classifier
def test_every_loss_is_convex_on_random_segments(fields):
    model, (x, y) = Classifier(**fields), samples()
    ends = 3 * theta_of(model, seed=5, lead=(2, 50))
    middle = model.value(ends.mean(axis=0), x, y)
    assert (middle <= model.value(ends, x, y).mean(axis=0) + 1e-12).all()


def test_cross_entropy_is_scikit_learns():
    metrics = pytest.importorskip("sklearn.metrics", reason="scikit-learn is not installed")
    x, y = samples()
    model = Classifier(loss="cross_entropy")
    theta = theta_of(model)
    odds = np.exp(x @ theta.reshape(K, D).T)
    want = metrics.log_loss(y.argmax(axis=1), odds / odds.sum(axis=1, keepdims=True), labels=range(K))
    assert float(model.value(theta, x, y)) == pytest.approx(want, rel=1e-12)


@every_classifier
def test_loss_and_gradient_are_pytorchs(fields):
    torch = pytest.importorskip("torch", reason="torch is not installed")
    model, (x, y) = Classifier(**fields), samples()
    theta = theta_of(model)
    weights = torch.tensor(theta, requires_grad=True)
    matrix = weights[: K * D].reshape(K, D)
    scores = torch.tensor(x.copy()) @ matrix.T + (weights[K * D :] if model.bias else 0.0)
    labels = torch.tensor(y.argmax(axis=1))
    if model.loss == "hinge":  # torch divides by the classes
        want = K * torch.nn.functional.multi_margin_loss(scores, labels, margin=model.delta)
    else:
        want = torch.nn.functional.cross_entropy(scores, labels)
    norm = torch.linalg.matrix_norm(matrix)
    want = want + model.strength * {"none": 0.0, "frobenius": norm, "l2": norm**2}[model.penalty]
    want.backward()
    loss, gradient = model.value_and_gradient(theta, x, y)
    assert float(loss) == pytest.approx(want.item(), rel=1e-12)
    np.testing.assert_allclose(gradient, weights.grad.numpy(), rtol=1e-10, atol=1e-14)
