"""Points in classes: without noise they lie on their curves, with noise around them."""

import numpy as np
import pytest

from landscape.datasets.blobs import Blobs
from landscape.datasets.circles import Circles
from landscape.datasets.moons import Moons
from landscape.datasets.spirals import Spirals
from landscape.datasets.xor import Xor

each = pytest.mark.parametrize("kind", [Moons, Circles, Blobs, Spirals, Xor], ids=lambda kind: kind.__name__)
TURN = 2 * np.pi


def load(kind, **fields):
    x, y, _ = kind(**{"samples": 600, "seed": 2} | fields).load()
    return x, y.argmax(axis=1)


def test_moons_lie_on_their_half_circles():
    x, label = load(Moons, noise=0)
    upper, lower = x[label == 0], x[label == 1]
    np.testing.assert_allclose(np.hypot(*upper.T), 1, rtol=1e-12)
    np.testing.assert_allclose(np.hypot(lower[:, 0] - 1, lower[:, 1] - 0.5), 1, rtol=1e-12)
    assert upper[:, 1].min() >= 0
    assert lower[:, 1].max() <= 0.5
    for moon, middle in ((upper, 0), (lower, 1)):  # angles are uniform: the mean of a cosine is 0
        assert abs(moon[:, 0].mean() - middle) < 5 * np.sqrt(0.5 / 300)


def test_circles_lie_at_their_radii():
    x, label = load(Circles, noise=0, inner=0.3)
    np.testing.assert_allclose(np.hypot(*x.T), np.where(label == 0, 1, 0.3), rtol=1e-12)
    quarters = np.floor(np.arctan2(x[:, 1], x[:, 0]) / (TURN / 4)).astype(int)
    assert np.bincount(quarters + 2).min() > 100, "all the way round"


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_blobs_are_centred_evenly_on_the_unit_circle(classes):
    x, label = load(Blobs, noise=0, classes=classes)
    np.testing.assert_allclose(x[:, 0] + 1j * x[:, 1], np.exp(1j * TURN * label / classes), atol=1e-12)
    assert sorted(set(label.tolist())) == list(range(classes))
    assert Blobs(classes=classes).outputs == classes


@pytest.mark.parametrize("arms", [2, 3])
@pytest.mark.parametrize("turns", [0.5, 1.5, 5])
def test_spirals_lie_on_their_curve(arms, turns):
    x, label = load(Spirals, noise=0, arms=arms, turns=turns)
    radius = np.hypot(*x.T)
    angle = np.arctan2(x[:, 1], x[:, 0]) - TURN * (turns * radius + label / arms)
    np.testing.assert_allclose(np.cos(angle), 1, atol=1e-12)  # equal up to whole turns
    assert radius.min() >= 0.1
    assert 0.95 < radius.max() < 1
    assert sorted(set(label.tolist())) == list(range(arms))


def test_xor_is_the_product_of_the_signs():
    x, label = load(Xor, noise=0)
    assert np.all(np.abs(x) == 1)
    np.testing.assert_array_equal(label, x.prod(axis=1) < 0)
    near, label = load(Xor, noise=0.1)  # ten standard deviations from an axis
    np.testing.assert_array_equal(label, near.prod(axis=1) < 0)
    assert {tuple(row) for row in x} == {(1, 1), (1, -1), (-1, 1), (-1, -1)}


def test_no_straight_line_parts_xor():
    x, label = load(Xor, noise=0)
    design = np.column_stack((x, np.ones(len(x))))
    weights, *_ = np.linalg.lstsq(design, 2.0 * label - 1)
    np.testing.assert_allclose(weights, 0, atol=1e-12)


@each
def test_the_noise_is_as_large_as_it_says_and_moves_nothing_else(kind):
    clean, label = load(kind, noise=0, samples=10_000)
    noisy, same = load(kind, noise=0.25, samples=10_000)
    np.testing.assert_array_equal(label, same)
    rest = noisy - clean
    assert rest.std(axis=0) == pytest.approx([0.25, 0.25], rel=5 * 0.0071)  # standard error 1 / sqrt(2 N)
    assert np.abs(rest.mean(axis=0)).max() < 5 * 0.0025
    assert abs(np.corrcoef(rest.T)[0, 1]) < 0.05


@each
def test_classes_take_turns(kind):
    x, label = load(kind, samples=7)
    outputs = kind().outputs
    assert label.tolist() == [place % outputs for place in range(7)]
    assert kind().inputs == x.shape[1] == 2
