"""What a scene asks for, as plain arrays: for those who do not know our structure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import landscape as ls

Array = NDArray[np.float64]
Weights = list[Array]
Place = tuple[int, int, int]
"""A weight: index of its matrix, to, from."""


@dataclass(frozen=True, eq=False)
class Problem:
    """A network without biases, measured on samples and looked at over a plane.

    The outputs are sigmoids and the loss is the squared error, as in every scene of the benchmarks.

    Attributes:
        x: (N, D) samples.
        y: (N, K) targets.
        activation: of the hidden units: "sigmoid" or "tanh".
        initial: the matrices (to, from) at the initial weights.
        origin: the matrices at a = b = 0.
        u: the first direction, matrix by matrix.
        v: the second one.
        pair: the two weights whose values a and b are; None where the directions are dense.
        points: (G, 2), the grid row by row: ``points[i * A + j] = (a[j], b[i])``.

    Example:
        >>> problem = Problem.of(ls.Scene())
        >>> [matrix.shape for matrix in problem.at(1.0, 2.0)]
        [(50, 64), (500, 50), (10, 500)]
    """

    x: Array
    y: Array
    activation: str
    initial: Weights
    origin: Weights
    u: Weights
    v: Weights
    pair: tuple[Place, Place] | None
    points: Array

    @classmethod
    def of(cls, scene: ls.Scene) -> Problem:
        """The arrays of a scene, through public names."""
        objective, plane, grid = ls.objective(scene), ls.plane(scene), scene.grid
        x, y, _ = objective.samples
        shapes = list(objective.blocks.values())
        ends = np.cumsum([math.prod(shape) for shape in shapes])

        def matrices(theta: Array) -> Weights:
            return [part.reshape(shape) for part, shape in zip(np.split(theta, ends[:-1]), shapes, strict=True)]

        axes = (np.linspace(*reach, n) for reach, n in zip((grid.a, grid.b), grid.resolution, strict=True))
        return cls(
            x=x,
            y=y,
            activation=vars(scene.model)["activation"],
            initial=matrices(objective.theta0),
            origin=matrices(plane.origin),
            u=matrices(plane.u),
            v=matrices(plane.v),
            pair=_pair(scene, list(objective.blocks)),
            points=np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2),
        )

    def at(self, a: float, b: float) -> Weights:
        """The matrices at a point of the plane; those that do not move are shared, not copied."""
        if self.pair is None:
            return [origin + a * u + b * v for origin, u, v in zip(self.origin, self.u, self.v, strict=True)]
        moved = {layer: self.origin[layer].copy() for layer, _, _ in self.pair}
        for (layer, to, source), value in zip(self.pair, (a, b), strict=True):
            moved[layer][to, source] = value
        return [moved.get(layer, matrix) for layer, matrix in enumerate(self.origin)]


def _pair(scene: ls.Scene, names: list[str]) -> tuple[Place, Place] | None:
    plane: Any = scene.plane
    if plane.kind != "weights":
        return None
    (first, *one), (second, *two) = plane.first, plane.second
    return (names.index(first), one[0], one[1]), (names.index(second), two[0], two[1])


def batches(samples: int, size: int, steps: int, seed: int = 0) -> list[NDArray[np.intp]]:
    """The samples of each step of a run: shuffled anew in every epoch by ``default_rng((seed, epoch))``.

    ``size`` divides ``samples``; where it is all of them, they come in their own order.
    """
    if size == samples:
        return [np.arange(samples)] * steps
    each = samples // size
    epochs = [np.random.default_rng((seed, epoch)).permutation(samples) for epoch in range(math.ceil(steps / each))]
    return [epochs[step // each][step % each * size :][:size] for step in range(steps)]
