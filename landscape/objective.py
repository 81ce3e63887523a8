"""A model on samples: what is minimised."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np

from landscape.datasets.base import Samples
from landscape.models.base import Array, Blocks, Indices, Model

PART_FLOATS = 1 << 22
"""Numbers that samples on their way through a model hold at most: 32 MB an array."""

CHUNK_FLOATS = 1 << 18
"""Numbers held at once while many points are evaluated: 2 MB, about a core's own cache."""


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
        self.model = model
        self.samples = samples or Samples(np.empty((1, 0)), np.empty((1, 0)))
        inputs, outputs = self.samples.x.shape[1], self.samples.y.shape[1]
        self.blocks: Blocks = model.blocks(inputs, outputs)
        self.theta0 = model.initial(inputs, outputs)
        self.theta0.setflags(write=False)
        self.work = model.work(inputs, outputs) * len(self.samples.x)

    def loss(self, theta: Array, batch: Indices | None = None) -> Array:
        """Mean loss of the samples, (..., P) -> (...); of the samples ``batch`` where given."""

        def some(points: Array) -> Array:
            parts = [(share, self.model.value(points, x, y)) for share, x, y in self._parts(batch, len(points))]
            return np.asarray(sum(share * value for share, value in parts))

        count = len(self.samples.x) if batch is None else len(batch)
        return in_chunks(some, theta, self.theta0.size + self._floats(count))

    def gradient(self, theta: Array, batch: Indices | None = None) -> Array:
        """Gradient of :meth:`loss`, (..., P) -> (..., P)."""
        return self.loss_and_gradient(theta, batch)[1]

    def loss_and_gradient(self, theta: Array, batch: Indices | None = None) -> tuple[Array, Array]:
        """Both at the cost of the gradient."""
        theta = np.asarray(theta, dtype=np.float64)
        value, gradient = np.zeros(theta.shape[:-1]), np.zeros_like(theta)
        for share, x, y in self._parts(batch, max(1, theta.size // self.theta0.size)):
            part, slope = self.model.value_and_gradient(theta, x, y)
            value += share * part
            gradient += share * slope
        return value, gradient

    def _parts(self, batch: Indices | None, points: int) -> Iterator[tuple[float, Array, Array]]:
        """The samples in parts that hold memory down, each with its share of the whole.

        A loss is a mean over samples plus a penalty, so that the parts' means, weighted, are the whole's.
        """
        x, y = self.samples.x, self.samples.y
        count = len(x) if batch is None else len(batch)
        length = max(1, PART_FLOATS // max(1, points * self._floats(1)))
        for first in range(0, count, length):
            part = slice(first, first + length) if batch is None else batch[first : first + length]
            yield (min(count, first + length) - first) / count, x[part], y[part]

    def _floats(self, samples: int) -> int:
        """Numbers that one point holds while so many samples go through the model."""
        return samples * sum(shape[0] for shape in self.blocks.values() if shape)


def in_chunks(function: Callable[[Array], Array], points: Array, floats: int) -> Array:
    """``function`` (M, D) -> (M,) over points (..., D), so many at once that they fit into a core's cache."""
    points = np.asarray(points, dtype=np.float64)
    flat = points.reshape(-1, points.shape[-1])
    step = max(1, CHUNK_FLOATS // max(1, floats))
    out = np.empty(len(flat))
    for start in range(0, len(flat), step):
        out[start : start + step] = function(flat[start : start + step])
    return out.reshape(points.shape[:-1]) if points.ndim > 1 else out.reshape(())


def rows_per(budget: float, work: float) -> int:
    """How many evaluations of ``work`` multiplications make about ``budget`` seconds on a common core."""
    return max(1, math.floor(budget * MULTIPLICATIONS_PER_SECOND / max(1.0, work)))


MULTIPLICATIONS_PER_SECOND = 2e9
"""A careful guess, so that tiles and chunks stay short on slow machines too."""
