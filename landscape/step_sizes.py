"""One gradient step of many sizes from one place: small ones go down, large ones overshoot."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from landscape.models.base import Array
from landscape.objective import Objective
from landscape.store import Records
from landscape.study import Study, Work
from landscape.sweep import Sweep
from landscape.trials import Trial, Trials

STEP_SIZES = tuple(float(f"1e{power}") for power in range(-10, 0))
"""1e-10 to 1e-1."""

LARGEST = 1e4
"""No larger step is tried."""

STAND = 0.0
"""The size of no step at all: the loss before."""


class StepSizes(Study):
    """The loss after one gradient step of each size from the initial parameters, on all samples.

    Args:
        work: who makes the pieces.
        objective: what is minimised.
        name: of the objective.
        find: what is there already.
        sizes: that are tried, those alone; None: ``STEP_SIZES``, and on by decades until a step overshoots.

    Example:
        >>> import landscape as ls
        >>> ls.step_sizes(ls.lesson("ravine"), [0.05, 0.1, 0.2]).best
        0.05
    """

    def __init__(
        self,
        work: Work,
        objective: Objective,
        name: str,
        find: Callable[[str], Records | None],
        sizes: Sequence[float] | None = None,
    ) -> None:
        super().__init__(work)
        self._objective, self._name, self._find = objective, name, find
        self._goes_on = sizes is None
        self._tried = [self._trials([STAND, *sorted(STEP_SIZES if sizes is None else sizes)])]

    def lanes(self) -> Iterator[Trials[float]]:
        yield from self._tried
        while self._goes_on and (size := self._next()) is not None:
            self._tried.append(self._trials([size]))
            yield self._tried[-1]

    def share(self) -> float:
        return min(sum(lane.done for lane in self._tried) / sum(lane.work for lane in self._tried), 1 - 1e-9)

    @property
    def sweep(self) -> Sweep:
        """What is known."""
        known = self._known()
        before = known.pop(STAND)
        loss = np.array(list(known.values()))
        rate = np.array(list(known))
        return Sweep(rate, loss, int(np.count_nonzero(~np.isnan([before, *loss]))), before)

    def _known(self) -> dict[float, float]:
        """The loss by size, rising; NaN where it is not known yet, inf where it is not finite."""
        losses: dict[float, float] = {}
        for lane in self._tried:
            for job in lane.jobs:
                result = lane.results.get(job.number)
                loss = np.nan if result is None else float(result["loss"][0])
                losses[job.piece] = loss if result is None or np.isfinite(loss) else np.inf
        return losses

    def _next(self) -> float | None:
        """The next decade, where all losses are known and none of them shows an overshoot."""
        known = self._known()
        before, largest = known[STAND], max(known)
        overshoots = any(loss > before for loss in known.values())
        if overshoots or np.isnan(list(known.values())).any() or largest >= LARGEST:
            return None
        return float(f"{10 * largest:.0e}")

    def _trials(self, sizes: Sequence[float]) -> Trials[float]:
        work = float(self._objective.work)
        trials = [
            Trial(f"size/{self._name}/{size!r}", 1e5 + (4 * work if number == 1 else work), size)
            for number, size in enumerate(sizes)
        ]
        return Trials(trials, self._after, self._find)

    def _after(self, size: float) -> Mapping[str, NDArray[Any]]:
        """The loss after a step."""
        here = self._objective.theta0
        with np.errstate(over="ignore", invalid="ignore"):
            at = here if size == STAND else here - size * self._gradient
            return {"loss": np.array([self._objective.loss(at)], dtype=np.float64)}

    @cached_property
    def _gradient(self) -> Array:
        return self._objective.gradient(self._objective.theta0)
