"""Polynomial regression against numpy's and scikit-learn's, and over planes against itself evaluated plainly."""

import doctest
import itertools

import numpy as np
import pytest
from numpy.polynomial import Polynomial as Numpys
from pydantic import ValidationError
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.preprocessing import PolynomialFeatures

from landscape.models import polynomial
from landscape.models.base import Intake
from landscape.models.polynomial import Polynomial

EVERY = [
    {"reduction": reduction, "basis": basis, "ridge": ridge}
    for reduction, basis, ridge in itertools.product(("mean", "sum"), ("raw", "scaled"), (0.0, 0.1))
]
every_model = pytest.mark.parametrize("fields", EVERY, ids=lambda fields: "-".join(map(str, fields.values())))
every_basis = pytest.mark.parametrize("basis", ["raw", "scaled"])


def samples(count=20, noise=0.1):
    """A sine with noise."""
    random = np.random.RandomState(0)
    x = np.sort(random.rand(count, 1), axis=0)
    y = np.sin(2 * np.pi * x) + noise * random.randn(count, 1)
    x.setflags(write=False)
    y.setflags(write=False)
    return x, y


def variable(model, x):
    return x if model.basis == "raw" else 2 * x - 1


@every_basis
@pytest.mark.parametrize("degree", [1, 2, 7, 20])
def test_predictions_are_numpys_polynomial(basis, degree):
    model, (x, _) = Polynomial(degree=degree, basis=basis), samples()
    theta = np.random.RandomState(1).randn(degree + 1)
    np.testing.assert_allclose(model.predict(theta, x), Numpys(theta)(variable(model, x)), rtol=1e-12, atol=1e-13)


@every_model
def test_loss_by_hand(fields):
    """1 + 2 t + 3 t^2 at x = 0 and 2, which scaled is t = -1 and 3."""
    model = Polynomial(degree=2, **fields)
    x, y = np.array([[0.0], [2.0]]), np.array([[1.0], [10.0]])
    squares = {"raw": 0 + (17 - 10) ** 2, "scaled": (2 - 1) ** 2 + (34 - 10) ** 2}[model.basis]
    want = squares / (2 if model.reduction == "mean" else 1) + model.ridge * (4 + 9)
    np.testing.assert_allclose(model.value(np.array([1.0, 2.0, 3.0]), x, y), want, rtol=1e-14)


@every_model
@pytest.mark.parametrize("degree", [1, 4, 15])
def test_gradient_against_central_differences(fields, degree):
    model, (x, y) = Polynomial(degree=degree, **fields), samples()
    theta, h = np.random.RandomState(1).randn(degree + 1), 1e-5
    steps = h * np.eye(theta.size)
    differences = (model.value(theta + steps, x, y) - model.value(theta - steps, x, y)) / (2 * h)
    _, gradient = model.value_and_gradient(theta, x, y)
    assert np.linalg.norm(gradient - differences) <= 1e-8 * np.linalg.norm(gradient)


@every_basis
@pytest.mark.parametrize(("degree", "rtol"), [(1, 1e-10), (4, 1e-8)])
def test_closed_form_without_a_ridge_is_numpys_and_scikit_learns(basis, degree, rtol):
    model, (x, y) = Polynomial(degree=degree, basis=basis), samples()
    t = variable(model, x)
    theta = model.closed_form(x, y)
    window = Numpys.fit(t[:, 0], y[:, 0], degree, domain=[-1, 1], window=[-1, 1])  # powers of t themselves
    np.testing.assert_allclose(theta, window.coef, rtol=rtol)
    peer = LinearRegression().fit(PolynomialFeatures(degree, include_bias=False).fit_transform(t), y)
    np.testing.assert_allclose(theta, [*peer.intercept_, *peer.coef_[0]], rtol=rtol)


@every_basis
@pytest.mark.parametrize(
    ("degree", "alpha", "rtol"),
    # The condition number of the normal equations, which scikit-learn's own solver forms, is about 10 / alpha.
    [(4, 1e-3, 1e-8), (15, 1e-3, 1e-8), (15, 0.1, 1e-8), (15, 1.0, 1e-8), (20, 1.0, 1e-8)],
)
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_closed_form_with_a_ridge_is_scikit_learns(basis, degree, alpha, rtol, reduction):
    x, y = samples()
    model = Polynomial(
        degree=degree, basis=basis, reduction=reduction, ridge=alpha / (len(x) if reduction == "mean" else 1)
    )
    features = PolynomialFeatures(degree, include_bias=False).fit_transform(variable(model, x))
    peer = Ridge(alpha=alpha).fit(features, y[:, 0])
    theta = model.closed_form(x, y)
    np.testing.assert_allclose(theta[0], peer.intercept_, rtol=rtol)
    np.testing.assert_allclose(theta[1:], peer.coef_, rtol=rtol, atol=rtol * np.abs(peer.coef_).max())


def test_both_bases_have_the_same_best_polynomial_but_with_a_ridge_another():
    x, y = samples()
    fitted = {}
    for basis, ridge in itertools.product(("raw", "scaled"), (0.0, 0.01)):
        model = Polynomial(degree=6, basis=basis, ridge=ridge)
        fitted[basis, ridge] = model.predict(model.closed_form(x, y), x)
    np.testing.assert_allclose(fitted["raw", 0.0], fitted["scaled", 0.0], atol=1e-9)
    assert np.abs(fitted["raw", 0.01] - fitted["scaled", 0.01]).max() > 0.01


