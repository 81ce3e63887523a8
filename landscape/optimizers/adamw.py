"""AdamW, Adam with its weight decay apart."""

from __future__ import annotations

from typing import ClassVar, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from landscape.optimizers.base import Array, Optimizer, Oracle, WeightDecay


class AdamW(Optimizer):
    """AdamW (Loshchilov and Hutter 2019), Adam with a weight decay of its own.

    With ``g`` the gradient of the batch's loss at ``theta`` and ``t`` the number of this step, from 1,
    elementwise and from ``m = v = 0``::

        m <- beta1 m + (1 - beta1) g
        v <- beta2 v + (1 - beta2) g^2
        theta <- theta - lr weight_decay theta - lr (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + eps)

    One gradient a step. The same as ``torch.optim.AdamW(lr, (beta1, beta2), eps, weight_decay)``. The decay
    is no part of ``g``: it pulls every parameter alike, however long its gradients are. In the paper it is
    not multiplied by ``lr``, only by the schedule.

    Source: I. Loshchilov, F. Hutter, Decoupled weight decay regularization (ICLR 2019), arXiv:1711.05101,
    algorithm 2.

    Example:
        >>> import numpy as np
        >>> class Bowl:  # theta^2 / 2
        ...     def gradient(self, theta): return theta
        >>> walker, theta = AdamW(lr=0.5), np.array([2.0, -4.0])
        >>> delta, state = walker.step(Bowl(), theta, walker.init(theta), lr=walker.lr)
        >>> (theta + delta).round(6)
        array([ 1.49, -3.48])
    """

    noun: ClassVar[str] = "AdamW"

    kind: Literal["adamw"] = "adamw"
    lr: float = Field(
        0.001,
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
        description="The share of the mean squared gradient kept from one step to the next.",
    )
    eps: float = Field(
        1e-8,
        gt=0,
        le=1,
        title="Epsilon",
        description="Keeps the division finite where the gradient has been close to zero.",
        json_schema_extra={"scale": "log", "more": True},
    )
    weight_decay: WeightDecay = 0.01

    class State(NamedTuple):
        """What is remembered from step to step."""

        mean: Array
        """(..., P), m: running mean of the gradient."""
        square: Array
        """(..., P), v: running mean of the squared gradient."""
        steps: NDArray[np.int64]
        """(..., 1), t: how many were taken, one number for each descent."""

    def init(self, theta: Array) -> State:
        steps = np.zeros((*theta.shape[:-1], 1), dtype=np.int64)
        return self.State(mean=np.zeros_like(theta), square=np.zeros_like(theta), steps=steps)

    def step(self, oracle: Oracle, theta: Array, state: NamedTuple, lr: float) -> tuple[Array, NamedTuple]:
        mean, square, steps = state
        gradient = oracle.gradient(theta)
        steps = steps + 1
        spare = (1 - self.beta1) * gradient
        mean = self.beta1 * mean
        mean += spare
        np.multiply(gradient, gradient, out=spare)
        spare *= 1 - self.beta2
        square = self.beta2 * square
        square += spare
        # As in Adam: with c = sqrt(1 - beta2^t), m / (sqrt(v) / c + eps) = c m / (sqrt(v) + c eps).
        c = np.sqrt(1 - self.beta2**steps)
        delta = np.sqrt(square, out=spare)
        delta += (c * self.eps).astype(theta.dtype)
        np.divide(mean, delta, out=delta)
        delta *= (-lr * c / (1 - self.beta1**steps)).astype(theta.dtype)
        if self.weight_decay:
            delta -= lr * self.weight_decay * theta
        return delta, self.State(mean, square, steps)

    def momentum(self, state: NamedTuple) -> Array:
        mean, *_ = state
        return np.asarray(-mean)
