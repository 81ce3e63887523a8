"""Linear regression against scikit-learn's, against loops, and over planes against itself evaluated plainly."""

import doctest
import itertools

import numpy as np
import pytest
from pydantic import ValidationError
from sklearn.linear_model import LinearRegression, Ridge

from landscape.datasets.base import Samples
from landscape.models import closed_form, least_squares, linear
from landscape.models.base import Intake, size
from landscape.models.closed_form import solve
from landscape.models.linear import Linear
from landscape.objective import Objective
from landscape.planes.base import Plane
from landscape.slice import Lifted, Slice

D, K, N = 4, 3, 25
EVERY = [
    {"reduction": reduction, "bias": bias, "ridge": ridge}
    for reduction, bias, ridge in itertools.product(("mean", "sum"), (True, False), (0.0, 0.7))
]
every_model = pytest.mark.parametrize("fields", EVERY, ids=lambda fields: "-".join(map(str, fields.values())))


def samples(noise=0.5, seed=0):
    random = np.random.RandomState(seed)
    x = 1 + random.randn(N, D)
    y = x @ random.randn(D, K) - 2 + noise * random.randn(N, K)
    x.setflags(write=False)
    y.setflags(write=False)
    return x, y


def theta_of(model, lead=(), seed=1):
    return np.random.RandomState(seed).randn(*lead, size(model.blocks(D, K)))


def loss_by_loops(model, theta, x, y):
    weights = theta[: K * D].reshape(K, D)
    bias = theta[K * D :] if model.bias else np.zeros(K)
    total = 0.0
    for n, k in itertools.product(range(len(x)), range(K)):
        total += (sum(weights[k, d] * x[n, d] for d in range(D)) + bias[k] - y[n, k]) ** 2
    return total / (len(x) if model.reduction == "mean" else 1) + model.ridge * sum(w**2 for w in weights.flat)


@every_model
def test_loss_by_loops(fields):
    model, (x, y) = Linear(**fields), samples()
    theta = theta_of(model)
    np.testing.assert_allclose(model.value(theta, x, y), loss_by_loops(model, theta, x, y), rtol=1e-13)


@every_model
def test_gradient_against_central_differences(fields):
    model, (x, y) = Linear(**fields), samples()
    theta, h = theta_of(model), 1e-5
    steps = h * np.eye(theta.size)
    differences = (model.value(theta + steps, x, y) - model.value(theta - steps, x, y)) / (2 * h)
    _, gradient = model.value_and_gradient(theta, x, y)
    assert np.linalg.norm(gradient - differences) <= 1e-8 * np.linalg.norm(gradient)


@every_model
def test_the_closed_form_is_scikit_learns(fields):
    """Its Ridge adds alpha |w|^2 to the sum of squares: alpha is N times the ridge where this one has the mean."""
    model, (x, y) = Linear(**fields), samples()
    if model.ridge:
        peer = Ridge(alpha=model.ridge * (N if model.reduction == "mean" else 1), fit_intercept=model.bias)
    else:
        peer = LinearRegression(fit_intercept=model.bias)
    peer.fit(x, y)
    want = np.concatenate([peer.coef_.ravel(), peer.intercept_]) if model.bias else peer.coef_.ravel()
    theta = model.closed_form(x, y)
    np.testing.assert_allclose(theta, want, rtol=1e-8)
    np.testing.assert_allclose(model.predict(theta, x), peer.predict(x), rtol=1e-8)


@every_model
def test_the_gradient_vanishes_at_the_closed_form_and_every_way_leads_up(fields):
    model, (x, y) = Linear(**fields), samples()
    theta = model.closed_form(x, y)
    lowest, gradient = model.value_and_gradient(theta, x, y)
    _, typical = model.value_and_gradient(theta + 1, x, y)
    assert np.linalg.norm(gradient) <= 1e-12 * np.linalg.norm(typical)
    assert (model.value(theta + 0.01 * theta_of(model, (50,)), x, y) > lowest).all()


def test_of_many_solutions_the_shortest():
    """Fewer samples than features: as scikit-learn, and as a descent from zero would."""
    x, y = samples()
    x, y = x[:3], y[:3]
    peer = LinearRegression().fit(x, y)
    theta = Linear().closed_form(x, y)
    np.testing.assert_allclose(theta, np.concatenate([peer.coef_.ravel(), peer.intercept_]), rtol=1e-8)
    assert Linear().value(theta, x, y) < 1e-25


def test_units_change_no_solution_that_is_the_only_one():
    x, y = samples()
    scale = np.array([1e-3, 1.0, 50.0, 1e5])
    for alpha in (0.0, 2.0):
        for plain, scaled in zip(
            solve(x, y, alpha, intercept=True), solve(x, y, alpha, intercept=True, scale=scale), strict=True
        ):
            np.testing.assert_allclose(scaled, plain, rtol=1e-10)


