import math

import numpy as np

from landscape.optimizers import RAdam


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
    radam = RAdam()
    assert (radam.lr, radam.beta1, radam.beta2, radam.eps) == (0.001, 0.9, 0.999, 1e-8)
    assert radam.weight_decay == 0


def test_three_steps_by_hand():
    # the first steps are of the corrected mean alone; beta1 = 1/2: m = 2, 1, 4.5; 1 - beta1^t = 0.5, 0.75, 0.875
    thetas = walk(RAdam(lr=0.5, beta1=0.5), 2, 4, 0, 8)
    np.testing.assert_allclose(np.diff(thetas), [-2, -0.5 / 0.75, -0.5 * 4.5 / 0.875], rtol=1e-14)


def test_the_eighth_step_by_hand_is_rectified():
    # beta2 = 3/4: R = 7; rho(7) = 7 - 14 a / (1 - a) = 4.84 with a = 0.75^7; rho(8) = 5.22 with a = 0.75^8
    # a steady gradient of 3: the corrected mean is 3, v = 9 (1 - a)
    a = 0.75**8
    rho = 7 - 16 * a / (1 - a)
    r = math.sqrt((rho - 4) * (rho - 2) * 7 / (3 * 5 * rho))
    eighth = -0.5 * 3 * r * math.sqrt(1 - a) / (3 * math.sqrt(1 - a) + 1)
    thetas = walk(RAdam(lr=0.5, beta2=0.75, eps=1), 0, *[3.0] * 8)
    np.testing.assert_allclose(np.diff(thetas), [-1.5] * 7 + [eighth], rtol=1e-13)


def test_five_steps_are_as_long_as_the_gradient_and_the_rest_is_not():
    steps = -np.diff(walk(RAdam(lr=0.1), 0, *[1e3] * 3000))
    np.testing.assert_allclose(steps[:5], 100, rtol=1e-12)
    assert (np.diff(steps[5:]) > 0).all()
    assert steps[5] < 0.1 * 0.1
    assert 0.9 * 0.1 < steps[-1] < 0.1


def test_a_short_memory_is_never_trusted():
    """beta2 = 0.6: R = 4, rho stays below it."""
    for beta2 in (0.0, 0.5, 0.6, 0.65):
        steps = np.diff(walk(RAdam(lr=0.1, beta2=beta2), 0, *[1e3] * 50))
        np.testing.assert_allclose(steps, -100, rtol=1e-12)


def test_each_descent_changes_over_by_its_own_count():
    radam, theta = RAdam(lr=0.1, beta1=0), np.zeros((2, 1))
    state = radam.init(theta)._replace(square=np.full((2, 1), 4.0), steps=np.array([[0], [10**6]]))
    delta, _ = radam.step(Told(2.0), theta, state, 0.1)
    np.testing.assert_allclose(delta, [[-0.2], [-0.1]], rtol=1e-6)
