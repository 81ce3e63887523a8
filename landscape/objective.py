"""A model on samples: what is minimised."""

from __future__ import annotations

import math
from copy import copy
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from landscape.chunks import in_chunks, pieces
from landscape.datasets.base import Samples
from landscape.heap import keep_temporaries
from landscape.models.base import Array, Blocks, Indices, Model
from landscape.threads import spread

PART_FLOATS = 1 << 21
"""Numbers that samples on their way through a model hold at most: 16 MB an array."""

SPREAD_WORK = 2e5
"""Work that is worth being done by another core: a tenth of a millisecond."""


TOGETHER = 4
"""Parts whose gradients are held at once."""


class Objective:
    """Loss and gradient over flat parameters.

    Args:
        model: the model.
        samples: what it is measured on; None for a model of no data.

    Attributes:
        theta0: (P,), the initial parameters, read-only.
        blocks: name -> shape of the parameters in flat order, each block in C order.
        samples: the samples; without data two empty arrays.

    Example:
        >>> import landscape as ls
        >>> ravine = ls.objective(ls.Scene.model_validate({"model": {"kind": "function", "name": "ravine"}}))
        >>> ravine.loss(np.array([[1.0, 1.0], [2.0, 0.0]]))
        array([11.,  4.])
    """

    def __init__(self, model: Model, samples: Samples | None) -> None:
        keep_temporaries()
        self.model = model
        self.samples = samples or Samples(np.empty((1, 0)), np.empty((1, 0)))
        inputs, outputs = self.samples.x.shape[1], self.samples.y.shape[1]
        self.blocks: Blocks = model.blocks(inputs, outputs)
        self.theta0 = _initial(model, inputs, outputs)
        self.work = model.work(inputs, outputs) * len(self.samples.x)

    def at_step(self, step: int) -> Objective:
        """What a training run goes down at a step; itself where the model draws nothing anew."""
        model = self.model.at_step(step)
        if model is self.model:
            return self
        other = copy(self)
        other.model = model
        return other

    def loss(self, theta: Array, batch: Indices | None = None) -> Array:
        """Mean loss of the samples, (..., P) -> (...); of the samples ``batch`` where given."""

        def some(points: Array) -> Array:
            def part(rows: Rows) -> Array:
                return rows.share * self.model.value(points, *self._samples(rows, points.dtype))

            return np.asarray(sum(spread(part, self._parts(batch, len(points), points.dtype))))

        count = len(self.samples.x) if batch is None else len(batch)
        together = min(count, LONGEST) if self.model.splits else count
        return in_chunks(some, theta, self.theta0.size + self._floats(together))

    def gradient(self, theta: Array, batch: Indices | None = None) -> Array:
        """Gradient of :meth:`loss`, (..., P) -> (..., P)."""
        return self.loss_and_gradient(theta, batch)[1]

    def loss_and_gradient(self, theta: Array, batch: Indices | None = None) -> tuple[Array, Array]:
        """Both at the cost of the gradient; computed in 32 bits, and given so, where ``theta`` is float32."""
        theta = np.asarray(theta)
        if theta.dtype != np.float32:
            theta = theta.astype(np.float64, copy=False)

        def part(rows: Rows) -> tuple[Array, Array]:
            value, slope = self.model.value_and_gradient(theta, *self._samples(rows, theta.dtype))
            if rows.share != 1.0:
                slope *= theta.dtype.type(rows.share)
            return rows.share * value, slope

        parts = self._parts(batch, max(1, theta.size // self.theta0.size), theta.dtype)
        value, gradient = np.zeros(theta.shape[:-1], theta.dtype), None
        for group in pieces(len(parts), TOGETHER):
            for more, slope in spread(part, parts[group]):
                value = value + more
                gradient = slope if gradient is None else np.add(gradient, slope, out=gradient)
        assert gradient is not None  # there are samples
        return np.asarray(value, dtype=theta.dtype), gradient

    def _samples(self, rows: Rows, dtype: np.dtype[Any]) -> tuple[Array, Array]:
        x, y = self.samples.x[rows.chosen], self.samples.y[rows.chosen]
        return x.astype(dtype, copy=False), y.astype(dtype, copy=False)

    def _parts(self, batch: Indices | None, points: int, dtype: np.dtype[Any]) -> list[Rows]:
        """The samples in parts that hold memory down and keep all cores at work, each with its share of the whole.

        A loss is a mean over samples plus a penalty, so that the parts' means, weighted, are the whole's. The cut
        depends on sizes alone, so that every machine adds up the same numbers in the same order.
        """
        count = len(self.samples.x) if batch is None else len(batch)
        if not self.model.splits:
            return [Rows(1.0, slice(None) if batch is None else batch)]
        length = PART_FLOATS // max(1, points * self._floats(1))
        shortest = SHORTEST * (8 // dtype.itemsize)  # narrow numbers are done in half the time
        if points * self.work / len(self.samples.x) * SHORTEST > SPREAD_WORK:
            length = min(length, LONGEST, max(shortest, -(-count // 8)))
        return [
            Rows((rows.stop - rows.start) / count, rows if batch is None else batch[rows])
            for rows in pieces(count, length)
        ]

    def _floats(self, samples: int) -> int:
        """Numbers that one point holds while so many samples go through the model."""
        return samples * sum(shape[0] for shape in self.blocks.values() if shape)


@lru_cache(maxsize=2)
def _initial(model: Model, inputs: int, outputs: int) -> Array:
    """The initial parameters, drawn once for all objectives of a model that are made one after the other."""
    theta0 = model.initial(inputs, outputs)
    theta0.setflags(write=False)
    return theta0


SHORTEST, LONGEST = 128, 512
"""Samples of a part: enough for a product's rows, few enough for a core's cache."""


class Rows(NamedTuple):
    """Some of the samples, and their share of all that are averaged over."""

    share: float
    chosen: slice | Indices


def rows_per(budget: float, work: float) -> int:
    """How many evaluations of ``work`` multiplications make about ``budget`` seconds on a common core."""
    return max(1, math.floor(budget * MULTIPLICATIONS_PER_SECOND / max(1.0, work)))


MULTIPLICATIONS_PER_SECOND = 2e9
"""A careful guess, so that tiles and chunks stay short on slow machines too."""
