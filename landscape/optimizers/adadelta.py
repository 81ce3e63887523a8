"""Adadelta, step sizes from the steps before."""

from __future__ import annotations

from typing import ClassVar, Literal, NamedTuple

import numpy as np
from pydantic import Field

from landscape.optimizers.base import Array, Optimizer, Oracle, WeightDecay, decayed


class Adadelta(Optimizer):
    """Adadelta (Zeiler 2012), which measures gradients in units of the steps before.

    With ``g`` the gradient of the batch's loss at ``theta``, plus ``weight_decay theta``, elementwise and
    from ``v = u = 0``::

        v <- rho v + (1 - rho) g^2
        d = sqrt(u + eps) / sqrt(v + eps) g
        u <- rho u + (1 - rho) d^2
        theta <- theta - lr d

    One gradient a step. The same as ``torch.optim.Adadelta(lr, rho, eps, weight_decay)``; the paper has no
    learning rate, which is ``lr = 1``. The first steps have a length of about ``sqrt(eps)``, so that it
    starts slowly.

    Source: M. D. Zeiler, ADADELTA: an adaptive learning rate method (2012), arXiv:1212.5701, algorithm 1.

    Example:
        >>> import numpy as np
        >>> class Bowl:  # theta^2 / 2
        ...     def gradient(self, theta): return theta
        >>> walker, theta = Adadelta(lr=1, rho=0.75, eps=1), np.array([2.0, -4.0])
        >>> delta, state = walker.step(Bowl(), theta, walker.init(theta), lr=walker.lr)
        >>> (theta + delta).round(6)
        array([ 0.585786, -2.211146])
    """

    noun: ClassVar[str] = "Adadelta"

    kind: Literal["adadelta"] = "adadelta"
    lr: float = Field(
        1.0,
        gt=0,
        le=1e3,
        title="Learning rate",
        description="What the steps that it finds are multiplied by; 1 is the method itself.",
        json_schema_extra={"scale": "log"},
    )
    rho: float = Field(
        0.9,
        ge=0,
        lt=1,
        title="Rho",
        json_schema_extra={"more": True},
        description="The share of both running means kept from one step to the next.",
    )
    eps: float = Field(
        1e-6,
        gt=0,
        le=1,
        title="Epsilon",
        description="Sets the length of the first steps, which is about its root.",
        json_schema_extra={"scale": "log", "more": True},
    )
    weight_decay: WeightDecay = 0.0

    class State(NamedTuple):
        """What is remembered from step to step."""

        square: Array
        """(..., P), v: running mean of the squared gradient."""
        moved: Array
        """(..., P), u: running mean of the squared steps, before the learning rate."""

    def init(self, theta: Array) -> State:
        return self.State(square=np.zeros_like(theta), moved=np.zeros_like(theta))

    def step(self, oracle: Oracle, theta: Array, state: NamedTuple, lr: float) -> tuple[Array, NamedTuple]:
        square, moved = state
        gradient = decayed(oracle.gradient(theta), theta, self.weight_decay)
        spare = gradient * gradient
        spare *= 1 - self.rho
        square = self.rho * square
        square += spare
        delta = moved + self.eps
        np.add(square, self.eps, out=spare)
        delta /= spare
        np.sqrt(delta, out=delta)
        delta *= gradient
        np.multiply(delta, delta, out=spare)
        spare *= 1 - self.rho
        moved = self.rho * moved
        moved += spare
        delta *= -lr
        return delta, self.State(square, moved)
