import numpy as np

from landscape.optimizers import Adamax


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
    adamax = Adamax()
    assert (adamax.lr, adamax.beta1, adamax.beta2, adamax.eps) == (0.002, 0.9, 0.999, 1e-8)
    assert adamax.weight_decay == 0


def test_three_steps_by_hand():
    # beta1 = 1/2, beta2 = 3/4, eps = 1/2; 1 - beta1^t = 0.5, 0.75, 0.875
    # m = 2, u = 4.5;   m = 1, u = max(3.375, 0.5);   m = 4.5, u = max(2.53125, 8.5)
    thetas = walk(Adamax(lr=2, beta1=0.5, beta2=0.75, eps=0.5), 2, 4, 0, 8)
    expected = [-2 * 4 / 4.5, -2 * (1 / 0.75) / 3.375, -2 * (4.5 / 0.875) / 8.5]
    np.testing.assert_allclose(np.diff(thetas), expected, rtol=1e-14)


def test_a_steady_gradient_gives_steps_of_lr():
    for gradient in (1e3, -1e-3):
        thetas = walk(Adamax(lr=0.25), 0, *[gradient] * 10)
        np.testing.assert_allclose(np.diff(thetas), -0.25 * np.sign(gradient), rtol=1e-4)


def test_a_parameter_without_gradient_stays():
    np.testing.assert_array_equal(walk(Adamax(), 3, 0, 0, 0), [3, 3, 3, 3])
