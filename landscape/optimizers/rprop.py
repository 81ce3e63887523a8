"""Rprop, resilient backpropagation."""

from __future__ import annotations

from typing import ClassVar, Literal, NamedTuple, Self

import numpy as np
from pydantic import Field, model_validator

from landscape.optimizers.base import Array, Optimizer, Oracle
from landscape.part import refusal


class Rprop(Optimizer):
    """Rprop (Riedmiller and Braun 1993), a step size for every parameter that grows while the slope keeps its sign.

    With ``g`` the gradient of the batch's loss at ``theta`` and ``h`` the one that is remembered, elementwise,
    from ``h = 0`` and ``d = lr``::

        d <- eta_plus d   where g h > 0, at most max_step
        d <- eta_minus d  where g h < 0, at least min_step; there g is taken to be 0
        theta <- theta - d sign(g)
        h <- g

    One gradient a step. Where the sign changes, a minimum has been passed: that parameter stands still for one
    step, and goes on with a shorter one. How long gradients are is never looked at, so that it is meant for all
    samples at once: in mini-batches signs change by chance. The rate is the first step's alone; what a schedule
    makes of it later has no effect. The same as ``torch.optim.Rprop(lr, (eta_minus, eta_plus), (min_step,
    max_step))``, but that the first steps are ``lr`` long also where that is outside the two bounds.

    Source: M. Riedmiller, H. Braun, A direct adaptive method for faster backpropagation learning: the RPROP
    algorithm (IEEE ICNN 1993) 586-591; without its backtracking: C. Igel, M. Huesken, Improving the Rprop
    learning algorithm (NC 2000), the variant iRprop-.

    Example:
        >>> import numpy as np
        >>> class Bowl:  # theta^2 / 2
        ...     def gradient(self, theta): return theta
        >>> walker, theta = Rprop(lr=0.5), np.array([2.0, -4.0])
        >>> delta, state = walker.step(Bowl(), theta, walker.init(theta), lr=walker.lr)
        >>> theta + delta
        array([ 1.5, -3.5])
    """

    noun: ClassVar[str] = "Rprop"

    kind: Literal["rprop"] = "rprop"
    lr: float = Field(
        0.01,
        gt=0,
        le=1e3,
        title="Learning rate",
        description="How far each parameter moves in the first step; later steps find their own sizes.",
        json_schema_extra={"scale": "log"},
    )
    eta_minus: float = Field(
        0.5,
        gt=0,
        lt=1,
        title="Shrinking",
        json_schema_extra={"more": True},
        description="What a step size is multiplied by where the slope has changed its sign.",
    )
    eta_plus: float = Field(
        1.2,
        gt=1,
        le=10,
        title="Growing",
        json_schema_extra={"more": True},
        description="What a step size is multiplied by where the slope has kept its sign.",
    )
    min_step: float = Field(
        1e-6,
        gt=0,
        le=1e3,
        title="Shortest step",
        json_schema_extra={"scale": "log", "more": True},
        description="No step size shrinks below this.",
    )
    max_step: float = Field(
        50.0,
        gt=0,
        le=1e3,
        title="Longest step",
        json_schema_extra={"scale": "log", "more": True},
        description="No step size grows above this.",
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min_step > self.max_step:
            raise refusal(
                "max_step",
                f"Longest step must be at least the shortest, {self.min_step:g}. Got {self.max_step:g}.",
                self.max_step,
            )
        return self

    class State(NamedTuple):
        """What is remembered from step to step."""

        gradient: Array
        """(..., P), h: the last gradient, 0 where its sign had changed."""
        size: Array
        """(..., P), d: the step sizes; 0 before the first step."""

    def init(self, theta: Array) -> State:
        return self.State(gradient=np.zeros_like(theta), size=np.zeros_like(theta))

    def step(self, oracle: Oracle, theta: Array, state: NamedTuple, lr: float) -> tuple[Array, NamedTuple]:
        before, size = state
        gradient = oracle.gradient(theta)
        agree = np.sign(gradient) * np.sign(before)  # their product itself may be too small for a number
        turned = agree < 0
        factor = np.where(turned, self.eta_minus, np.where(agree > 0, self.eta_plus, 1.0))
        grown = np.clip(size * factor, self.min_step, self.max_step)
        size = np.where(size == 0, lr, grown).astype(theta.dtype)
        gradient = np.where(turned, 0, gradient).astype(theta.dtype)
        return -size * np.sign(gradient), self.State(gradient, size)
