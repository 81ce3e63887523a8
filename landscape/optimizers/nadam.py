"""NAdam, Adam with Nesterov's momentum."""

from __future__ import annotations

from typing import ClassVar, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from landscape.optimizers.base import Array, Optimizer, Oracle, WeightDecay, decayed


class NAdam(Optimizer):
    """NAdam (Dozat 2016), Adam that looks ahead as Nesterov's momentum does.

    With ``g`` the gradient of the batch's loss at ``theta``, plus ``weight_decay theta``, and ``t`` the
    number of this step, from 1, elementwise, from ``m = v = 0`` and with ``p`` the product of all
    ``mu(1) ... mu(t)``::

        mu(t) = beta1 (1 - 0.96^(t momentum_decay) / 2)
        m <- beta1 m + (1 - beta1) g
        v <- beta2 v + (1 - beta2) g^2
        n = mu(t + 1) m / (1 - p mu(t + 1)) + (1 - mu(t)) g / (1 - p)
        theta <- theta - lr n / (sqrt(v / (1 - beta2^t)) + eps)

    One gradient a step. The same as ``torch.optim.NAdam(lr, (beta1, beta2), eps, weight_decay,
    momentum_decay)``. PyTorch keeps ``p`` in its default precision, single unless told otherwise; here
    it has that of ``theta``.

    Source: T. Dozat, Incorporating Nesterov momentum into Adam (ICLR 2016 workshop).

    Example:
        >>> import numpy as np
        >>> class Bowl:  # theta^2 / 2
        ...     def gradient(self, theta): return theta
        >>> walker, theta = NAdam(lr=0.5), np.array([2.0, -4.0])
        >>> delta, state = walker.step(Bowl(), theta, walker.init(theta), lr=walker.lr)
        >>> (theta + delta).round(6)
        array([ 1.471774, -3.471774])
    """

    noun: ClassVar[str] = "NAdam"

    kind: Literal["nadam"] = "nadam"
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
    weight_decay: WeightDecay = 0.0
    momentum_decay: float = Field(
        0.004,
        ge=0,
        le=1,
        title="Momentum decay",
        json_schema_extra={"more": True},
        description="How fast the momentum grows from half of beta 1 to beta 1; at 0 it stays at half.",
    )

    class State(NamedTuple):
        """What is remembered from step to step."""

        mean: Array
        """(..., P), m: running mean of the gradient."""
        square: Array
        """(..., P), v: running mean of the squared gradient."""
        steps: NDArray[np.int64]
        """(..., 1), t: how many were taken, one number for each descent."""
        product: Array
        """(..., 1), p: of the momenta of all steps so far."""

    def init(self, theta: Array) -> State:
        steps = np.zeros((*theta.shape[:-1], 1), dtype=np.int64)
        product = np.ones(steps.shape, dtype=theta.dtype)
        return self.State(np.zeros_like(theta), np.zeros_like(theta), steps, product)

    def step(self, oracle: Oracle, theta: Array, state: NamedTuple, lr: float) -> tuple[Array, NamedTuple]:
        mean, square, steps, product = state
        gradient = decayed(oracle.gradient(theta), theta, self.weight_decay)
        steps = steps + 1
        spare = (1 - self.beta1) * gradient
        mean = self.beta1 * mean
        mean += spare
        np.multiply(gradient, gradient, out=spare)
        spare *= 1 - self.beta2
        square = self.beta2 * square
        square += spare
        here, ahead = self._momentum(steps), self._momentum(steps + 1)
        product = product * here.astype(theta.dtype)
        # As in Adam: with c = sqrt(1 - beta2^t), n / (sqrt(v) / c + eps) = c n / (sqrt(v) + c eps).
        c = np.sqrt(1 - self.beta2**steps)
        np.sqrt(square, out=spare)
        spare += (c * self.eps).astype(theta.dtype)
        delta = (-lr * c * ahead / (1 - product * ahead)).astype(theta.dtype) * mean
        delta += (-lr * c * (1 - here) / (1 - product)).astype(theta.dtype) * gradient
        delta /= spare
        return delta, self.State(mean, square, steps, product)

    def _momentum(self, steps: NDArray[np.int64]) -> Array:
        """Of a step, mu(t), (..., 1)."""
        return np.asarray(self.beta1 * (1 - 0.5 * 0.96 ** (steps * self.momentum_decay)))

    def momentum(self, state: NamedTuple) -> Array:
        mean, *_ = state
        return np.asarray(-mean)
