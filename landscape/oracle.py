"""What an optimizer is told at a step, and what it cost to find out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from landscape.chunks import CHUNK_FLOATS, pieces
from landscape.ground import Ground
from landscape.manner import Manner
from landscape.models.base import Array, Indices
from landscape.optimizers.base import Mask

CURVATURE_STEP = 1e-5
"""Of the central difference of two gradients that gives a Hessian times a vector, in lengths of the place."""

DRAWN = 1
"""Beside seed and step: the numbers that an optimizer draws are not those of the noise in its gradients."""


def _scale(theta: Array) -> Array:
    """How long a place is, or 1: (..., 1)."""
    return np.asarray(np.maximum(1.0, np.sqrt(np.vecdot(theta, theta))))[..., None]


class StepOracle:
    """Answers an optimizer for one step's batch; where it stands, without computing twice.

    Args:
        manner: how gradients are found.
        apart: whether the losses at the places themselves are found elsewhere.
        varies: whether each step goes down a loss of its own.
        evaluations: (S,), what has been asked before.

    Attributes:
        value: (S,), the loss where the run stands; None where losses are found apart.
        slope: (S, D), the true gradient there.
        evaluations: (S,), how many losses, or losses with their gradients, the optimizer has asked each start for.
    """

    value: Array | None
    slope: Array

    def __init__(self, manner: Manner, evaluations: NDArray[np.int64], *, apart: bool, varies: bool) -> None:
        self._manner, self._apart, self.varies = manner, apart, varies
        self.evaluations = evaluations

    def stand(self, ground: Ground, theta: Array, batch: Indices | None, step: int) -> None:
        """Before the step from ``theta``."""
        self._ground, self._theta, self._batch, self._step = ground, theta, batch, step
        self._known: Array | None = None
        if self._apart:
            self.value, slope = None, ground.gradient(theta, batch)
        else:
            self.value, slope = ground.loss_and_gradient(theta, batch)
        self.slope = np.asarray(slope, dtype=theta.dtype)

    def gradient(self, theta: Array) -> Array:
        """The gradient of the batch's loss, (S, D) -> (S, D), as the run's manner has it."""
        if theta is not self._theta:
            return self._manner.treated(self._raw(theta), self._step)
        if self._known is None:
            self._known = self._manner.treated(self._raw(theta), self._step)
        return self._known

    def loss(self, theta: Array, where: Mask | None = None) -> Array:
        """The batch's loss, (S, D) -> (S,); NaN for the starts that are not among ``where`` (S,) and do not ask."""
        if where is None or where.all():
            self._count(1)
            return self._loss(theta)
        self._count(where)
        found = np.full(len(theta), np.nan)
        if where.any():
            found[where] = self._ground.loss(theta[where], self._batch)
        return found

    def loss_and_gradient(self, theta: Array) -> tuple[Array, Array]:
        """Both; a gradient costs no other loss than its own, but by centred differences."""
        gradient = self.gradient(theta)
        if self._manner.gradient == "centred":
            self._count(1)
        return self._loss(theta), gradient

    def draw(self, size: int) -> Array:
        """Standard normal numbers (size,) for all starts, by the run's seed and the step alone."""
        return np.random.default_rng((self._manner.seed, self._step, DRAWN)).standard_normal(size)

    def hvp(self, theta: Array, vector: Array) -> Array:
        """The batch's Hessian times a vector, (S, D): a central difference of two of the model's own gradients.

        In 64 bits, whatever the run's precision: the difference is a small one.
        """
        self._count(2)
        theta, vector = theta.astype(np.float64, copy=False), vector.astype(np.float64, copy=False)
        length = np.sqrt(np.vecdot(vector, vector))[..., None]
        step = CURVATURE_STEP * _scale(theta) / np.where(length > 0, length, 1.0)
        ahead = self._ground.gradient(theta + step * vector, self._batch)
        return np.asarray((ahead - self._ground.gradient(theta - step * vector, self._batch)) / (2 * step))

    def hessian(self, theta: Array) -> Array:
        """The batch's Hessian (S, D, D), symmetric: such differences along every axis, many of them at once."""
        size = theta.shape[-1]
        self._count(2 * size)
        theta = theta.astype(np.float64, copy=False)
        found, step = np.empty((*theta.shape, size)), CURVATURE_STEP * _scale(theta)[..., None]  # (S, 1, 1)
        for axes in pieces(size, CHUNK_FLOATS // max(1, 2 * theta.size)):
            along = step * np.eye(size)[axes]  # (S, K, D)
            both = np.stack([theta[..., None, :] + along, theta[..., None, :] - along])
            ahead, behind = self._ground.gradient(both, self._batch)
            found[..., axes, :] = (ahead - behind) / (2 * step)
        return np.asarray((found + found.swapaxes(-1, -2)) / 2)

    def _count(self, asked: int | Mask) -> None:
        self.evaluations = self.evaluations + asked  # a new array: who has kept the old one goes on knowing it

    def _loss(self, theta: Array) -> Array:
        if theta is self._theta and self.value is not None:
            return self.value
        return self._ground.loss(theta, self._batch)

    def _raw(self, theta: Array) -> Array:
        if self._manner.gradient != "analytic":
            return self._differences(theta)
        self._count(1)
        return self.slope if theta is self._theta else self._ground.gradient(theta, self._batch)

    def _differences(self, theta: Array) -> Array:
        """The gradient by differences of losses along each axis: D + 1 of them, or 2 D."""
        centred, h = self._manner.gradient == "centred", self._manner.h
        size = theta.shape[-1]
        self._count(2 * size if centred else size + 1)
        found = np.empty_like(theta)
        here = None if centred else self._loss(theta)
        for axes in pieces(size, CHUNK_FLOATS // max(1, theta.size)):
            steps = h * np.eye(size)[axes]  # (K, D)
            ahead = self._ground.loss(theta[..., None, :] + steps, self._batch)  # (S, K)
            if here is None:
                behind = self._ground.loss(theta[..., None, :] - steps, self._batch)
                found[..., axes] = (ahead - behind) / (2 * h)
            else:
                found[..., axes] = (ahead - here[..., None]) / h
        return found
