"""Is a surface convex? The midpoint test along random segments of it.

A function is convex if along every segment its value in the middle is at most the mean of those at the ends::

    f((p + q) / 2) <= (f(p) + f(q)) / 2

One segment that breaks this shows that it is not; any number of segments that keep it proves nothing beyond them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from landscape.chunks import pieces
from landscape.grid import Grid
from landscape.models.base import Array
from landscape.objective import rows_per
from landscape.slice import Slice
from landscape.store import Records
from landscape.study import Study, Work
from landscape.trials import Trial, Trials

SEGMENTS = 1_000
"""As many as are tried."""

MOST_SEGMENTS = 100_000

ROUNDING = 2.0**-42
"""A middle that lies above the chord by no more than this share of the largest of the three losses is taken to lie on
it: a thousand roundings of 64-bit numbers."""

FINE = 101
"""Points at which the loss along the worst segment is drawn."""

PIECE_SECONDS = 0.05
"""What a piece of a probe should take at most, by a careful guess of the machine's speed."""


@dataclass(frozen=True, eq=False)
class Segment:
    """A segment in the plane, and the loss along it.

    Attributes:
        ends: (2, 2), the plane coordinates of its ends.
        loss: (3,), at one end, in the middle, at the other end.
        share: (T,) 0..1, places along it at which ``profile`` is known; none where it was not asked for.
        profile: (T,), the loss there.
    """

    ends: Array
    loss: Array
    share: Array
    profile: Array

    @property
    def middle(self) -> Array:
        """(2,), its middle."""
        return np.asarray(self.ends.mean(axis=0))

    @property
    def above(self) -> float:
        """How far the loss in the middle lies above the chord; negative where it lies below."""
        return float(self.loss[1] - (self.loss[0] / 2 + self.loss[2] / 2))


@dataclass(frozen=True, eq=False)
class Convexity:
    """What a probe found so far.

    Attributes:
        tried: segments whose three losses are finite.
        lost: segments with a loss that is not.
        broken: of those tried, along which the function is not convex, by more than ``ROUNDING``.
        sag: (tried,), how far the loss in the middle lies below the chord.
        worst: the segment whose middle lies farthest above its chord; of none that is broken the one with the
            smallest sag. None before any is known.
    """

    tried: int
    lost: int
    broken: int
    sag: Array
    worst: Segment | None

    @property
    def holds(self) -> bool:
        """Whether no segment speaks against convexity."""
        return self.broken == 0


def segments(grid: Grid, count: int, seed: int) -> Array:
    """(count, 2, 2), the ends of segments, uniform in the grid's rectangle: b is 0 where the plane is a line.

    Example:
        >>> ends = segments(Grid(a=(2, 3), b=None), 100, seed=0)
        >>> bool((ends[..., 0] >= 2).all() and (ends[..., 0] <= 3).all()), float(abs(ends[..., 1]).max())
        (True, 0.0)
    """
    low, high = np.array([grid.a, grid.b or (0.0, 0.0)]).T
    return np.asarray(low + (high - low) * np.random.default_rng(seed).uniform(size=(count, 2, 2)))


