"""Losses of one sample as functions of its margins: how far each wrong class's score is above the right one's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

import numpy as np

from landscape.models.base import Array

MarginLossName = Literal["hinge", "cross_entropy"]


class MarginLoss(NamedTuple):
    """A loss on margins m (..., J, N) of N samples; a margin of -inf counts for nothing.

    Attributes:
        value: m -> (..., N).
        slope: its derivatives in m, (..., J, N), none negative.
    """

    value: Callable[[Array], Array]
    slope: Callable[[Array], Array]


def _hinge(m: Array) -> Array:
    return np.asarray(np.maximum(m, 0).sum(axis=-2))


def _hinge_slope(m: Array) -> Array:
    return (m > 0).astype(m.dtype)


def _cross_entropy(m: Array) -> Array:
    """``log(1 + sum exp m)``; small losses keep all their digits and no exponential overflows."""
    top = np.maximum(m.max(axis=-2), 0)
    others = np.exp(m - top[..., None, :]).sum(axis=-2)
    return np.asarray(top + np.log1p(others + np.expm1(-top)))  # of top = 0 the 1 is log1p's own


def _cross_entropy_slope(m: Array) -> Array:
    top = np.maximum(m.max(axis=-2), 0)
    share = np.exp(m - top[..., None, :])
    share /= (share.sum(axis=-2) + np.exp(-top))[..., None, :]
    return np.asarray(share)


MARGIN_LOSSES: Mapping[MarginLossName, MarginLoss] = {
    "hinge": MarginLoss(_hinge, _hinge_slope),
    "cross_entropy": MarginLoss(_cross_entropy, _cross_entropy_slope),
}
"""hinge: sum max(0, m), of slope 0 at a kink. cross_entropy: -log of the right class's softmax."""
