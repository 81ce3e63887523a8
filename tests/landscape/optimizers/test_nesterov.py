import numpy as np

from landscape.optimizers import GradientDescent, Nesterov

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
    assert (Nesterov().lr, Nesterov().beta, Nesterov().weight_decay) == (0.1, 0.9, 0)


def test_three_steps_by_hand():
    # theta^2 / 2 from 2 with lr 1/2 and beta 1/2:
    # v = 2, theta = 2 - (2 + 1) / 2 = 1/2;  v = 1 + 1/2, theta = 1/2 - (1/2 + 3/4) / 2 = -1/8
    # v = 3/4 - 1/8 = 5/8, theta = -1/8 - (-1/8 + 5/16) / 2 = -7/32
    thetas = walk(Nesterov(lr=0.5, beta=0.5), np.array([2.0, 0.0]), 3)
    np.testing.assert_array_equal(thetas[:, 0], [2.0, 0.5, -0.125, -0.21875])


def test_is_the_usual_form_seen_from_the_point_ahead():
    """Sutskever et al. (2013), equations 3 and 4: v <- beta v - lr g(x + beta v), x <- x + v; here is x + beta v."""
    lr, beta = 0.03, 0.8
    x, v, ahead = START, np.zeros(2), []
    for _ in range(41):
        ahead.append(x + beta * v)
        v = beta * v - lr * CURVATURES * (x + beta * v)
        x = x + v
    np.testing.assert_allclose(walk(Nesterov(lr=lr, beta=beta), START, 40), ahead, rtol=1e-10, atol=1e-14)


def test_without_momentum_is_gradient_descent():
    mine, plain = (walk(optimizer, START, 30) for optimizer in (Nesterov(lr=0.03, beta=0), GradientDescent(lr=0.03)))
    np.testing.assert_allclose(mine, plain, rtol=1e-15, atol=0)


def test_a_scheduled_rate_scales_all_that_was_gathered():
    # theta^2 / 2 from 2, beta 1/2, rates 1/2 then 1/4: v = 2, theta = 1/2; v = 3/2, theta = 1/2 - (1/2 + 3/4) / 4
    thetas = walk(Nesterov(beta=0.5), np.array([2.0, 0.0]), 2, rates=[0.5, 0.25])
    np.testing.assert_array_equal(thetas[:, 0], [2.0, 0.5, 0.1875])
