"""A surface or a run as pieces that are made one by one, and which of them are done.

A lane holds what this process knows already, so that a slice of time looks at what is missing alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from threading import Lock
from typing import Generic, NamedTuple, TypeVar

from landscape.pace import Pace
from landscape.store import Records

MISSES = 4
"""In a row, after which nobody looks further: pieces are made in order."""

Piece = TypeVar("Piece")
Kit = TypeVar("Kit")


class Job(NamedTuple, Generic[Piece]):
    """A piece of work.

    Attributes:
        number: its place in its lane.
        key: of its result; it names all that the result depends on.
        work: the multiplications it costs, about.
        piece: what is to be made.
    """

    number: int
    key: str
    work: float
    piece: Piece


class Lane(Generic[Piece, Kit]):
    """The jobs of a surface or a run, in order. Safe for threads.

    Args:
        jobs: numbered from 0.
        kit: what they are made with.
        pace: how quickly.

    Attributes:
        work: of all jobs.
        done: of those that are done.
        kit: None when nothing is missing.
    """

    def __init__(self, jobs: list[Job[Piece]], kit: Kit, pace: Pace) -> None:
        self.jobs, self.pace = jobs, pace
        self.kit: Kit | None = kit
        self.work, self.done = sum(job.work for job in jobs), 0.0
        self.lock = Lock()
        self._is_done = [False] * len(jobs)
        self._first = 0

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return self._first == len(self.jobs)

    @property
    def share(self) -> float:
        """How far it is, for those who choose what to do next: 0..1, and -1 where it comes before all others."""
        return self.done / self.work

    def missing(self) -> Iterator[Job[Piece]]:
        """The jobs that can be made now, in order."""
        return (job for job in islice(self.jobs, self._first, None) if not self._is_done[job.number])

    def has(self, job: Job[Piece]) -> bool:
        """Whether a job is done."""
        return self._is_done[job.number]

    def put(self, job: Job[Piece], result: Records) -> None:
        """The result of a job; a second one is not looked at."""
        with self.lock:
            if self._is_done[job.number]:
                return
            self._take(job, result)
            self._is_done[job.number] = True
            self.done += job.work
            while self._first < len(self.jobs) and self._is_done[self._first]:
                self._first += 1
            if self.complete:
                self._close()
                self.kit = None

    def look(self, find: Callable[[str], Records | None]) -> None:
        """Take what ``find`` has for the jobs that are missing."""
        misses = 0
        for job in self.missing():
            result = find(job.key)
            misses = misses + 1 if result is None else 0
            if result is not None:
                self.put(job, result)
            if misses == MISSES:
                return

    def _take(self, job: Job[Piece], result: Records) -> None:
        raise NotImplementedError

    def _close(self) -> None:
        """Everything is there: let go of what only further work would need."""
