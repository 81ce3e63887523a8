"""RAdam, rectified Adam."""

from __future__ import annotations

from typing import ClassVar, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from landscape.optimizers.base import Array, Optimizer, Oracle, WeightDecay, decayed


class RAdam(Optimizer):
    """RAdam (Liu and others 2020), Adam that waits until its step sizes can be trusted.

    With ``g`` the gradient of the batch's loss at ``theta``, plus ``weight_decay theta``, and ``t`` the
    number of this step, from 1, elementwise, from ``m = v = 0`` and with ``R = 2 / (1 - beta2) - 1``::

        m <- beta1 m + (1 - beta1) g
        v <- beta2 v + (1 - beta2) g^2
        rho = R - 2 t beta2^t / (1 - beta2^t)
        r = sqrt((rho - 4) (rho - 2) R / ((R - 4) (R - 2) rho))
        n = m / (1 - beta1^t)
        theta <- theta - lr n                                            while rho <= 5
        theta <- theta - lr n r sqrt(1 - beta2^t) / (sqrt(v) + eps)      afterwards

    One gradient a step. The same as ``torch.optim.RAdam(lr, (beta1, beta2), eps, weight_decay)``. The paper
    changes over at ``rho > 4`` and has no ``eps``. The first steps, five with ``beta2 = 0.999``, are those of
    momentum: as long as the gradient.

    Source: L. Liu et al., On the variance of the adaptive learning rate and beyond (ICLR 2020),
    arXiv:1908.03265, algorithm 2.

    Example:
        >>> import numpy as np
        >>> class Bowl:  # theta^2 / 2
        ...     def gradient(self, theta): return theta
        >>> walker, theta = RAdam(lr=0.5), np.array([2.0, -4.0])
        >>> delta, state = walker.step(Bowl(), theta, walker.init(theta), lr=walker.lr)
        >>> (theta + delta).round(6)
        array([ 1., -2.])
    """

    noun: ClassVar[str] = "RAdam"

    kind: Literal["radam"] = "radam"
    lr: float = Field(
        0.001,
        gt=0,
        le=1e3,
        title="Learning rate",
        description="About how far each parameter moves in one step, once step sizes are trusted.",
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
        gradient = decayed(oracle.gradient(theta), theta, self.weight_decay)
        steps = steps + 1
        spare = (1 - self.beta1) * gradient
        mean = self.beta1 * mean
        mean += spare
        np.multiply(gradient, gradient, out=spare)
        spare *= 1 - self.beta2
        square = self.beta2 * square
        square += spare
        factor, trusted = self._rectification(steps)
        delta = np.sqrt(square, out=spare)
        delta += self.eps
        np.divide(mean, delta, out=delta)
        np.copyto(delta, mean, where=~trusted)
        delta *= (-lr * factor / (1 - self.beta1**steps)).astype(theta.dtype)
        return delta, self.State(mean, square, steps)

    def _rectification(self, steps: NDArray[np.int64]) -> tuple[Array, NDArray[np.bool_]]:
        """Of a step: r sqrt(1 - beta2^t), or 1 as long as step sizes are not trusted; and whether they are."""
        kept, limit = self.beta2**steps, 2 / (1 - self.beta2) - 1
        if limit <= 5:  # rho stays below it for ever
            return np.ones(steps.shape), np.zeros(steps.shape, dtype=np.bool_)
        rho = limit - 2 * steps * kept / (1 - kept)
        trusted = rho > 5
        rho = np.where(trusted, rho, limit)
        share = (rho - 4) * (rho - 2) * limit / ((limit - 4) * (limit - 2) * rho)
        return np.where(trusted, np.sqrt(share * (1 - kept)), 1.0), trusted

    def momentum(self, state: NamedTuple) -> Array:
        mean, *_ = state
        return np.asarray(-mean)
