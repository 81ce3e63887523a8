"""Lion, evolved sign momentum."""

from __future__ import annotations

from typing import ClassVar, Literal, NamedTuple

import numpy as np
from pydantic import Field

from landscape.optimizers.base import Array, Optimizer, Oracle, WeightDecay


class Lion(Optimizer):
    """Lion (Chen et al. 2023): every parameter moves by the rate, and only the sign of a mean gradient says which way.

    With ``g`` the gradient of the batch's loss at ``theta``, elementwise and from ``m = 0``::

        theta <- theta - lr (sign(beta1 m + (1 - beta1) g) + weight_decay theta)
        m <- beta2 m + (1 - beta2) g

    One gradient a step, and one vector of state. The step looks back less far than what is remembered: it
    mixes with ``beta1``, the memory with ``beta2``. Where the mixture is zero nothing moves. As its steps do
    not become shorter, it swings about a minimum by about its rate unless a schedule lowers that. PyTorch
    has no Lion; the defaults are the paper's. The decay is beside the gradient, as in AdamW.

    Source: X. Chen et al., Symbolic discovery of optimization algorithms (NeurIPS 2023), arXiv:2302.06675,
    algorithm 2.

    Example:
        >>> import numpy as np
        >>> class Bowl:  # theta^2 / 2
        ...     def gradient(self, theta): return theta
        >>> walker, theta = Lion(lr=0.5), np.array([2.0, -4.0])
        >>> delta, state = walker.step(Bowl(), theta, walker.init(theta), lr=walker.lr)
        >>> theta + delta
        array([ 1.5, -3.5])
    """

    noun: ClassVar[str] = "Lion"

    kind: Literal["lion"] = "lion"
    lr: float = Field(
        0.0001,
        gt=0,
        le=1e3,
        title="Learning rate",
        description="How far each parameter moves in one step, however long the gradient is.",
        json_schema_extra={"scale": "log"},
    )
    beta1: float = Field(
        0.9,
        ge=0,
        lt=1,
        title="Beta 1",
        json_schema_extra={"more": True},
        description="The share of the mean gradient, beside the newest one, in the direction of a step.",
    )
    beta2: float = Field(
        0.99,
        ge=0,
        lt=1,
        title="Beta 2",
        json_schema_extra={"more": True},
        description="The share of the mean gradient kept from one step to the next.",
    )
    weight_decay: WeightDecay = 0.0

    class State(NamedTuple):
        """What is remembered from step to step."""

        mean: Array
        """(..., P), m: running mean of the gradient."""

    def init(self, theta: Array) -> State:
        return self.State(mean=np.zeros_like(theta))

    def step(self, oracle: Oracle, theta: Array, state: NamedTuple, lr: float) -> tuple[Array, NamedTuple]:
        (mean,) = state
        gradient = oracle.gradient(theta)
        delta = self.beta1 * mean
        delta += (1 - self.beta1) * gradient
        np.sign(delta, out=delta)
        if self.weight_decay:
            delta += self.weight_decay * theta
        delta *= -lr
        mean = self.beta2 * mean
        mean += (1 - self.beta2) * gradient
        return delta, self.State(mean)

    def momentum(self, state: NamedTuple) -> Array:
        (mean,) = state
        return np.asarray(-mean)
