"""Numbers beside a picture, computed in slices of time as the picture is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from time import monotonic

from landscape.crew import AnyLane

Work = Callable[[Sequence[AnyLane], float], None]
"""Makes pieces of lanes until a time on the monotonic clock; at least one comes in."""


class Study:
    """Lanes that are worked on one after the other; what the next one is may depend on what came out of the last.

    What is done is kept by the engine that made the study: another study of the same scene finds it.

    Args:
        work: who makes the pieces.

    Attributes:
        progress: the share of the work that is done, 0..1; 1 only when nothing is missing.
        done: whether nothing is missing.
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self.progress, self.done = 0.0, False

    def advance(self, budget: float | None = 0.3) -> None:
        """Go on for about ``budget`` seconds; None: only look at what is there."""
        ends = monotonic() + (budget or 0.0)
        worked = missing = False
        for lane in self.lanes():
            if lane.complete:
                continue
            if budget is not None and not (worked and monotonic() >= ends):
                self._work([lane], ends)
                worked = True
            missing = missing or not lane.complete
            if missing and budget is not None:
                break
        self.done = not missing
        self.progress = 1.0 if self.done else self.share()

    def lanes(self) -> Iterator[AnyLane]:
        """What is wanted, in order; each lane has looked at what is there, and the next one may depend on it."""
        raise NotImplementedError

    def share(self) -> float:
        """How far it is, below 1."""
        raise NotImplementedError
