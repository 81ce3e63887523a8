"""A loss over a plane by way of another one, of which the coordinates are scaled."""

from __future__ import annotations

import numpy as np

from landscape.models.base import Array, Indices, Restriction, Width


class Rescaled(Restriction):
    """``inner(s a, t b) + (1, a, b) penalty (1, a, b)^T / 2``: exact where that is the loss.

    Args:
        inner: an exact way to a loss without its penalty.
        scale: (2,), s and t.
        penalty: (3, 3), symmetric.
        single: whether the numbers on the way may have 32 bits; where a rounding can jump they may not.

    Attributes:
        inner: as given.
    """

    def __init__(self, inner: Restriction, scale: Array, penalty: Array, *, single: bool = True) -> None:
        self.inner, self._scale, self._penalty, self._single = inner, scale, penalty, single
        self.floats, self.work, self.point_work, self.nbytes = inner.floats, inner.work, inner.point_work, inner.nbytes

    def prepare(self, seconds: float) -> bool:
        return self.inner.prepare(seconds)

    def value(self, ab: Array, batch: Indices | None = None) -> Array:
        return self.inner.value(ab * self._scale, batch) + self._penalized(ab)

    def value_and_gradient(self, ab: Array, batch: Indices | None = None) -> tuple[Array, Array]:
        value, slope = self.inner.value_and_gradient(ab * self._scale, batch)
        return value + self._penalized(ab), slope * self._scale + self._penalty_slope(ab)

    def gradient(self, ab: Array, batch: Indices | None = None) -> Array:
        return self.inner.gradient(ab * self._scale, batch) * self._scale + self._penalty_slope(ab)

    def grid(self, a: Array, b: Array, dtype: Width = np.float64) -> Array:
        inner = self.inner.grid(a * self._scale[0], b * self._scale[1], dtype if self._single else np.float64)
        return inner + self._penalized(np.stack(np.meshgrid(a, b), axis=-1))

    def _penalized(self, ab: Array) -> Array:
        p = self._penalty
        return np.asarray(0.5 * (p[0, 0] + ab @ p[0, 1:] + (ab * self._penalty_slope(ab)).sum(axis=-1)))

    def _penalty_slope(self, ab: Array) -> Array:
        return np.asarray(ab @ self._penalty[1:, 1:] + self._penalty[0, 1:])
