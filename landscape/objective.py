"""A model on samples: what is minimised."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from landscape.datasets.base import Samples
from landscape.models.base import Array, Blocks, Indices, Model

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
        x, y = self._batch(batch)
        return in_chunks(lambda points: self.model.value(points, x, y), theta, self._floats(len(x)))

    def gradient(self, theta: Array, batch: Indices | None = None) -> Array:
        """Gradient of :meth:`loss`, (..., P) -> (..., P)."""
        return self.loss_and_gradient(theta, batch)[1]

    def loss_and_gradient(self, theta: Array, batch: Indices | None = None) -> tuple[Array, Array]:
        """Both at the cost of the gradient."""
        return self.model.value_and_gradient(np.asarray(theta, dtype=np.float64), *self._batch(batch))

    def _batch(self, batch: Indices | None) -> tuple[Array, Array]:
        x, y, _ = self.samples
        return (x, y) if batch is None else (x[batch], y[batch])

    def _floats(self, count: int) -> int:
        return self.theta0.size + count * sum(shape[0] for shape in self.blocks.values() if shape)


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
