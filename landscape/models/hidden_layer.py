"""A network's loss over two parameters of one hidden layer: one or two of its units move."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from landscape.models.activations import Activation
from landscape.models.base import Array, Indices
from landscape.models.losses import Head
from landscape.models.touched import Touched


class HiddenLayer:
    """Exact evaluator for two parameters that enter units of one hidden layer.

    Everything before the layer is constant and so are its untouched units: the next layer's sums are a
    constant plus the touched units' share, an update of rank one or two.

    Args:
        touched: the units that the two parameters enter.
        activation: of the hidden units.
        head: output function and loss.
        after: (N, H'), the next layer's sums at a = b = 0.
        later: matrix (H', H) and bias (H') or None, of each layer behind this one; at least one.
        y: (N, K) targets.
    """

    def __init__(
        self,
        touched: Touched,
        activation: Activation,
        head: Head,
        after: Array,
        later: Sequence[tuple[Array, Array | None]],
        y: Array,
    ) -> None:
        self._touched, self._activation, self._head, self._y = touched, activation, head, y
        self._out = np.ascontiguousarray(later[0][0][:, touched.units].T)  # (U, H')
        self._later = later[1:]
        self._rest = after - activation.value(touched.constant) @ self._out  # (N, H')
        self.floats = len(y) * sum(matrix.shape[0] for matrix, _ in later)
        self.work = len(y) * (self._out.size + sum(matrix.size for matrix, _ in self._later)) + 8 * self.floats

    def value(self, ab: Array, batch: Indices | None = None) -> Array:
        *_, sums, _, _, y = self._forward(ab, batch)
        return np.asarray(self._head.per_sample(sums[-1], y).mean(axis=-1) + self._touched.penalized(ab))

    def value_and_gradient(self, ab: Array, batch: Indices | None = None) -> tuple[Array, Array]:
        z, h, sums, values, shares, y = self._forward(ab, batch)
        value = self._head.per_sample(sums[-1], y).mean(axis=-1) + self._touched.penalized(ab)
        delta = self._head.delta(sums[-1], y)  # (..., N, K)
        for index in range(len(self._later) - 1, -1, -1):
            delta = delta @ self._later[index][0]  # (..., N, K) @ (K, H) -> (..., N, H)
            delta *= self._activation.slope(sums[index], values[index])
        delta = (delta @ self._out.T) * self._activation.slope(z, h)  # (..., N, U)
        return value, self._touched.gradient(delta, shares, ab)

    def _forward(self, ab: Array, batch: Indices | None) -> tuple[Array, Array, list[Array], list[Array], Array, Array]:
        """The touched units' sums and values, the later layers' sums and values, the shares and targets."""
        constant, shares = self._touched.only(batch)
        rest, y = (self._rest, self._y) if batch is None else (self._rest[batch], self._y[batch])
        z = Touched.sums(ab, constant, shares)
        h = self._activation.value(z)
        sums, values = [h @ self._out + rest], []  # (..., N, U) @ (U, H') -> (..., N, H')
        for matrix, bias in self._later:
            values.append(self._activation.value(sums[-1]))
            sums.append(values[-1] @ matrix.T if bias is None else values[-1] @ matrix.T + bias)
        return z, h, sums, values, shares, y
