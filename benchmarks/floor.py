"""The floor: the bare matrix products and activation calls that remain once the structure of a slice is used.

Products are made into given arrays, activations in place, on tiles that fit into a core's own cache, in as many
threads as there are cores with one BLAS thread each. Nothing is added up, compared or kept: no way of computing
the same picture by these operations takes less time. A way that needs fewer of them can.

float32 sigmoids are numpy's tanh, which is the same function with its halves folded into the weights; float64
ones are 1 / (1 + exp(-z)), which is faster there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.threads import CORES, blas

Floats = NDArray[Any]

TILE = 1 << 16
"""Numbers in the largest array of a tile."""


class Floor:
    """Measures bare operations in one precision.

    Args:
        precision: "float64" or "float32".
        activation: of the hidden units: "sigmoid" or "tanh"; outputs are sigmoids.
    """

    def __init__(self, precision: str, activation: str) -> None:
        self._dtype = np.dtype(precision)
        sigmoid = _tanh if precision == "float32" else _sigmoid
        self._hidden = _tanh if activation == "tanh" else sigmoid
        self._output = sigmoid

    def calls(self, count: int, *, output: bool = False) -> None:
        """``count`` activations, of output units or of hidden ones."""
        function = self._output if output else self._hidden
        self._share(-(-count // TILE), lambda: (self._numbers(1, TILE),), lambda arrays: function(arrays[0]))

    def quotients(self, count: int) -> None:
        """``count`` divisions, which is what a sigmoid costs whose exponential is known."""
        self._share(
            -(-count // TILE), lambda: (self._numbers(1, TILE),), lambda arrays: np.reciprocal(*arrays, *arrays)
        )

    def passes(self, widths: Sequence[int], rows: int, *, first: bool, last: bool) -> None:
        """Send ``rows`` samples through layers of these widths.

        Args:
            widths: numbers per sample, from what enters to what leaves.
            rows: how many.
            first: whether what enters goes through the activation too.
            last: whether what leaves goes through the output function.
        """
        tiles = -(-rows // max(1, TILE // max(widths[1:])))
        height = -(-rows // tiles)
        matrices = [self._matrix(*pair) for pair in pairwise(widths)]

        def work(arrays: tuple[Floats, ...]) -> None:
            if first:
                self._hidden(arrays[0])
            for layer, matrix in enumerate(matrices, start=1):
                np.matmul(arrays[layer - 1], matrix, out=arrays[layer])
                if layer < len(matrices) or last:
                    (self._hidden if layer < len(matrices) else self._output)(arrays[layer])

        self._share(tiles, lambda: tuple(self._numbers(height, width) for width in widths), work)

    def descent(self, starts: int, samples: int, steps: int) -> None:
        """So many steps of descents in the plane of two weights of the last layer, all starts at once.

        A step is the product that gives the touched unit's sums, their sigmoids, and the product that gives
        the gradients.
        """
        ab, shares = self._matrix(starts, 2), self._matrix(2, samples)
        sums, gradient = self._numbers(starts, samples), self._numbers(starts, 2)
        for _ in range(steps):
            np.matmul(ab, shares, out=sums)
            self._output(sums)
            np.matmul(sums, shares.T, out=gradient)

    def training(self, widths: Sequence[int], rows: int, steps: int) -> None:
        """So many steps of training all weights: the products of forward and backward pass, and the activations."""
        values = [self._numbers(rows, width) for width in widths]
        deltas = [self._numbers(rows, width) for width in widths]
        matrices = [self._matrix(*pair) for pair in pairwise(widths)]
        gradients = [self._matrix(*pair) for pair in pairwise(widths)]
        for _ in range(steps):
            for layer, matrix in enumerate(matrices, start=1):
                np.matmul(values[layer - 1], matrix, out=values[layer])
                (self._hidden if layer < len(matrices) else self._output)(values[layer])
            for layer in range(len(matrices), 0, -1):
                np.matmul(values[layer - 1].T, deltas[layer], out=gradients[layer - 1])
                if layer > 1:
                    np.matmul(deltas[layer], matrices[layer - 1].T, out=deltas[layer - 1])

    def _matrix(self, rows: int, columns: int) -> Floats:
        return np.full((rows, columns), 1.0 / rows, dtype=self._dtype)

    def _numbers(self, rows: int, columns: int) -> Floats:
        return np.full((rows, columns), 0.75, dtype=self._dtype)

    def _share(
        self, tiles: int, make: Callable[[], tuple[Floats, ...]], work: Callable[[tuple[Floats, ...]], object]
    ) -> None:
        """Do ``work`` once for every tile, shared between the threads, each with arrays of its own."""

        def some(count: int) -> None:
            arrays = make()
            for _ in range(count):
                work(arrays)

        threads = min(CORES, tiles)
        with blas(1), ThreadPoolExecutor(threads) as pool:
            list(pool.map(some, [tiles // threads + (index < tiles % threads) for index in range(threads)]))


def _tanh(z: Floats) -> None:
    np.tanh(z, out=z)


def _sigmoid(z: Floats) -> None:
    np.negative(z, out=z)
    np.exp(z, out=z)
    z += 1.0
    np.reciprocal(z, out=z)
