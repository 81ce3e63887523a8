import numpy as np
import pytest

from landscape.models.function import Function
from landscape.optimizers import LBFGS

NOTHING = np.empty((1, 0))


class Known:
    """A function of two variables; keeps what it is asked."""

    varies = False

    def __init__(self, name):
        self.model, self.asked = Function(name=name), []

    def loss(self, theta, where=None):
        asked = np.ones(theta.shape[:-1], dtype=bool) if where is None else where
        self.asked.append(asked)
        return np.where(asked, self.model.value(theta, NOTHING, NOTHING), np.nan)

    def loss_and_gradient(self, theta):
        self.asked.append(np.ones(theta.shape[:-1], dtype=bool))
        return self.model.value_and_gradient(theta, NOTHING, NOTHING)


class Bend:
    """theta^2 / 2 times a curvature, of one number."""

    varies = False

    def __init__(self, curvature=1.0):
        self.curvature = curvature

    def loss(self, theta, where=None):
        return self.curvature * (theta**2).sum(-1) / 2

    def loss_and_gradient(self, theta):
        return self.loss(theta), self.curvature * theta


def walk(optimizer, oracle, theta, steps, lr=None):
    theta = np.array(theta, dtype=float)
    state, thetas = optimizer.init(theta), [theta]
    for _ in range(steps):
        delta, state = optimizer.step(oracle, theta, state, lr or optimizer.lr)
        theta = theta + delta
        thetas.append(theta)
    return np.stack(thetas)


def test_defaults():
    assert (LBFGS().lr, LBFGS().history) == (1, 10)


def test_two_steps_by_hand():
    # 4 theta^2 / 2 from 3: g = 12, the first step is 1 long: 2. s = -1, y = -4: the guess is 1/4 of g = 8, exactly
    np.testing.assert_allclose(walk(LBFGS(), Bend(4), [3], 2)[:, 0], [3, 2, 0], atol=1e-15)


def test_a_step_that_goes_up_is_halved_until_it_goes_down():
    # 4 theta^2 / 2 from 1/10: g = 0.4, shorter than 1: the steps tried are 0.4 (up), 0.2 (as high), 0.1 (to zero)
    oracle = Bend(4)
    assert oracle.loss(np.array([0.1 - 0.4])) > oracle.loss(np.array([0.1]))
    np.testing.assert_allclose(walk(LBFGS(), oracle, [0.1], 1)[:, 0], [0.1, 0], atol=1e-15)
    # at rate 3/4: 0.3 (up) and 0.15 (down to a quarter)
    np.testing.assert_allclose(walk(LBFGS(lr=0.75), oracle, [0.1], 1)[:, 0], [0.1, -0.05], atol=1e-15)


def dense(history, gradients, moves):
    """Nocedal and Wright (2006), equations 7.16 to 7.19, as matrices: H <- V^T H V + rho s s^T from gamma I."""
    pairs = [(s, y) for s, y in zip(moves, np.diff(gradients, axis=0), strict=True) if s @ y > 1e-8 * norms(s, y)]
    if not pairs:
        return np.eye(2) / max(1, np.abs(gradients[-1]).sum())
    pairs = pairs[-history:]
    s, y = pairs[-1]
    inverse = s @ y / (y @ y) * np.eye(2)
    for s, y in pairs:
        v = np.eye(2) - np.outer(y, s) / (s @ y)
        inverse = v.T @ inverse @ v + np.outer(s, s) / (s @ y)
    return inverse


def norms(s, y):
    return np.linalg.norm(s) * np.linalg.norm(y)


@pytest.mark.parametrize("history", [1, 2, 10])
@pytest.mark.parametrize("start", [(-1.2, 1.0), (0.5, 2.0), (1.5, -0.5)])
def test_directions_are_those_of_the_matrices_and_lengths_armijos(history, start):
    """Every step of 30 on Rosenbrock's function, against dense matrices and a search written out."""
    oracle = Known("rosenbrock")
    thetas = walk(LBFGS(history=history), oracle, start, 30)
    value, gradients = oracle.model.value_and_gradient(thetas, NOTHING, NOTHING)
    moves = np.diff(thetas, axis=0)
    for step in range(30):
        way = -dense(history, gradients[: step + 1], moves[:step]) @ gradients[step]
        lengths = 0.5 ** np.arange(30)
        there = oracle.model.value(thetas[step] + lengths[:, None] * way, NOTHING, NOTHING)
        fine = there <= value[step] + 1e-4 * lengths * (gradients[step] @ way)
        np.testing.assert_allclose(moves[step], lengths[fine.argmax()] * way, rtol=1e-6, atol=1e-10)


def test_comes_down_the_curved_valley_where_gradient_descent_crawls():
    thetas = walk(LBFGS(), Known("rosenbrock"), (-1.2, 1.0), 60)
    np.testing.assert_allclose(thetas[-1], [1, 1], atol=1e-7)


def test_asks_for_one_gradient_and_for_each_length_it_tries():
    """Two starts: the one whose step is taken at once asks no more while the other goes on."""
    oracle = Known("valley")  # x^2 + y^2: g = 2 theta; first steps are at most 1 long, all entries together
    start = np.array([[3.0, 4.0], [0.1, 0.0]])
    LBFGS().step(oracle, start, LBFGS().init(start), 1.0)
    # from 0.1 along -0.2: to -0.1, which is as high, then to 0
    assert [asked.tolist() for asked in oracle.asked] == [[True, True], [True, True], [False, True]]


def test_where_no_length_goes_down_it_stays():
    class Wall(Bend):
        """The gradient of a bowl, but everywhere else it is higher."""

        def loss(self, theta, where=None):
            return np.where(theta[..., 0] == 2, 0.0, 1.0)

    np.testing.assert_array_equal(walk(LBFGS(), Wall(), [2], 3)[:, 0], 2)


def test_what_tells_of_no_curvature_is_not_remembered():
    class Slope(Bend):
        """A plane: the gradient is the same everywhere."""

        def loss(self, theta, where=None):
            return theta[..., 0]

        def loss_and_gradient(self, theta):
            return self.loss(theta), np.ones_like(theta)

    lbfgs, theta = LBFGS(), np.array([2.0])
    state = lbfgs.init(theta)
    for _ in range(3):
        delta, state = lbfgs.step(Slope(), theta, state, 1.0)
        theta = theta + delta
    assert theta == -1
    assert not state.moves.any()


def test_more_memory_takes_fewer_numbers():
    assert LBFGS().most(1) == 900_000
    assert LBFGS(history=100).most(3) == 30_000
