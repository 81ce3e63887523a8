"""Is the gradient right? The model's own derivative beside differences of losses, and what each of them costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from landscape.chunks import CHUNK_FLOATS, pieces
from landscape.models.base import Array, spans
from landscape.objective import Objective, rows_per
from landscape.store import Records
from landscape.study import Study, Work
from landscape.trials import Trial, Trials

TOLERANCE = 1e-6
"""Relative error up to which an analytic gradient passes."""

STEP = 1e-5
"""Of the differences: it balances truncation (step^2) against rounding (1e-16 / step)."""

PER_BLOCK = 20
"""Parameters drawn from each block; blocks that are smaller are checked whole."""

PIECE_SECONDS = 0.1
"""What a piece of a check should take at most, by a careful guess of the machine's speed."""


class Way(NamedTuple):
    """A way to find a gradient.

    Attributes:
        name: "forward", "centred" or "analytic".
        error: relative, over all parameters looked at: of differences against the analytic gradient, of that
            against centred differences.
        evaluations: of the loss, for the parameters looked at; of the loss with its gradient for "analytic".
        whole: the same for the whole gradient.
    """

    name: str
    error: float
    evaluations: int
    whole: int


@dataclass(frozen=True)
class GradientReport:
    """An analytic gradient beside central differences.

    Attributes:
        blocks: name -> relative error ``|g - d| / (|g| + |d|)`` over the parameters looked at.
        error: the largest of them.
        evaluations: loss evaluations that the central differences took.
        passed: whether ``error`` is at most ``TOLERANCE``.
        checked: name -> how many parameters were looked at.
        ways: forward differences, central ones, and the analytic gradient.
        tolerance: the relative error up to which a block passes.
    """

    blocks: Mapping[str, float]
    error: float
    evaluations: int
    passed: bool
    checked: Mapping[str, int]
    ways: tuple[Way, ...]
    tolerance: float = TOLERANCE


class Some(NamedTuple):
    """Some of the parameters that are looked at in a block.

    Attributes:
        block: its name.
        rows: of the places that :meth:`Check.places` names.
    """

    block: str
    rows: slice


