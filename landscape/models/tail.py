"""What is left of a network behind one layer's sums, made ready to be evaluated many times."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from landscape.models.base import Array, Width
from landscape.models.fold import fold
from landscape.models.losses import Head

Floats = NDArray[Any]
Layer = tuple[Array, Array | None]
"""Matrix (H', H) and bias (H',) or None."""

PRODUCT = 8
"""Multiply-adds inside a matrix product that take as long as one multiplication of an array in place."""

ROWS, SMALL = 128, 1_000_000
"""Rows of a small product, and the multiply-adds that it may have."""

CALL = 8
"""Multiplications in place that take as long as an activation: an exp, an addition, a division."""


class Tail:
    """Losses from the sums of a layer: activation, the layers behind it, output function and loss.

    All scalings are folded into the matrices (:mod:`landscape.models.fold`), everything happens in place and
    in arrays that are used again: one tail must not be used by two threads at once.

    Args:
        layers: those behind it; none where the sums are the outputs' own.
        activation: of the hidden units.
        head: output function and loss.
        dtype: float64 or float32.

    Attributes:
        scale: what the sums must be multiplied by before they are handed in.
    """

    def __init__(self, layers: Sequence[Layer], activation: str, head: Head, dtype: Width) -> None:
        inner = fold(activation, dtype)
        self._function = inner.function
        self._head, self._dtype = head, dtype
        self._outer = fold("sigmoid", dtype) if head.output == "sigmoid" and head.loss == "squared_error" else None
        last = self._outer.scale if self._outer else 1.0
        self.scale = inner.scale if layers else last
        begins = inner if layers else self._outer
        self._behind = begins.behind if begins else None
        self._layers: list[tuple[Floats, Floats | None]] = []
        for number, (matrix, bias) in enumerate(layers, start=1):
            scale = last if number == len(layers) else inner.scale
            constant = inner.offset * matrix.sum(axis=1) + (0.0 if bias is None else bias)
            needed = inner.offset != 0.0 or bias is not None
            self._layers.append(
                (
                    np.ascontiguousarray((scale * inner.gain * matrix).T, dtype=dtype),  # (H, H')
                    (scale * constant).astype(dtype) if needed else None,
                )
            )
        self._buffers: list[Floats] = []

    @property
    def takes_exponentials(self) -> bool:
        """Whether a sum of two exponentials may be handed in instead of the scaled sums."""
        return self._behind is not None

    def mix(self, base: Tail, direction: Tail, factor: float) -> None:
        """Become ``base + factor * direction``, matrix by matrix: folding is linear, so that this is the tail there."""
        for mine, his, along in zip(self._layers, base._layers, direction._layers, strict=True):
            for here, there, way in zip(mine, his, along, strict=True):
                if here is not None and there is not None and way is not None:
                    np.multiply(way, self._dtype(factor), out=here)
                    np.add(here, there, out=here)

    def losses(self, z: Floats, y: Array, *, over: Floats | None = None) -> Floats:
        """Loss of each sample at each point, (M, N). Overflow of an exponential is in order: its limit is right.

        Args:
            z: (M, N, H) scaled sums s; overwritten. With ``over``, ``over * (1 + exp(s))`` instead.
            y: (N, K) targets.
            over: (N, H) or None.
        """
        points, samples, width = z.shape
        if over is not None and self._behind is not None:
            self._behind(z, over)
        h: Floats = z.reshape(points * samples, width)
        for number, ((matrix, constant), out) in enumerate(zip(self._layers, self._room(len(h)), strict=True)):
            if number > 0 or over is None:
                self._function(h)
            h = product(h, matrix, out)  # (M N, H) @ (H, H') -> (M N, H')
            if constant is not None:
                h += constant
        h = h.reshape(points, samples, -1)
        if self._outer is None:
            return self._head.per_sample(h, y)
        if self._layers or over is None:
            self._outer.function(h)  # o - y = gain (v - (y - offset) / gain)
        h -= ((y - self._outer.offset) / self._outer.gain).astype(self._dtype)
        return np.asarray(self._outer.gain**2 * np.vecdot(h, h))

    def _room(self, rows: int) -> list[Floats]:
        if not self._buffers or len(self._buffers[0]) < rows:
            self._buffers = [np.empty((rows, matrix.shape[1]), self._dtype) for matrix, _ in self._layers]
        return [buffer[:rows] for buffer in self._buffers]


def product(h: Floats, matrix: Floats, out: Floats) -> Floats:
    """``h @ matrix``, (R, H) @ (H, H') -> (R, H'), into ``out``: many small products where those are the quicker ones.

    OpenBLAS has kernels of their own for products of up to a million multiply-adds, which pack nothing: into a few
    columns, as those of the output layer are, they are two to three times as fast.
    """
    whole = len(h) - len(h) % ROWS
    if not 0 < ROWS * matrix.size <= SMALL or whole <= ROWS:
        return np.matmul(h, matrix, out=out)
    np.matmul(h[:whole].reshape(-1, ROWS, h.shape[1]), matrix, out=out[:whole].reshape(-1, ROWS, out.shape[1]))
    if whole < len(h):
        np.matmul(h[whole:], matrix, out=out[whole:])
    return out


def cost(width: int, layers: Sequence[Layer]) -> int:
    """Work of one sample from a layer's sums (width) on, activations included."""
    return CALL * width + sum(int(matrix.size) // PRODUCT + CALL * len(matrix) for matrix, _ in layers)
