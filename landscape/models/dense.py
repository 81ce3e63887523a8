"""A network's loss over a plane of any two directions: its first layer is linear in (a, b)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from landscape.chunks import CHUNK_FLOATS, pieces
from landscape.models.activations import ACTIVATIONS
from landscape.models.base import Array, Indices, Restriction, Width
from landscape.models.network import SAMPLES, Network
from landscape.models.tail import Floats, Layer, Tail, cost
from landscape.threads import spread


class Dense(Restriction):
    """Exact evaluator for any plane of a network with a hidden layer.

    The first layer's sums are ``x (W + a U + b V)^T = Z + a Z_u + b Z_v``: three products for all grid points.
    Along a row of the grid ``Z + b Z_v`` and all later matrices at b are shared; a point adds ``a`` times a
    direction to each and goes through the later layers, samples in pieces that stay in a core's cache.

    Args:
        network: at the plane's origin.
        along: the same network's layers in the directions u and v.
    """

    def __init__(self, network: Network, along: tuple[list[Layer], list[Layer]]) -> None:
        self._network, self._layers = network, (network.layers, *along)
        first = [layers[0] for layers in self._layers]
        units, samples = first[0][0].shape[0], len(network.x)
        stacked = np.concatenate([matrix for matrix, _ in first])  # (3 H, D)
        self._sums = np.empty((3, samples, units))

        def some(rows: slice) -> None:
            z = network.x[rows] @ stacked.T  # (n, D) @ (D, 3 H)
            for k, (_, bias) in enumerate(first):
                self._sums[k, rows] = z[:, k * units : (k + 1) * units]
                if bias is not None:
                    self._sums[k, rows] += bias

        spread(some, pieces(samples, SAMPLES))
        weights = [np.concatenate([matrix.ravel() for matrix, _ in layers]) for layers in self._layers]
        self._penalty = network.l2 * np.array([[one @ other for other in weights] for one in weights])  # (3, 3)
        self.floats = 1  # the points are cut here
        self.work = samples * (2 * units + cost(units, network.layers[1:]))
        self.point_work = self.work
        self.nbytes = self._sums.nbytes

    def value(self, ab: Array, batch: Indices | None = None) -> Array:
        points = np.asarray(ab, dtype=np.float64).reshape(-1, 2)
        sums = self._sums if batch is None else self._sums[:, batch]
        y = self._network.y if batch is None else self._network.y[batch]
        tails = self._tails(np.float64)
        row, point = self._tails(np.float64)[:2]
        loss = np.empty(len(points))
        with np.errstate(over="ignore"):
            for index, (a, b) in enumerate(points):
                row.mix(tails[0], tails[2], b)
                point.mix(row, tails[1], a)
                loss[index] = self._mean(sums[0] + b * sums[2], sums[1], a, y, point)
        return loss.reshape(ab.shape[:-1]) + self._penalized(ab)

    def grid(self, a: Array, b: Array, dtype: Width = np.float64) -> Array:
        tails = self._tails(dtype)
        row, point = self._tails(dtype)[:2]
        along = self._sums[1].astype(dtype, copy=False)
        loss = np.empty((b.size, a.size))
        with np.errstate(over="ignore"):
            for i, at_b in enumerate(b):
                row.mix(tails[0], tails[2], at_b)
                shared = (self._sums[0] + at_b * self._sums[2]).astype(dtype, copy=False)
                for j, at_a in enumerate(a):
                    point.mix(row, tails[1], at_a)
                    loss[i, j] = self._mean(shared, along, at_a, self._network.y, point)
        return loss + self._penalized(np.stack(np.meshgrid(a, b), axis=-1))

    def value_and_gradient(self, ab: Array, batch: Indices | None = None) -> tuple[Array, Array]:
        points = np.asarray(ab, dtype=np.float64).reshape(-1, 2)
        chosen = np.arange(len(self._network.y)) if batch is None else batch
        value, slope = np.zeros(len(points)), np.zeros((len(points), 2))
        for index, point in enumerate(points):
            layers = [self._at(number, point) for number in range(1, len(self._network.layers))]
            for piece in pieces(chosen.size, SAMPLES):
                losses, slopes = self._back(point, layers, chosen[piece])
                value[index] += losses
                slope[index] += slopes
        penalty = points @ self._penalty[1:, 1:] + self._penalty[0, 1:]
        slope = slope / chosen.size + penalty
        return (value / chosen.size).reshape(ab.shape[:-1]) + self._penalized(ab), slope.reshape(ab.shape)

    def _mean(self, shared: Floats, along: Floats, a: float, y: Array, tail: Tail) -> float:
        """Mean loss of all samples where the first sums are ``shared + a along``, each (N, H)."""
        total, dtype = 0.0, shared.dtype.type
        step = max(64, CHUNK_FLOATS // max(matrix.shape[0] for matrix, _ in self._network.layers))
        for rows in pieces(len(y), step):
            z = along[rows] * dtype(a)
            z += shared[rows]
            z *= dtype(tail.scale)
            total += float(tail.losses(z[None], y[rows]).sum(dtype=np.float64))
        return total / len(y)

    def _tails(self, dtype: Width) -> list[Tail]:
        """What is behind the first sums: at the origin, along u and along v."""
        return [Tail(layers[1:], self._network.activation, self._network.head, dtype) for layers in self._layers]

    def _at(self, number: int, point: Array) -> Layer:
        """Layer ``number``, from 0, at a point (2,)."""
        (matrix, bias), (matrix_u, bias_u), (matrix_v, bias_v) = (layers[number] for layers in self._layers)
        moved = matrix + point[0] * matrix_u + point[1] * matrix_v
        if bias is None or bias_u is None or bias_v is None:
            return moved, None
        return moved, bias + point[0] * bias_u + point[1] * bias_v

    def _back(self, point: Array, layers: Sequence[Layer], chosen: Indices) -> tuple[float, Array]:
        """Summed losses of samples (n,) at a point (2,) and their derivatives (2,), by back-propagation."""
        function, head, y = ACTIVATIONS[self._network.activation], self._network.head, self._network.y[chosen]
        first = self._sums[:, chosen]
        sums, values = [first[0] + point[0] * first[1] + point[1] * first[2]], []
        for matrix, bias in layers:
            values.append(function.value(sums[-1]))
            sums.append(values[-1] @ matrix.T if bias is None else values[-1] @ matrix.T + bias)
        delta, slope = head.delta(sums[-1], y), np.zeros(2)
        for number in range(len(layers), 0, -1):
            outer = delta.T @ values[number - 1]  # (K, n) @ (n, H) -> (K, H)
            for k in (0, 1):
                matrix, bias = self._layers[k + 1][number]
                slope[k] += np.vdot(outer, matrix)
                if bias is not None:
                    slope[k] += delta.sum(axis=0) @ bias
            delta = delta @ layers[number - 1][0]  # (n, K) @ (K, H)
            delta *= function.slope(values[number - 1])
        slope += [np.vdot(delta, first[1]), np.vdot(delta, first[2])]
        return float(head.per_sample(sums[-1], y).sum()), slope

    def _penalized(self, ab: Array) -> Array:
        """L2 penalty at points (..., 2): (...)."""
        p = self._penalty
        a, b = ab[..., 0], ab[..., 1]
        square = p[0, 0] + 2 * a * p[0, 1] + 2 * b * p[0, 2] + a * a * p[1, 1] + 2 * a * b * p[1, 2] + b * b * p[2, 2]
        return np.asarray(0.5 * square)
