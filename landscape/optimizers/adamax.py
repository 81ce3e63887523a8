"""Adamax, Adam with the largest gradient for a scale."""

from __future__ import annotations

from typing import ClassVar, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from landscape.optimizers.base import Array, Optimizer, Oracle, WeightDecay, decayed


class Adamax(Optimizer):
    """Adamax (Kingma and Ba 2015), Adam with the largest recent gradient in place of the root mean square.

    With ``g`` the gradient of the batch's loss at ``theta``, plus ``weight_decay theta``, and ``t`` the
    number of this step, from 1, elementwise and from ``m = u = 0``::

        m <- beta1 m + (1 - beta1) g
        u <- max(beta2 u, |g| + eps)
        theta <- theta - lr (m / (1 - beta1^t)) / u

    One gradient a step. The same as ``torch.optim.Adamax(lr, (beta1, beta2), eps, weight_decay)``; the paper
    has no ``eps``, and divides zero by zero where no gradient has been.

    Source: D. P. Kingma, J. Ba, Adam: a method for stochastic optimization (ICLR 2015), arXiv:1412.6980,
    algorithm 2.

    Example:
        >>> import numpy as np
        >>> class Bowl:  # theta^2 / 2
        ...     def gradient(self, theta): return theta
        >>> walker, theta = Adamax(lr=0.5), np.array([2.0, -4.0])
        >>> delta, state = walker.step(Bowl(), theta, walker.init(theta), lr=walker.lr)
        >>> (theta + delta).round(6)
        array([ 1.5, -3.5])
    """

    noun: ClassVar[str] = "Adamax"

    kind: Literal["adamax"] = "adamax"
    lr: float = Field(
        0.002,
        gt=0,
        le=1e3,
        title="Learning rate",
        description="About how far each parameter moves in one step, however long the gradient is.",
        json_schema_extra={"scale": "log"},
    )
    beta1: float = Field(
        0.9,
        ge=0,
        lt=1,
        title="Beta 1",
        json_schema_extra={"more": True},
        description="The share of the mean gradient kept from one step to the next.",
    )
    beta2: float = Field(
        0.999,
        ge=0,
        lt=1,
        title="Beta 2",
        json_schema_extra={"more": True},
        description="The share of the largest gradient kept from one step to the next.",
    )
    eps: float = Field(
        1e-8,
        gt=0,
        le=1,
        title="Epsilon",
        description="Keeps the division finite where the gradient has been close to zero.",
        json_schema_extra={"scale": "log", "more": True},
    )
    weight_decay: WeightDecay = 0.0

    class State(NamedTuple):
        """What is remembered from step to step."""

        mean: Array
        """(..., P), m: running mean of the gradient."""
        largest: Array
        """(..., P), u: the largest gradient, older ones fading."""
        steps: NDArray[np.int64]
        """(..., 1), t: how many were taken, one number for each descent."""

    def init(self, theta: Array) -> State:
        steps = np.zeros((*theta.shape[:-1], 1), dtype=np.int64)
        return self.State(mean=np.zeros_like(theta), largest=np.zeros_like(theta), steps=steps)

    def step(self, oracle: Oracle, theta: Array, state: NamedTuple, lr: float) -> tuple[Array, NamedTuple]:
        mean, largest, steps = state
        gradient = decayed(oracle.gradient(theta), theta, self.weight_decay)
        steps = steps + 1
        spare = (1 - self.beta1) * gradient
        mean = self.beta1 * mean
        mean += spare
        np.abs(gradient, out=spare)
        spare += self.eps
        largest = self.beta2 * largest
        np.maximum(largest, spare, out=largest)
        delta = np.divide(mean, largest, out=spare)
        delta *= (-lr / (1 - self.beta1**steps)).astype(theta.dtype)
        return delta, self.State(mean, largest, steps)

    def momentum(self, state: NamedTuple) -> Array:
        mean, *_ = state
        return np.asarray(-mean)
