import doctest
from typing import get_args

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from landscape.models import function
from landscape.models.function import FORMULAS, Function

NAMES = get_args(Function.model_fields["name"].annotation)
every_function = pytest.mark.parametrize("name", NAMES)
nothing = np.zeros((0, 0))  # no samples
SMOOTH = [name for name in NAMES if name != "ackley"]  # it comes to a point
ROUNDED = {"himmelblau", "styblinski_tang", "three_hump_camel", "six_hump_camel"}
"""Functions of whose minima some digits are published, rounded or cut off."""
every_minimum = pytest.mark.parametrize(
    ("name", "minimum"),
    [(name, minimum) for name in NAMES for minimum in FORMULAS[name].minima],
    ids=lambda value: value if isinstance(value, str) else str(value.point),
)


def hessian(model, theta, h=1e-5):
    """(P, P), by central differences of the gradient."""
    steps = h * np.eye(theta.size)
    ends = [model.value_and_gradient(theta + sign * steps)[1] for sign in (1, -1)]
    return (ends[0] - ends[1]) / (2 * h)


def polished(model, point):
    """The critical point near ``point``, by Newton's method."""
    theta = np.array(point)
    for _ in range(5):
        theta = theta - np.linalg.solve(hessian(model, theta), model.value_and_gradient(theta)[1])
    return theta


def last_digit(number):
    """The unit of the last decimal that is written: 0.001 of 2.718."""
    return 10.0 ** -len(repr(number).split(".")[1])


def scattered(name, count):
    """Points (M, P) all over the domain."""
    ranges = np.array(FORMULAS[name].domain[: len(FORMULAS[name].start)])
    return np.random.RandomState(0).uniform(*ranges.T, size=(count, len(ranges)))


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
    model, h = Function(name=name), 1e-5
    theta = np.array([x, y])[: len(model.blocks())]
    assume(name in SMOOTH or np.hypot(x, y) > 0.1)
    value, gradient = model.value_and_gradient(theta, nothing, nothing)
    ends = [model.value(theta + sign * h * np.eye(theta.size), nothing, nothing) for sign in (1, -1)]
    differences = (ends[0] - ends[1]) / (2 * h)
    error = np.linalg.norm(gradient - differences)
    # The differences themselves are wrong by the last bits of the values, and by h^2 / 6 third derivatives.
    waves = {"rastrigin": 10, "ackley": 1}.get(name, 0) * (2 * np.pi) ** 3 * h**2
    assert error <= 1e-6 * max(np.linalg.norm(gradient), 1e-3) + 1e-15 * abs(value) / h + waves


@every_function
def test_gradient_against_central_differences_all_over_the_domain(name):
    model, theta, h = Function(name=name), scattered(name, 200), 1e-5
    gradient = model.value_and_gradient(theta)[1]
    for axis, step in enumerate(h * np.eye(theta.shape[1])):
        differences = (model.value(theta + step) - model.value(theta - step)) / (2 * h)
        np.testing.assert_allclose(gradient[:, axis], differences, rtol=1e-6, atol=1e-8 * np.abs(gradient).max())


@every_minimum
def test_the_gradient_vanishes_at_each_minimum(name, minimum):
    model, theta = Function(name=name), np.array(minimum.point)
    if name not in ROUNDED:
        assert np.linalg.norm(model.value_and_gradient(theta)[1]) <= 1e-9
        assert abs(model.value(theta) - minimum.value) <= 1e-14
        return
    found = polished(model, minimum.point)
    assert np.linalg.norm(model.value_and_gradient(found)[1]) <= 1e-9
    for exact, published in zip((*found, model.value(found)), (*minimum.point, minimum.value), strict=True):
        unit = last_digit(published) if published != round(published) else 1e-9
        assert abs(exact - published) < unit, (exact, published)


@every_minimum
def test_each_minimum_is_one(name, minimum):
    """All around it is higher, and it lies in the picture, but for one of the quartic that is said to lie outside."""
    model, theta = Function(name=name), np.array(minimum.point)
    around = np.random.RandomState(0).randn(200, theta.size)
    around *= 0.02 / np.linalg.norm(around, axis=1, keepdims=True)
    assert (model.value(theta + around) > model.value(theta)).all()
    if name in SMOOTH:
        assert (np.linalg.eigvalsh(hessian(model, theta)) > 0.03).all()
    inside = [low < value < high for value, (low, high) in zip(minimum.point, model.domain, strict=False)]
    assert all(inside) != (name == "quartic" and minimum.point[0] > 3)


@every_function
def test_the_lowest_minimum_is_stated_first_and_nothing_in_the_picture_is_lower(name):
    minima = FORMULAS[name].minima
    assert bool(minima) == (name not in ("saddle", "monkey_saddle"))
    if not minima:
        return
    assert minima[0].value == min(minimum.value for minimum in minima)
    if name != "false_minima":  # which falls for ever to the left
        assert Function(name=name).value(scattered(name, 100_000)).min() >= minima[0].value - 1e-5


