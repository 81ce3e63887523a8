"""A squared error over a plane on which the predictions are linear: a quadratic function of its coordinates."""

from __future__ import annotations

import numpy as np

from landscape.models.base import Array, Indices, Restriction, Width

NEARLY_PARALLEL = 0.1
"""Sine of the angle between two directions, about, below which the centre is not sought along their difference."""


class Quadratic(Restriction):
    """Exact evaluator of a sum of squares of terms that are linear in (a, b), by six coefficients.

    Every error is ``a p + b q + r``, and so is every penalised weight times the root of the penalty. With all of
    them as the rows of a matrix [P Q R] and its QR factorisation, which changes no length::

        |a P + b Q + R|^2 = (t11 a + t12 b + t13)^2 + (t22 b + t23)^2 + t33^2

    A sum of squares keeps its digits near its minimum, where the expanded quadratic
    ``c + g . (a, b) + (a, b) H (a, b)^T / 2`` would cancel. The factorisation is that of columns which are wrong by
    some 1e-16 of their length (Higham 2002, Accuracy and Stability of Numerical Algorithms, theorem 19.4), so that R
    should be short: (a, b) are counted from a centre near the minimum, and R is the error there. The centre need not
    be the minimum for this to be exact; where P and Q are almost parallel it is not, as that may lie too far away.

    Args:
        columns: (N, K, 3): change of each error along the first direction, along the second, and itself at (0, 0).
        penalties: (S, 3): the same of each penalised weight, times the root of the penalty.
        mean: whether the squared errors of the samples are averaged; else summed.

    Example:
        >>> errors = np.array([[[1.0, 0.0, -3.0]], [[0.0, 2.0, -2.0]]])  # a - 3 and 2 b - 2
        >>> Quadratic(errors, np.empty((0, 3)), mean=False).grid(np.array([3.0, 5.0]), np.array([1.0])).round(12)
        array([[0., 4.]])
    """

    floats = 4
    work = 3
    point_work = 8

    def __init__(self, columns: Array, penalties: Array, mean: bool) -> None:
        self._mean = mean
        with np.errstate(over="ignore", invalid="ignore"):
            self._centre = _centre(_coefficients(columns, penalties, mean))
            shift = np.eye(3)
            shift[:2, 2] = self._centre
            self._columns = (columns.reshape(-1, 3) @ shift).reshape(columns.shape)
            self._penalty = _triangle(penalties @ shift) if penalties.any() else np.empty((0, 3))
            self._whole = _coefficients(self._columns, self._penalty, mean)
        self.nbytes = columns.nbytes

    def value(self, ab: Array, batch: Indices | None = None) -> Array:
        return self._squares(ab[..., 0], ab[..., 1], self._of(batch))[0]

    def value_and_gradient(self, ab: Array, batch: Indices | None = None) -> tuple[Array, Array]:
        t = self._of(batch)
        loss, first, second = self._squares(ab[..., 0], ab[..., 1], t)
        with np.errstate(over="ignore", invalid="ignore"):
            return loss, 2.0 * np.stack([t[0, 0] * first, t[0, 1] * first + t[1, 1] * second], axis=-1)

    def grid(self, a: Array, b: Array, dtype: Width = np.float64) -> Array:
        return self._squares(a, b[:, None], self._whole)[0]

    def _of(self, batch: Indices | None) -> Array:
        return self._whole if batch is None else _coefficients(self._columns[batch], self._penalty, self._mean)

    def _squares(self, a: Array, b: Array, t: Array) -> tuple[Array, Array, Array]:
        """The loss, and the two terms in it that are not constant before they are squared."""
        with np.errstate(over="ignore", invalid="ignore"):
            a, b = a - self._centre[0], b - self._centre[1]
            first, second = t[0, 0] * a + (t[0, 1] * b + t[0, 2]), t[1, 1] * b + t[1, 2]
            return np.asarray(first * first + (second * second + t[2, 2] * t[2, 2])), first, second


def _coefficients(columns: Array, penalties: Array, mean: bool) -> Array:
    """The triangle (3, 3) of errors (N, K, 3) and penalties (S, 3)."""
    t = _triangle(columns.reshape(-1, 3))
    if mean:
        t = t / np.sqrt(len(columns))
    return _triangle(np.concatenate([t, penalties])) if len(penalties) else t


def _triangle(rows: Array) -> Array:
    """The triangular factor (3, 3) of rows (M, 3)."""
    found = np.linalg.qr(rows, mode="r")
    return np.concatenate([found, np.zeros((3 - len(found), 3))]) if len(found) < 3 else found


def _centre(t: Array) -> Array:
    """Coordinates (2,) near the minimum; (0, 0) where numbers are not finite."""
    if not np.isfinite(t).all():
        return np.zeros(2)
    length = np.linalg.norm(t[:, :2], axis=0)
    length = np.where(length > 0, length, 1.0)
    return np.asarray(-np.linalg.lstsq(t[:, :2] / length, t[:, 2], rcond=NEARLY_PARALLEL)[0] / length)