class Check:
    """What a check looks at, and how.

    Args:
        objective: what to check.
        theta: (P,), where; the initial parameters by default.
        step: relative step h of the differences: ``h max(1, |theta_i|)``.
        per_block: parameters drawn from each block.
        seed: of the draw.
    """

    def __init__(
        self,
        objective: Objective,
        theta: Array | None = None,
        *,
        step: float = STEP,
        per_block: int = PER_BLOCK,
        seed: int = 0,
    ) -> None:
        self._objective, self._step, self._per_block, self._seed = objective, step, per_block, seed
        self._theta = objective.theta0 if theta is None else theta
        self._spans = {name: span for name, _, span in spans(objective.blocks)}

    def pieces(self) -> Iterator[Some]:
        """All there is to measure, in pieces of about a tenth of a second."""
        length = min(rows_per(PIECE_SECONDS, 2 * self._objective.work), CHUNK_FLOATS // (2 * self._theta.size))
        for name, span in self._spans.items():
            for rows in pieces(min(self._per_block, span.stop - span.start), length):
                yield Some(name, rows)

    @cached_property
    def places(self) -> Mapping[str, NDArray[np.intp]]:
        """The parameters looked at in each block: half of them the steepest, for rounding drowns the smallest."""
        random, found = np.random.default_rng(self._seed), {}
        for name, span in self._spans.items():
            places = np.arange(span.start, span.stop)
            if places.size > self._per_block:
                steepest = places[np.argsort(-np.abs(self._gradient[places]))[: self._per_block // 2]]
                others = np.setdiff1d(places, steepest)
                drawn = random.choice(others, self._per_block - steepest.size, replace=False)
                places = np.union1d(steepest, drawn)
            found[name] = places
        return found

    def measure(self, some: Some) -> dict[str, Array]:
        """Derivatives in each of some parameters (n,): ``analytic``, ``centred`` and ``forward``."""
        places = self.places[some.block][some.rows]
        rows = np.arange(places.size)
        width = self._step * np.maximum(1.0, np.abs(self._theta[places]))
        pairs = np.repeat(self._theta[None], 2 * places.size, axis=0).reshape(2, places.size, -1)  # (2, n, P)
        pairs[0, rows, places] += width
        pairs[1, rows, places] -= width
        ahead, behind = pairs[0, rows, places], pairs[1, rows, places]  # as the numbers round them
        above, below = self._objective.loss(pairs)
        return {
            "analytic": self._gradient[places],
            "centred": (above - below) / (ahead - behind),
            "forward": (above - self._here) / (ahead - self._theta[places]),
        }

    def report(self, measured: Sequence[tuple[Some, Records]]) -> GradientReport:
        """What all measured pieces say together."""
        by_block: dict[str, list[Records]] = {}
        for some, records in measured:
            by_block.setdefault(some.block, []).append(records)
        series = {
            name: {kind: np.concatenate([part[kind] for part in parts]) for kind in parts[0]}
            for name, parts in by_block.items()
        }
        blocks = {name: distance(found["analytic"], found["centred"]) for name, found in series.items()}
        analytic, centred, forward = (
            np.concatenate([found[kind] for found in series.values()]) for kind in ("analytic", "centred", "forward")
        )
        count, whole = analytic.size, self._theta.size
        ways = (
            Way("forward", distance(analytic, forward), count + 1, whole + 1),
            Way("centred", distance(analytic, centred), 2 * count, 2 * whole),
            Way("analytic", distance(analytic, centred), 1, 1),
        )
        worst = max(blocks.values())
        checked = {name: found["analytic"].size for name, found in series.items()}
        return GradientReport(blocks, worst, 2 * count, worst <= TOLERANCE, checked, ways)

    @cached_property
    def _gradient(self) -> Array:
        return self._objective.gradient(self._theta)

    @cached_property
    def _here(self) -> float:
        return float(self._objective.loss(self._theta))


def distance(one: Array, other: Array) -> float:
    """Relative error ``|x - y| / (|x| + |y|)``; 0 where both are zero."""
    scale = float(np.linalg.norm(one) + np.linalg.norm(other))
    return float(np.linalg.norm(one - other)) / scale if scale else 0.0


def check_gradient(objective: Objective, theta: Array | None = None, **options: Any) -> GradientReport:
    """Compare the gradient with ``(L(theta + h e) - L(theta - h e)) / 2h``; arguments as for :class:`Check`.

    Example:
        >>> import landscape as ls
        >>> ls.gradient_check(ls.lesson("ravine")).passed
        True
    """
    check = Check(objective, theta, **options)
    return check.report([(some, check.measure(some)) for some in check.pieces()])


class GradientCheck(Study):
    """A check at the initial parameters, piece by piece.

    Args:
        work: who makes the pieces.
        objective: what to check.
        name: of the objective.
        find: what is there already.
    """

    def __init__(self, work: Work, objective: Objective, name: str, find: Callable[[str], Records | None]) -> None:
        super().__init__(work)
        self._check = Check(objective)
        trials = [
            Trial(f"check/{name}/{some.block}/{some.rows.start}", _cost(objective, some), some)
            for some in self._check.pieces()
        ]
        self._trials = Trials(trials, self._check.measure, find)

    def lanes(self) -> Iterator[Trials[Some]]:
        yield self._trials

    def share(self) -> float:
        return min(self._trials.done / self._trials.work, 1 - 1e-9)

    @property
    def report(self) -> GradientReport | None:
        """What is known of it; None before the first piece."""
        measured = [
            (job.piece, self._trials.results[job.number])
            for job in self._trials.jobs
            if job.number in self._trials.results
        ]
        return self._check.report(measured) if measured else None


def _cost(objective: Objective, some: Some) -> float:
    return 1e5 + float(2 * (some.rows.stop - some.rows.start) * objective.work)
