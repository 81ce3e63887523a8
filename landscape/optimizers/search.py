"""What searches have in common: they try a place and keep it if its loss is lower."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

import numpy as np

from landscape.optimizers.base import Array, Optimizer, Oracle


class Search(Optimizer):
    """Base of the methods that ask for losses alone: try a place, and go there if the loss is lower there.

    One loss a step, and one more in the first for where it begins. Where every step has another loss (mini-batches,
    dropout) what is known of the last one does not count: both places are asked for, two losses a step.

    Attributes:
        scale: of the numbers that are drawn.
    """

    uses_gradient: ClassVar[bool] = False

    scale: float

    class State(NamedTuple):
        """What is remembered from step to step."""

        loss: Array
        """(..., 1) float64, the loss here; NaN before the first step."""

    @property
    def pace(self) -> str:
        return f"scale {self.scale:.6g}"

    def price(self, trained: int, gradient: int) -> None:
        """The first step costs more than the others."""

    def tried(self, theta: Array, drawn: Array) -> Array:
        """The step to the place that is tried, (..., P).

        Args:
            theta: (..., P), where we stand.
            drawn: (P,), standard normal numbers in theta's precision.
        """
        raise NotImplementedError

    def init(self, theta: Array) -> State:
        return self.State(loss=np.full((*theta.shape[:-1], 1), np.nan))

    def step(self, oracle: Oracle, theta: Array, state: NamedTuple, lr: float) -> tuple[Array, NamedTuple]:
        here = state[0][..., 0]
        unknown = np.isnan(here) | oracle.varies
        if unknown.any():
            here = np.where(unknown, oracle.loss(theta, unknown), here)
        delta = self.tried(theta, oracle.draw(theta.shape[-1]).astype(theta.dtype))
        there = oracle.loss(theta + delta)
        lower = np.asarray(there < here)[..., None]
        return np.where(lower, delta, 0), self.State(np.where(lower, there[..., None], here[..., None]))
