"""An oracle that draws what it is told, for searches that are walked by hand."""

import numpy as np


class Told:
    """The height of a place is its distance from 10; what is drawn as listed, one a step. Counts who asks."""

    def __init__(self, *drawn, varies=False):
        self.drawn, self.varies, self.asked = iter(drawn), varies, 0

    def loss(self, theta, where=None):
        self.asked = self.asked + (1 if where is None else where)
        return np.abs(theta[..., 0] - 10)

    def draw(self, size):
        return np.full(size, float(next(self.drawn)))


def walk(optimizer, oracle, theta, steps):
    theta = np.array(theta, dtype=float)
    state, thetas = optimizer.init(theta), [theta]
    for _ in range(steps):
        delta, state = optimizer.step(oracle, theta, state, optimizer.rate)
        theta = theta + delta
        thetas.append(theta)
    return np.stack(thetas)
