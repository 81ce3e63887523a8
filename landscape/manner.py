"""How a run finds its gradients, and what is done to them before the optimizer sees them."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

from landscape.models.base import Array


class Manner(NamedTuple):
    """How gradients are found and what is done to them before an optimizer sees them, in this order.

    Attributes:
        gradient: by the model's own derivative, or by differences of losses.
        h: step of the differences.
        clip_value: each entry is cut off at this size; None: it is not.
        clip_norm: a longer gradient is shortened to this length (Pascanu, Mikolov and Bengio 2013); None: it is not.
        noise: standard deviation of Gaussian noise that is added to each entry (Neelakantan et al. 2015).
        seed: of the noise.
    """

    gradient: Literal["analytic", "forward", "centred"] = "analytic"
    h: float = 1e-5
    clip_value: float | None = None
    clip_norm: float | None = None
    noise: float = 0.0
    seed: int = 0

    def treated(self, gradient: Array, step: int) -> Array:
        """A gradient (..., D) as the optimizer is to see it; the array itself where nothing is done to it."""
        if self.clip_value is not None:
            gradient = np.clip(gradient, -self.clip_value, self.clip_value)
        if self.clip_norm is not None:
            length = np.sqrt(np.vecdot(gradient, gradient))[..., None]
            gradient = gradient * np.minimum(1.0, self.clip_norm / np.maximum(length, np.finfo(float).tiny))
        if self.noise:
            drawn = np.random.default_rng((self.seed, step)).standard_normal(gradient.shape[-1])
            gradient = gradient + self.noise * drawn
        return gradient
