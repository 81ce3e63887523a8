"""The plain numpy way of a textbook: a full forward pass for every grid point, a full backward pass for every step."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Weights = list[Array]


def sigmoid(z: Array) -> Array:
    return 1.0 / (1.0 + np.exp(-z))


def loss(weights: Weights, x: Array, y: Array) -> float:
    """Mean over the samples of the summed squared error of a sigmoid network without biases."""
    h = x
    for matrix in weights:
        h = sigmoid(h @ matrix.T)
    return float(np.square(h - y).sum(axis=1).mean())


def gradients(weights: Weights, x: Array, y: Array) -> Weights:
    """The gradient of :func:`loss` by back-propagation, matrix by matrix."""
    values = [x]
    for matrix in weights:
        values.append(sigmoid(values[-1] @ matrix.T))
    delta = 2.0 * (values[-1] - y) * values[-1] * (1.0 - values[-1]) / len(x)
    found: Weights = []
    for matrix, h in zip(reversed(weights), reversed(values[:-1]), strict=True):
        found.insert(0, delta.T @ h)
        delta = (delta @ matrix) * h * (1.0 - h)
    return found


def surface(weights: Weights, last: tuple[int, int, int], a: Array, b: Array, x: Array, y: Array) -> Array:
    """Loss over two weights of the last matrix, rows b and columns a; ``last`` is (to, from, from)."""
    to, first, second = last
    moved = [*weights[:-1], weights[-1].copy()]
    grid = np.empty((b.size, a.size))
    for i, at_b in enumerate(b):
        for j, at_a in enumerate(a):
            moved[-1][to, first], moved[-1][to, second] = at_a, at_b
            grid[i, j] = loss(moved, x, y)
    return grid


def descend(weights: Weights, last: tuple[int, int, int], start: tuple[float, float], lr: float, steps: int,
            x: Array, y: Array) -> Array:  # fmt: skip
    """Gradient descent in the same two weights alone: positions (steps + 1, 2)."""
    to, first, second = last
    moved = [*weights[:-1], weights[-1].copy()]
    at = np.array(start)
    path = [at.copy()]
    for _ in range(steps):
        moved[-1][to, first], moved[-1][to, second] = at
        gradient = gradients(moved, x, y)[-1]
        at -= lr * np.array([gradient[to, first], gradient[to, second]])
        path.append(at.copy())
    return np.array(path)