class ConvexityProbe(Study):
    """The midpoint test of a function on a plane, on the exact function and not on the grid's points.

    Args:
        work: who makes the pieces.
        slice_: gives the function; it is asked for where something is to be done.
        grid: the segments' ends lie in its rectangle.
        name: of the function.
        find: what is there already.
        count: segments.
        seed: of their ends.
        draws: whether the loss along the worst segment is wanted.
        cost: work of a point; None: the function says.
    """

    def __init__(
        self,
        work: Work,
        slice_: Callable[[], Slice],
        grid: Grid,
        name: str,
        find: Callable[[str], Records | None],
        count: int = SEGMENTS,
        seed: int = 0,
        *,
        draws: bool = True,
        cost: float | None = None,
    ) -> None:
        super().__init__(work)
        self._slice, self._cost, self._find, self._draws = slice_, cost, find, draws
        self._ends = segments(grid, count, seed)  # (count, 2, 2)
        self._name = f"convexity/{name}/{grid.a}/{grid.b}/{count}/{seed}"
        self._rows: list[slice] = []
        self._trials: Trials[Array] | None = None
        self._along: Trials[Array] | None = None

    def lanes(self) -> Iterator[Trials[Array]]:
        if self._trials is None:
            self._rows = list(pieces(len(self._ends), rows_per(PIECE_SECONDS, 3 * self._work_of_a_point)))
            self._trials = self._tried([self._points(rows) for rows in self._rows], "middle")
        yield self._trials
        if self._trials.complete and self._draws and self._along is None and (worst := self._worst()) is not None:
            ends = self._ends[worst]
            share = np.linspace(0, 1, FINE)[:, None]
            self._along = self._tried([(1 - share) * ends[0] + share * ends[1]], f"along/{worst}")
        if self._along is not None:
            yield self._along

    def share(self) -> float:
        return 0.0 if self._trials is None else min(self._trials.done / self._trials.work, 1 - 1e-9)

    @property
    def _work_of_a_point(self) -> float:
        if self._cost is None:
            self._cost = float(self._slice().point_work)
        return self._cost

    @property
    def report(self) -> Convexity:
        """What is known of it."""
        loss = self._loss
        finite = np.isfinite(loss).all(axis=0)
        first, middle, last = loss[:, finite]
        sag = first / 2 + last / 2 - middle
        broken = _broken(loss)
        known = int(np.count_nonzero(~np.isnan(loss[1])))
        place = self._worst()
        return Convexity(sag.size, known - sag.size, int(broken.sum()), sag, self._segment(loss, place))

    def _segment(self, loss: Array, place: int | None) -> Segment | None:
        if place is None:
            return None
        along = None if self._along is None else self._along.results.get(0)
        profile = np.empty(0) if along is None else along["loss"]
        return Segment(self._ends[place], loss[:, place], np.linspace(0, 1, profile.size), profile)

    @property
    def _loss(self) -> Array:
        """(3, count), at one end, in the middle, at the other; NaN where it is not known, inf where not finite."""
        loss = np.full((3, len(self._ends)), np.nan)
        for number, result in ({} if self._trials is None else dict(self._trials.results)).items():
            known = result["loss"].reshape(3, -1)
            loss[:, self._rows[number]] = np.where(np.isfinite(known), known, np.inf)
        return loss

    def _worst(self) -> int | None:
        loss = self._loss
        finite = np.isfinite(loss).all(axis=0)
        if not finite.any():
            return None
        with np.errstate(invalid="ignore"):
            above = np.where(finite, loss[1] - (loss[0] / 2 + loss[2] / 2), -np.inf)
        broken = _broken(loss)
        return int(np.argmax(np.where(broken, above, -np.inf) if broken.any() else above))

    def _points(self, rows: slice) -> Array:
        """(3 n, 2), ends and middles of some segments."""
        ends = self._ends[rows]
        return np.concatenate([ends[:, 0], ends[:, 0] / 2 + ends[:, 1] / 2, ends[:, 1]])

    def _tried(self, points: Sequence[Array], what: str) -> Trials[Array]:
        trials = [
            Trial(f"{self._name}/{what}/{number}", 1e5 + len(some) * self._work_of_a_point, some)
            for number, some in enumerate(points)
        ]
        return Trials(trials, self._evaluate, self._find)

    def _evaluate(self, points: Array) -> dict[str, Array]:
        with np.errstate(all="ignore"):
            return {"loss": self._slice().loss(points)}


def _broken(loss: Array) -> np.ndarray:
    """(n,) bool, which of some segments' losses (3, n) go against convexity by more than rounding."""
    with np.errstate(invalid="ignore"):
        above = loss[1] - (loss[0] / 2 + loss[2] / 2)
        broken: np.ndarray = np.isfinite(loss).all(axis=0) & (above > ROUNDING * np.abs(loss).max(axis=0))
    return broken
