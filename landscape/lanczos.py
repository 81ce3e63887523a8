"""The largest eigenvalue of a symmetric matrix that is known by its products alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MOST = 60
"""Products at most."""

FEW = 2
"""Rows of a matrix that is written down instead: a product for each says all of it."""


class Largest(NamedTuple):
    """What is known of an eigenvalue.

    Attributes:
        vector: (size,), of length 1, with ``value = vector^T A vector``.
        value: never above the largest one, but for rounding; of a matrix with nan or inf it is nan.
        error: some eigenvalue lies within this distance of ``value``.
        products: how many were taken.
    """

    vector: Array
    value: float
    error: float
    products: int


def largest(
    product: Callable[[Array], Array], size: int, *, tolerance: float = 1e-6, most: int = MOST, seed: int = 0
) -> Largest:
    """The largest algebraic eigenvalue of a symmetric matrix A: max over v of ``v^T A v / v^T v``.

    From a random q_1 of length 1 the vectors q_1, A q_1, A^2 q_1, ... are made orthonormal one by one; in that basis
    A is tridiagonal, and the largest eigenvalue of that small matrix rises to A's own. All earlier vectors are taken
    off each new one, twice, for rounding would let found eigenvalues come back. A matrix of at most two rows is exact
    by as many products.

    Args:
        product: v (size,) -> A v (size,).
        size: rows of A, at least 1.
        tolerance: stops where ``error`` is at most this share of the largest absolute eigenvalue seen.
        most: products at most; never more than ``size``.
        seed: of q_1.

    Example:
        >>> largest(lambda v: np.array([3.0, -9.0]) * v, 2)
        Largest(vector=array([1., 0.]), value=3.0, error=0.0, products=2)

    Source: C. Lanczos, An iteration method for the solution of the eigenvalue problem of linear differential and
    integral operators (1950); B. N. Parlett, The Symmetric Eigenvalue Problem (1980), section 13.2 for the error.
    """
    if size <= FEW:
        return _written_down(product, size)
    vector = np.random.default_rng(seed).standard_normal(size)
    basis = np.empty((min(size, most), size))
    small = np.zeros((len(basis), len(basis)))
    found = Largest(vector, np.nan, np.inf, 0)
    length = float(np.linalg.norm(vector))
    for row in range(len(basis)):
        basis[row] = vector / length
        vector = np.asarray(product(basis[row]), dtype=np.float64).copy()
        if not np.isfinite(vector).all():
            return Largest(basis[row], np.nan, np.inf, row + 1)
        small[row, row] = basis[row] @ vector
        for _ in range(2):
            vector -= (basis[: row + 1] @ vector) @ basis[: row + 1]  # (R,) @ (R, size)
        length = float(np.linalg.norm(vector))
        values, vectors = np.linalg.eigh(small[: row + 1, : row + 1])
        scale, error = float(np.abs(values).max()), length * abs(float(vectors[-1, -1]))
        found = Largest(vectors[:, -1] @ basis[: row + 1], float(values[-1]), error, row + 1)
        if error <= tolerance * scale or length <= np.finfo(float).eps * scale:
            break
        if row + 1 < len(basis):
            small[row, row + 1] = small[row + 1, row] = length
    return found


def _written_down(product: Callable[[Array], Array], size: int) -> Largest:
    matrix = np.array([product(axis) for axis in np.eye(size)])
    if not np.isfinite(matrix).all():
        return Largest(matrix[0], np.nan, np.inf, size)
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    return Largest(vectors[:, -1], float(values[-1]), 0.0, size)
