import math

import numpy as np
import pytest

from landscape.optimizers import Adam

CURVATURES = np.array([1.0, 20.0])
START = np.array([-1.8, 0.6])


class Ravine:
    """(theta1^2 + 20 theta2^2) / 2, counting questions."""

    asked = 0

    def gradient(self, theta):
        self.asked += 1
        return CURVATURES * theta


class Steady:
    """A gradient that is the same everywhere."""

    def __init__(self, *gradient):
        self.answer = np.array(gradient)

    def gradient(self, theta):
        return np.broadcast_to(self.answer, theta.shape)


def walk(optimizer, theta, steps, oracle=None):
    oracle = oracle or Ravine()
    state, thetas = optimizer.init(theta), [theta]
    for _ in range(steps):
        delta, state = optimizer.step(oracle, theta, state, optimizer.lr)
        theta = theta + delta
        thetas.append(theta)
    return np.stack(thetas)


def paper(theta, gradient, steps, *, lr, beta1, beta2, eps):
    """Algorithm 1 of arXiv:1412.6980 for one number, line by line in plain floats."""
    m, v, t, thetas = 0.0, 0.0, 0, [theta]
    while t < steps:
        t = t + 1
        g = gradient(theta)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        m_hat = m / (1 - beta1**t)
        v_hat = v / (1 - beta2**t)
        theta = theta - lr * m_hat / (math.sqrt(v_hat) + eps)
        thetas.append(theta)
    return thetas


def test_defaults_are_the_papers():
    adam = Adam()
    assert (adam.lr, adam.beta1, adam.beta2, adam.eps) == (0.001, 0.9, 0.999, 1e-8)


def test_asks_for_one_gradient_a_step():
    oracle = Ravine()
    walk(Adam(), START, 7, oracle)
    assert oracle.asked == 7


def test_two_steps_by_hand():
    # gradients 4, then 2 (theta^2 / 2 from 4, lr 2); beta1 = 1/2, beta2 = 3/4, eps = 1
    # m = 2, v = 4: m_hat = 4, v_hat = 16: theta = 4 - 2 * 4 / (4 + 1) = 2.4
    # g = 2.4, m = 2.2, v = 3 + 1.44 = 4.44: m_hat = 2.2 / 0.75, v_hat = 4.44 / 0.4375
    thetas = walk(Adam(lr=2, beta1=0.5, beta2=0.75, eps=1), np.array([4.0, 0.0]), 2)
    second = 2.4 - 2 * (2.2 / 0.75) / (math.sqrt(4.44 / 0.4375) + 1)
    np.testing.assert_allclose(thetas[:, 0], [4.0, 2.4, second], rtol=1e-15)


@pytest.mark.parametrize(
    "settings",
    [
        {"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
        {"lr": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
        {"lr": 0.3, "beta1": 0.5, "beta2": 0.9, "eps": 1e-3},
        {"lr": 0.2, "beta1": 0.0, "beta2": 0.0, "eps": 1.0},
    ],
)
def test_is_the_papers_algorithm(settings):
    thetas = walk(Adam(**settings), START, 50)
    for axis, h in enumerate(CURVATURES):
        exact = paper(float(START[axis]), lambda theta, h=h: float(h) * theta, 50, **settings)
        np.testing.assert_allclose(thetas[:, axis], exact, rtol=1e-10, atol=1e-13)


def test_a_steady_gradient_gives_steps_of_lr():
    """The corrected means of a constant g are g and g^2, so every step is lr g / (|g| + eps)."""
    thetas = walk(Adam(lr=0.25), np.zeros(3), 10, Steady(1e3, -1.0, 1e-3))
    lengths = 0.25 * np.array([1e3 / (1e3 + 1e-8), -1 / (1 + 1e-8), 1e-3 / (1e-3 + 1e-8)])
    np.testing.assert_allclose(thetas, -np.arange(11)[:, None] * lengths, rtol=1e-12)


def test_counts_each_descent_by_itself():
    state = Adam().init(np.zeros((4, 2)))
    _, state = Adam().step(Ravine(), np.ones((4, 2)), state, 0.1)
    np.testing.assert_array_equal(state.steps, np.ones((4, 1)))
    assert state.steps.dtype == np.int64


def test_weight_decay_by_hand():
    """A level ground with weight decay 1 has the gradient theta: the two steps above."""
    thetas = walk(Adam(lr=2, beta1=0.5, beta2=0.75, eps=1, weight_decay=1), np.array([4.0]), 2, Steady(0.0))
    second = 2.4 - 2 * (2.2 / 0.75) / (math.sqrt(4.44 / 0.4375) + 1)
    np.testing.assert_allclose(thetas[:, 0], [4.0, 2.4, second], rtol=1e-15)


def test_agrees_with_torch():
    torch = pytest.importorskip("torch", reason="torch is not installed: nothing to compare with")
    theta = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    judge = torch.optim.Adam([theta], lr=0.05)
    for mine in walk(Adam(lr=0.05), START, 50):
        np.testing.assert_allclose(mine, theta.detach().numpy(), rtol=1e-12, atol=1e-15)
        judge.zero_grad()
        (torch.tensor(CURVATURES) * theta**2).sum().div(2).backward()
        judge.step()
