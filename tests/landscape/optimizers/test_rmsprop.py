import math

import numpy as np

from landscape.optimizers import RMSprop


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
    rmsprop = RMSprop()
    assert (rmsprop.lr, rmsprop.alpha, rmsprop.eps, rmsprop.weight_decay) == (0.01, 0.99, 1e-8, 0)


def test_three_steps_by_hand():
    # alpha = 3/4, eps = 1: v = 4/4 = 1; 3/4 + 4/4 = 1.75; 3/4 * 1.75 + 16/4 = 5.3125
    thetas = walk(RMSprop(lr=0.5, alpha=0.75, eps=1), 2, 2, 2, -4)
    expected = [-0.5, -1 / (math.sqrt(1.75) + 1), 2 / (math.sqrt(5.3125) + 1)]
    np.testing.assert_allclose(np.diff(thetas), expected, rtol=1e-14)


def test_first_step_is_longer_than_the_rate():
    """v starts at 0 and is not corrected: by 1 / sqrt(1 - alpha)."""
    np.testing.assert_allclose(walk(RMSprop(lr=0.02, alpha=0.99), 0, -7.0)[1], 0.2, rtol=1e-6)


def test_swings_about_a_minimum_by_half_the_rate():
    """There g = theta = +-lr/2 has the root mean square lr/2, and every step has the length lr."""

    class Bowl:
        def gradient(self, theta):
            return theta

    rmsprop, theta = RMSprop(lr=0.05, alpha=0.9), np.array([2.0])
    state = rmsprop.init(theta)
    for _ in range(3000):
        delta, state = rmsprop.step(Bowl(), theta, state, 0.05)
        theta = theta + delta
    np.testing.assert_allclose(np.abs([theta, delta]), [[0.025], [0.05]], rtol=1e-4)
