"""A small convolutional network's loss over any plane: what its filters sum up is linear in (a, b)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from landscape.chunks import CHUNK_FLOATS, pieces
from landscape.models.base import Array, Indices, Restriction, Width
from landscape.models.convolution import Picture, PoolingName, by_filter, convolve, dense, pool, pool_back, windows
from landscape.models.losses import Head
from landscape.models.tail import CALL, PRODUCT, Floats
from landscape.threads import spread

Parts = dict[str, Array]
"""A parameter vector by block: K1, W2 and, with biases, b1 and b2."""


class TouchedFilters(Restriction):
    """Exact evaluator for a plane of any two directions through a convolutional network.

    Convolution is linear, so that a touched filter's sums are ``S_0 + a S_u + b S_v``, computed once. The pooled
    values of untouched filters are constants and their part of the outputs is linear in (a, b) too. At a point are
    left: two multiplications of each touched sum, pooling, activation and the touched filters' part of the dense
    layer, at (a, b).

    Args:
        parts: of the plane's origin, of u and of v.
        image: what the samples are.
        activation: of the filters' sums.
        pooling: mean or max.
        head: output function and loss.
        x: (N, D) samples.
        y: (N, K) targets.

    Attributes:
        sums: (3, F, 4, N, p), of the touched filters, at the origin, along u and along v.
        rest: (3, N, K), the part of the outputs' sums that no touched filter has a share in.
        dense: (3, F, p, K), the dense layer's matrices of the touched filters.
        moves: whether these matrices depend on (a, b).
    """

    def __init__(
        self,
        parts: Sequence[Parts],
        image: Picture,
        activation: str,
        pooling: PoolingName,
        head: Head,
        x: Array,
        y: Array,
    ) -> None:
        self.activation, self.pooling, self.head, self.y = activation, pooling, head, y
        touched, others = _touched(parts)
        filters, count, outputs = len(touched), len(x), y.shape[1]
        matrices = [by_filter(part["W2"], filters + len(others)) for part in parts]  # (k, p, K)
        self.dense = np.stack([matrix[touched] for matrix in matrices])  # (3, F, p, K)
        self.moves = bool(self.dense[1:].any())
        self.sums = np.empty((3, filters, 4, count, image.pooled))
        self.rest = np.empty((3, count, outputs))

        def some(rows: slice) -> None:
            patches = windows(x[rows], image)
            with np.errstate(over="ignore", invalid="ignore"):
                for k, part in enumerate(parts):
                    self.sums[k, :, :, rows] = convolve(part["K1"][touched], _bias(part, touched), patches)
                same = convolve(parts[0]["K1"][others], _bias(parts[0], others), patches)
                same = pool(same, activation, pooling)  # (k - F, n, p)
                for k, part in enumerate(parts):
                    self.rest[k, rows] = dense(same, matrices[k][others]) + part.get("b2", 0.0)

        held = 4 * image.pooled * (9 * image.channels + filters + len(others))  # by a sample
        spread(some, pieces(count, CHUNK_FLOATS // held))
        places = 1 if pooling == "max" else 4
        self.floats = 1  # the points are cut here
        each = 4 * 3 + CALL * places + outputs // PRODUCT  # of a pooled value: its sums, activation, dense layer
        self.work = count * (filters * image.pooled * each + (CALL + 2) * outputs)
        self.point_work = self.work
        self.nbytes = self.sums.nbytes + self.rest.nbytes + self.dense.nbytes

    @staticmethod
    def bytes_of(parts: Sequence[Parts], image: Picture, samples: int) -> int:
        """What an evaluator of these parts would hold, about."""
        filters, outputs = len(_touched(parts)[0]), len(parts[0]["W2"])
        return 3 * 8 * samples * (filters * 4 * image.pooled + outputs)

    def value(self, ab: Array, batch: Indices | None = None) -> Array:
        return self._mean(ab, batch, np.float64)

    def grid(self, a: Array, b: Array, dtype: Width = np.float64) -> Array:
        return self._mean(np.stack(np.meshgrid(a, b), axis=-1), None, dtype)

    def value_and_gradient(self, ab: Array, batch: Indices | None = None) -> tuple[Array, Array]:
        points, count = np.asarray(ab, dtype=np.float64).reshape(-1, 2), self._count(batch)
        value, slope = np.zeros(len(points)), np.zeros((len(points), 2))
        with np.errstate(over="ignore", invalid="ignore"):
            for rows in pieces(count, self._samples):
                piece = _Piece(self, rows if batch is None else batch[rows], np.float64)
                for some in pieces(len(points), self._points(rows)):
                    losses, slopes = piece.back(points[some])
                    value[some] += losses.sum(axis=-1)
                    slope[some] += slopes
        return (value / count).reshape(ab.shape[:-1]), (slope / count).reshape(ab.shape)

    def _mean(self, ab: Array, batch: Indices | None, dtype: Width) -> Array:
        points, count = np.asarray(ab, dtype=np.float64).reshape(-1, 2), self._count(batch)
        total = np.zeros(len(points))
        with np.errstate(over="ignore", invalid="ignore"):
            for rows in pieces(count, self._samples):
                piece = _Piece(self, rows if batch is None else batch[rows], dtype)
                for some in pieces(len(points), self._points(rows)):
                    total[some] += piece.losses(points[some]).sum(axis=-1, dtype=np.float64)
        return (total / count).reshape(ab.shape[:-1])

    def _count(self, batch: Indices | None) -> int:
        return len(self.y) if batch is None else len(batch)

    @property
    def _held(self) -> int:
        """Numbers that a sample holds at a point."""
        return int(self.sums[0, :, :, 0].size + 3 * self.y.shape[1])

    @property
    def _samples(self) -> int:
        """Samples at once."""
        return max(1, CHUNK_FLOATS // self._held)

    def _points(self, rows: slice) -> int:
        """Points at once."""
        matrices = int(self.dense[0].size) if self.moves else 0
        return int(CHUNK_FLOATS // max((rows.stop - rows.start) * self._held, matrices)) or 1


class _Piece:
    """Some samples of an evaluator, in numbers of one width."""

    def __init__(self, whole: TouchedFilters, chosen: Indices | slice, dtype: Width) -> None:
        self._whole, self._dtype = whole, dtype
        self._sums: Floats = np.ascontiguousarray(whole.sums[:, :, :, chosen], dtype=dtype)
        self._rest: Floats = np.ascontiguousarray(whole.rest[:, chosen], dtype=dtype)
        self._dense: Floats = whole.dense.astype(dtype, copy=False)
        self._y: Floats = whole.y[chosen].astype(dtype, copy=False)

    def losses(self, points: Array) -> Array:
        """Loss of each sample at points (M, 2): (M, n)."""
        return self._whole.head.per_sample(self._forward(points)[-1], self._y)

    def back(self, points: Array) -> tuple[Array, Array]:
        """The same, and their sums' derivatives in (a, b), (M, 2), by back-propagation."""
        whole = self._whole
        sums, h, matrices, z = self._forward(points)
        delta = whole.head.delta(z, self._y)  # (M, n, K)
        slope = _along(delta, self._rest)
        if whole.moves:  # (M, F, p, n) @ (M, 1, n, K) -> (M, F, p, K)
            slope += _along(np.swapaxes(h, -1, -2) @ delta[:, None], self._dense)
        down = delta[:, None] @ np.swapaxes(matrices, -1, -2)  # (M, 1, n, K) @ (M, F, K, p) -> (M, F, n, p)
        slope += _along(pool_back(down, h, sums, whole.activation, whole.pooling), self._sums)
        return whole.head.per_sample(z, self._y), slope

    def _forward(self, points: Array) -> tuple[Array, Array, Array, Array]:
        """Touched sums (M, F, 4, n, p), pooled (M, F, n, p), their matrices (M or 1, F, p, K), outputs' sums."""
        points = points.astype(self._dtype, copy=False)
        sums = _at(points, self._sums)
        h = pool(sums, self._whole.activation, self._whole.pooling)
        matrices = _at(points, self._dense) if self._whole.moves else self._dense[:1]
        z = _at(points, self._rest)
        z += dense(h, matrices)
        return sums, h, matrices, z


def _at(points: Array, linear: Array) -> Array:
    """``linear[0] + a linear[1] + b linear[2]`` at points (M, 2): (3, ...) -> (M, ...)."""
    mixed = points @ linear[1:].reshape(2, -1)  # (M, 2) @ (2, ...)
    mixed += linear[0].reshape(-1)
    return np.asarray(mixed.reshape(len(points), *linear.shape[1:]))


def _along(delta: Array, linear: Array) -> Array:
    """Derivatives in (a, b) from those in what :func:`_at` gives: (M, ...) -> (M, 2)."""
    return np.asarray(delta.reshape(len(delta), -1) @ linear[1:].reshape(2, -1).T)


def _touched(parts: Sequence[Parts]) -> tuple[Indices, Indices]:
    """The filters that move along u or v, and the others."""
    moves = np.zeros(len(parts[0]["K1"]), dtype=bool)
    for part in parts[1:]:
        moves |= part["K1"].any(axis=(1, 2, 3))
        if "b1" in part:
            moves |= part["b1"] != 0.0
    return np.flatnonzero(moves), np.flatnonzero(~moves)


def _bias(part: Parts, filters: Indices) -> Array | None:
    return part["b1"][filters] if "b1" in part else None
