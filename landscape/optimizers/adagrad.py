"""Adagrad, adaptive gradients."""

from __future__ import annotations

from typing import ClassVar, Literal, NamedTuple

import numpy as np
from pydantic import Field

from landscape.optimizers.base import Array, Optimizer, Oracle, WeightDecay, decayed


class Adagrad(Optimizer):
    """Adagrad (Duchi, Hazan and Singer 2011), where every parameter's steps shrink with the gradients it has seen.

    With ``g`` the gradient of the batch's loss at ``theta``, plus ``weight_decay theta``, elementwise and
    from ``s = 0``::

        s <- s + g^2
        theta <- theta - lr g / (sqrt(s) + eps)

    One gradient a step. The same as ``torch.optim.Adagrad(lr, weight_decay=weight_decay, eps=eps)``. The
    paper adds its ``delta`` where ``eps`` stands.

    Source: J. Duchi, E. Hazan, Y. Singer, Adaptive subgradient methods for online learning and stochastic
    optimization, JMLR 12 (2011) 2121-2159, figure 1 with a diagonal matrix.

    Example:
        >>> import numpy as np
        >>> class Bowl:  # theta^2 / 2
        ...     def gradient(self, theta): return theta
        >>> walker, theta = Adagrad(lr=0.5), np.array([2.0, -4.0])
        >>> delta, state = walker.step(Bowl(), theta, walker.init(theta), lr=walker.lr)
        >>> (theta + delta).round(6)
        array([ 1.5, -3.5])
    """

    noun: ClassVar[str] = "Adagrad"

    kind: Literal["adagrad"] = "adagrad"
    lr: float = Field(
        0.01,
        gt=0,
        le=1e3,
        title="Learning rate",
        description="About how far each parameter moves in the first step; later steps are shorter.",
        json_schema_extra={"scale": "log"},
    )
    eps: float = Field(
        1e-10,
        gt=0,
        le=1,
        title="Epsilon",
        description="Keeps the division finite where the gradient has been close to zero.",
        json_schema_extra={"scale": "log", "more": True},
    )
    weight_decay: WeightDecay = 0.0

    class State(NamedTuple):
        """What is remembered from step to step."""

        total: Array
        """(..., P), s: the sum of the squared gradients."""

    def init(self, theta: Array) -> State:
        return self.State(total=np.zeros_like(theta))

    def step(self, oracle: Oracle, theta: Array, state: NamedTuple, lr: float) -> tuple[Array, NamedTuple]:
        (total,) = state
        gradient = decayed(oracle.gradient(theta), theta, self.weight_decay)
        spare = gradient * gradient
        total = total + spare
        delta = np.sqrt(total, out=spare)
        delta += self.eps
        np.divide(gradient, delta, out=delta)
        delta *= -lr
        return delta, self.State(total)
