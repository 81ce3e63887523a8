"""Gradient descent with momentum."""

from __future__ import annotations

from typing import ClassVar, Literal, NamedTuple

import numpy as np
from pydantic import Field

from landscape.optimizers.base import Array, Optimizer, Oracle, WeightDecay, decayed


class Momentum(Optimizer):
    """Gradient descent with momentum (Polyak 1964), the heavy ball.

    With ``g`` the gradient of the batch's loss at ``theta``, plus ``weight_decay theta``, and from ``v = 0``::

        v <- beta v - lr g
        theta <- theta + v

    One gradient a step. ``torch.optim.SGD(lr, momentum=beta)`` keeps ``v <- beta v + g`` and steps by
    ``-lr v``: the same path while the learning rate stays, but there a scheduled rate also scales what
    was gathered before, and here only the newest gradient.

    Source: B. T. Polyak, Some methods of speeding up the convergence of iteration methods (1964);
    written as in Sutskever et al., On the importance of initialization and momentum in deep learning
    (ICML 2013), equations 1 and 2.

    Example:
        >>> import numpy as np
        >>> class Bowl:  # theta^2 / 2
        ...     def gradient(self, theta): return theta
        >>> walker, theta = Momentum(lr=0.5, beta=0.5), np.array([2.0, -4.0])
        >>> state = walker.init(theta)
        >>> for _ in range(2):
        ...     delta, state = walker.step(Bowl(), theta, state, lr=walker.lr)
        ...     theta = theta + delta
        >>> theta
        array([0., 0.])
    """

    noun: ClassVar[str] = "momentum"

    kind: Literal["momentum"] = "momentum"
    lr: float = Field(
        0.1,
        gt=0,
        le=1e3,
        title="Learning rate",
        description="How much velocity a gradient of length 1 adds in one step.",
        json_schema_extra={"scale": "log"},
    )
    beta: float = Field(
        0.9,
        ge=0,
        lt=1,
        title="Momentum",
        description="The share of the velocity kept from one step to the next; 0 is plain gradient descent.",
    )
    weight_decay: WeightDecay = 0.0

    class State(NamedTuple):
        """What is remembered from step to step."""

        velocity: Array
        """(..., P), the step before this one."""

    def init(self, theta: Array) -> State:
        return self.State(velocity=np.zeros_like(theta))

    def step(self, oracle: Oracle, theta: Array, state: NamedTuple, lr: float) -> tuple[Array, NamedTuple]:
        (velocity,) = state
        gradient = decayed(oracle.gradient(theta), theta, self.weight_decay)
        velocity = self.beta * velocity
        velocity -= lr * gradient
        return velocity, self.State(velocity)

    def momentum(self, state: NamedTuple) -> Array:
        (velocity,) = state
        return np.asarray(velocity)
