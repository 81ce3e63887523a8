import doctest
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from landscape.models import function
from landscape.models.function import FORMULAS, Function

NAMES = get_args(Function.model_fields["name"].annotation)
every_function = pytest.mark.parametrize("name", NAMES)
nothing = np.zeros((0, 0))  # no samples


def test_every_name_has_its_formula():
    assert list(FORMULAS) == list(NAMES)


@pytest.mark.parametrize(
    ("name", "theta", "value", "gradient"),
    [
        ("valley", (3, -2), 9 + 4, (6, -4)),
        ("ravine", (3, -2), 9 + 40, (6, -40)),
        ("shallow_ravine", (3, -2), 0.9 + 4, (0.6, -4)),
        ("false_minima", (np.pi / 2, np.pi / 2), 1 + 0.1 * np.pi, (0.2, 0)),  # sines 1, cosines 0
        ("false_minima", (np.pi / 6, -np.pi / 3), -np.sqrt(3) / 4 + np.pi / 30, (-0.75 + 0.2, 0.25)),
    ],
)
def test_by_hand(name, theta, value, gradient):
    got = Function(name=name).value_and_gradient(np.array(theta, dtype=float), nothing, nothing)
    np.testing.assert_allclose(got[0], value, rtol=1e-15)
    np.testing.assert_allclose(got[1], gradient, rtol=1e-14, atol=1e-15)


@every_function
@settings(derandomize=True, deadline=None, database=None)
@given(x=st.floats(-5, 5), y=st.floats(-5, 5))
def test_gradient_against_central_differences(name, x, y):
    model, theta, h = Function(name=name), np.array([x, y]), 1e-5
    ends = [model.value(theta + sign * h * np.eye(2), nothing, nothing) for sign in (1, -1)]
    differences = (ends[0] - ends[1]) / (2 * h)
    _, gradient = model.value_and_gradient(theta, nothing, nothing)
    error = np.linalg.norm(gradient - differences) / max(np.linalg.norm(gradient), 1e-3)
    assert error <= 1e-6


@every_function
def test_leading_axes_are_points_each_alone(name):
    model = Function(name=name)
    theta = np.random.RandomState(0).uniform(-5, 5, size=(3, 4, 2))
    value, gradient = model.value_and_gradient(theta, nothing, nothing)
    assert value.shape == (3, 4)
    assert gradient.shape == (3, 4, 2)
    np.testing.assert_array_equal(value, model.value(theta, nothing, nothing))
    for place in np.ndindex(3, 4):
        alone = model.value_and_gradient(theta[place], nothing, nothing)
        np.testing.assert_allclose(value[place], alone[0], rtol=1e-14, atol=1e-15)
        np.testing.assert_allclose(gradient[place], alone[1], rtol=1e-14, atol=1e-15)


@every_function
def test_reads_without_writing(name):
    theta = np.array([[0.5, -1.5]])
    theta.flags.writeable = False
    value, gradient = Function(name=name).value_and_gradient(theta, nothing, nothing)
    assert (value.dtype, gradient.dtype) == (np.float64, np.float64)


@pytest.mark.parametrize("name", ["valley", "ravine", "shallow_ravine"])
@pytest.mark.parametrize("far", [1e200, -1e308, np.inf])
def test_overflows_to_infinity_without_a_warning(name, far):
    value, _ = Function(name=name).value_and_gradient(np.array([far, far]), nothing, nothing)
    assert value == np.inf


def test_infinity_is_no_number_for_a_sine():
    value, gradient = Function(name="false_minima").value_and_gradient(np.array([np.inf, 0.0]), nothing, nothing)
    assert np.isnan(value)
    assert np.isnan(gradient).all()


@every_function
def test_starts_inside_its_domain(name):
    model = Function(name=name)
    start = model.initial(0, 0)
    assert start.shape == (2,)
    assert start.dtype == np.float64
    for value, (low, high) in zip(start, model.domain, strict=True):
        assert low < value < high


@every_function
def test_needs_no_data(name):
    model = Function(name=name)
    assert not model.uses_data
    assert model.blocks(0, 0) == {"x": (), "y": ()}
    assert model.biases() == frozenset()
    assert model.work(0, 0) > 0


def test_false_minima_start_ends_in_a_false_minimum():
    """Minima have cos y = 0, and cos x = -0.2 / sin y with sin x sin y < 0."""
    model = Function(name="false_minima")
    theta = model.initial(0, 0)
    for _ in range(400):
        theta = theta - 0.1 * model.value_and_gradient(theta, nothing, nothing)[1]
    end = np.array([np.arccos(0.2), -np.pi / 2])
    np.testing.assert_allclose(theta, end, atol=1e-10)
    lowest = np.array([np.arccos(0.2) - 2 * np.pi, -np.pi / 2])
    for minimum in (end, lowest):
        np.testing.assert_allclose(model.value_and_gradient(minimum, nothing, nothing)[1], 0, atol=1e-15)
    for value, (low, high) in zip(lowest, model.domain, strict=True):
        assert low < value < high
    assert model.value(lowest, nothing, nothing) < model.value(end, nothing, nothing) - 1


def test_unknown_name():
    with pytest.raises(ValidationError) as caught:
        Function(name="hill")
    assert caught.value.errors()[0]["msg"].startswith(
        "Function must be valley, ravine, shallow_ravine or false_minima."
    )


def test_examples_run():
    outcome = doctest.testmod(function)
    assert outcome.attempted > 0
    assert outcome.failed == 0