@pytest.mark.parametrize(
    ("name", "theta", "value"),
    [
        ("quartic", (2.0,), 1.6 - 4 - 0.8 + 4 + 2),
        ("saddle", (3, 2), 5),
        ("monkey_saddle", (2, 3), 8 - 54),
        ("plateau", (1, 1), 1 - 1 / np.e),
        ("rosenbrock", (-1.2, 1), 24.2),  # Rosenbrock's own start
        ("himmelblau", (0, 0), 11**2 + 7**2),
        ("beale", (1, 1), 14.203125),  # More, Garbow and Hillstrom's start: 1.5^2 + 2.25^2 + 2.625^2
        ("rastrigin", (0.5, 1), 20 + 0.25 + 10 + 1 - 10),
        ("ackley", (1, -1), 20 - 20 * np.exp(-0.2)),
        ("ackley", (0.5, 0), 20 + np.e - 20 * np.exp(-0.2 * np.sqrt(0.125)) - 1),
        ("styblinski_tang", (1, 2), (1 - 16 + 5 + 16 - 64 + 10) / 2),
        ("matyas", (1, 2), 1.3 - 0.96),
        ("three_hump_camel", (1, 2), 2 - 1.05 + 1 / 6 + 2 + 4),
        ("six_hump_camel", (1, 2), 4 - 2.1 + 1 / 3 + 2 + 48),
    ],
)
def test_values_by_hand(name, theta, value):
    np.testing.assert_allclose(Function(name=name).value(np.array(theta, dtype=float)), value, rtol=1e-14)


def test_ackley_keeps_its_digits_at_its_point_and_has_no_slope_there():
    """Near (0, 0) it is a cone of slope 4 / sqrt(2), so that no limit exists; a minimum's subgradient is 0."""
    model, direction = Function(name="ackley"), np.array([0.6, -0.8])
    for distance in (1e-4, 1e-8, 1e-12, 1e-300):
        value, gradient = model.value_and_gradient(distance * direction)
        np.testing.assert_allclose(value, 2 * np.sqrt(2) * distance, rtol=1e-3)
        np.testing.assert_allclose(gradient, 2 * np.sqrt(2) * direction, rtol=2e-3)
    value, gradient = model.value_and_gradient(np.zeros((3, 2)))
    np.testing.assert_array_equal(value, 0)
    np.testing.assert_array_equal(gradient, 0)


def test_the_plateau_is_flat_and_the_well_is_not():
    model, angles = Function(name="plateau"), np.linspace(0, 2 * np.pi, 40)
    rim = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    value, gradient = model.value_and_gradient(6 * rim)
    np.testing.assert_allclose(value, 1, atol=2e-8)
    assert np.linalg.norm(gradient, axis=-1).max() < 1e-7
    steepest = model.value_and_gradient(rim)[1]
    np.testing.assert_allclose(np.linalg.norm(steepest, axis=-1), np.exp(-0.5), rtol=1e-14)


@pytest.mark.parametrize(("name", "order"), [("saddle", 2), ("monkey_saddle", 3)])
def test_saddles_go_down_on_as_many_sides_as_up(name, order):
    """On a circle the value is cos(order * angle)."""
    model, angles = Function(name=name), np.linspace(0, 2 * np.pi, 50)
    value = model.value(np.stack([np.cos(angles), np.sin(angles)], axis=-1))
    np.testing.assert_allclose(value, np.cos(order * angles), atol=1e-14)
    np.testing.assert_array_equal(model.value_and_gradient(np.zeros(2))[1], 0)


@every_function
def test_leading_axes_are_points_each_alone(name):
    model = Function(name=name)
    count = len(model.blocks())
    theta = np.random.RandomState(0).uniform(-5, 5, size=(3, 4, count))
    value, gradient = model.value_and_gradient(theta, nothing, nothing)
    assert value.shape == (3, 4)
    assert gradient.shape == (3, 4, count)
    np.testing.assert_array_equal(value, model.value(theta, nothing, nothing))
    for place in np.ndindex(3, 4):
        alone = model.value_and_gradient(theta[place], nothing, nothing)
        np.testing.assert_allclose(value[place], alone[0], rtol=1e-13, atol=1e-13)
        np.testing.assert_allclose(gradient[place], alone[1], rtol=1e-13, atol=1e-13)


@every_function
@pytest.mark.parametrize("width", [np.float64, np.float32])
def test_reads_without_writing_and_keeps_the_width(name, width):
    model = Function(name=name)
    theta = np.array([[0.5, -1.5]], dtype=width)[:, : len(model.blocks())]
    theta.flags.writeable = False
    value, gradient = model.value_and_gradient(theta, nothing, nothing)
    assert (value.dtype, gradient.dtype) == (width, width)


@every_function
@pytest.mark.parametrize("far", [1e200, -1e308, np.inf, np.nan])
def test_far_away_there_is_no_warning(name, far):
    model = Function(name=name)
    value, gradient = model.value_and_gradient(np.full((2, len(model.blocks())), far), nothing, nothing)
    assert value.shape == (2,)
    assert gradient.shape == (2, len(model.blocks()))
    if np.isnan(far):
        assert np.isnan(value).all()


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
    assert start.shape == (len(model.blocks()),)
    assert start.dtype == np.float64
    for value, (low, high) in zip(start, model.domain, strict=name != "quartic"):
        assert low < value < high
    gradient = model.value_and_gradient(start)[1]
    assert np.linalg.norm(gradient) > 1e-3  # there is somewhere to go


@every_function
def test_needs_no_data(name):
    model = Function(name=name)
    assert not model.uses_data
    assert model.blocks(0, 0) == ({"x": ()} if name == "quartic" else {"x": (), "y": ()})
    assert model.biases() == frozenset()
    assert model.work(0, 0) > 0
    assert model.loss_words() == ("f(x)" if name == "quartic" else "f(x, y)")
    assert model.words() == f"the function {model.formula.text}"


@every_function
def test_says_where_it_comes_from_and_stands_in_the_table(name):
    assert len(FORMULAS[name].source) > 20
    assert f"\n    ``{name}``  " in Function.__doc__


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
    message = caught.value.errors()[0]["msg"]
    assert message.startswith("Function must be valley, ravine, shallow_ravine, false_minima, quartic, ")
    assert message.endswith(" or six_hump_camel. Got hill.")


def test_examples_run():
    outcome = doctest.testmod(function)
    assert outcome.attempted > 0
    assert outcome.failed == 0
