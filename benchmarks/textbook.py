"""The plain numpy way of a textbook: a full forward pass for every grid point, a full backward pass for every step."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.problem import Array, Problem, Weights


def sigmoid(z: Array) -> Array:
    return 1.0 / (1.0 + np.exp(-z))


def forward(weights: Weights, x: Array, activation: str = "sigmoid") -> list[Array]:
    """What enters each matrix, from the samples on, and the outputs."""
    values = [x]
    for matrix in weights[:-1]:
        z = values[-1] @ matrix.T
        values.append(np.tanh(z) if activation == "tanh" else sigmoid(z))
    return [*values, sigmoid(values[-1] @ weights[-1].T)]


def loss(weights: Weights, x: Array, y: Array, activation: str = "sigmoid") -> float:
    """Mean over the samples of the summed squared error of a network with sigmoid outputs and no biases."""
    return float(np.square(forward(weights, x, activation)[-1] - y).sum(axis=1).mean())


def loss_and_gradients(weights: Weights, x: Array, y: Array, activation: str = "sigmoid") -> tuple[float, Weights]:
    """:func:`loss` and its gradient by back-propagation, matrix by matrix."""
    *values, outputs = forward(weights, x, activation)
    error = outputs - y
    delta = 2.0 * error * outputs * (1.0 - outputs) / len(x)
    found: Weights = []
    for matrix, h in zip(reversed(weights), reversed(values), strict=True):
        found.insert(0, delta.T @ h)
        if h is not x:
            delta = (delta @ matrix) * (1.0 - h * h if activation == "tanh" else h * (1.0 - h))
    return float(np.square(error).sum(axis=1).mean()), found


def surface(problem: Problem, points: Array) -> Array:
    """The loss at points (M, 2): (M,)."""
    x, y, activation = problem.x, problem.y, problem.activation
    return np.array([loss(problem.at(a, b), x, y, activation) for a, b in points])


def descend(problem: Problem, start: tuple[float, float], lr: float, steps: int) -> Array:
    """Gradient descent in the two weights of ``problem.pair``: a, b and the loss at each step, (steps + 1, 3)."""
    assert problem.pair is not None
    at = np.array(start)
    path = []
    for _ in range(steps):
        value, gradient = loss_and_gradients(problem.at(*at), problem.x, problem.y, problem.activation)
        path.append([*at, value])
        at = at - lr * np.array([gradient[layer][to, source] for layer, to, source in problem.pair])
    return np.array([*path, [*at, loss(problem.at(*at), problem.x, problem.y, problem.activation)]])


def train(problem: Problem, optimizer: str, lr: float, batches: Sequence[NDArray[np.intp]], every: bool) -> Array:
    """Train all weights; the loss before each step, (steps,): of its batch, or with ``every`` of all samples."""
    weights = [matrix.copy() for matrix in problem.initial]
    means, squares = ([np.zeros_like(matrix) for matrix in weights] for _ in range(2))
    losses = []
    for step, chosen in enumerate(batches, start=1):
        value, gradient = loss_and_gradients(weights, problem.x[chosen], problem.y[chosen], problem.activation)
        losses.append(loss(weights, problem.x, problem.y, problem.activation) if every else value)
        for layer, g in enumerate(gradient):
            if optimizer == "gradient_descent":
                weights[layer] = weights[layer] - lr * g
                continue
            means[layer] = 0.9 * means[layer] + 0.1 * g
            squares[layer] = 0.999 * squares[layer] + 0.001 * g**2
            root = np.sqrt(squares[layer] / (1 - 0.999**step)) + 1e-8
            weights[layer] = weights[layer] - lr * means[layer] / (1 - 0.9**step) / root
    return np.array(losses)
