"""Activation functions against formulas of their own and central differences."""

import math

import numpy as np
import pytest

from landscape.models.activations import ACTIVATIONS, sigmoid, softmax

Z = np.array([-30.0, -3.0, -0.7, 0.4, 1.0, 8.0, 30.0])
TEXTBOOK = {
    "sigmoid": lambda z: math.exp(z) / (1 + math.exp(z)) if z < 0 else 1 / (1 + math.exp(-z)),
    "tanh": lambda z: (math.exp(2 * z) - 1) / (math.exp(2 * z) + 1),
    "relu": lambda z: max(z, 0.0),
    "leaky_relu": lambda z: z if z > 0 else 0.1 * z,
    "identity": lambda z: z,
    "step": lambda z: 1.0 if z > 0 else 0.0,
}

every_activation = pytest.mark.parametrize("name", list(ACTIVATIONS))


def test_each_has_a_formula_here():
    assert TEXTBOOK.keys() == ACTIVATIONS.keys()


@every_activation
def test_values(name):
    want = [TEXTBOOK[name](z) for z in Z]
    np.testing.assert_allclose(ACTIVATIONS[name].value(Z.copy()), want, rtol=1e-14, atol=1e-300)


@every_activation
def test_slopes_against_central_differences(name):
    value, slope = ACTIVATIONS[name]
    z, h = np.random.RandomState(0).uniform(-4, 4, size=(3, 5)), 1e-6
    want = (value(z + h) - value(z - h)) / (2 * h)
    np.testing.assert_allclose(slope(value(z)), want, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize(("name", "left"), [("relu", 0.0), ("leaky_relu", 0.1), ("step", 0.0)])
def test_at_the_kink_the_slope_from_the_left_counts(name, left):
    value, slope = ACTIVATIONS[name]
    z = np.zeros(1)
    assert slope(value(z)).tolist() == [left]


def test_a_step_is_zero_up_to_its_jump_and_hides_no_nan():
    value, slope = ACTIVATIONS["step"]
    z = np.array([-np.inf, -5e-324, -0.0, 0.0, 5e-324, np.inf, np.nan])
    np.testing.assert_array_equal(value(z), [0, 0, 0, 0, 1, 1, np.nan])
    np.testing.assert_array_equal(slope(value(z)), np.zeros(7))


@every_activation
def test_numbers_of_32_bits_stay_so(name):
    value, slope = ACTIVATIONS[name]
    h = value(Z.astype(np.float32))
    assert h.dtype == slope(h).dtype == np.float32
    np.testing.assert_allclose(h, [TEXTBOOK[name](z) for z in Z], rtol=1e-6, atol=1e-7)


@every_activation
def test_arguments_are_left_alone(name):
    z = Z.copy()
    z.setflags(write=False)
    value, slope = ACTIVATIONS[name]
    slope(value(z))
    np.testing.assert_array_equal(z, Z)


def test_sigmoid_has_its_limits_and_the_steepest_slope_at_zero():
    np.testing.assert_array_equal(sigmoid(np.array([-np.inf, -1e308, 1e308, np.inf])), [0, 0, 1, 1])
    slope = ACTIVATIONS["sigmoid"].slope
    z = np.linspace(-5, 5, 1001)
    slopes = slope(sigmoid(z))
    assert z[slopes.argmax()] == pytest.approx(0, abs=1e-12)
    assert slopes.max() == pytest.approx(0.25, abs=1e-15)


@pytest.mark.parametrize("shape", [(), (1,), (2, 0), (2, 3, 4)])
def test_sigmoid_takes_any_shape(shape):
    z = np.full(shape, 2.0)
    assert sigmoid(z).shape == shape
    np.testing.assert_allclose(sigmoid(z), 1 / (1 + math.exp(-2)), rtol=1e-15)


def test_softmax_is_exp_over_its_sum_and_never_overflows():
    z = np.random.RandomState(1).randn(2, 3, 4)
    want = np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True)
    np.testing.assert_allclose(softmax(z), want, rtol=1e-14)
    np.testing.assert_allclose(softmax(z + 1e6), want, rtol=1e-9)
    np.testing.assert_array_equal(softmax(np.array([1e307, 0.0, -1e307])), [1, 0, 0])
