"""What an optimizer is: two pure functions with an explicit state, as in optax."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from landscape.part import Part

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


class Oracle(Protocol):
    """Answers for this step's batch and counts what it is asked."""

    def gradient(self, theta: Array) -> Array:
        """Gradient of the batch's loss, (..., P) -> (..., P)."""
        ...

    def loss(self, theta: Array, where: Mask | None = None) -> Array:
        """Loss on the batch, (..., P) -> (...); NaN for those who do not ask: only the descents ``where`` (...) do."""
        ...

    def loss_and_gradient(self, theta: Array) -> tuple[Array, Array]:
        """Both, (..., P) -> (...) and (..., P), for the price of the gradient where that is the model's own."""
        ...

    def hvp(self, theta: Array, vector: Array) -> Array:
        """The batch's Hessian at ``theta`` times ``vector``, both (..., P): (..., P)."""
        ...

    def hessian(self, theta: Array) -> Array:
        """The batch's Hessian at ``theta``, symmetric, for two gradients a column: (..., P) -> (..., P, P)."""
        ...

    def draw(self, size: int) -> Array:
        """Standard normal numbers of this step, (size,): the same ones for every descent."""
        ...

    @property
    def varies(self) -> bool:
        """Whether this step's loss is another function than the last one's: that of other samples, say."""
        ...


WeightDecay = Annotated[
    float,
    Field(
        ge=0,
        le=1e3,
        title="Weight decay",
        json_schema_extra={"more": True},
        description="Pulls every trained number towards zero, by this share of it.",
    ),
]
"""Declared once for all methods that have it."""


def decayed(gradient: Array, theta: Array, weight_decay: float) -> Array:
    """The gradient of the loss plus ``weight_decay |theta|^2 / 2``; the gradient itself where that is zero."""
    return gradient + weight_decay * theta if weight_decay else gradient


class Optimizer(Part):
    """Base of the optimizers. Leading axes of ``theta`` are independent descents walked at once.

    A method that follows gradients declares a field ``lr``, its learning rate before any schedule.

    Attributes:
        kind: the name in scenes and links.
    """

    noun: ClassVar[str]
    """The method's name in a sentence: "gradient descent"."""
    uses_gradient: ClassVar[bool] = True
    """Whether it asks for gradients, not for losses alone. Who does not has no learning rate either."""

    kind: str

    @property
    def rate(self) -> float:
        """The learning rate before any schedule; NaN of a method that has none."""
        return float(getattr(self, "lr", math.nan))

    @property
    def pace(self) -> str:
        """How far it goes, in words: "rate 0.09"."""
        return f"rate {self.rate:.6g}"

    def most(self, starts: int) -> int | None:
        """How many numbers it trains at most, from so many starts at once; None: as many as others do."""
        return None

    def price(self, trained: int, gradient: int) -> int | None:
        """How many losses, or losses with gradients, a step asks for; None where its own search decides.

        Args:
            trained: P, how many numbers are trained.
            gradient: what one gradient costs: 1, or as many losses as its differences need.
        """
        return gradient if self.uses_gradient else 1

    def init(self, theta: Array) -> NamedTuple:
        """The state before the first step, a tuple of arrays whose leading axes are those of ``theta`` (..., P)."""
        raise NotImplementedError

    def step(self, oracle: Oracle, theta: Array, state: NamedTuple, lr: float) -> tuple[Array, NamedTuple]:
        """One update.

        Args:
            oracle: answers for this step's batch.
            theta: (..., P), where we stand. Not changed.
            state: what :meth:`init` or the previous step gave. Not changed.
            lr: this step's learning rate, after any schedule; NaN for a method that has none.

        Returns:
            delta: (..., P), to be added to ``theta``.
            state: for the next step.
        """
        raise NotImplementedError

    def momentum(self, state: NamedTuple) -> Array | None:
        """What the gradients of the steps before have added up to, towards where it pushes: (..., P).

        In the method's own units: of a velocity a step, of a mean of gradients a gradient. None of methods that
        remember no direction.

        Args:
            state: what :meth:`init` or the previous step gave. Not changed.
        """
        return None
