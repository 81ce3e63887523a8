"""Random local search."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from landscape.optimizers.base import Array
from landscape.optimizers.search import Search


class LocalSearch(Search):
    """Random local search: try a random step, and take it only if it goes downhill.

    With ``n`` standard normal numbers, drawn by the run's seed and the step alone, and ``f`` the batch's loss::

        theta <- theta + scale n   if f(theta + scale n) < f(theta)

    Several starts try the same steps, each from where it stands. It asks for no gradient and has no learning rate:
    one loss a step, and one more for the start. PyTorch has none.

    Source: A. Karpathy, J. Johnson, Fei-Fei Li, CS231n, lecture 3 (Stanford 2016), "random local search"; of one
    scale for good, as the (1 + 1) strategy of I. Rechenberg, Evolutionsstrategie (1973) before it adapts.

    Example:
        >>> import numpy as np
        >>> class Bowl:  # theta^2 / 2, and the same step at every step
        ...     varies = False
        ...     def loss(self, theta, where=None): return (theta**2).sum(-1) / 2
        ...     def draw(self, size): return np.array([-1.0, 2.0])
        >>> walker, theta = LocalSearch(scale=0.5), np.array([2.0, -4.0])
        >>> delta, state = walker.step(Bowl(), theta, walker.init(theta), lr=walker.rate)
        >>> theta + delta
        array([ 1.5, -3. ])
    """

    noun: ClassVar[str] = "local search"

    kind: Literal["local_search"] = "local_search"
    scale: float = Field(
        0.1,
        gt=0,
        le=1e3,
        title="Scale",
        description="Standard deviation of every parameter's random step.",
        json_schema_extra={"scale": "log"},
    )

    def tried(self, theta: Array, drawn: Array) -> Array:
        return np.broadcast_to(self.scale * drawn, theta.shape)
