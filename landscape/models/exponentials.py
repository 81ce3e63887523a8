"""Sums of squared errors of sigmoid units: over a grid without an exponential per grid point; their slope at points."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from landscape.chunks import CHUNK_FLOATS, pieces
from landscape.models.base import Array, Width
from landscape.models.fold import reach

SAMPLES = 512
"""Samples at once: rows long enough for a call, short enough for a core's cache."""


def squared_errors(a: Array, b: Array, constant: Array, shares: Array, y: Array, dtype: Width) -> Array | None:
    """Sum over the samples of ``(sigmoid(z) - y)^2``, ``z = constant + a shares[0] + b shares[1]``, at all (a, b).

    The exponential of a sum is a product: ``exp(-z) = exp(-constant - a shares[0]) exp(-b shares[1])``. A column
    of the grid gives the first factor, a row the second, so that a grid point costs a multiplication, an addition
    and a division a sample. ``sigmoid(z) - 1 = -sigmoid(-z)`` spares the subtraction where y is 0 or 1.

    Args:
        a: (A,) first coordinates.
        b: (B,) second coordinates.
        constant: (F,).
        shares: (2, F).
        y: (F,) targets.
        dtype: width of the numbers on the way; the sums are float64.

    Returns:
        (B, A), or None where a factor alone would leave the numbers of this width.
    """
    sign = np.where(y == 1.0, 1.0, -1.0)
    binary = bool(((y == 0.0) | (y == 1.0)).all())
    if not binary:
        sign[:] = -1.0
    offset, along = sign * constant, sign * shares
    if np.abs(a).max() * np.abs(along[0]).max() + np.abs(offset).max() > reach(dtype):
        return None
    if np.abs(b).max() * np.abs(along[1]).max() > reach(dtype):
        return None
    total = np.zeros((b.size, a.size))
    for some in pieces(y.size, SAMPLES):
        across = np.exp(offset[some] + np.multiply.outer(a, along[0, some])).astype(dtype)  # (A, n)
        down = np.exp(np.multiply.outer(b, along[1, some])).astype(dtype)  # (B, n)
        rows = max(1, 2 * CHUNK_FLOATS // across.size)  # there is only one large array
        room = np.empty((rows, *across.shape), dtype)
        for block in pieces(b.size, rows):
            error = room[: block.stop - block.start]
            with np.errstate(over="ignore"):  # an exponential beyond all numbers has the right limit
                np.multiply(down[block, None, :], across, out=error)
            error += 1
            np.divide(1, error, out=error)
            if not binary:
                error -= y[some].astype(dtype)
            total[block] += np.vecdot(error, error)
    return total


def sigmoid_slope(constant: Array, shares: Array, y: Array, samples: int) -> Callable[[Array], Array]:
    """The gradient of the mean of ``(sigmoid(z) - y)^2`` in (a, b), in as few calls as it takes.

    Of a few hundred terms the calls cost more than the numbers, and a descent makes them at every step: signs and
    factors are folded into the arrays once. With ``o = sigmoid(z)``: ``2 (o - y) o (1 - o)`` times the shares.

    Args:
        constant: (F,), ``z = constant + a shares[0] + b shares[1]``.
        shares: (2, F).
        y: (F,) targets.
        samples: that the sum is divided by.

    Returns:
        A function of points (..., 2) to gradients (..., 2). It is silent of an exponential that overflows, whose
        limit is right, only where its caller is: to say so at every call takes a tenth of its time.
    """
    minus, offset, back = -shares, -constant, np.ascontiguousarray(shares.T) * (2.0 / samples)

    def slope(ab: Array) -> Array:
        o = ab @ minus  # (..., 2) @ (2, F)
        o += offset
        np.exp(o, out=o)
        o += 1.0
        np.divide(1.0, o, out=o)
        error = o - y
        error *= o
        np.subtract(1.0, o, out=o)
        error *= o
        return np.asarray(error @ back)  # (..., F) @ (F, 2)

    return slope
