"""The linear classifier on real CIFAR-10 images, against losses and gradients written out here, and read here."""

import math

import numpy as np
import pytest

from landscape.datasets.base import Samples, data_directory
from landscape.models.classifier import Classifier
from landscape.objective import Objective
from landscape.planes.base import Plane
from landscape.slice import Lifted, Slice

RECORD, COUNT, K, D = 1 + 3072, 300, 10, 3073
DELTA, STRENGTH = 1.0, 0.1


@pytest.fixture(scope="module")
def images():
    """The first images: bytes / 255 less their mean, with a column of ones, (300, 3073); and their labels."""
    path = data_directory() / "cifar10" / "data_batch_1.bin"
    if not path.exists():
        pytest.skip(f"CIFAR-10 is not there: {path} is missing")
    raw = path.read_bytes()[: COUNT * RECORD]
    records = [raw[start : start + RECORD] for start in range(0, len(raw), RECORD)]
    x = np.ones((COUNT, D))
    for row, record in zip(x, records, strict=True):
        row[:-1] = [byte / 255 for byte in record[1:]]
    x[:, :-1] -= x[:, :-1].mean(axis=0)
    return x, [record[0] for record in records]


def written_out(loss, matrix, x, labels):
    """Loss and gradient, one sample and one class after the other."""
    total, gradient = 0.0, np.zeros_like(matrix)
    for row, right in zip(x, labels, strict=True):
        scores = [float(np.dot(weights, row)) for weights in matrix]
        if loss == "hinge":
            for j in range(K):
                margin = scores[j] - scores[right] + DELTA
                if j != right and margin > 0:
                    total += margin
                    gradient[j] += row
                    gradient[right] -= row
        else:
            odds = [math.exp(score) for score in scores]
            total -= math.log(odds[right] / sum(odds))
            for j in range(K):
                gradient[j] += (odds[j] / sum(odds) - (j == right)) * row
    norm = math.sqrt(sum(float(w) ** 2 for w in matrix.ravel()))
    return total / len(x) + STRENGTH * norm, gradient / len(x) + STRENGTH * matrix / norm


def one_hot_of(labels):
    y = np.zeros((len(labels), K))
    for row, label in zip(y, labels, strict=True):
        row[label] = 1.0
    return y


@pytest.mark.parametrize("scale", [0.001, 0.03])
@pytest.mark.parametrize("loss", ["hinge", "cross_entropy"])
def test_loss_and_gradient_on_real_images(images, loss, scale):
    x, labels = images
    model = Classifier(loss=loss, delta=DELTA, penalty="frobenius", strength=STRENGTH, scale=scale, seed=1)
    theta = model.initial(D, K)
    want, slope = written_out(loss, theta.reshape(K, D), x, labels)
    got, gradient = model.value_and_gradient(theta, x, one_hot_of(labels))
    assert float(got) == pytest.approx(want, rel=1e-10)
    np.testing.assert_allclose(gradient.reshape(K, D), slope, rtol=1e-9, atol=1e-9 * np.abs(slope).max())
    assert np.linalg.norm(gradient - slope.ravel()) <= 1e-9 * np.linalg.norm(slope)


@pytest.mark.parametrize("loss", ["hinge", "cross_entropy"])
def test_a_random_plane_through_real_images(images, loss):
    x, labels = images
    model = Classifier(loss=loss, delta=DELTA, penalty="frobenius", strength=STRENGTH)
    objective = Objective(model, Samples(x, one_hot_of(labels)))
    u, v = 0.01 * np.random.RandomState(2).randn(2, K * D)
    slice_ = Slice(objective, Plane(objective.theta0, u, v))
    assert not isinstance(slice_.evaluator, Lifted)
    a, b = np.linspace(-3, 3, 21), np.linspace(-2, 4, 17)
    grid = slice_.grid(a, b)
    for i, j in [(0, 0), (5, 13), (16, 20), (8, 10)]:
        matrix = (objective.theta0 + a[j] * u + b[i] * v).reshape(K, D)
        want, slope = written_out(loss, matrix, x, labels)
        assert grid[i, j] == pytest.approx(want, rel=1e-10)
        in_plane = [float(np.dot(slope.ravel(), along)) for along in (u, v)]
        np.testing.assert_allclose(slice_.gradient(np.array([a[j], b[i]])), in_plane, rtol=1e-9)
