"""Evaluations that need nothing of each other, as pieces that are made one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any, Generic, NamedTuple, TypeVar

from landscape.lane import Job, Lane
from landscape.pace import Pace
from landscape.store import Records

T = TypeVar("T")


class Trial(NamedTuple, Generic[T]):
    """One of them.

    Attributes:
        key: of its result; it names all that the result depends on.
        work: the multiplications it costs, about.
        asked: what is to be evaluated.
    """

    key: str
    work: float
    asked: T


class Trials(Lane[T, Callable[[T], Records]]):
    """Trials, in order.

    Args:
        trials: what there is to evaluate.
        evaluate: makes the result of one.
        find: what is there already, by its key.

    Attributes:
        results: by number of the trial.
    """

    def __init__(
        self, trials: Sequence[Trial[T]], evaluate: Callable[[T], Records], find: Callable[[str], Records | None]
    ) -> None:
        self.results: dict[int, Records] = {}
        jobs = [Job(number, trial.key, trial.work, trial.asked) for number, trial in enumerate(trials)]
        super().__init__(jobs, evaluate, Pace())
        self.look(find)

    def make(self, evaluate: Callable[[T], Records], job: Job[T]) -> Records:
        """The result of a trial."""
        begun = perf_counter()
        result = evaluate(job.piece)
        self.pace.tell(job.work, perf_counter() - begun)
        return result

    def _take(self, job: Job[Any], result: Records) -> None:
        self.results[job.number] = result
