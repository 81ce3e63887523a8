"""Where the descent of a typed formula begins, and at which rate, so that its first picture shows a path."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from landscape.models.base import Array

STEPS = 100
"""Steps of that descent."""

REACH = 3.0
"""It is looked at so far to each side of (0, 0)."""

STRIDE = 1.0
"""No step of it is longer: a sixth of what is looked at."""

STARTS = np.array([
    (2.5, 2.0), (2.0, 1.0), (-2.0, 1.0), (1.0, 0.5), (-1.0, -0.5), (0.5, 0.25), (-0.5, -0.25), (2.0, -2.5),
    (0.1, 0.1), (2.9, 2.9), (-2.9, 2.9), (-2.9, -2.9), (2.9, -2.9),
])  # fmt: skip
"""Tried in this order."""

RATES = np.array([float(f"{digit}e{power}") for power in range(-12, 3) for digit in (1, 2, 5)])
"""Learning rates to choose from: numbers that people would."""

NO_TURN = 1e-6
"""A turn is none between steps that are shorter."""

USUAL = 0.1
"""The rate where none of them leads anywhere."""

LevelAndSlope = Callable[[Array], tuple[Array, Array]]


class Outset(NamedTuple):
    """A start and a rate.

    Attributes:
        start: (P,).
        rate: of gradient descent.
    """

    start: tuple[float, ...]
    rate: float


def outset(function: LevelAndSlope, axes: int) -> Outset:
    """The first start that has a slope, and the highest rate whose descent from there is one.

    It is one if it never goes up, turns by no more than a right angle, stays in what is looked at and makes no step
    longer than a sixth of that.

    Args:
        function: points (..., P) -> values (...) and gradients (..., P).
        axes: P, 1 or 2.

    Example:
        >>> outset(lambda theta: ((theta**2).sum(axis=-1), 2 * theta), 2)
        Outset(start=(2.5, 2.0), rate=0.1)
    """
    starts = STARTS[:, :axes]
    value, slope = function(starts)
    known = np.isfinite(value) & np.isfinite(slope).all(axis=-1)
    steep = known & (np.abs(slope).max(axis=-1) > 1e-9)
    chosen = starts[int((steep if steep.any() else known).argmax())]
    start = tuple(map(float, chosen))
    return Outset(start, _rate(function, chosen) if steep.any() else USUAL)


def _rate(function: LevelAndSlope, start: Array) -> float:
    """All rates at once walk from the start; the highest of those that hold is taken."""
    theta = np.tile(start, (len(RATES), 1))  # (R, P)
    value, slope = function(theta)
    holds = np.ones(len(RATES), dtype=bool)
    last = np.zeros_like(theta)
    for _ in range(STEPS):
        step = np.where(holds[:, None], -RATES[:, None] * slope, 0.0)
        theta = theta + step
        before, (value, slope) = value, function(theta)
        lengths = np.linalg.norm(step, axis=-1)
        holds &= (lengths <= STRIDE) & (np.abs(theta) <= REACH).all(axis=-1)
        holds &= np.isfinite(value) & np.isfinite(slope).all(axis=-1)
        holds &= value <= before + 1e-12 * np.abs(before)
        holds &= ((step * last).sum(axis=-1) >= 0) | (lengths < NO_TURN)
        last = step
        if not holds.any():
            return float(RATES[0])
        slope = np.where(holds[:, None], slope, 0.0)
    return float(RATES[np.flatnonzero(holds)[-1]])
