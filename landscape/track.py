"""The chunks of a run, and its paths as far as they are there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from landscape.descent import Walk
from landscape.lane import Job, Lane
from landscape.models.base import Array
from landscape.pace import Pace
from landscape.path import Path
from landscape.running import MOMENT, MOMENT_STEP, Chunk, RunWork, pack_walk, unpack_walk
from landscape.shelf import Shelf
from landscape.slice import Slice
from landscape.store import Records, Store


class Track(Lane[Chunk, RunWork]):
    """The chunks of a run, each of which needs the one before it.

    Args:
        run: the work.
        slice_: what it walks on.
        name: of the run's numbers.
        slice_name: of the function on the plane, which the records tell of too.
    """

    def __init__(self, run: RunWork, slice_: Slice, name: str, slice_name: str) -> None:
        self.slice: Slice | None = slice_
        self._name = name
        self._records: list[Records] = []
        self._paths = tuple(run.paths([]))
        self._told = 0  # of the records, by the paths
        self._moments: list[Records] = []
        jobs = [Job(chunk.number, f"{name}/{slice_name}/{chunk.number}", chunk.work, chunk) for chunk in run.chunks]
        super().__init__(jobs, run, Pace())

    @property
    def nbytes(self) -> int:
        """Memory held, about."""
        start = 0 if self.kit is None else self.kit.start.nbytes
        held = [*self._records, *self._moments]
        return start + sum(array.nbytes for records in held for array in records.values())

    def missing(self) -> Iterator[Job[Chunk]]:
        """The next chunk alone."""
        return islice(super().missing(), 1)

    def look(self, find: Callable[[str], Records | None]) -> None:
        while (job := next(self.missing(), None)) is not None and (result := find(job.key)) is not None:
            self.put(job, result)

    def paths(self) -> tuple[Path, ...]:
        """The paths of all starts so far."""
        with self.lock:
            self._join()
            return self._paths

    @property
    def moments(self) -> tuple[NDArray[np.int64], Array]:
        """The steps (R,) at which the parameters of a run that trains everything are kept, and these, (S, R, P)."""
        with self.lock:
            kept = list(self._moments)
        if not kept:
            return np.empty(0, dtype=np.int64), np.empty((0, 0, 0))
        steps = np.concatenate([records[MOMENT_STEP] for records in kept])
        return steps, np.concatenate([records[MOMENT] for records in kept], axis=1)

    def make(self, run: RunWork, chunk: Chunk, store: Store, walks: Shelf) -> Records:
        """Walk a chunk, from the nearest state before it that is still known.

        Args:
            run: the work.
            chunk: the steps.
            store: keeps some of the states.
            walks: keeps the newest state of the runs that are walked.
        """
        index, walk = self._nearest(run, chunk.number, store, walks)
        begun, work = perf_counter(), sum(earlier.work for earlier in run.chunks[index : chunk.number + 1])
        while index <= chunk.number:
            walk, records = run.walk(run.chunks[index], walk)
            index += 1
            walks.put(self._name, (index, walk))
            if run.is_keyframe(index):
                store.keep_bytes(f"{self._name}/state/{index}", pack_walk(walk))
        if index == len(run.chunks):
            walks.drop(self._name)
        self.pace.tell(work, perf_counter() - begun)
        return records

    def _nearest(self, run: RunWork, index: int, store: Store, walks: Shelf) -> tuple[int, Walk]:
        live = walks.get(self._name)
        if live is not None and live[0] == index:
            return index, live[1]
        while run.chunks[index].begins > 0:
            if run.is_keyframe(index) and (data := store.find_bytes(f"{self._name}/state/{index}")) is not None:
                return index, unpack_walk(data)
            index -= 1
        return index, run.begin(run.chunks[index])

    def _take(self, job: Job[Chunk], result: Records) -> None:
        apart = {name: result[name] for name in (MOMENT, MOMENT_STEP) if name in result}
        if apart:
            self._moments.append(apart)
        self._records.append({name: array for name, array in result.items() if name not in apart})

    def _join(self) -> None:
        if self.kit is not None and self._told < len(self._records):
            self._paths, self._told = tuple(self.kit.paths(self._records)), len(self._records)

    def _close(self) -> None:
        self._join()
        self.slice = None
        self._records.clear()
