"""What an optimizer is: two pure functions with an explicit state, as in optax."""

from __future__ import annotations

from typing import ClassVar, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from landscape.part import Part

Array = NDArray[np.float64]


class Oracle(Protocol):
    """Answers for this step's batch and counts what it is asked."""

    def gradient(self, theta: Array) -> Array:
        """Gradient of the batch's loss, (..., P) -> (..., P)."""
        ...

    def loss(self, theta: Array) -> Array:
        """Loss on the batch, (..., P) -> (...)."""
        ...


class Optimizer(Part):
    """Base of the optimizers. Leading axes of ``theta`` are independent descents walked at once.

    Attributes:
        kind: the name in scenes and links.
        lr: the learning rate before any schedule.
    """

    noun: ClassVar[str]
    """The method's name in a sentence: "gradient descent"."""

    kind: str
    lr: float

    def init(self, theta: Array) -> NamedTuple:
        """The state before the first step, a tuple of arrays shaped like ``theta`` (..., P)."""
        raise NotImplementedError

    def step(self, oracle: Oracle, theta: Array, state: NamedTuple, lr: float) -> tuple[Array, NamedTuple]:
        """One update.

        Args:
            oracle: answers for this step's batch.
            theta: (..., P), where we stand. Not changed.
            state: what :meth:`init` or the previous step gave. Not changed.
            lr: this step's learning rate, after any schedule.

        Returns:
            delta: (..., P), to be added to ``theta``.
            state: for the next step.
        """
        raise NotImplementedError
