import numpy as np
import pytest

from landscape.optimizers import GradientDescent, Momentum

CURVATURES = np.array([1.0, 20.0])
START = np.array([-1.8, 0.6])


class Ravine:
    """(theta1^2 + 20 theta2^2) / 2, counting questions."""

    asked = 0

    def gradient(self, theta):
        self.asked += 1
        return CURVATURES * theta


def walk(optimizer, theta, steps, rates=None):
    oracle, state, thetas = Ravine(), optimizer.init(theta), [theta]
    for step in range(steps):
        delta, state = optimizer.step(oracle, theta, state, rates[step] if rates else optimizer.lr)
        theta = theta + delta
        thetas.append(theta)
    assert oracle.asked == steps
    return np.stack(thetas)


def test_defaults():
    assert (Momentum().lr, Momentum().beta) == (0.1, 0.9)


def test_three_steps_by_hand():
    # theta^2 / 2 from 2 with lr 1/2 and beta 1/2:
    # v = 0 - 1 = -1, theta = 1;  v = -1/2 - 1/2 = -1, theta = 0;  v = -1/2 - 0, theta = -1/2
    thetas = walk(Momentum(lr=0.5, beta=0.5), np.array([2.0, 0.0]), 3)
    np.testing.assert_array_equal(thetas[:, 0], [2.0, 1.0, 0.0, -0.5])


def test_is_the_two_term_recursion():
    """Without a velocity: theta_{t+1} = theta_t - lr g_t + beta (theta_t - theta_{t-1}) (Polyak's own form)."""
    lr, beta = 0.04, 0.8
    before, here, exact = START, START, [START]
    for _ in range(60):
        before, here = here, here - lr * CURVATURES * here + beta * (here - before)
        exact.append(here)
    np.testing.assert_allclose(walk(Momentum(lr=lr, beta=beta), START, 60), exact, rtol=1e-10, atol=1e-14)


def test_closed_form_on_a_quadratic():
    """The recursion theta_{t+1} = (1 + beta - lr h) theta_t - beta theta_{t-1}, solved by its matrix's powers."""
    lr, beta = 0.04, 0.8
    for axis, h in enumerate(CURVATURES):
        matrix = np.array([[1 + beta - lr * h, -beta], [1.0, 0.0]])
        state = np.array([(1 - lr * h) * START[axis], START[axis]])  # theta_1, theta_0
        exact = (np.linalg.matrix_power(matrix, 29) @ state)[0]
        np.testing.assert_allclose(walk(Momentum(lr=lr, beta=beta), START, 30)[30, axis], exact, rtol=1e-10)


def test_without_momentum_is_gradient_descent():
    mine, plain = (walk(optimizer, START, 30) for optimizer in (Momentum(lr=0.03, beta=0), GradientDescent(lr=0.03)))
    np.testing.assert_array_equal(mine, plain)


def test_a_scheduled_rate_scales_only_the_newest_gradient():
    # theta^2 / 2 from 2, beta 1/2, rates 1/2 then 1/4: v = -1, theta = 1; v = -1/2 - 1/4, theta = 1/4
    thetas = walk(Momentum(beta=0.5), np.array([2.0, 0.0]), 2, rates=[0.5, 0.25])
    np.testing.assert_array_equal(thetas[:, 0], [2.0, 1.0, 0.25])


def test_weight_decay_by_hand():
    # theta^2 / 2 from 2 with lr 1/4, beta 1/2 and weight decay 1, g = 2 theta:
    # v = 0 - 1 = -1, theta = 1;  v = -1/2 - 1/2 = -1, theta = 0;  v = -1/2 - 0, theta = -1/2
    thetas = walk(Momentum(lr=0.25, beta=0.5, weight_decay=1), np.array([2.0, 0.0]), 3)
    np.testing.assert_array_equal(thetas[:, 0], [2.0, 1.0, 0.0, -0.5])


def test_agrees_with_torch():
    torch = pytest.importorskip("torch", reason="torch is not installed: nothing to compare with")
    theta = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    judge = torch.optim.SGD([theta], lr=0.03, momentum=0.9)
    for mine in walk(Momentum(lr=0.03, beta=0.9), START, 50):
        np.testing.assert_allclose(mine, theta.detach().numpy(), rtol=1e-12, atol=1e-15)
        judge.zero_grad()
        (torch.tensor(CURVATURES) * theta**2).sum().div(2).backward()
        judge.step()
