"""The plain way is what our numbers are measured against, so it must compute the same thing."""

import numpy as np
import pytest

import landscape as ls
from benchmarks import textbook
from benchmarks.problem import Problem, batches
from benchmarks.scenes import dense, network, over, run_of, surface_of

SMALL = network("digits", 30, hidden=(5, 6))
PAIRS = [over("W3", 5, 2, 3), over("W2", 4, 0, 3), over("W1", 1, 35, 36), dense()]


def scene(fields, **grid):
    return surface_of(fields | {"grid": fields["grid"] | {"resolution": (4, 3)} | grid}, "float64")


@pytest.mark.parametrize("activation", ["sigmoid", "tanh"])
def test_the_plain_loss_is_the_loss(activation):
    one = scene(network("digits", 30, hidden=(5, 6), activation=activation) | dense())
    problem, objective = Problem.of(one), ls.objective(one)
    plain, gradients = textbook.loss_and_gradients(problem.initial, problem.x, problem.y, activation)
    assert textbook.loss(problem.initial, problem.x, problem.y, activation) == pytest.approx(plain, rel=1e-14)
    assert plain == pytest.approx(float(objective.loss(objective.theta0)), rel=1e-12)
    flat = np.concatenate([matrix.ravel() for matrix in gradients])
    np.testing.assert_allclose(flat, objective.gradient(objective.theta0), rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("plane", PAIRS, ids=["last", "second", "first", "dense"])
def test_a_point_of_the_plane_is_lifted_by_hand_as_by_the_plane(plane):
    one = scene(SMALL | plane)
    by_hand = np.concatenate([matrix.ravel() for matrix in Problem.of(one).at(0.7, -2.0)])
    np.testing.assert_allclose(by_hand, ls.plane(one).lift(np.array([0.7, -2.0])), rtol=1e-14)


@pytest.mark.parametrize("plane", PAIRS, ids=["last", "second", "first", "dense"])
def test_the_plain_surface_is_the_surface_row_by_row(plane):
    one = scene(SMALL | plane)
    problem = Problem.of(one)
    plain = textbook.surface(problem, problem.points).reshape(3, 4)
    np.testing.assert_allclose(plain, ls.Engine().surface(one).loss, rtol=1e-10)


def test_the_plain_descent_is_the_descent():
    run = {"optimizer": {"kind": "gradient_descent", "lr": 5.0}, "starts": [(-9.0, 15.0)], "steps": 20}
    one = run_of(SMALL | over("W3", 5, 2, 3), run, "float64")
    (path,) = ls.Engine().paths(one)
    plain = textbook.descend(Problem.of(one), (-9.0, 15.0), 5.0, 20)
    assert np.abs(plain[-1, :2] - plain[0, :2]).max() > 0.01  # it does walk
    np.testing.assert_allclose(plain, np.stack([path.a, path.b, path.loss], axis=1), rtol=1e-10)


@pytest.mark.parametrize(("kind", "lr"), [("gradient_descent", 0.5), ("adam", 0.01)])
@pytest.mark.parametrize(("size", "every"), [(30, False), (10, False), (10, True)])
def test_plain_training_is_training_on_the_same_batches(kind, lr, size, every):
    run = {"optimizer": {"kind": kind, "lr": lr}, "starts": ["initial"], "steps": 7, "batch": size, "trains": "all"}
    one = run_of(SMALL | over("W3", 5, 2, 3), run, "float64")
    (path,) = ls.Engine().paths(one)
    plain = textbook.train(Problem.of(one), kind, lr, batches(30, size, 7), every)
    np.testing.assert_allclose(plain, (path.loss if every else path.batch_loss)[:7], rtol=1e-9)
