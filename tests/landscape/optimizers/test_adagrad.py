import numpy as np

from landscape.optimizers import Adagrad


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
    adagrad = Adagrad()
    assert (adagrad.lr, adagrad.eps, adagrad.weight_decay) == (0.01, 1e-10, 0)


def test_three_steps_by_hand():
    # sums of squares 9, 25, 169; their roots 3, 5, 13; eps = 1
    thetas = walk(Adagrad(lr=0.5, eps=1), 2, 3, 4, -12)
    np.testing.assert_allclose(np.diff(thetas), [-0.5 * 3 / 4, -0.5 * 4 / 6, 0.5 * 12 / 14], rtol=1e-14)


def test_a_steady_gradient_gives_steps_that_shrink_with_the_root_of_their_number():
    thetas = walk(Adagrad(lr=0.25), 0, *[1000.0] * 20)
    np.testing.assert_allclose(np.diff(thetas), -0.25 / np.sqrt(np.arange(1, 21)), rtol=1e-10)


def test_weight_decay_by_hand():
    # g = 2 + 0.5 * 2 = 3: theta = 2 - 0.5 * 3 / (3 + 1)
    np.testing.assert_allclose(walk(Adagrad(lr=0.5, eps=1, weight_decay=0.5), 2, 2), [2, 1.625], rtol=1e-15)
