"""A network's loss over two parameters of its last layer: only their own outputs move."""

from __future__ import annotations

import numpy as np

from landscape.chunks import in_chunks
from landscape.models.base import Array, Indices, Restriction, Width
from landscape.models.exponentials import sigmoid_slope, squared_errors
from landscape.models.losses import Head
from landscape.models.touched import Touched


class LastLayer(Restriction):
    """Exact evaluator for two parameters of the last layer where the loss is a sum over the outputs.

    Everything before the layer is constant, and so is the loss of the untouched outputs. A term that feels one
    of the two parameters alone is evaluated once for each of its values; a grid point costs only the terms that
    feel both, and of sigmoid outputs with squared errors not even an exponential (:mod:`.exponentials`).

    Args:
        touched: the outputs that the two parameters enter.
        head: output function and loss, :attr:`~.losses.Head.separable`.
        rest: (N,), loss of the untouched outputs.
        y: (U, N) targets of the touched ones.
    """

    def __init__(self, touched: Touched, head: Head, rest: Array, y: Array) -> None:
        self._touched, self._head, self._rest, self._y = touched, head, rest, y
        self._mean_rest = float(rest.mean())
        self.floats = y.size
        self.nbytes = touched.nbytes + rest.nbytes + y.nbytes
        self._along = touched.shares.reshape(2, -1)  # (2, F), F the touched outputs of all samples
        feels_a, feels_b = self._along != 0.0
        self._both = np.flatnonzero(feels_a & feels_b)
        self._only = [np.flatnonzero(feels_a & ~feels_b), np.flatnonzero(feels_b & ~feels_a)]
        self._neither = np.flatnonzero(~feels_a & ~feels_b)
        self._is_penalized = bool(touched.l2.any())
        squares = head.output == "sigmoid" and head.loss == "squared_error"
        self._back = (
            sigmoid_slope(touched.constant.reshape(-1), self._along, y.reshape(-1), len(rest)) if squares else None
        )
        self.work = 4 * self._both.size + 1
        self.point_work = 8 * y.size

    def value(self, ab: Array, batch: Indices | None = None) -> Array:
        touched, rest, y = self._of(batch)
        return self._mean(touched.sums(ab), rest, y) + touched.penalized(ab)

    def value_and_gradient(self, ab: Array, batch: Indices | None = None) -> tuple[Array, Array]:
        touched, rest, y = self._of(batch)
        z = touched.sums(ab)
        slope = touched.slope(self._head.delta(z, y)) / y.shape[1] + touched.l2 * ab
        return self._mean(z, rest, y) + touched.penalized(ab), slope

    def gradient(self, ab: Array, batch: Indices | None = None) -> Array:
        if batch is None and self._back is not None:
            slope = self._back(ab)
        else:
            touched, _, y = self._of(batch)
            slope = touched.slope(self._head.delta(touched.sums(ab), y)) / y.shape[1]
        return slope + self._touched.l2 * ab if self._is_penalized else slope

    def grid(self, a: Array, b: Array, dtype: Width = np.float64) -> Array:
        total = self._terms(self._neither, np.zeros((1, 2)))
        total = total + self._terms(self._only[0], np.stack([a, 0 * a], axis=-1))  # (A,)
        total = total + self._terms(self._only[1], np.stack([0 * b, b], axis=-1))[:, None]  # (B, A)
        if self._both.size:
            total = total + self._crossings(a, b, dtype)
        return np.asarray(total / self._rest.size + self._mean_rest + self._touched.penalized_grid(a, b))

    def _crossings(self, a: Array, b: Array, dtype: Width) -> Array:
        """Loss of the terms that feel both parameters, (B, A)."""
        if self._head.output == "sigmoid" and self._head.loss == "squared_error":
            constant, along, y = self._features(self._both)
            fast = squared_errors(a, b, constant, along, y, dtype)
            if fast is not None:
                return fast
        return self._terms(self._both, np.stack(np.meshgrid(a, b), axis=-1))

    def _terms(self, features: Indices, ab: Array) -> Array:
        """Loss of some of the terms at points (..., 2), summed: (...)."""
        constant, along, y = self._features(features)
        return in_chunks(lambda points: self._head.per_sample(points @ along + constant, y), ab, 3 * features.size)

    def _features(self, chosen: Indices) -> tuple[Array, Array, Array]:
        """Constant (F,), shares (2, F) and targets (F,) of some of the terms."""
        if chosen.size == self._y.size:
            return self._touched.constant.reshape(-1), self._along, self._y.reshape(-1)
        return self._touched.constant.reshape(-1)[chosen], self._along[:, chosen], self._y.reshape(-1)[chosen]

    def _mean(self, z: Array, rest: Array, y: Array) -> Array:
        flat = z.reshape(*z.shape[:-2], -1)  # (..., U, N) -> (..., F)
        mean_rest = self._mean_rest if rest is self._rest else rest.mean()
        return np.asarray(self._head.per_sample(flat, y.reshape(-1)) / y.shape[1] + mean_rest)

    def _of(self, batch: Indices | None) -> tuple[Touched, Array, Array]:
        if batch is None:
            return self._touched, self._rest, self._y
        return self._touched.of(batch), self._rest[batch], self._y[:, batch]
