"""A model on samples: chunks and batches change nothing."""

import numpy as np
import pytest

import landscape as ls
from landscape.datasets.base import Samples
from landscape.models.function import Function
from landscape.models.mlp import Mlp
from landscape.objective import Objective, rows_per


def small():
    random = np.random.RandomState(0)
    return Objective(Mlp(hidden=(3,)), Samples(random.randn(7, 4), np.eye(2)[random.randint(2, size=7)]))


def test_parts_are_those_of_the_model():
    objective = small()
    assert objective.blocks == {"W1": (3, 4), "W2": (2, 3)}
    np.testing.assert_array_equal(objective.theta0, objective.model.initial(4, 2))
    assert not objective.theta0.flags.writeable
    assert objective.work == objective.model.work(4, 2) * 7


def test_loss_and_gradient_of_any_leading_axes():
    objective = small()
    theta = np.random.RandomState(1).randn(2, 5, objective.theta0.size)
    loss, gradient = objective.loss(theta), objective.gradient(theta)
    both = objective.loss_and_gradient(theta)
    np.testing.assert_allclose(both[0], loss, rtol=1e-13)
    np.testing.assert_array_equal(both[1], gradient)
    for place in np.ndindex(2, 5):
        x, y, _ = objective.samples
        want = objective.model.value_and_gradient(theta[place], x, y)
        np.testing.assert_allclose(loss[place], want[0], rtol=1e-13)
        np.testing.assert_allclose(gradient[place], want[1], rtol=1e-10, atol=1e-14)
    assert objective.loss(theta[0, 0]).shape == ()
    assert objective.loss(theta[:0]).shape == (0, 5)


def test_plain_lists_and_whole_numbers_are_points_too():
    objective = Objective(Function(name="ravine"), None)
    assert float(objective.loss([3, 1])) == 19
    assert objective.gradient([3, 1]).tolist() == [6, 20]


def test_a_batch_is_the_mean_over_its_samples():
    objective = small()
    one_by_one = [float(objective.loss(objective.theta0, np.array([n]))) for n in range(7)]
    batch = np.array([6, 2, 2])
    want = np.mean([one_by_one[n] for n in batch])
    assert float(objective.loss(objective.theta0, batch)) == pytest.approx(want, rel=1e-13)
    slopes = [objective.gradient(objective.theta0, np.array([n])) for n in batch]
    np.testing.assert_allclose(objective.gradient(objective.theta0, batch), np.mean(slopes, axis=0), rtol=1e-10)


def large():
    """So many samples and units that several cores share the work."""
    random = np.random.RandomState(0)
    model = Mlp(hidden=(60, 70), l2=0.1, bias=True)
    return Objective(model, Samples(random.randn(700, 40), np.eye(3)[random.randint(3, size=700)]))


def test_the_parts_of_many_samples_add_up_to_the_whole():
    objective = large()
    assert len(objective._parts(None, 1, np.dtype(np.float64))) > 4
    x, y, _ = objective.samples
    for batch in (None, np.random.RandomState(1).permutation(700)[:300]):
        some = slice(None) if batch is None else batch
        want, slope = objective.model.value_and_gradient(objective.theta0, x[some], y[some])
        value, gradient = objective.loss_and_gradient(objective.theta0, batch)
        assert float(value) == pytest.approx(float(want), rel=1e-13)
        np.testing.assert_allclose(gradient, slope, rtol=1e-9, atol=1e-13)
        assert float(objective.loss(objective.theta0, batch)) == pytest.approx(float(want), rel=1e-13)


def test_single_precision_goes_in_and_comes_out():
    objective = large()
    for theta in (objective.theta0, np.stack([objective.theta0, -objective.theta0])):
        value, gradient = objective.loss_and_gradient(theta)
        rough, slope = objective.loss_and_gradient(theta.astype(np.float32))
        assert (rough.dtype, slope.dtype) == (np.float32, np.float32)
        assert (value.dtype, gradient.dtype) == (np.float64, np.float64)
        np.testing.assert_allclose(rough, value, rtol=1e-5)
        assert np.linalg.norm(slope - gradient) <= 1e-4 * np.linalg.norm(gradient)


def test_rows_per():
    assert rows_per(0.05, 1e30) == 1
    assert rows_per(0.05, 0) == rows_per(0.05, 1) == 100_000_000
    assert rows_per(1.0, 1e6) == 2000


def test_a_function_needs_no_samples():
    objective = ls.objective(ls.lesson("valley"))
    assert list(objective.blocks) == ["x", "y"]
    assert float(objective.loss(np.array([3.0, 4.0]))) == 25
