"""The units that two parameters of one layer enter, and how much of each parameter every sample feels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from landscape.models.base import Array, Indices


class Touched(NamedTuple):
    """The sums of the touched units as functions of (a, b): ``constant + a shares[0] + b shares[1]``.

    Attributes:
        units: the touched rows of the layer, rising; one or two.
        constant: (N, U), the sums at a = b = 0.
        shares: (2, N, U), what a and b are multiplied by; zero where a parameter does not enter a unit.
        l2: strength of the squared penalty on a and on b, (2,).
        penalty: the penalty at a = b = 0.
    """

    units: list[int]
    constant: Array
    shares: Array
    l2: Array
    penalty: float

    @classmethod
    def by(
        cls, rows: Sequence[int], signals: Sequence[Array], sums: Array, l2: Sequence[float], penalty: float
    ) -> Touched:
        """From the row each parameter enters, its signal (N,), and the layer's sums (N, H) at a = b = 0."""
        units = sorted(set(rows))
        shares = np.zeros((2, len(sums), len(units)))
        for parameter, (row, signal) in enumerate(zip(rows, signals, strict=True)):
            shares[parameter, :, units.index(row)] = signal
        return cls(units, sums[:, units], shares, np.array(l2), penalty)

    def only(self, batch: Indices | None) -> tuple[Array, Array]:
        """``constant`` and ``shares`` of the samples in ``batch`` (None: all)."""
        return (self.constant, self.shares) if batch is None else (self.constant[batch], self.shares[:, batch])

    @staticmethod
    def sums(ab: Array, constant: Array, shares: Array) -> Array:
        """The touched units' sums at points (..., 2): (..., N, U)."""
        z: Array = ab[..., 0, None, None] * shares[0]
        z += ab[..., 1, None, None] * shares[1]
        z += constant
        return z

    def penalized(self, ab: Array) -> Array:
        """The L2 penalty at points (..., 2): (...)."""
        return np.asarray(self.penalty + 0.5 * (self.l2 * ab * ab).sum(axis=-1))

    def gradient(self, delta: Array, shares: Array, ab: Array) -> Array:
        """The gradient in (a, b) from the losses' derivatives delta (..., N, U): (..., 2)."""
        return np.asarray(np.einsum("...nu,pnu->...p", delta, shares) / shares.shape[1] + self.l2 * ab)
