"""A network's loss over two parameters of one hidden layer: one or two of its units move."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from landscape.chunks import CHUNK_FLOATS, pieces
from landscape.models.activations import ACTIVATIONS
from landscape.models.base import Array, Indices, Restriction, Width
from landscape.models.fold import reach
from landscape.models.losses import Head
from landscape.models.tail import CALL, Floats, Layer, Tail, cost
from landscape.models.touched import Touched

SAMPLES = 128
"""Samples at once, in a product's rows."""


class HiddenLayer(Restriction):
    """Exact evaluator for two parameters that enter units of one hidden layer.

    Everything before the layer is constant and so are its untouched units: the next layer's sums are a
    constant plus the touched units' share, an update of rank one or two. A sample that feels neither parameter
    (MNIST's margins are blank) is a constant altogether.

    Args:
        touched: the units that the two parameters enter.
        activation: of the hidden units.
        head: output function and loss.
        rest: (N, H'), the next layer's sums without the touched units.
        later: the layers behind this one, at least one.
        y: (N, K) targets.

    Attributes:
        live: indices of the samples that feel a parameter.
        dead: summed loss of the others.
        width: H'.
    """

    def __init__(
        self, touched: Touched, activation: str, head: Head, rest: Array, later: Sequence[Layer], y: Array
    ) -> None:
        self.touched, self._name, self._head, self._rest, self._y = touched, activation, head, rest, y
        self._later, self._function = list(later), ACTIVATIONS[activation]
        self._out = np.ascontiguousarray(later[0][0][:, touched.units].T)  # (U, H')
        feels = (touched.shares != 0.0).any(axis=(0, 1))
        self.live, numb = np.flatnonzero(feels), np.flatnonzero(~feels)
        self.floats = 1  # the points are cut here
        self.width = width = self._out.shape[1]
        self.work = self.live.size * (2 * self._out.size + CALL + cost(width, later[1:])) + 1
        self.point_work = self.work
        self.nbytes = touched.nbytes + rest.nbytes
        self.dead = float(self._total(np.zeros((1, 2)), numb, np.float64)[0])

    @property
    def samples(self) -> int:
        """N."""
        return len(self._y)

    def value(self, ab: Array, batch: Indices | None = None) -> Array:
        points = np.asarray(ab, dtype=np.float64).reshape(-1, 2)
        if batch is None:
            mean = (self._total(points, self.live, np.float64) + self.dead) / self.samples
        else:
            mean = self._total(points, batch, np.float64) / len(batch)
        return mean.reshape(ab.shape[:-1]) + self.touched.penalized(ab)

    def value_and_gradient(self, ab: Array, batch: Indices | None = None) -> tuple[Array, Array]:
        points = np.asarray(ab, dtype=np.float64).reshape(-1, 2)
        chosen = self.live if batch is None else batch
        value, slope = np.zeros(len(points)), np.zeros((len(points), 2))
        width = max(2, *(matrix.shape[0] for matrix, _ in self._later))
        for piece in pieces(len(chosen), CHUNK_FLOATS // max(1, len(points) * width)):
            losses, slopes = self._back(points, chosen[piece])
            value += losses
            slope += slopes
        count = self.samples if batch is None else len(batch)
        value = (value + (self.dead if batch is None else 0.0)) / count
        return (
            value.reshape(ab.shape[:-1]) + self.touched.penalized(ab),
            (slope / count).reshape(ab.shape) + self.touched.l2 * ab,
        )

    def grid(self, a: Array, b: Array, dtype: Width = np.float64) -> Array:
        points = np.stack(np.meshgrid(a, b), axis=-1).reshape(-1, 2)
        total = self._total(points, self.live, dtype).reshape(b.size, a.size)
        return (total + self.dead) / self.samples + self.touched.penalized_grid(a, b)

    def tail(self, dtype: Width = np.float64) -> Tail:
        """What is behind the next layer's sums."""
        return Tail(self._later[1:], self._name, self._head, dtype)

    def nodes(self, h: Array, chosen: Indices, tail: Tail) -> Array:
        """Loss of samples (n,) where one touched unit's activation is h (M,) for all of them: (M, n).

        The next layer's sums add a sample's part l and the activation's part r, so that few exponentials serve all:
        1 / (1 + exp(l + r)) = exp(-l) / (exp(-l) + exp(r)).
        """
        left, right = tail.scale * self._rest[chosen], np.multiply.outer(h, tail.scale * self._out[0])
        y = self._y[chosen]
        over = None
        if tail.takes_exponentials and max(np.abs(left).max(), np.abs(right).max()) <= reach(np.float64):
            left, right = np.exp(-left), np.exp(right)
            over = left
        found = np.empty((h.size, chosen.size))
        step = max(1, CHUNK_FLOATS // left.size)
        room = np.empty((min(step, h.size), *left.shape))
        with np.errstate(over="ignore"):
            for some in pieces(h.size, step):
                z = room[: some.stop - some.start]
                np.add(right[some, None, :], left, out=z)  # (m, 1, H') + (n, H') -> (m, n, H')
                found[some] = tail.losses(z, y, over=over)
        return found

    def losses(self, h: Floats, chosen: Indices, tail: Tail) -> Floats:
        """Loss of samples (n,) where the touched units' activations are h (M, U, n): (M, n)."""
        out = (tail.scale * self._out).astype(h.dtype)  # (U, H')
        rest = (tail.scale * self._rest[chosen]).astype(h.dtype)  # (n, H')
        y = self._y[chosen]
        found = np.empty((len(h), chosen.size), h.dtype)
        step = max(1, CHUNK_FLOATS // max(1, rest.size))
        room = np.empty((min(step, len(h)), *rest.shape), h.dtype)
        with np.errstate(over="ignore"):
            for some in pieces(len(h), step):
                z = room[: some.stop - some.start]
                np.multiply(h[some, 0, :, None], out[0], out=z)  # (m, n, 1) (H') -> (m, n, H')
                if len(out) > 1:
                    z += h[some, 1, :, None] * out[1]
                z += rest
                found[some] = tail.losses(z, y)
        return found

    def _total(self, points: Array, chosen: Indices, dtype: Width) -> Array:
        """Losses of samples summed, at points (M, 2): (M,)."""
        total, tail = np.zeros(len(points)), self.tail(dtype)
        for piece in pieces(chosen.size, SAMPLES):
            z = self.touched.of(chosen[piece]).sums(points)  # (M, U, n)
            total += self.losses(self._function.value(z).astype(dtype), chosen[piece], tail).sum(-1, dtype=np.float64)
        return total

    def _back(self, points: Array, chosen: Indices) -> tuple[Array, Array]:
        """Losses of samples summed (M,) and their derivatives in (a, b) (M, 2), by back-propagation."""
        touched, y = self.touched.of(chosen), self._y[chosen]
        z = touched.sums(points)  # (M, U, n)
        h = self._function.value(z)
        sums = [np.swapaxes(h, -1, -2) @ self._out + self._rest[chosen]]  # (M, n, U) @ (U, H') -> (M, n, H')
        values: list[Array] = []
        for matrix, bias in self._later[1:]:
            values.append(self._function.value(sums[-1]))
            sums.append(values[-1] @ matrix.T if bias is None else values[-1] @ matrix.T + bias)
        delta = self._head.delta(sums[-1], y)  # (M, n, K)
        for index in range(len(self._later) - 2, -1, -1):
            delta = delta @ self._later[index + 1][0]  # (M, n, K) @ (K, H) -> (M, n, H)
            delta *= self._function.slope(values[index])
        inner = np.swapaxes(delta @ self._out.T, -1, -2) * self._function.slope(h)  # (M, U, n)
        return self._head.per_sample(sums[-1], y).sum(axis=-1), touched.slope(inner)
