import math

import numpy as np

from landscape.optimizers import Adadelta


class Told:
    """Gradients as listed, one a step."""

    def __init__(self, *gradients):
        self.gradients = iter(gradients)

    def gradient(self, theta):
        return np.full_like(theta, next(self.gradients))


def walk(optimizer, theta, *gradients):
    oracle, theta = Told(*gradients), np.array([theta], dtype=float)
    state, thetas = optimizer.init(theta), [theta]
    for _ in gradients:
        delta, state = optimizer.step(oracle, theta, state, optimizer.lr)
        theta = theta + delta
        thetas.append(theta)
    return np.concatenate(thetas)


def test_defaults_are_torchs():
    adadelta = Adadelta()
    assert (adadelta.lr, adadelta.rho, adadelta.eps, adadelta.weight_decay) == (1, 0.9, 1e-6, 0)


def test_three_steps_by_hand():
    # rho = 3/4, eps = 1. v = 4/4 = 1: d^2 = 1/2 * 4 = 2, u = 2/4
    # v = 3/4 + 4/4 = 1.75: d^2 = 1.5/2.75 * 4, u = 1.5/4 + d^2/4 = 0.375 + 1.5/2.75
    # v = 3/4 * 1.75 + 16/4 = 5.3125: d^2 = (u + 1)/6.3125 * 16
    thetas = walk(Adadelta(lr=0.5, rho=0.75, eps=1), 2, 2, 2, -4)
    third = math.sqrt((1.375 + 1.5 / 2.75) / 6.3125) * 4
    expected = [-0.5 * math.sqrt(2), -0.5 * math.sqrt(6 / 2.75), 0.5 * third]
    np.testing.assert_allclose(np.diff(thetas), expected, rtol=1e-14)


def test_first_step_is_as_long_for_every_gradient():
    """sqrt(eps) g / sqrt((1 - rho) g^2 + eps), where g is long: sqrt(eps / (1 - rho))."""
    for gradient in (10.0, 1e6):
        thetas = walk(Adadelta(rho=0.9, eps=1e-6), 0, gradient)
        np.testing.assert_allclose(thetas[1], -math.sqrt(1e-5), rtol=1e-6)


def test_the_rate_multiplies_steps_and_is_not_remembered():
    """The mean of squared steps is of those before the rate: the same gradients, steps three times as long."""
    gradients = [1.0, -2.0, 0.5, 3.0]
    one, three = (np.diff(walk(Adadelta(lr=lr), 0, *gradients)) for lr in (1, 3))
    np.testing.assert_allclose(three, 3 * one, rtol=1e-12)
