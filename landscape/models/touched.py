"""The units that two parameters of one layer enter, and how much of each parameter every sample feels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np

from landscape.models.base import Array, Indices


class Touched(NamedTuple):
    """The sums of the touched units as functions of (a, b): ``constant + a shares[0] + b shares[1]``.

    Attributes:
        units: the touched rows of the layer, rising; one or two.
        constant: (U, N), the sums at a = b = 0.
        shares: (2, U, N), what a and b are multiplied by; zero where a parameter does not enter a unit.
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
        """From the row each parameter enters, its signal (N,), and the touched units' sums (U, N) at a = b = 0."""
        units = sorted(set(rows))
        shares = np.zeros((2, *sums.shape))
        for parameter, (row, signal) in enumerate(zip(rows, signals, strict=True)):
            shares[parameter, units.index(row)] = signal
        return cls(units, sums, shares, np.array(l2), penalty)

    def of(self, samples: Indices | slice) -> Self:
        """The same for some of the samples."""
        return self._replace(
            constant=np.ascontiguousarray(self.constant[:, samples]),
            shares=np.ascontiguousarray(self.shares[:, :, samples]),
        )

    def sums(self, ab: Array) -> Array:
        """The touched units' sums at points (..., 2): (..., U, N)."""
        flat = ab @ self.shares.reshape(2, -1)  # (..., 2) @ (2, U N)
        flat += self.constant.reshape(-1)
        return np.asarray(flat.reshape(*ab.shape[:-1], *self.constant.shape))

    def penalized(self, ab: Array) -> Array:
        """The L2 penalty at points (..., 2): (...)."""
        return np.asarray(self.penalty + 0.5 * (self.l2 * ab * ab).sum(axis=-1))

    def penalized_grid(self, a: Array, b: Array) -> Array:
        """The L2 penalty at every crossing: (B, A)."""
        return np.asarray(self.penalty + 0.5 * (self.l2[0] * a * a + (self.l2[1] * b * b)[:, None]))

    def slope(self, delta: Array) -> Array:
        """Derivatives in (a, b) summed over the samples, from those in the touched sums: (..., U, N) -> (..., 2)."""
        return np.asarray(delta.reshape(*delta.shape[:-2], -1) @ self.shares.reshape(2, -1).T)

    @property
    def nbytes(self) -> int:
        """Memory held."""
        return self.constant.nbytes + self.shares.nbytes
