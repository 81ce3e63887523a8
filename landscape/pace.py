"""How long work takes on this machine, by what the last pieces took."""

from __future__ import annotations

from collections import deque
from statistics import median

from landscape.objective import MULTIPLICATIONS_PER_SECOND

KEPT = 9
"""Pieces whose speed is remembered: one that was held up does not move their median."""


class Pace:
    """Seconds per unit of work: a careful guess at first, then the median of the last pieces. Safe for threads.

    Example:
        >>> pace = Pace()
        >>> for seconds in (2.0, 2.0, 50.0): pace.tell(1000.0, seconds)
        >>> pace.seconds(500.0)
        1.0
    """

    def __init__(self) -> None:
        self._told: deque[float] = deque(maxlen=KEPT)
        self._rate = 1 / MULTIPLICATIONS_PER_SECOND

    def tell(self, work: float, seconds: float) -> None:
        """A piece of so much work took so long."""
        self._told.append(seconds / work)
        self._rate = median(tuple(self._told))

    def seconds(self, work: float) -> float:
        """How long so much work will take, about."""
        return work * self._rate
