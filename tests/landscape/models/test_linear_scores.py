"""The slices of linear classifiers, over random classifiers, planes and grids, against the whole model."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape.datasets.base import Samples
from landscape.models.classifier import Classifier
from landscape.models.hinge_scores import HingeScores
from landscape.models.linear_scores import PlanePenalty
from landscape.models.softmax_scores import SoftmaxScores
from landscape.objective import Objective
from landscape.planes.base import Plane
from landscape.slice import Lifted, Slice, ways

D, N = 5, 30
BATCH = np.array([7, 0, 3, 3])


def objective_of(seed=0, classes=4, **fields):
    """A classifier on samples that are blank at one input, of which some are blank at a second."""
    random = np.random.RandomState(seed)
    x = random.randn(N, D)
    x[:, 1] = 0.0
    x[:9, 2] = 0.0
    y = np.eye(classes)[random.randint(classes, size=N)]
    return Objective(Classifier(**({"seed": seed, "scale": 1.0} | fields)), Samples(x, y))


def plane_of(objective, kind, seed=0):
    random, (u, v) = np.random.RandomState(seed), np.zeros((2, objective.theta0.size))
    origin = objective.theta0.copy()
    if kind == "two weights":
        first, second = random.choice(origin.size, 2, replace=False)
        origin[[first, second]] = 0.0
        u[first] = v[second] = 1.0
    elif kind == "columns":
        matrix, along, down = (array[: origin.size // D * D].reshape(-1, D) for array in (origin, u, v))
        first, second = random.choice(D, 2, replace=False)
        along[:, first], down[:, second] = matrix[:, first], matrix[:, second]
    else:
        u[:] = random.randn(u.size)
        if kind == "dense":
            v[:] = random.randn(v.size)
    return Plane(origin, u, v)


def assert_grid_agrees(way, plain, a, b):
    want = plain.value(np.stack(np.meshgrid(a, b), axis=-1))
    got = way.grid(a, b)
    assert got.shape == (b.size, a.size)
    np.testing.assert_allclose(got, want, rtol=1e-10, atol=1e-12 * np.abs(want).max())


coordinates = st.one_of(
    st.lists(st.floats(-4, 4), min_size=1, max_size=14),  # unsorted, equal ones among them
    st.tuples(st.floats(-9, 0), st.floats(0.1, 9), st.integers(1, 40)).map(lambda ends: list(np.linspace(*ends))),
)


@settings(derandomize=True, deadline=None, database=None, max_examples=300)
@given(
    seed=st.integers(0, 999),
    classes=st.sampled_from([2, 3, 10]),
    loss=st.sampled_from(["hinge", "cross_entropy"]),
    penalty=st.sampled_from(["none", "frobenius", "l2"]),
    bias=st.booleans(),
    delta=st.sampled_from([0.0, 1.0, 7.5]),
    scale=st.sampled_from([0.0, 0.001, 1.0, 20.0]),
    kind=st.sampled_from(["dense", "line", "two weights", "columns"]),
    a=coordinates,
    b=coordinates,
)
def test_any_plane_of_any_classifier(seed, classes, loss, penalty, bias, delta, scale, kind, a, b):
    objective = objective_of(seed, classes, loss=loss, penalty=penalty, bias=bias, delta=delta, scale=scale)
    plane = plane_of(objective, kind, seed)
    plain, (way, _) = Lifted(objective, plane), ways(objective, plane)
    assert isinstance(way, HingeScores if loss == "hinge" else SoftmaxScores)
    assert_grid_agrees(way, plain, np.array(a), np.array(b))
    ab = np.random.RandomState(seed).randn(3, 2)
    for batch in (None, BATCH):
        want, slope = plain.value_and_gradient(ab, batch)
        value, gradient = way.value_and_gradient(ab, batch)
        np.testing.assert_allclose(value, want, rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(way.value(ab, batch), want, rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(gradient, slope, rtol=1e-9, atol=1e-11 * (1 + np.abs(slope).max()))
        np.testing.assert_allclose(way.gradient(ab, batch), gradient, rtol=1e-12, atol=1e-14)
    assert way.value(ab[0]).shape == ()
    assert way.gradient(ab[0]).shape == (2,)
    assert way.value_and_gradient(ab.reshape(1, -1, 2))[1].shape == (1, *ab.shape)
    assert min(way.work, way.point_work, way.floats, way.nbytes) > 0


@pytest.mark.parametrize("loss", ["hinge", "cross_entropy"])
def test_many_points_are_cut_into_chunks(loss, monkeypatch):
    monkeypatch.setattr("landscape.models.linear_scores.CHUNK_FLOATS", 500)
    objective = objective_of(loss=loss)
    plane = plane_of(objective, "dense")
    ab = np.random.RandomState(1).randn(4, 5, 2)
    value, gradient = Slice(objective, plane).loss_and_gradient(ab)
    want, slope = Lifted(objective, plane).value_and_gradient(ab)
    np.testing.assert_allclose(value, want, rtol=1e-12)
    np.testing.assert_allclose(gradient, slope, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("loss", ["hinge", "cross_entropy"])
def test_far_out_it_is_the_same_function(loss):
    """Scores of thousands, grids far from the origin, and slopes of very different sizes."""
    objective = objective_of(2, loss=loss, penalty="frobenius")
    plane = plane_of(objective, "dense")
    plane = Plane(plane.origin, plane.u, 1e-6 * plane.v)
    plain, way = Lifted(objective, plane), next(ways(objective, plane))
    for a, b in [
        (np.linspace(-1e3, 1e3, 33), np.linspace(-1e9, 1e9, 17)),
        (np.linspace(1000, 1001, 12), np.linspace(-3, 3, 9)),
        (np.linspace(-0.01, 0.01, 15), np.linspace(-5e8, 5e8, 30)),
        (np.array([0.0, 1e-12, 1.0, 2.0, 3.0, -50.0, 8e5, 9.0, 1e6]), np.array([0.0, 1e4])),
        (np.array([-1e60, 1e60] * 5), np.array([0.0, 1.0])),
    ]:
        assert_grid_agrees(way, plain, a, b)


@pytest.mark.parametrize("loss", ["hinge", "cross_entropy"])
def test_what_is_not_finite_is_so_without_a_warning(loss):
    objective = objective_of(2, loss=loss)
    plane = plane_of(objective, "dense")
    way = next(ways(objective, Plane(plane.origin, 1e307 * plane.u, plane.v)))
    a, b = np.linspace(-100, 101, 10), np.linspace(-1, 1, 3)
    assert not np.isfinite(way.grid(a, b)).any()
    assert not np.isfinite(way.value_and_gradient(np.array([100.0, 0.0]))[0])


def test_what_would_need_too_much_memory_goes_the_plain_way(monkeypatch):
    monkeypatch.setattr("landscape.models.classifier.ROOM", 8 * N)
    objective = objective_of()
    assert [type(way) for way in ways(objective, plane_of(objective, "dense"))] == [Lifted]


def test_the_norm_keeps_its_digits_near_zero():
    """Where W_0 + a U nearly vanishes; the inner products would leave 1e-8 of the weights' size."""
    random = np.random.RandomState(0)
    weights = random.randn(3, 40)
    weights[1] = -weights[0] + 1e-10 * random.randn(40)
    penalty, point = PlanePenalty(weights, 2.0, squared=False), np.array([1.0, 0.0])
    left = weights[0] + weights[1]
    assert float(penalty.value(point)) == pytest.approx(
        2.0 * np.linalg.norm(left), rel=1e-4
    )  # of 1e-10, absolute 1e-14
    slope = 2.0 * weights[1:] @ left / np.linalg.norm(left)
    np.testing.assert_allclose(penalty.slope(point), slope, rtol=1e-4, atol=1e-4)


def test_the_norms_gradient_is_zero_where_all_weights_are():
    weights = np.random.RandomState(0).randn(3, 8)
    weights[0] = 0.0
    penalty = PlanePenalty(weights, 1.0, squared=False)
    np.testing.assert_array_equal(penalty.slope(np.zeros(2)), 0.0)
    np.testing.assert_array_equal(penalty.value(np.zeros(2)), 0.0)
