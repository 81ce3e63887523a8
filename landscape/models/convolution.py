"""A 3 x 3 convolution and 2 x 2 pooling as one matrix product and sums over one axis.

Both are laid out for the pooling: of every filter, the sums at the four places of all windows, ``(4, n, p)``, with the
places in reading order, n samples, and the p pixels of a pooled image in reading order. Places of a last odd row or
column, which are in no window, are never computed.
"""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from landscape.models.activations import ACTIVATIONS
from landscape.models.base import Array

PoolingName = Literal["mean", "max"]


class Picture(NamedTuple):
    """A square image.

    Attributes:
        channels: C, 1 or 3.
        side: rows and columns, at least 4.
    """

    channels: int
    side: int

    @property
    def pooled(self) -> int:
        """p, pixels of one pooled image: floor((side - 2) / 2) squared."""
        return int(((self.side - 2) // 2) ** 2)


def picture(inputs: int) -> Picture | None:
    """The picture of so many numbers, C side^2 with C = 1 or 3 (never both: 3 is no square); None where there is none.

    Example:
        >>> picture(784), picture(3072), picture(10)
        (Picture(channels=1, side=28), Picture(channels=3, side=32), None)
    """
    for channels in (1, 3):
        side = math.isqrt(inputs // channels)
        if channels * side * side == inputs and side >= 4:
            return Picture(channels, side)
    return None


def windows(x: Array, image: Picture) -> Array:
    """The 3 x 3 patches of images (n, C side side), channel first and row by row: (9 C, 4, n, p)."""
    channels, side = image
    length = (side - 2) // 2  # of a pooled row
    patches = sliding_window_view(x.reshape(-1, channels, side, side), (3, 3), axis=(2, 3))
    patches = patches[:, :, : 2 * length, : 2 * length]  # (n, C, 2 l, 2 l, 3, 3)
    patches = patches.reshape(-1, channels, length, 2, length, 2, 3, 3)  # still a view: axes are cut in two
    return patches.transpose(1, 6, 7, 3, 5, 0, 2, 4).reshape(9 * channels, 4, len(x), image.pooled)


def convolve(kernels: Array, bias: Array | None, patches: Array) -> Array:
    """Cross-correlation, as ``torch.nn.functional.conv2d`` has it: no kernel is flipped.

    Args:
        kernels: (..., k, C, 3, 3).
        bias: (..., k) or None.
        patches: (9 C, 4, n, p), of :func:`windows`.

    Returns:
        (..., k, 4, n, p): sum over channel, row and column of kernel times patch, plus the bias.
    """
    rows = kernels.reshape(-1, len(patches))  # (... k, 9 C)
    sums = (rows @ patches.reshape(len(patches), -1)).reshape(*kernels.shape[:-3], *patches.shape[1:])
    if bias is not None:
        sums += bias[..., None, None, None]
    return np.asarray(sums)


def pool(sums: Array, activation: str, pooling: PoolingName) -> Array:
    """Activation and 2 x 2 pooling: (..., 4, n, p) -> (..., n, p).

    The largest of four values of a function that never falls is its value at the largest of four sums, so that
    max pooling comes first: a quarter of the activations.
    """
    function = ACTIVATIONS[activation].value
    return function(sums.max(axis=-3)) if pooling == "max" else np.asarray(function(sums).mean(axis=-3))


def pool_back(delta: Array, h: Array, sums: Array, activation: str, pooling: PoolingName) -> Array:
    """Derivatives in the sums (..., 4, n, p) from those in the pooled values h, (..., n, p) both.

    Of equal largest sums the first in reading order takes all, as PyTorch does; at the kink of (leaky) ReLU the
    derivative from the left is taken.
    """
    slope = ACTIVATIONS[activation].slope
    if pooling == "mean":
        back = slope(ACTIVATIONS[activation].value(sums))
        back *= 0.25 * delta[..., None, :, :]
        return back
    back, top = np.empty_like(sums), sums.max(axis=-3)
    falling = delta * slope(h)
    free = np.ones(top.shape, dtype=bool)
    for place in range(4):
        first = (sums[..., place, :, :] == top) & free
        free &= ~first
        np.multiply(falling, first, out=back[..., place, :, :])
    return back


def by_filter(matrix: Array, filters: int) -> Array:
    """A dense layer's matrix (..., K, k p) as one matrix for each filter: a view (..., k, p, K)."""
    return np.moveaxis(matrix.reshape(*matrix.shape[:-1], filters, -1), -3, -1)


def dense(h: Array, matrices: Array) -> Array:
    """Sums of the dense layer without its bias: (..., k, n, p) and (..., k, p, K) -> (..., n, K)."""
    return np.asarray((h @ matrices).sum(axis=-3))
