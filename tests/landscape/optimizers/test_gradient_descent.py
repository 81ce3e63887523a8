import numpy as np
import pytest

from landscape.optimizers import GradientDescent

CURVATURES = np.array([1.0, 20.0])


class Ravine:
    """(theta1^2 + 20 theta2^2) / 2, counting questions."""

    asked = 0

    def gradient(self, theta):
        self.asked += 1
        return CURVATURES * theta


def walk(optimizer, theta, steps):
    oracle, state, thetas = Ravine(), optimizer.init(theta), [theta]
    for _ in range(steps):
        delta, state = optimizer.step(oracle, theta, state, optimizer.lr)
        theta = theta + delta
        thetas.append(theta)
    assert oracle.asked == steps
    return np.stack(thetas)


def test_defaults():
    assert GradientDescent().lr == 0.1


def test_one_step_by_hand():
    # gradient of (2, -0.5): (2, -10); theta - 0.125 g = (2 - 0.25, -0.5 + 1.25)
    np.testing.assert_array_equal(walk(GradientDescent(lr=0.125), np.array([2.0, -0.5]), 1)[1], [1.75, 0.75])


@pytest.mark.parametrize("lr", [0.01, 0.05, 0.1, 0.11])
def test_closed_form_on_a_quadratic(lr):
    """theta_t = (1 - lr h)^t theta_0: it shrinks, flips sign, swings for ever at lr = 2 / h, or diverges."""
    start = np.array([-1.8, 0.6])
    exact = (1 - lr * CURVATURES) ** np.arange(31)[:, None] * start
    np.testing.assert_allclose(walk(GradientDescent(lr=lr), start, 30), exact, rtol=1e-12, atol=1e-15)


def test_weight_decay_by_hand():
    # gradient of (2, -0.5): (2, -10), with twice theta (6, -11); theta - 0.125 g = (2 - 0.75, -0.5 + 1.375)
    thetas = walk(GradientDescent(lr=0.125, weight_decay=2), np.array([2.0, -0.5]), 1)
    np.testing.assert_array_equal(thetas[1], [1.25, 0.875])


def test_agrees_with_torch():
    torch = pytest.importorskip("torch", reason="torch is not installed: nothing to compare with")
    start = np.array([-1.8, 0.6])
    theta = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    judge = torch.optim.SGD([theta], lr=0.03)
    for mine in walk(GradientDescent(lr=0.03), start, 50):
        np.testing.assert_allclose(mine, theta.detach().numpy(), rtol=1e-12, atol=1e-15)
        judge.zero_grad()
        (torch.tensor(CURVATURES) * theta**2).sum().div(2).backward()
        judge.step()
