"""RMSprop, gradients over their root mean square."""

from __future__ import annotations

from typing import ClassVar, Literal, NamedTuple

import numpy as np
from pydantic import Field

from landscape.optimizers.base import Array, Optimizer, Oracle, WeightDecay, decayed


class RMSprop(Optimizer):
    """RMSprop (Tieleman and Hinton 2012), the gradient over its running root mean square.

    With ``g`` the gradient of the batch's loss at ``theta``, plus ``weight_decay theta``, elementwise and
    from ``v = 0``::

        v <- alpha v + (1 - alpha) g^2
        theta <- theta - lr g / (sqrt(v) + eps)

    One gradient a step. The same as ``torch.optim.RMSprop(lr, alpha, eps, weight_decay)``, neither centred
    nor with momentum. ``v`` starts at 0 and is not corrected for it: the first step is longer than ``lr``
    by the factor ``1 / sqrt(1 - alpha)``. The lecture has ``alpha = 0.9`` and no ``eps``.

    Source: T. Tieleman, G. Hinton, Lecture 6.5: RMSprop, Neural networks for machine learning (2012).

    Example:
        >>> import numpy as np
        >>> class Bowl:  # theta^2 / 2
        ...     def gradient(self, theta): return theta
        >>> walker, theta = RMSprop(lr=0.5, alpha=0.75), np.array([2.0, -4.0])
        >>> delta, state = walker.step(Bowl(), theta, walker.init(theta), lr=walker.lr)
        >>> (theta + delta).round(6)
        array([ 1., -3.])
    """

    noun: ClassVar[str] = "RMSprop"

    kind: Literal["rmsprop"] = "rmsprop"
    lr: float = Field(
        0.01,
        gt=0,
        le=1e3,
        title="Learning rate",
        description="About how far each parameter moves in one step, however long the gradient is.",
        json_schema_extra={"scale": "log"},
    )
    alpha: float = Field(
        0.99,
        ge=0,
        lt=1,
        title="Alpha",
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

        square: Array
        """(..., P), v: running mean of the squared gradient."""

    def init(self, theta: Array) -> State:
        return self.State(square=np.zeros_like(theta))

    def step(self, oracle: Oracle, theta: Array, state: NamedTuple, lr: float) -> tuple[Array, NamedTuple]:
        (square,) = state
        gradient = decayed(oracle.gradient(theta), theta, self.weight_decay)
        spare = gradient * gradient
        spare *= 1 - self.alpha
        square = self.alpha * square
        square += spare
        delta = np.sqrt(square, out=spare)
        delta += self.eps
        np.divide(gradient, delta, out=delta)
        delta *= -lr
        return delta, self.State(square)
