"""Long arrays in pieces."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

CHUNK_FLOATS = 1 << 18
"""Numbers of the largest array that is worked on at once: 2 MB in float64.

More than a core's own cache holds; but two threads that make calls of a few microseconds spend their time handing the
interpreter to and fro, and are slower together than one alone.
"""


def pieces(count: int, length: int) -> Iterator[slice]:
    """Slices of at most ``length`` that cover ``range(count)`` in order.

    Example:
        >>> list(pieces(5, 2))
        [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """
    length = max(1, length)
    for first in range(0, count, length):
        yield slice(first, min(count, first + length))


def in_chunks(function: Callable[[Array], Array], points: Array, floats: int) -> Array:
    """``function`` (M, D) -> (M,) over points (..., D), so many at once that they hold ``CHUNK_FLOATS``.

    Args:
        function: evaluates a chunk.
        points: where.
        floats: numbers that one point holds while it is evaluated.
    """
    points = np.asarray(points, dtype=np.float64)
    flat = points.reshape(-1, points.shape[-1])
    out = np.empty(len(flat))
    for piece in pieces(len(flat), CHUNK_FLOATS // max(1, floats)):
        out[piece] = function(flat[piece])
    return out.reshape(points.shape[:-1]) if points.ndim > 1 else out.reshape(())
