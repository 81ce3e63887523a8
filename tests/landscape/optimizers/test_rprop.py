import numpy as np
import pytest
from pydantic import ValidationError

from landscape.optimizers import Rprop


class Told:
    """Gradients as listed, one a step."""

    def __init__(self, *gradients):
        self.gradients = iter(gradients)

    def gradient(self, theta):
        return np.full_like(theta, next(self.gradients))


def walk(optimizer, theta, *gradients, rates=None):
    oracle, theta = Told(*gradients), np.array([theta], dtype=float)
    state, thetas = optimizer.init(theta), [theta]
    for step in range(len(gradients)):
        delta, state = optimizer.step(oracle, theta, state, rates[step] if rates else optimizer.lr)
        theta = theta + delta
        thetas.append(theta)
    return np.concatenate(thetas)


def test_defaults_are_torchs():
    rprop = Rprop()
    assert (rprop.lr, rprop.eta_minus, rprop.eta_plus) == (0.01, 0.5, 1.2)
    assert (rprop.min_step, rprop.max_step) == (1e-6, 50)


def test_five_steps_by_hand():
    # d = 1/4; kept: 1/2; turned: 1/8 and no step; after that nothing is known: 1/8 again; kept: 1/4
    rprop = Rprop(lr=0.25, eta_minus=0.25, eta_plus=2)
    np.testing.assert_array_equal(np.diff(walk(rprop, 2, 3, 1, -7, -2, -5)), [-0.25, -0.5, 0, 0.125, 0.25])


def test_sizes_stay_between_their_bounds():
    rprop = Rprop(lr=1, eta_plus=2, min_step=0.5, max_step=3)
    np.testing.assert_array_equal(np.diff(walk(rprop, 0, *[1] * 4)), [-1, -2, -3, -3])
    np.testing.assert_array_equal(np.diff(walk(rprop, 0, 1, -1, 1, -1, 1, -1)), [-1, 0, -0.5, 0, -0.5, 0])


def test_only_signs_are_looked_at():
    long, short = (walk(Rprop(), 1, *(scale * np.array([1, 2, -1, -3, 5, 5]))) for scale in (1e200, 1e-200))
    np.testing.assert_array_equal(long, short)


def test_the_rate_is_that_of_the_first_step_alone():
    thetas = walk(Rprop(eta_plus=2), 0, 1, 1, 1, rates=[0.5, 100, 1e-3])
    np.testing.assert_array_equal(np.diff(thetas), [-0.5, -1, -2])


def test_the_longest_step_is_no_shorter_than_the_shortest():
    with pytest.raises(ValidationError) as caught:
        Rprop(min_step=2, max_step=1)
    (line,) = caught.value.errors()
    assert (line["loc"], line["msg"]) == (("max_step",), "Longest step must be at least the shortest, 2. Got 1.")
