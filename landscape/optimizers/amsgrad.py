"""AMSGrad, Adam that never forgets a long gradient."""

from __future__ import annotations

from typing import ClassVar, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from landscape.optimizers.base import Array, Optimizer, Oracle, WeightDecay, decayed


class AMSGrad(Optimizer):
    """AMSGrad (Reddi, Kale and Kumar 2018), Adam whose step sizes do not grow again.

    With ``g`` the gradient of the batch's loss at ``theta``, plus ``weight_decay theta``, and ``t`` the
    number of this step, from 1, elementwise and from ``m = v = w = 0``::

        m <- beta1 m + (1 - beta1) g
        v <- beta2 v + (1 - beta2) g^2
        w <- max(w, v)
        theta <- theta - lr (m / (1 - beta1^t)) / (sqrt(w / (1 - beta2^t)) + eps)

    One gradient a step. The same as ``torch.optim.Adam(lr, (beta1, beta2), eps, weight_decay, amsgrad=True)``.
    The paper has neither the corrections ``1 - beta^t`` nor ``eps``; because the largest ``v`` is taken before
    its correction, step sizes may still grow a little while ``beta2^t`` fades.

    Source: S. J. Reddi, S. Kale, S. Kumar, On the convergence of Adam and beyond (ICLR 2018),
    arXiv:1904.09237, algorithm 2.

    Example:
        >>> import numpy as np
        >>> class Bowl:  # theta^2 / 2
        ...     def gradient(self, theta): return theta
        >>> walker, theta = AMSGrad(lr=0.5), np.array([2.0, -4.0])
        >>> delta, state = walker.step(Bowl(), theta, walker.init(theta), lr=walker.lr)
        >>> (theta + delta).round(6)
        array([ 1.5, -3.5])
    """

    noun: ClassVar[str] = "AMSGrad"

    kind: Literal["amsgrad"] = "amsgrad"
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
    weight_decay: WeightDecay = 0.0

    class State(NamedTuple):
        """What is remembered from step to step."""

        mean: Array
        """(..., P), m: running mean of the gradient."""
        square: Array
        """(..., P), v: running mean of the squared gradient."""
        largest: Array
        """(..., P), w: the largest v so far."""
        steps: NDArray[np.int64]
        """(..., 1), t: how many were taken, one number for each descent."""

    def init(self, theta: Array) -> State:
        mean, square, largest = (np.zeros_like(theta) for _ in range(3))
        return self.State(mean, square, largest, steps=np.zeros((*theta.shape[:-1], 1), dtype=np.int64))

    def step(self, oracle: Oracle, theta: Array, state: NamedTuple, lr: float) -> tuple[Array, NamedTuple]:
        mean, square, largest, steps = state
        gradient = decayed(oracle.gradient(theta), theta, self.weight_decay)
        steps = steps + 1
        spare = (1 - self.beta1) * gradient
        mean = self.beta1 * mean
        mean += spare
        np.multiply(gradient, gradient, out=spare)
        spare *= 1 - self.beta2
        square = self.beta2 * square
        square += spare
        largest = np.maximum(largest, square)
        # As in Adam: with c = sqrt(1 - beta2^t), m / (sqrt(w) / c + eps) = c m / (sqrt(w) + c eps).
        c = np.sqrt(1 - self.beta2**steps)
        delta = np.sqrt(largest, out=spare)
        delta += (c * self.eps).astype(theta.dtype)
        np.divide(mean, delta, out=delta)
        delta *= (-lr * c / (1 - self.beta1**steps)).astype(theta.dtype)
        return delta, self.State(mean, square, largest, steps)

    def momentum(self, state: NamedTuple) -> Array:
        mean, *_ = state
        return np.asarray(-mean)
