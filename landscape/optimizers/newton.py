"""Newton's method, and its saddle-free kind."""

from __future__ import annotations

from typing import ClassVar, Literal, NamedTuple

import numpy as np
from pydantic import Field

from landscape.optimizers.base import Array, Optimizer, Oracle

MOST = 300
"""Trained numbers: the Hessian holds as many rows, and each costs two gradients at every step."""

FLAT = 1e-9
"""Curvatures below this share of the largest cannot be told from the rounding of their differences."""


class Newton(Optimizer):
    """Newton's method: straight to where the quadratic that fits the loss here has its flat point.

    With ``g`` the gradient of the batch's loss at ``theta``, ``H`` its Hessian with eigenvalues ``lambda`` and
    eigenvectors ``e``::

        theta <- theta - lr sum_i (e_i g) / (lambda_i + damping) e_i

    A minimum of a quadratic is reached in one step of rate 1; but a flat point may as well be a saddle or a maximum,
    and Newton's method is drawn to it. Saddle-free (Dauphin et al. 2014) it divides by ``|lambda_i| + damping``
    instead, and goes down along every axis. Directions whose divisor is below 1e-9 of the largest curvature are
    left out. One gradient and, for the columns of ``H``, two more for each trained number at every step: at most 300
    numbers are taken. PyTorch has no such optimizer.

    Source: J. Nocedal, S. J. Wright, Numerical Optimization (2006), section 3.4; Y. Dauphin et al., Identifying and
    attacking the saddle point problem in high-dimensional non-convex optimization (NIPS 2014), arXiv:1406.2572,
    algorithm 1, with the whole space for its Krylov subspace.

    Example:
        >>> import numpy as np
        >>> class Ravine:  # (theta1^2 + 20 theta2^2) / 2
        ...     def gradient(self, theta): return np.array([1, 20]) * theta
        ...     def hessian(self, theta): return np.diag([1.0, 20.0])
        >>> walker, theta = Newton(), np.array([2.0, -4.0])
        >>> delta, state = walker.step(Ravine(), theta, walker.init(theta), lr=walker.lr)
        >>> theta + delta
        array([0., 0.])
    """

    noun: ClassVar[str] = "Newton's method"

    kind: Literal["newton"] = "newton"
    lr: float = Field(
        1.0,
        gt=0,
        le=1e3,
        title="Learning rate",
        description="The share of Newton's step that is taken.",
        json_schema_extra={"scale": "log"},
    )
    damping: float = Field(
        0.0,
        ge=0,
        le=1e3,
        title="Damping",
        description="Added to every curvature: shortens steps where the loss is almost flat.",
    )
    saddle_free: bool = Field(
        False,
        title="Saddle-free",
        description="Takes curvatures without their sign, so that saddles and maxima repel it.",
    )

    class State(NamedTuple):
        """Nothing is remembered."""

    def price(self, trained: int, gradient: int) -> int:
        return gradient + 2 * trained

    def most(self, starts: int) -> int:
        return MOST

    def init(self, theta: Array) -> State:
        return self.State()

    def step(self, oracle: Oracle, theta: Array, state: NamedTuple, lr: float) -> tuple[Array, NamedTuple]:
        gradient = oracle.gradient(theta)
        curvatures, axes = _axes(oracle.hessian(theta))
        largest = np.abs(curvatures).max(axis=-1, keepdims=True)
        divisor = (np.abs(curvatures) if self.saddle_free else curvatures) + self.damping
        along = np.einsum("...ij,...i->...j", axes, gradient)  # (..., P), entries of the gradient along each axis
        told = ~(np.abs(divisor) <= FLAT * largest)
        along = np.divide(along, divisor, out=np.zeros_like(along), where=told)
        return np.asarray(-lr * np.einsum("...ij,...j->...i", axes, along), dtype=theta.dtype), state


def _axes(hessian: Array) -> tuple[Array, Array]:
    """Eigenvalues (..., P) and eigenvectors in columns (..., P, P); NaN where the Hessian is not finite."""
    sound = np.asarray(np.isfinite(hessian).all(axis=(-1, -2)))[..., None]
    curvatures, axes = np.linalg.eigh(np.where(sound[..., None], hessian, 0))
    return np.where(sound, curvatures, np.nan), axes
