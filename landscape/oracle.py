"""What an optimizer is told at a step, and what it cost to find out."""

from __future__ import annotations

import numpy as np

from landscape.chunks import CHUNK_FLOATS, pieces
from landscape.ground import Ground
from landscape.manner import Manner
from landscape.models.base import Array, Indices

CURVATURE_STEP = 1e-5
"""Of the central difference of two gradients that gives a Hessian times a vector, in lengths of the place."""


class StepOracle:
    """Answers an optimizer for one step's batch; where it stands, without computing twice.

    Args:
        manner: how gradients are found.
        apart: whether the losses at the places themselves are found elsewhere.

    Attributes:
        value: (S,), the loss where the run stands; None where losses are found apart.
        slope: (S, D), the true gradient there.
        evaluations: how many losses, or losses with their gradients, the optimizer has asked each start for.
    """

    value: Array | None
    slope: Array

    def __init__(self, manner: Manner, *, apart: bool) -> None:
        self._manner, self._apart = manner, apart
        self.evaluations = 0

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

    def loss(self, theta: Array) -> Array:
        """The batch's loss, (S, D) -> (S,)."""
        self.evaluations += 1
        return self._loss(theta)

    def hvp(self, theta: Array, vector: Array) -> Array:
        """The batch's Hessian times a vector, (S, D): a central difference of two gradients."""
        self.evaluations += 2
        length = np.sqrt(np.vecdot(vector, vector))[..., None]
        scale = np.maximum(1.0, np.sqrt(np.vecdot(theta, theta)))[..., None]
        step = CURVATURE_STEP * scale / np.where(length > 0, length, 1.0)
        ahead = self._ground.gradient(theta + step * vector, self._batch)
        return np.asarray((ahead - self._ground.gradient(theta - step * vector, self._batch)) / (2 * step))

    def _loss(self, theta: Array) -> Array:
        if theta is self._theta and self.value is not None:
            return self.value
        return self._ground.loss(theta, self._batch)

    def _raw(self, theta: Array) -> Array:
        if self._manner.gradient != "analytic":
            return self._differences(theta)
        self.evaluations += 1
        return self.slope if theta is self._theta else self._ground.gradient(theta, self._batch)

    def _differences(self, theta: Array) -> Array:
        """The gradient by differences of losses along each axis: D + 1 of them, or 2 D."""
        centred, h = self._manner.gradient == "centred", self._manner.h
        size = theta.shape[-1]
        self.evaluations += 2 * size if centred else size + 1
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
