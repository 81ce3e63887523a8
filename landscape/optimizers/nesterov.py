"""Gradient descent with Nesterov's momentum."""

from __future__ import annotations

from typing import ClassVar, Literal, NamedTuple

import numpy as np
from pydantic import Field

from landscape.optimizers.base import Array, Optimizer, Oracle, WeightDecay, decayed


class Nesterov(Optimizer):
    """Gradient descent with Nesterov's momentum (Nesterov 1983), which looks ahead along its velocity.

    With ``g`` the gradient of the batch's loss at ``theta``, plus ``weight_decay theta``, and from ``v = 0``::

        v <- beta v + g
        theta <- theta - lr (g + beta v)

    One gradient a step. The same as ``torch.optim.SGD(lr, beta, weight_decay=weight_decay, nesterov=True)``.
    The usual form stands at ``x = theta + lr beta v`` and takes its gradient ahead of it, at what is ``theta``
    here: at a steady rate ``x`` walks its path, and every gradient here is one at a point of the path drawn.

    Source: Y. Nesterov, A method for solving a convex programming problem with convergence rate O(1/k^2)
    (1983), with a constant ``beta`` as in Sutskever et al., On the importance of initialization and momentum
    in deep learning (ICML 2013), equations 3 and 4; as seen from the point ahead in Y. Bengio et al.,
    Advances in optimizing recurrent networks (2012), arXiv:1212.0901, "Simplified Nesterov momentum".

    Example:
        >>> import numpy as np
        >>> class Bowl:  # theta^2 / 2
        ...     def gradient(self, theta): return theta
        >>> walker, theta = Nesterov(lr=0.5, beta=0.5), np.array([2.0, -4.0])
        >>> state = walker.init(theta)
        >>> for _ in range(2):
        ...     delta, state = walker.step(Bowl(), theta, state, lr=walker.lr)
        ...     theta = theta + delta
        >>> theta
        array([-0.125,  0.25 ])
    """

    noun: ClassVar[str] = "Nesterov momentum"

    kind: Literal["nesterov"] = "nesterov"
    lr: float = Field(
        0.1,
        gt=0,
        le=1e3,
        title="Learning rate",
        description="How far one step goes for a gradient of length 1, before momentum.",
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
        """(..., P), v: the gradients so far, older ones fading."""

    def init(self, theta: Array) -> State:
        return self.State(velocity=np.zeros_like(theta))

    def step(self, oracle: Oracle, theta: Array, state: NamedTuple, lr: float) -> tuple[Array, NamedTuple]:
        (velocity,) = state
        gradient = decayed(oracle.gradient(theta), theta, self.weight_decay)
        velocity = self.beta * velocity
        velocity += gradient
        delta = self.beta * velocity
        delta += gradient
        delta *= -lr
        return delta, self.State(velocity)

    def momentum(self, state: NamedTuple) -> Array:
        (velocity,) = state
        return np.asarray(-velocity)
