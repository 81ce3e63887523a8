import math

import numpy as np

from landscape.optimizers import Adam, AMSGrad


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
    amsgrad = AMSGrad()
    assert (amsgrad.lr, amsgrad.beta1, amsgrad.beta2, amsgrad.eps) == (0.001, 0.9, 0.999, 1e-8)
    assert amsgrad.weight_decay == 0


def test_three_steps_by_hand():
    # beta1 = 1/2, beta2 = 3/4, eps = 1; 1 - beta1^t = 0.5, 0.75, 0.875; 1 - beta2^t = 0.25, 0.4375, 0.578125
    # m = 2, v = w = 4;   m = 1, v = 3, w = 4;   m = 4.5, v = 2.25 + 16 = w = 18.25
    thetas = walk(AMSGrad(lr=2, beta1=0.5, beta2=0.75, eps=1), 2, 4, 0, 8)
    expected = [
        -2 * 4 / (4 + 1),
        -2 * (1 / 0.75) / (math.sqrt(4 / 0.4375) + 1),
        -2 * (4.5 / 0.875) / (math.sqrt(18.25 / 0.578125) + 1),
    ]
    np.testing.assert_allclose(np.diff(thetas), expected, rtol=1e-14)


def test_is_adam_while_gradients_grow():
    gradients = np.geomspace(0.1, 100, 30)
    mine, adam = (walk(cls(lr=0.1), 0, *gradients) for cls in (AMSGrad, Adam))
    np.testing.assert_array_equal(mine, adam)


def test_remembers_one_long_gradient_where_adam_forgets_it():
    """After a gradient of 100, gradients of 1: Adam's steps grow back to lr, here they stay short."""
    gradients = [100.0] + [1.0] * 300
    mine, adam = (np.diff(walk(cls(lr=0.1, beta2=0.9), 0, *gradients)) for cls in (AMSGrad, Adam))
    np.testing.assert_allclose(adam[-1], -0.1, rtol=1e-6)
    np.testing.assert_allclose(mine[-1], -0.1 / math.sqrt(0.1 * 100**2), rtol=1e-6)
