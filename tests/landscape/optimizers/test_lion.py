import numpy as np

from landscape.optimizers import Lion


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


def test_defaults_are_the_papers():
    lion = Lion()
    assert (lion.lr, lion.beta1, lion.beta2, lion.weight_decay) == (1e-4, 0.9, 0.99, 0)


def test_three_steps_by_hand():
    # beta1 = 1/2, beta2 = 3/4, from 2 with lr 1/4:
    # 0 + 4/2 > 0: theta = 1.75; m = 4/4 = 1
    # 1/2 - 2/2 = -1/2 < 0: theta = 2; m = 3/4 - 2/4 = 1/4
    # 1/8 - 1/16 = 1/16 > 0, though the gradient is below 0: theta = 1.75; m = 3/16 - 1/32 = 5/32
    lion = Lion(lr=0.25, beta1=0.5, beta2=0.75)
    np.testing.assert_array_equal(walk(lion, 2, 4, -2, -0.125), [2, 1.75, 2, 1.75])
    state = lion.init(np.zeros(1))
    for gradient in (4, -2, -0.125):
        _, state = lion.step(Told(gradient), np.zeros(1), state, 0.25)
    np.testing.assert_array_equal(state.mean, [5 / 32])


def test_the_step_and_the_memory_mix_differently():
    """With one beta for both the third step above would go the other way: 1/4 - 1/8 < 0 at beta 1/2, m = 2, 0."""
    np.testing.assert_array_equal(walk(Lion(lr=0.25, beta1=0.5, beta2=0.5), 2, 4, -2, -0.125), [2, 1.75, 1.75, 2])


def test_a_mixture_of_zero_moves_nothing():
    # beta1 = 1/2, beta2 = 0: m = 3, then 3/2 - 3/2
    np.testing.assert_array_equal(walk(Lion(lr=0.5, beta1=0.5, beta2=0), 0, 3, -3), [0, -0.5, -0.5])


def test_weight_decay_by_hand():
    # lr (1 + decay theta): 2 - (1 + 1) / 4 = 1.5, 1.5 - (1 + 0.75) / 4 = 1.0625; the memory knows nothing of it
    np.testing.assert_array_equal(walk(Lion(lr=0.25, weight_decay=0.5), 2, 9, 1), [2, 1.5, 1.0625])
