"""The solution of a least-squares problem, with or without a ridge."""

from __future__ import annotations

import math

import numpy as np

from landscape.models.base import Array


def solve(
    features: Array, y: Array, alpha: float, *, intercept: bool, scale: Array | None = None
) -> tuple[Array, Array]:
    """Coefficients that minimise ``|features W^T + b - y|^2 + alpha |W|^2``, by orthogonal factorisation.

    The columns' means are taken off first, which frees b of the penalty, and the penalty is F more rows; the normal
    equations are not formed, which would square the condition number. Where several solutions are equally good it is
    the one whose ``W / scale`` has the least norm.

    Args:
        features: (N, F).
        y: (N, K) targets.
        alpha: the penalty, 0 or greater.
        intercept: whether there is a b; without it b is zeros.
        scale: (F,), units of W in which it is sought, for columns of very different lengths; ones by default.

    Returns:
        W (K, F) and b (K,).

    Raises:
        numpy.linalg.LinAlgError: numbers that are not finite.

    Example:
        >>> W, b = solve(np.array([[0.0], [1.0], [2.0]]), np.array([[1.0], [3.0], [5.0]]), 0.0, intercept=True)
        >>> W.round(12), b.round(12)
        (array([[2.]]), array([1.]))
    """
    units = np.ones(features.shape[1]) if scale is None else scale
    middle, level = (
        (features.mean(axis=0), y.mean(axis=0)) if intercept else (np.zeros_like(units), np.zeros(y.shape[1]))
    )
    rows, targets = (features - middle) * units, y - level
    if alpha:
        rows = np.concatenate([rows, math.sqrt(alpha) * np.diag(units)])
        targets = np.concatenate([targets, np.zeros((units.size, y.shape[1]))])
    found = units[:, None] * np.linalg.lstsq(rows, targets, rcond=None)[0]  # (F, K)
    return found.T, level - middle @ found
