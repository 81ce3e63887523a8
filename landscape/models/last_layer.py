"""A network's loss over two parameters of its last layer: only their own outputs move."""

from __future__ import annotations

import numpy as np

from landscape.models.base import Array, Indices
from landscape.models.losses import Head
from landscape.models.touched import Touched


class LastLayer:
    """Exact evaluator for two parameters of the last layer.

    Everything before the layer is constant, and so are the sums of the untouched outputs. Where the loss
    is a sum over the outputs, theirs is one constant per sample; softmax sees every output's sum.

    Args:
        touched: the outputs that the two parameters enter.
        head: output function and loss.
        sums: (N, K), the last layer's sums at a = b = 0.
        y: (N, K) targets.
    """

    def __init__(self, touched: Touched, head: Head, sums: Array, y: Array) -> None:
        self._touched, self._head = touched, head
        if head.separable:
            others = [unit for unit in range(y.shape[1]) if unit not in touched.units]
            self._rest = head.per_sample(sums[:, others], y[:, others])  # (N,)
            self._y = y[:, touched.units]
        else:
            shares = np.zeros((2, *sums.shape))
            shares[:, :, touched.units] = touched.shares
            self._touched = touched._replace(units=list(range(y.shape[1])), constant=sums, shares=shares)
            self._rest = np.zeros(len(y))
            self._y = y
        self.floats = self._y.size
        self.work = 8 * self.floats

    def value(self, ab: Array, batch: Indices | None = None) -> Array:
        z, _, rest, y = self._at(ab, batch)
        return np.asarray((self._head.per_sample(z, y) + rest).mean(axis=-1) + self._touched.penalized(ab))

    def value_and_gradient(self, ab: Array, batch: Indices | None = None) -> tuple[Array, Array]:
        z, shares, rest, y = self._at(ab, batch)
        value = (self._head.per_sample(z, y) + rest).mean(axis=-1) + self._touched.penalized(ab)
        return value, self._touched.gradient(self._head.delta(z, y), shares, ab)

    def _at(self, ab: Array, batch: Indices | None) -> tuple[Array, Array, Array, Array]:
        constant, shares = self._touched.only(batch)
        rest, y = (self._rest, self._y) if batch is None else (self._rest[batch], self._y[batch])
        return Touched.sums(ab, constant, shares), shares, rest, y
