"""Batch normalisation: each unit's sums are centred and scaled by what they are over the samples in view."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from landscape.models.base import Array

EPSILON = 1e-5
"""Added to the variance, as Ioffe & Szegedy and PyTorch do."""


class Normalised(NamedTuple):
    """``hat = (z - mean) rate``, ``rate = 1 / sqrt(var + EPSILON)``: mean and biased variance are over the samples.

    Source: S. Ioffe, C. Szegedy, Batch Normalization (ICML 2015), arXiv:1502.03167, algorithm 1; the slopes are
    those of section 3. It is the rule of training, ``torch.nn.BatchNorm1d(H, track_running_stats=False)``: there
    are no running averages.

    Attributes:
        hat: (..., N, H); zero where all samples have the same sum, as a single one has.
        rate: (..., 1, H).

    Example:
        >>> Normalised.of(np.array([[1.0], [3.0]])).hat.ravel().round(4)
        array([-1.,  1.])
    """

    hat: Array
    rate: Array

    @classmethod
    def of(cls, z: Array, first: int | None = None) -> Normalised:
        """From sums z (..., N, H), which are overwritten. A variance beyond all numbers gives nan, not zero.

        Args:
            z: the sums.
            first: mean and variance are those of so many samples at the head; None: of all.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            seen = z[..., :first, :]
            z -= seen.mean(axis=-2, keepdims=True)
            variance = np.einsum("...nh,...nh->...h", seen, seen)[..., None, :] / seen.shape[-2]
            rate = 1 / np.sqrt(variance + EPSILON)
            rate[np.isinf(variance)] = np.nan  # 1 / inf would pass off a zero as the answer
            z *= rate
        return cls(z, rate)

    def back(self, delta: Array) -> tuple[Array, Array]:
        """What the derivatives ``delta`` (..., N, H) by ``gain * hat + shift`` say, up to the gain.

        Returns:
            The derivatives by the gain (..., H), and those by z (..., N, H) where the gain is 1.
        """
        gain = np.einsum("...nh,...nh->...h", delta, self.hat)
        slope = self.hat * (gain[..., None, :] / -delta.shape[-2])
        slope += delta
        slope -= delta.mean(axis=-2, keepdims=True)
        slope *= self.rate
        return gain, slope
