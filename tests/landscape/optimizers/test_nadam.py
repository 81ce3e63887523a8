import math

import numpy as np

from landscape.optimizers import NAdam


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
    nadam = NAdam()
    assert (nadam.lr, nadam.beta1, nadam.beta2, nadam.eps) == (0.002, 0.9, 0.999, 1e-8)
    assert (nadam.weight_decay, nadam.momentum_decay) == (0, 0.004)


def test_three_steps_by_hand():
    # beta1 = 1/2, beta2 = 3/4, eps = 1; without its decay mu = 1/4 always, p = 1/4, 1/16, 1/64
    # m = 2, v = 4;   m = 1, v = 3;   m = 4.5, v = 2.25 + 16 = 18.25;   1 - beta2^t = 0.25, 0.4375, 0.578125
    thetas = walk(NAdam(lr=1, beta1=0.5, beta2=0.75, eps=1, momentum_decay=0), 2, 4, 0, 8)
    expected = [
        -(0.25 * 2 / (15 / 16) + 0.75 * 4 / 0.75) / (4 + 1),
        -(0.25 * 1 / (63 / 64)) / (math.sqrt(3 / 0.4375) + 1),
        -(0.25 * 4.5 / (255 / 256) + 0.75 * 8 / (63 / 64)) / (math.sqrt(18.25 / 0.578125) + 1),
    ]
    np.testing.assert_allclose(np.diff(thetas), expected, rtol=1e-14)


def test_momentum_grows_from_half_of_beta1_to_beta1():
    """p after two steps is mu(1) mu(2); 0.96^(250 t) leaves nothing of the half after a few."""
    nadam, theta = NAdam(), np.zeros((2, 3))
    state = nadam.init(theta)
    for _ in range(2):
        _, state = nadam.step(Told(1.0), theta, state, 0.1)
    exact = 0.9 * (1 - 0.96**0.004 / 2) * 0.9 * (1 - 0.96**0.008 / 2)
    np.testing.assert_allclose(state.product, np.full((2, 1), exact), rtol=1e-14)
    fast = NAdam(momentum_decay=1)
    before = fast.init(theta)._replace(steps=np.full((2, 1), 999))
    _, after = fast.step(Told(1.0), theta, before, 0.1)
    np.testing.assert_allclose(after.product, np.full((2, 1), 0.9), rtol=1e-12)


def test_a_steady_gradient_gives_steps_near_lr():
    """In the end m = g, v = g^2 and p = 0: lr ((1 - mu) g + mu g) / |g|."""
    steps = -np.diff(walk(NAdam(lr=0.25), 0, *[1e3] * 2000))
    np.testing.assert_allclose(steps[-1], 0.25, rtol=1e-3)