@every_model
@pytest.mark.parametrize("noise", [0.5, 1e-4])
def test_restriction_is_the_plain_loss_also_near_the_minimum(fields, noise):
    model, (x, y) = Linear(**fields), samples(noise)
    lowest = model.closed_form(x, y)
    u, v = theta_of(model, (2,))
    origin = lowest - 8 * u + 5 * v
    (way,) = model.restrict(origin, u, v, x, y)
    steep = np.abs(way.gradient(np.zeros(2))).max()
    for reach, rtol in ((10.0, 1e-12), (1e-2, 1e-12), (1e-5, 1e-12 if noise > 0.1 or model.ridge else 1e-10)):
        ab = np.array([8.0, -5.0]) + reach * np.random.RandomState(3).randn(30, 2)
        theta = origin + ab[:, :1] * u + ab[:, 1:] * v
        want, slope = model.value_and_gradient(theta, x, y)
        value, gradient = way.value_and_gradient(ab)
        np.testing.assert_allclose(value, want, rtol=rtol)
        np.testing.assert_allclose(gradient, slope @ np.stack([u, v], axis=1), rtol=1e-10, atol=1e-14 * steep)


@every_model
def test_a_slice_takes_it_for_grids_and_batches(fields):
    model, (x, y) = Linear(**fields), samples()
    objective = Objective(model, Samples(x, y))
    u, v = theta_of(model, (2,))
    plane = Plane(objective.theta0, u, v)
    slice_, plain = Slice(objective, plane), Lifted(objective, plane)
    a, b = np.linspace(-2, 3, 6), np.linspace(-4, 4, 5)
    assert type(slice_.evaluator).__name__ == "Quadratic"
    np.testing.assert_allclose(slice_.grid(a, b), plain.grid(a, b), rtol=1e-12)
    batch, ab = np.array([3, 3, 7, 20]), np.random.RandomState(0).randn(4, 2)
    for got, want in zip(slice_.loss_and_gradient(ab, batch), plain.value_and_gradient(ab, batch), strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-11)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_the_objective_of_many_samples_is_one_loss(reduction):
    """A sum is not cut into parts, each with its own penalty."""
    random = np.random.RandomState(0)
    x, y = random.randn(3000, D), random.randn(3000, K)
    model = Linear(reduction=reduction, ridge=10.0)
    theta = theta_of(model, (40,))
    objective = Objective(model, Samples(x, y))
    weights, bias = theta[:, : K * D].reshape(40, K, D), theta[:, K * D :]
    squares = ((np.einsum("mkd,nd->mnk", weights, x) + bias[:, None] - y) ** 2).sum(axis=(1, 2))
    want = squares / (3000 if reduction == "mean" else 1) + 10 * (weights**2).sum(axis=(1, 2))
    np.testing.assert_allclose(objective.loss(theta), want, rtol=1e-12)
    np.testing.assert_allclose(objective.loss_and_gradient(theta)[0], want, rtol=1e-12)
    assert model.splits == (reduction == "mean")


def test_the_initial_parameters():
    model = Linear(seed=7, scale=0.25)
    random = np.random.RandomState(7)
    want = np.concatenate([0.25 * random.randn(K, D).ravel(), 0.25 * random.randn(K)])
    np.testing.assert_array_equal(model.initial(D, K), want)
    np.testing.assert_array_equal(Linear(init="zeros").initial(D, K), np.zeros(K * D + K))
    assert Linear(bias=False).initial(D, K).shape == (K * D,)


def test_blocks_and_words():
    assert Linear().blocks(D, K) == {"W": (K, D), "b": (K,)}
    assert Linear().biases() == {"b"}
    assert Linear(bias=False).blocks(D, K) == {"W": (K, D)}
    assert Linear(bias=False).biases() == frozenset()
    assert Linear().words(10, 1) == "a linear model of 10 features"
    assert Linear().words(1, 1) == "a linear model of 1 feature"
    assert Linear(reduction="sum").loss_words() == "sum of squared errors"
    assert Linear(ridge=1).loss_words() == "squared error and penalty"


def test_classes_are_admitted():
    Linear().check(Intake(64, 10, "classes", (1, 8, 8)))


@every_model
def test_narrow_numbers_stay_narrow(fields):
    model, (x, y) = Linear(**fields), samples()
    theta = theta_of(model, (2,))
    want = model.value_and_gradient(theta, x, y)
    got = model.value_and_gradient(*(array.astype(np.float32) for array in (theta, x, y)))
    for narrow, wide in zip(got, want, strict=True):
        assert narrow.dtype == np.float32
        np.testing.assert_allclose(narrow, wide, rtol=1e-4, atol=1e-4 * np.abs(wide).max())


def test_overflow_is_infinite_without_a_warning():
    x, y = samples()
    model = Linear(ridge=1)
    value, gradient = model.value_and_gradient(np.full(K * D + K, 1e200), x, y)
    assert value == np.inf
    assert gradient.shape == (K * D + K,)
    (way,) = model.restrict(np.full(K * D + K, 1e308), *theta_of(model, (2,)), x, y)
    assert not np.isfinite(way.value(np.zeros(2)))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"ridge": -1}, "Ridge must be at least 0. Got -1."),
        ({"reduction": "median"}, "Reduction must be mean or sum. Got median."),
        ({"scale": 0}, "Initial scale must be greater than 0. Got 0."),
        ({"seed": -1}, "Seed must be at least 0. Got -1."),
    ],
)
def test_refusals(fields, sentence):
    with pytest.raises(ValidationError) as caught:
        Linear(**fields)
    assert caught.value.errors()[0]["msg"] == sentence


@pytest.mark.parametrize("module", [linear, least_squares, closed_form], ids=lambda module: module.__name__)
def test_examples_run(module):
    outcome = doctest.testmod(module)
    assert outcome.failed == 0
    assert outcome.attempted > 0 or module is least_squares
