"""A linear classifier's loss over a plane: its scores are linear in (a, b)."""

from __future__ import annotations

import numpy as np

from landscape.chunks import CHUNK_FLOATS, in_chunks, pieces
from landscape.models.base import Array, Indices, Restriction
from landscape.models.margins import MarginLoss
from landscape.threads import spread

SAMPLES = 256
"""Samples at once: enough rows for a product, few enough for a core's cache."""


class LinearScores(Restriction):
    """Exact evaluator for any plane of a loss on the margins of linear scores.

    The scores are ``x (W + a U + b V)^T = S_0 + a S_u + b S_v``, and so are their differences, the margins: three
    products, taken as one, serve all points and batches.

    Args:
        loss: of one sample's margins.
        margins: (3, J, N), those at a = b = 0 and what a and b are multiplied by, of J wrong classes.
        penalty: what is added.
    """

    def __init__(self, loss: MarginLoss, margins: Array, penalty: PlanePenalty) -> None:
        self._loss, self._margins, self._penalty = loss, margins, penalty
        self.floats = margins[0].size
        self.nbytes = margins.nbytes

    @np.errstate(over="ignore", invalid="ignore")
    def value(self, ab: Array, batch: Indices | None = None) -> Array:
        return self._data_loss(ab, self._of(batch)) + self._penalty.value(ab)

    def value_and_gradient(self, ab: Array, batch: Indices | None = None) -> tuple[Array, Array]:
        return self.value(ab, batch), self.gradient(ab, batch)

    @np.errstate(over="ignore", invalid="ignore")
    def gradient(self, ab: Array, batch: Indices | None = None) -> Array:
        margins, points = self._of(batch), ab.reshape(-1, 2)
        back = margins[1:].reshape(2, -1).T
        slope = np.empty(points.shape)
        for some in pieces(len(points), CHUNK_FLOATS // len(back)):
            rate = self._loss.slope(_at(points[some], margins))
            slope[some] = rate.reshape(len(rate), -1) @ back / margins.shape[2]  # (M, J N) @ (J N, 2)
        return slope.reshape(ab.shape) + self._penalty.slope(ab)

    def _data_loss(self, ab: Array, margins: Array) -> Array:
        """Mean loss without the penalty at points (..., 2): (...)."""

        def some(points: Array) -> Array:
            return np.asarray(self._loss.value(_at(points, margins)).mean(axis=-1))

        return in_chunks(some, ab, margins[0].size)

    def _of(self, batch: Indices | None) -> Array:
        return self._margins if batch is None else self._margins[:, :, batch]


def _at(points: Array, margins: Array) -> Array:
    """The margins at points (M, 2): (M, J, N)."""
    m = points @ margins[1:].reshape(2, -1)  # (M, 2) @ (2, J N)
    m += margins[0].reshape(-1)
    return np.asarray(m.reshape(len(points), *margins.shape[1:]))


def plane_margins(x: Array, y: Array, matrices: Array, biases: Array | None) -> Array:
    """The margins of linear scores at a plane's origin and along its directions, (3, K - 1, N).

    The right class's own margin, which is 0 everywhere, is left out. Samples are spread over the cores.

    Args:
        x: (N, D) samples.
        y: (N, K) one-hot rows.
        matrices: (3, K, D), the weights there.
        biases: (3, K), or None.
    """
    classes = y.shape[1]
    stacked = matrices.reshape(3 * classes, -1)
    right = y.argmax(axis=1)
    wrong = (right + np.arange(1, classes)[:, None]) % classes  # (K - 1, N)
    margins = np.empty((3, classes - 1, len(x)))

    @np.errstate(over="ignore", invalid="ignore")
    def some(rows: slice) -> None:
        scores = (stacked @ x[rows].T).reshape(3, classes, -1)  # (3 K, D) @ (D, n)
        if biases is not None:
            scores += biases[:, :, None]
        above = np.take_along_axis(scores, wrong[None, :, rows], axis=1)
        above -= np.take_along_axis(scores, right[None, None, rows], axis=1)
        margins[:, :, rows] = above

    spread(some, pieces(len(x), SAMPLES))
    return margins


class PlanePenalty:
    """``strength ||W||`` or ``strength ||W||^2`` at the points ``W = W_0 + a U + b V`` of a plane.

    With the factorisation ``[W_0 U V] = Q R`` the norm is ``||R (1, a, b)||``, of three numbers. Of the six inner
    products the same norm would be the root of a difference of squares, and lose half its digits near W = 0.

    Args:
        weights: (3, P), W_0, U and V.
        strength: that the norm is multiplied by.
        squared: whether the norm is squared.
    """

    def __init__(self, weights: Array, strength: float, *, squared: bool) -> None:
        self._strength, self._squared = strength, squared
        self._r: Array = np.linalg.qr(weights.T).R if strength else np.zeros((3, 3))  # (3 or fewer, 3)

    def value(self, ab: Array) -> Array | float:
        """At points (..., 2): (...)."""
        if not self._strength:
            return 0.0
        square = np.square(self._at(ab)).sum(axis=-1)
        return np.asarray(self._strength * (square if self._squared else np.sqrt(square)))

    def slope(self, ab: Array) -> Array | float:
        """Its gradient in (a, b), (..., 2); of the norm at W = 0 it is 0."""
        if not self._strength:
            return 0.0
        w = self._at(ab)
        if self._squared:
            w *= 2.0
        else:
            length = np.sqrt(np.square(w).sum(axis=-1, keepdims=True))
            np.divide(w, length, out=w, where=length > 0)
        return np.asarray(self._strength * (w @ self._r[:, 1:]))

    def _at(self, ab: Array) -> Array:
        """The weights in the basis Q, (..., 3)."""
        return np.asarray(ab @ self._r[:, 1:].T + self._r[:, 0])
