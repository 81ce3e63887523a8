"""Losses against loops over samples and outputs, and against central differences."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape.models.losses import Head

HEADS = [
    (output, loss)
    for loss in ("squared_error", "cross_entropy")
    for output in ("sigmoid", "softmax", "identity")
    if (output, loss) != ("identity", "cross_entropy")
]
every_head = pytest.mark.parametrize(("output", "loss"), HEADS)


def by_loop(output, loss, z, y):
    """One sample: plain formulas, one output after the other."""
    if output == "sigmoid":
        o = [1 / (1 + math.exp(-value)) for value in z]
    elif output == "softmax":
        o = [math.exp(value) / sum(math.exp(other) for other in z) for value in z]
    else:
        o = list(z)
    if loss == "squared_error":
        return sum((a - b) ** 2 for a, b in zip(o, y, strict=True))
    if output == "softmax":
        return -sum(b * math.log(a) for a, b in zip(o, y, strict=True))
    return -sum(b * math.log(a) + (1 - b) * math.log(1 - a) for a, b in zip(o, y, strict=True))


def sample(seed=0, lead=(), hot=True):
    random = np.random.RandomState(seed)
    z = 2 * random.randn(*lead, 6, 4)
    return z, np.eye(4)[random.randint(4, size=6)] if hot else random.uniform(size=(6, 4))


@every_head
@pytest.mark.parametrize("hot", [True, False])
def test_values_against_loops(output, loss, hot):
    z, y = sample(hot=hot)
    want = [by_loop(output, loss, *row) for row in zip(z, y, strict=True)]
    np.testing.assert_allclose(Head(output, loss).per_sample(z, y), want, rtol=1e-12)


@every_head
@pytest.mark.parametrize("hot", [True, False])
def test_derivatives_against_central_differences(output, loss, hot):
    head, (z, y), h = Head(output, loss), sample(1, hot=hot), 1e-5
    differences = np.empty_like(z)
    for unit in range(z.shape[1]):
        step = h * np.eye(z.shape[1])[unit]
        differences[:, unit] = (head.per_sample(z + step, y) - head.per_sample(z - step, y)) / (2 * h)
    np.testing.assert_allclose(head.delta(z, y), differences, rtol=1e-6, atol=1e-9)


@every_head
def test_leading_axes_are_each_alone_and_arguments_stay(output, loss):
    head, (z, y) = Head(output, loss), sample(2, lead=(2, 3))
    z.setflags(write=False)
    y.setflags(write=False)
    together, slopes = head.per_sample(z, y), head.delta(z, y)
    for place in np.ndindex(2, 3):
        np.testing.assert_allclose(together[place], head.per_sample(z[place], y), rtol=1e-14)
        np.testing.assert_allclose(slopes[place], head.delta(z[place], y), rtol=1e-14, atol=1e-16)


@every_head
def test_a_separable_loss_is_the_sum_over_its_units(output, loss):
    head, (z, y) = Head(output, loss), sample(3)
    parts = sum(head.per_sample(z[:, [unit]], y[:, [unit]]) for unit in range(4))
    assert np.allclose(parts, head.per_sample(z, y), rtol=1e-12) == head.separable
    if head.separable:
        np.testing.assert_array_equal(head.per_sample(z[:, :0], y[:, :0]), np.zeros(6))


@pytest.mark.parametrize("loss", ["squared_error", "cross_entropy"])
@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_a_temperature_divides_the_sums(loss, temperature):
    head, (z, y), h = Head("softmax", loss, temperature), sample(4, hot=False), 1e-5
    cooled = [[value / temperature for value in row] for row in z]
    want = [by_loop("softmax", loss, *row) for row in zip(cooled, y, strict=True)]
    np.testing.assert_allclose(head.per_sample(z, y), want, rtol=1e-12)
    o = [[math.exp(value) / sum(map(math.exp, row)) for value in row] for row in cooled]
    np.testing.assert_allclose(head.outputs(z), o, rtol=1e-13)
    differences = np.empty_like(z)
    for unit in range(z.shape[1]):
        step = h * np.eye(z.shape[1])[unit]
        differences[:, unit] = (head.per_sample(z + step, y) - head.per_sample(z - step, y)) / (2 * h)
    np.testing.assert_allclose(head.delta(z, y), differences, rtol=1e-6, atol=1e-9)


def test_cold_softmax_takes_the_largest_and_hot_softmax_is_even():
    z, y = np.array([[1.0, 3.0, 2.0]]), np.eye(3)[[0]]
    np.testing.assert_allclose(Head("softmax", "cross_entropy", 1e-3).outputs(z), [[0, 1, 0]], atol=1e-300)
    assert Head("softmax", "cross_entropy", 1e-3).per_sample(z, y) == pytest.approx(2000.0, rel=1e-14)
    np.testing.assert_allclose(Head("softmax", "cross_entropy", 1e9).outputs(z), [[1 / 3] * 3], rtol=1e-8)


@pytest.mark.parametrize("output", ["sigmoid", "softmax"])
def test_cross_entropy_of_a_saturated_output_keeps_its_digits(output):
    """log(sigmoid(-800)) = -800 to rounding; 1 / (1 + exp(800)) itself is 0."""
    z, y = np.array([[-800.0, 0.0]]), np.array([[1.0, 0.0]])
    want = 800.0 + (math.log(2) if output == "sigmoid" else 0.0)
    np.testing.assert_allclose(Head(output, "cross_entropy").per_sample(z, y), [want], rtol=1e-15)
    assert np.isfinite(Head(output, "cross_entropy").delta(z, y)).all()


@every_head
@settings(derandomize=True, deadline=None, database=None, max_examples=40)
@given(z=st.lists(st.floats(-1e150, 1e150), min_size=3, max_size=3))
def test_is_finite_for_every_sum(output, loss, z):
    head, z, y = Head(output, loss), np.array([z]), np.eye(3)[[0]]
    assert np.isfinite(head.per_sample(z, y)).all()
    assert np.isfinite(head.delta(z, y)).all()
    assert (head.per_sample(z, y) >= -1e-9 * np.abs(z).max()).all()
