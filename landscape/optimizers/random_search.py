"""Random search."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from landscape.optimizers.base import Array
from landscape.optimizers.search import Search


class RandomSearch(Search):
    """Random search: draw all parameters afresh at every step, and keep the best.

    With ``n`` standard normal numbers, drawn by the run's seed and the step alone, and ``f`` the batch's loss::

        theta <- scale n   if f(scale n) < f(theta)

    The attempts of a seed are the same from every start; from the first that is better on, so is the path. It asks
    for no gradient and has no learning rate: one loss a step, and one more for the start. PyTorch has none.

    Source: A. Karpathy, J. Johnson, Fei-Fei Li, CS231n, lecture 3 (Stanford 2016): "a first very bad idea".

    Example:
        >>> import numpy as np
        >>> class Bowl:  # theta^2 / 2, and the same attempt at every step
        ...     varies = False
        ...     def loss(self, theta, where=None): return (theta**2).sum(-1) / 2
        ...     def draw(self, size): return np.array([1.0, -1.0])
        >>> walker, theta = RandomSearch(scale=0.5), np.array([2.0, -4.0])
        >>> delta, state = walker.step(Bowl(), theta, walker.init(theta), lr=walker.rate)
        >>> theta + delta
        array([ 0.5, -0.5])
    """

    noun: ClassVar[str] = "random search"

    kind: Literal["random_search"] = "random_search"
    scale: float = Field(
        0.0001,
        gt=0,
        le=1e3,
        title="Scale",
        description="Standard deviation of every parameter of an attempt, around zero.",
        json_schema_extra={"scale": "log"},
    )

    def tried(self, theta: Array, drawn: Array) -> Array:
        return self.scale * drawn - theta
