"""A model on samples: chunks and batches change nothing."""

import numpy as np
import pytest

import landscape as ls
from landscape.datasets.base import Samples
from landscape.models.function import Function
from landscape.models.mlp import Mlp
from landscape.objective import Objective, in_chunks, rows_per


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


@pytest.mark.parametrize("floats", [1, 1 << 16, 1 << 30])
def test_chunks_are_joined_in_order(floats):
    points = np.random.RandomState(2).randn(3, 50, 2)
    np.testing.assert_array_equal(
        in_chunks(lambda p: p[:, 0] - p[:, 1], points, floats), points[..., 0] - points[..., 1]
    )


def test_chunks_hold_no_more_than_they_may():
    seen = []
    in_chunks(lambda p: seen.append(len(p)) or np.zeros(len(p)), np.zeros((100, 2)), (1 << 18) // 8)
    assert seen == [8] * 12 + [4]


def test_rows_per():
    assert rows_per(0.05, 1e30) == 1
    assert rows_per(0.05, 0) == rows_per(0.05, 1) == 100_000_000
    assert rows_per(1.0, 1e6) == 2000


def test_a_function_needs_no_samples():
    objective = ls.objective(ls.lesson("valley"))
    assert list(objective.blocks) == ["x", "y"]
    assert float(objective.loss(np.array([3.0, 4.0]))) == 25
