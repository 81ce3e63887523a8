"""Gradient descent."""

from __future__ import annotations

from typing import ClassVar, Literal, NamedTuple

from pydantic import Field

from landscape.optimizers.base import Array, Optimizer, Oracle, WeightDecay, decayed


class GradientDescent(Optimizer):
    """Gradient descent (Cauchy 1847), the step against the gradient.

    With ``g`` the gradient of the batch's loss at ``theta``, plus ``weight_decay theta``::

        theta <- theta - lr g

    One gradient a step. The same as ``torch.optim.SGD(lr, weight_decay=weight_decay)``.

    Source: A. Cauchy, Méthode générale pour la résolution des systèmes d'équations simultanées,
    Comptes Rendus 25 (1847) 536-538.

    Example:
        >>> import numpy as np
        >>> class Bowl:  # theta^2 / 2
        ...     def gradient(self, theta): return theta
        >>> walker, theta = GradientDescent(lr=0.5), np.array([2.0, -4.0])
        >>> delta, state = walker.step(Bowl(), theta, walker.init(theta), lr=walker.lr)
        >>> theta + delta
        array([ 1., -2.])
    """

    noun: ClassVar[str] = "gradient descent"

    kind: Literal["gradient_descent"] = "gradient_descent"
    lr: float = Field(
        0.1,
        gt=0,
        le=1e3,
        title="Learning rate",
        description="How far one step goes for a gradient of length 1.",
        json_schema_extra={"scale": "log"},
    )
    weight_decay: WeightDecay = 0.0

    class State(NamedTuple):
        """Nothing is remembered from step to step."""

    def init(self, theta: Array) -> State:
        return self.State()

    def step(self, oracle: Oracle, theta: Array, state: NamedTuple, lr: float) -> tuple[Array, NamedTuple]:
        return -lr * decayed(oracle.gradient(theta), theta, self.weight_decay), state
