import math

import numpy as np

from landscape.optimizers import Adam, AdamW


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
    adamw = AdamW()
    assert (adamw.lr, adamw.beta1, adamw.beta2, adamw.eps) == (0.001, 0.9, 0.999, 1e-8)
    assert adamw.weight_decay == 0.01


def test_three_steps_by_hand():
    # beta1 = 1/2, beta2 = 3/4, eps = 1; 1 - beta1^t = 0.5, 0.75, 0.875; 1 - beta2^t = 0.25, 0.4375, 0.578125
    # m = 2, v = 4;   m = 1, v = 3;   m = 4.5, v = 2.25 + 16 = 18.25;   the decay takes lr / 2 = 1/4 of theta
    thetas = walk(AdamW(lr=0.5, beta1=0.5, beta2=0.75, eps=1, weight_decay=0.5), 2, 4, 0, 8)
    one = 2 - 2 / 4 - 0.5 * 4 / 5
    two = one - one / 4 - 0.5 * (1 / 0.75) / (math.sqrt(3 / 0.4375) + 1)
    three = two - two / 4 - 0.5 * (4.5 / 0.875) / (math.sqrt(18.25 / 0.578125) + 1)
    np.testing.assert_allclose(thetas, [2, one, two, three], rtol=1e-14)


def test_without_gradient_theta_shrinks_by_the_same_share():
    thetas = walk(AdamW(lr=0.1, weight_decay=0.5), 4, *[0.0] * 20)
    np.testing.assert_allclose(thetas, 4 * 0.95 ** np.arange(21), rtol=1e-13)


def test_without_decay_is_adam():
    gradients = np.random.RandomState(0).randn(30)
    mine, adam = (walk(cls(lr=0.1, weight_decay=0), 1, *gradients) for cls in (AdamW, Adam))
    np.testing.assert_array_equal(mine, adam)
