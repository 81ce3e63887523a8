"""The softmax cross-entropy over a plane: the exponential of a sum is a product."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from landscape.chunks import CHUNK_FLOATS, pieces
from landscape.models.base import Array, Indices, Width
from landscape.models.linear_scores import LinearScores, PlanePenalty
from landscape.models.margins import MARGIN_LOSSES
from landscape.threads import spread

REACH = 150.0
"""How far an exponent may move from the middle of a block to its edge, along one axis: two of them leave room in
exp(700) for everything."""

ROOM = 700.0
"""Exponents up to which exponentials and their reciprocals are normal numbers."""

TOGETHER = 16
"""Samples whose sums are multiplied before the logarithm is taken, at most: with more it is no longer felt."""

FAR = 1e12
"""Exponents from which no blocks are made."""

SAMPLES, PARTS = 256, 8
"""Samples of a part, at least, and parts, at most, that are spread over the cores."""

TINY = 1e-5
"""Mean loss below which ``log(1 + s)`` of a rounded ``1 + s`` would lose digits that count."""


class SoftmaxScores(LinearScores):
    """Exact evaluator for any plane of the softmax cross-entropy of a linear classifier.

    A sample's loss is ``log(1 + sum_j exp(p_j + a q_j + b r_j))`` over the wrong classes. Each exponential is
    ``exp(p_j + a q_j)`` of a column times ``exp(b r_j)`` of a row, so that the sums at all crossings are one small
    product of matrices a sample, (B, K) @ (K, A), without an exponential per crossing. And the sum of logarithms is
    the logarithm of a product, of as many samples as the numbers can hold: hardly a logarithm per crossing either.

    The exponents are taken from their largest in the middle of a block of the grid, and the blocks are so small that
    none gets far from there: nothing overflows, and what underflows does not count.

    Args:
        margins: (3, J, N).
        penalty: what is added.
    """

    def __init__(self, margins: Array, penalty: PlanePenalty) -> None:
        super().__init__(MARGIN_LOSSES["cross_entropy"], margins, penalty)
        self._largest, *steepest = np.abs(margins).max(axis=(1, 2))  # nan where one is not a number
        self._steepest = np.array(steepest)
        self.work = margins.shape[2] * (3 + margins.shape[1] // 4)
        self.point_work = 8 * margins[0].size

    @np.errstate(over="ignore", invalid="ignore")
    def grid(self, a: Array, b: Array, dtype: Width = np.float64) -> Array:
        mesh = np.stack(np.meshgrid(a, b), axis=-1)
        if not np.abs(mesh).max(axis=(0, 1)) @ self._steepest + self._largest < FAR:
            return self.value(mesh)
        loss = np.empty((b.size, a.size))
        for columns in _cells(a, self._steepest[0]):
            for rows in _cells(b, self._steepest[1]):
                loss[rows[:, None], columns] = self._block(a[columns], b[rows])
        tiny = loss < TINY
        loss[tiny] = self._data_loss(mesh[tiny], self._margins)
        return np.asarray(loss + self._penalty.value(mesh))

    def _block(self, a: Array, b: Array) -> Array:
        """Mean loss without the penalty at every crossing of a block: (B, A)."""
        if a.size * b.size <= a.size + b.size:
            return self._data_loss(np.stack(np.meshgrid(a, b), axis=-1), self._margins)
        middle = np.array([(a.min() + a.max()) / 2, (b.min() + b.max()) / 2])
        away = np.array([a.max(), b.max()]) - middle
        classes = self._margins.shape[1] + 1
        most = float(self._steepest @ away) + math.log(classes)  # |log| of a sample's sum
        together = max(1, min(TOGETHER, int(ROOM // most)))

        def part(rows: slice) -> Array:
            margins, total = self._margins[:, :, rows], np.zeros((b.size, a.size))
            for some in pieces(margins.shape[2], CHUNK_FLOATS // max(total.size, classes * (a.size + b.size))):
                sums, tops = _sums(margins[:, :, some], a - middle[0], b - middle[1], middle)
                total += _log_product(sums, together)
                total += tops
            return total

        samples = self._margins.shape[2]
        total: Array = sum(spread(part, pieces(samples, max(SAMPLES, -(-samples // PARTS)))), np.zeros(()))
        return np.asarray(total / samples)


def _sums(margins: Array, a: Array, b: Array, middle: Array) -> tuple[Array, float]:
    """Sums of exponentials of all classes at crossings of ``middle + a``, ``middle + b``, over ``exp(top)`` each.

    Returns:
        (n, B, A), and the sum of the tops.
    """
    p, q, r = margins.swapaxes(1, 2)  # (n, J)
    centre = p + middle[0] * q + middle[1] * r
    top = np.maximum(centre.max(axis=1), 0.0)
    centre -= top[:, None]
    samples, wrong = p.shape
    across = np.empty((samples, wrong + 1, a.size))
    np.multiply(q[:, :, None], a, out=across[:, :wrong])
    across[:, :wrong] += centre[:, :, None]
    across[:, wrong] = -top[:, None]
    np.exp(across, out=across)
    down = np.zeros((samples, b.size, wrong + 1))
    np.multiply(r[:, None, :], b[:, None], out=down[:, :, :wrong])
    np.exp(down, out=down)
    return down @ across, float(top.sum())  # (n, B, K) @ (n, K, A)


def _log_product(sums: Array, together: int) -> Array:
    """The sum of the logarithms of sums (n, B, A), which are overwritten; so many are multiplied before: (B, A)."""
    step = -(-len(sums) // together)
    product = sums[:step]
    for others in pieces(len(sums) - step, step):
        more = sums[step:][others]
        product[: len(more)] *= more
    np.log(product, out=product)
    return np.asarray(product.sum(axis=0))


def _cells(coordinates: Array, steepest: float) -> Iterator[Indices]:
    """The places of coordinates (M,), in any order, in groups over which exponents move by ``2 REACH`` at most."""
    cells = np.floor((coordinates - coordinates.min()) * (steepest / (2 * REACH)))
    for cell in np.unique(cells):
        yield np.flatnonzero(cells == cell)
