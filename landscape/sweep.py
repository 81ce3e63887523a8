"""Sweeps: a loss for each of several rates, and which of them is best."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from pydantic import ValidationError

from landscape.models.base import Array
from landscape.objective import MULTIPLICATIONS_PER_SECOND
from landscape.path import has_blown_up
from landscape.run import Run
from landscape.scene import Scene
from landscape.study import Study, Work
from landscape.training import Training

RATES = tuple(float(f"{10 ** (power / 2):.3g}") for power in range(-8, 5))
"""1e-4 to 100, two a decade."""

CLOSE = 1.8
"""Rates within a factor of this, a quarter of a decade, are told apart no further."""

FARTHEST = (1e-12, 1e6)
"""Rates beyond which nobody looks for a better one."""


@dataclass(frozen=True, eq=False)
class Sweep:
    """A loss for each of several rates.

    Attributes:
        rate: (R,), rising.
        loss: (R,), inf where the run blew up; NaN where it is not known yet.
        evaluations: of losses, or losses with gradients, that the sweep took.
        before: the loss where all of them begin; NaN where it is not known yet.
    """

    rate: Array
    loss: Array
    evaluations: int
    before: float = float("nan")

    @property
    def best(self) -> float | None:
        """The rate with the smallest loss so far, of several the smallest rate; None where every run blew up."""
        known = np.where(np.isnan(self.loss), np.inf, self.loss)
        return float(self.rate[int(np.argmin(known))]) if np.isfinite(known).any() else None

    @property
    def complete(self) -> bool:
        """Whether every loss is known."""
        return not np.isnan(self.loss).any()


def next_rate(sweep: Sweep, bounds: tuple[float, float] = FARTHEST) -> float | None:
    """The next rate to try: while the best is the smallest or the largest so far, half a decade beyond; then between
    the best and its neighbours until these are no more than ``CLOSE`` apart.

    Where every run blew up, the rates were too large. None where nothing is left to try, where it would be out of
    ``bounds``, and before all losses are known.

    Example:
        >>> next_rate(Sweep(np.array([0.1, 1.0]), np.array([2.0, 5.0]), 0))
        0.0316
        >>> next_rate(Sweep(np.array([0.0316, 0.1, 0.316]), np.array([3.0, 2.0, 5.0]), 0))
        0.0562
    """
    if not sweep.complete or not sweep.rate.size:
        return None
    best = sweep.best
    place = 0 if best is None else int(np.flatnonzero(sweep.rate == best)[0])
    if place == 0:
        rate = _halves(sweep.rate[0], -1)
    elif place == sweep.rate.size - 1:
        rate = _halves(sweep.rate[-1], 1)
    else:
        gaps = (sweep.rate[place - 1 : place + 1], sweep.rate[place : place + 2])
        wide = next((gap for gap in gaps if gap[1] / gap[0] > CLOSE), None)
        return None if wide is None else float(f"{np.sqrt(wide.prod()):.3g}")
    return rate if bounds[0] <= rate <= bounds[1] else None


def _halves(rate: float, count: int) -> float:
    """A rate so many halves of a decade on, as they are written: 1, 3.16, 10."""
    return float(f"{10 ** ((round(2 * np.log10(rate)) + count) / 2):.3g}")


def with_rate(run: Run, rate: float) -> Run:
    """The run from its first start at another learning rate.

    Raises:
        pydantic.ValidationError: the rate is out of the optimizer's bounds.
    """
    optimizer = type(run.optimizer).model_validate(run.optimizer.model_dump() | {"lr": rate})
    return run.model_copy(update={"optimizer": optimizer, "starts": run.places[:1]})


def alone(scene: Scene, index: int, rate: float) -> Scene:
    """The scene whose first run is run ``index`` by itself, from its first start at another rate.

    A run that trains everything from the initial weights does not see the plane: it is walked in the plane through
    these, since the plane may be laid through its own end. Others in a plane through trained weights keep the run
    that makes the plane.

    Raises:
        pydantic.ValidationError: the rate is out of the optimizer's bounds.
    """
    run = with_rate(scene.runs[index], rate)
    if index == scene.origin_run:
        run = run.model_copy(update={"starts": ("initial",)})
    if run.trains == "all" and run.starts == ("initial",):
        plane = scene.plane.model_copy(update={"origin": "initial"})
        return scene.model_copy(update={"plane": plane, "runs": (run,)})
    if scene.plane.origin == "trained" and scene.origin_run is not None:
        return scene.model_copy(update={"runs": (run, scene.runs[scene.origin_run])})
    return scene.model_copy(update={"runs": (run,)})


def swept(scene: Scene) -> list[int]:
    """The runs that begin at a place, by a method with a learning rate; a search among losses has none."""
    return [index for index, run in enumerate(scene.runs) if run.places and run.optimizer.uses_gradient]


class RateSweep(Study):
    """The loss at the end of runs, from their first starts, for each of many learning rates.

    After ``RATES`` and its own each run tries others, beyond these and around its best: see :func:`next_rate`.

    Args:
        work: who makes the pieces.
        scene: whose runs they are.
        trial: the walk of a scene's first run to its end, with what is there of it.
        rates: learning rates that are tried, those alone; None: ``RATES`` within each optimizer's bounds, its own, and
            those that follow from what is found.
        runs: indices of the runs; None: all whose method has a rate.
    """

    def __init__(
        self,
        work: Work,
        scene: Scene,
        trial: Callable[[Scene], Training],
        rates: Sequence[float] | None = None,
        runs: Sequence[int] | None = None,
    ) -> None:
        super().__init__(work)
        self._scene, self._trial, self._goes_on = scene, trial, rates is None
        self._rates: dict[int, list[float]] = {}
        for index in swept(scene) if runs is None else runs:
            run = scene.runs[index]
            given = {run.optimizer.rate, *filter(partial(_is_allowed, run), RATES)} if rates is None else rates
            self._rates[index] = sorted(given)
        self._ends: dict[tuple[int, float], tuple[float, int, float]] = {}  # loss, evaluations, loss before
        self._under_way = 0.0

    @property
    def planned(self) -> int:
        """How many steps the rates that are known to be tried take, together."""
        return sum(len(rates) * self._scene.runs[index].steps for index, rates in self._rates.items())

    @property
    def seconds(self) -> float:
        """How long that takes, by a careful guess of the machine's speed."""
        work = sum(
            len(rates) * self._trial(alone(self._scene, index, rates[0])).work
            for index, rates in self._rates.items()
            if rates
        )
        return work / MULTIPLICATIONS_PER_SECOND

    @property
    def sweeps(self) -> dict[int, Sweep]:
        """What is known, by index of the run."""
        return {index: self._sweep(index) for index in self._rates}

    def lanes(self) -> Iterator[Training]:
        most = max(map(len, self._rates.values()), default=0)
        for place in range(most):
            for index, rates in self._rates.items():
                if place < len(rates):
                    yield from self._walked(index, rates[place])
        for index, rates in self._rates.items() if self._goes_on else ():
            while (rate := next_rate(self._sweep(index))) is not None and _is_allowed(self._scene.runs[index], rate):
                rates.append(rate)
                rates.sort()
                yield from self._walked(index, rate)

    def share(self) -> float:
        tried = sum(map(len, self._rates.values()))
        return min((len(self._ends) + self._under_way) / max(1, tried), 1 - 1e-9)

    def _walked(self, index: int, rate: float) -> Iterator[Training]:
        """The walk at a rate, and its end where it has come to it."""
        if (index, rate) in self._ends:
            return
        trial = self._trial(alone(self._scene, index, rate))
        try:
            yield trial
        finally:  # also where nobody asks for the next one
            self._under_way = 0.0 if trial.complete else trial.done / trial.work
            if trial.complete:
                self._ends[index, rate] = _end(trial)

    def _sweep(self, index: int) -> Sweep:
        rates = self._rates[index]
        ends = [self._ends.get((index, rate), (np.nan, 0, np.nan)) for rate in rates]
        before = next((end[2] for end in ends if np.isfinite(end[2])), np.nan)
        return Sweep(np.array(rates), np.array([end[0] for end in ends]), sum(end[1] for end in ends), before)


def _end(trial: Training) -> tuple[float, int, float]:
    """The loss at the end, inf where the run blew up; its evaluations; and the loss of its first batch."""
    (path,) = trial.paths()
    if not path.step.size:
        return np.inf, 0, np.nan
    first, loss = float(path.batch_loss[0]), trial.loss
    blew_up = path.status.blew_up or not np.isfinite(loss) or has_blown_up(loss, first, float(path.grad_norm[0]))
    return np.inf if blew_up else loss, int(path.evaluations[-1]), first


def _is_allowed(run: Run, rate: float) -> bool:
    """Whether a rate is within the optimizer's bounds."""
    try:
        with_rate(run, rate)
    except ValidationError:
        return False
    return True