@pytest.mark.parametrize(
    ("basis", "degree", "rtol"), [("scaled", 15, 1e-10), ("scaled", 20, 1e-9), ("raw", 10, 1e-8), ("raw", 15, 1e-4)]
)
def test_high_degrees_fit_as_well_as_legendres_polynomials_do(basis, degree, rtol):
    """Most digits of the coefficients of powers are lost at this conditioning; the least loss is not."""
    x, y = samples(30)
    model = Polynomial(degree=degree, basis=basis)
    well = np.polynomial.legendre.legvander(2 * x[:, 0] - 1, degree)
    _, residual, rank, _ = np.linalg.lstsq(well, y, rcond=None)
    assert rank == degree + 1
    loss = model.value(model.closed_form(x, y), x, y)
    np.testing.assert_allclose(loss, residual[0] / len(x), rtol=rtol)


@every_model
@pytest.mark.parametrize("degree", [1, 4, 15])
def test_the_gradient_vanishes_at_the_closed_form(fields, degree):
    """To the last bits of the terms that it is a sum of: without a ridge those of degree 15 are as large as 1e10."""
    model, (x, y) = Polynomial(degree=degree, **fields), samples()
    theta = model.closed_form(x, y)
    _, gradient = model.value_and_gradient(theta, x, y)
    powers = np.abs(model.powers(x))
    terms = 2 * (powers @ np.abs(theta) + np.abs(y[:, 0])) @ powers / (len(x) if model.reduction == "mean" else 1)
    assert np.linalg.norm(gradient) <= 1e-14 * np.linalg.norm(terms)


def test_inputs_far_from_one():
    """Powers between 1 and 1e20: columns are brought to one length before they are solved."""
    x = np.linspace(0, 10, 30)[:, None]
    y = np.sin(x)
    model = Polynomial(degree=12)
    best = Numpys.fit(x[:, 0], y[:, 0], 12)  # brings x into -1..1 itself
    np.testing.assert_allclose(model.predict(model.closed_form(x, y), x)[:, 0], best(x[:, 0]), atol=1e-7)


@every_model
@pytest.mark.parametrize("degree", [4, 15])
def test_restriction_is_the_plain_loss(fields, degree):
    model, (x, y) = Polynomial(degree=degree, **fields), samples()
    random = np.random.RandomState(1)
    origin, (u, v) = random.randn(degree + 1), random.randn(2, degree + 1)
    planes = [(origin, u, v), (np.where(np.arange(degree + 1) > 1, origin, 0), *np.eye(degree + 1)[:2])]
    planes.append((np.where(np.arange(degree + 1) < degree - 1, origin, 0), *np.eye(degree + 1)[-2:]))  # alike
    ab = 5 * random.randn(30, 2)
    for origin, u, v in planes:
        (way,) = model.restrict(origin, u, v, x, y)
        want, slope = model.value_and_gradient(origin + ab[:, :1] * u + ab[:, 1:] * v, x, y)
        value, gradient = way.value_and_gradient(ab)
        np.testing.assert_allclose(value, want, rtol=1e-12)
        np.testing.assert_allclose(gradient, slope @ np.stack([u, v], axis=1), rtol=1e-9, atol=1e-11)
        batch = np.array([1, 1, 17])
        np.testing.assert_allclose(
            way.value(ab, batch), model.value(origin + ab[:, :1] * u + ab[:, 1:] * v, x[batch], y[batch]), rtol=1e-11
        )


def test_samples_of_more_than_one_number_are_refused():
    Polynomial().check(Intake(1, 1, "numbers"))
    for intake, sentence in (
        (Intake(64, 10), "Data must have one input for a polynomial. Got 64."),
        (Intake(1, 2, "numbers"), "Data must have one target for a polynomial. Got 2."),
    ):
        with pytest.raises(ValidationError) as caught:
            Polynomial().check(intake)
        (error,) = caught.value.errors()
        assert (error["loc"], error["msg"]) == (("data",), sentence)


@pytest.mark.parametrize("degree", [0, 21])
def test_degrees_are_bounded(degree):
    with pytest.raises(ValidationError) as caught:
        Polynomial(degree=degree)
    bound = "at least 1" if degree < 1 else "at most 20"
    assert caught.value.errors()[0]["msg"] == f"Degree must be {bound}. Got {degree}."


def test_blocks_and_words():
    model = Polynomial(degree=4)
    assert model.blocks(1, 1) == {"c": (5,)}
    assert model.biases() == frozenset()
    assert model.words(1, 1) == "a polynomial of degree 4"
    assert model.loss_words() == "squared error"
    np.testing.assert_array_equal(model.initial(1, 1), 0.1 * np.random.RandomState(0).randn(5))


@every_model
def test_narrow_numbers_stay_narrow(fields):
    model, (x, y) = Polynomial(**fields), samples()
    theta = np.random.RandomState(1).randn(2, 5)
    want = model.value_and_gradient(theta, x, y)
    got = model.value_and_gradient(*(array.astype(np.float32) for array in (theta, x, y)))
    for narrow, wide in zip(got, want, strict=True):
        assert narrow.dtype == np.float32
        np.testing.assert_allclose(narrow, wide, rtol=1e-4, atol=1e-4 * np.abs(wide).max())


def test_overflow_gives_no_warning():
    model, x, y = Polynomial(degree=20), np.array([[1e30], [0.5]]), np.zeros((2, 1))
    value, gradient = model.value_and_gradient(np.ones(21), x, y)
    assert not np.isfinite(value)
    assert not np.isfinite(gradient).all()
    (way,) = model.restrict(np.ones(21), *np.eye(21)[:2], x, y)
    assert not np.isfinite(way.value(np.zeros(2)))


def test_examples_run():
    outcome = doctest.testmod(polynomial)
    assert outcome.attempted > 0
    assert outcome.failed == 0
