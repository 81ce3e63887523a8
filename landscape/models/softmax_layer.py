"""A network's loss over two parameters of a softmax layer: all other outputs act as one."""

from __future__ import annotations

import numpy as np

from landscape.models.base import Array, Indices, Restriction
from landscape.models.losses import Head
from landscape.models.touched import Touched


class SoftmaxLayer(Restriction):
    """Exact evaluator for two parameters of the last layer under softmax.

    With ``r = log sum exp(z_k)`` over the untouched outputs, a constant, softmax over the touched outputs and one
    more of sum ``r`` gives the touched outputs' shares and the share ``s`` of all others, of which output k has
    ``e_k = exp(z_k - r)``. So the losses are those of U + 1 outputs with constants::

        cross-entropy   -sum_touched y log o - (sum_rest y) log s  +  sum_rest y (r - z)
        squared error   sum_touched (o - y)^2  +  s^2 sum e^2 - 2 s sum e y + sum_rest y^2

    Args:
        touched: the outputs that the two parameters enter.
        head: softmax with its loss.
        sums: (N, K), the layer's sums at a = b = 0.
        y: (N, K) targets.
    """

    def __init__(self, touched: Touched, head: Head, sums: Array, y: Array) -> None:
        self._touched, self._crossed = touched, head.loss == "cross_entropy"
        others = [unit for unit in range(y.shape[1]) if unit not in touched.units]
        z, target = sums[:, others], y[:, others]
        if others:
            top = z.max(axis=1)
            self._rest = top + np.log(np.exp(z - top[:, None]).sum(axis=1))  # (N,)
        else:
            self._rest = np.full(len(y), -np.inf)
        share = np.exp(z - self._rest[:, None]) if others else z  # (N, K - U)
        self._y = np.ascontiguousarray(y[:, touched.units].T)  # (U, N)
        self._y_rest = target.sum(axis=1)
        if self._crossed:
            self._constant = (target * (self._rest[:, None] - z)).sum(axis=1) if others else np.zeros(len(y))
            self._quadratic = self._linear = np.zeros(len(y))
        else:
            self._constant = np.square(target).sum(axis=1)
            self._quadratic, self._linear = np.square(share).sum(axis=1), (share * target).sum(axis=1)
        self.floats = 4 * self._y.size
        self.work = 8 * (self._y.size + len(y))
        self.point_work = self.work
        self.nbytes = touched.nbytes + 2 * self._y.nbytes + 5 * self._rest.nbytes

    def value(self, ab: Array, batch: Indices | None = None) -> Array:
        touched, (y, rest, y_rest, constant, quadratic, linear) = self._of(batch)
        z = touched.sums(ab)  # (..., U, N)
        o, share, log_sum = _softmax(z, rest)
        if self._crossed:
            y_sum = y.sum(axis=0) + y_rest
            losses = log_sum * y_sum - (z * y).sum(axis=-2)
            losses -= np.multiply(rest, y_rest, out=np.zeros_like(rest), where=y_rest != 0)
        else:
            losses = np.square(o - y).sum(axis=-2) + share * (share * quadratic - 2 * linear)
        return np.asarray((losses + constant).mean(axis=-1) + touched.penalized(ab))

    def value_and_gradient(self, ab: Array, batch: Indices | None = None) -> tuple[Array, Array]:
        touched, (y, rest, y_rest, _, quadratic, linear) = self._of(batch)
        o, share, _ = _softmax(touched.sums(ab), rest)
        if self._crossed:
            delta = o * (y.sum(axis=0) + y_rest) - y
        else:
            error, error_rest = 2 * (o - y), 2 * (share * quadratic - linear)
            delta = o * (error - ((error * o).sum(axis=-2) + error_rest * share)[..., None, :])
        return self.value(ab, batch), touched.slope(delta) / y.shape[1] + touched.l2 * ab

    def _of(self, batch: Indices | None) -> tuple[Touched, tuple[Array, ...]]:
        arrays = (self._y, self._rest, self._y_rest, self._constant, self._quadratic, self._linear)
        if batch is None:
            return self._touched, arrays
        return self._touched.of(batch), tuple(array[..., batch] for array in arrays)


def _softmax(z: Array, rest: Array) -> tuple[Array, Array, Array]:
    """Of touched sums (..., U, N) and the others' (N,): shares (..., U, N), the others' share, the log of the sum."""
    top = np.maximum(z.max(axis=-2), rest)  # (..., N)
    o, others = np.exp(z - top[..., None, :]), np.exp(rest - top)
    total = o.sum(axis=-2) + others
    return o / total[..., None, :], others / total, top + np.log(total)
