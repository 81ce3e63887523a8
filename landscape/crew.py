"""Who makes the pieces: the caller and some workers, each piece once for everybody."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from functools import partial
from threading import Lock
from time import monotonic
from typing import Any, TypeAlias

import numpy as np

from landscape.blas import one_thread
from landscape.descent import Walk
from landscape.errand import Errand, evaluate
from landscape.flight import SingleFlight
from landscape.lane import Job
from landscape.objective import MULTIPLICATIONS_PER_SECOND
from landscape.running import RunWork
from landscape.sheet import SHARED_SECONDS, Sheet
from landscape.shelf import Shelf
from landscape.store import Records, Store
from landscape.surface import Array
from landscape.threads import cores
from landscape.track import Track
from landscape.trials import Trials

HAND_OVER = 3e-3
"""Seconds from which a tile is worth a worker of our own: to hand one over takes a tenth of a millisecond."""

SHORT = SHARED_SECONDS * MULTIPLICATIONS_PER_SECOND
"""Work of a surface below which the caller computes all of it."""

HEAD_START = 0.03
"""Seconds spent on what serves all points of a surface before its first pass, which can do without, where somebody
waits for it."""

LIVE, LIVE_BYTES = 16, 400 << 20
"""Runs whose newest state a process keeps. The longest states of one scene have to fit, for its runs take turns."""

AnyLane: TypeAlias = Sheet | Track | Trials[Any]
Pick: TypeAlias = tuple[AnyLane, Job[Any]]
Flying: TypeAlias = dict[Future[Any], Pick]


class Crew:
    """Makes the missing pieces of lanes. Safe for threads: callers of the same lanes share the work.

    Tiles go to the executor; chunks of runs and trials the caller makes itself, and where the executor is our own,
    short surfaces and short tiles too.

    Args:
        store: where results are found and kept.
        flight: who is at what.
        executor: who computes the tiles; None: threads of our own, made when they are first needed.

    Attributes:
        computed: how many pieces were made.
    """

    def __init__(self, store: Store, flight: SingleFlight, executor: Executor | None) -> None:
        self.computed = 0
        self._store, self._flight = store, flight
        self._walks = Shelf(LIVE, LIVE_BYTES, _arrays)
        self._lock = Lock()
        self._executor = executor
        self._given = executor is not None
        own = cores() if cores() > 1 else 0  # where there is one core, the caller is on it
        self._workers: int = own if executor is None else getattr(executor, "_max_workers", cores())

    def work(self, lanes: Sequence[AnyLane], deadline: float = math.inf) -> None:
        """Make pieces until nothing is missing or no further one fits in; at least one comes in.

        Tiles that are under way at the end are kept when they are done, whoever asks next.

        Args:
            lanes: what to make pieces of; those that are behind come first, the first pass before all.
            deadline: on the monotonic clock.
        """
        flying: Flying = {}  # under way, here or with another caller
        idle = True
        sheets = [lane for lane in lanes if isinstance(lane, Sheet) and not lane.is_ready]
        with one_thread:
            for sheet in sheets:
                self._prepare(sheet, min(HEAD_START, deadline - monotonic()) if deadline < math.inf else math.inf)
            while True:
                for sheet in sheets:
                    if sheet.share >= 0 and not self._prepare(sheet, deadline - monotonic()):
                        return
                idle = not self._gather(flying) and idle
                pick = self._pick(lanes, flying)
                if pick is None and not flying:
                    return
                late = pick is not None and monotonic() + pick[0].pace.seconds(pick[1].work) / 2 > deadline
                if late and not idle:
                    return
                if pick is not None and not (late and flying):
                    idle = not self._begin(flying, *pick) and idle
                    continue
                patience = None if idle or deadline == math.inf else max(0.0, deadline - monotonic())
                if not wait(flying, patience, FIRST_COMPLETED).done:
                    return

    def _prepare(self, sheet: Sheet, seconds: float) -> bool:
        """Work on what serves all points of a surface; whether tiles can be made, or are to be all the same."""
        if sheet.is_ready or seconds <= 0:
            return True
        if self._given or sheet.kit is None:  # other processes have to do it for themselves
            sheet.is_ready = True
        else:
            sheet.is_ready = sheet.kit.slice.prepare(seconds)
        return sheet.is_ready

    def _gather(self, flying: Flying) -> bool:
        """Take what has come in; whether anything has."""
        landed = [flight for flight in flying if flight.done()]
        for flight in landed:
            lane, job = flying.pop(flight)
            result = flight.result()
            if result is not None:
                lane.put(job, result)
        return bool(landed)

    def _pick(self, lanes: Sequence[AnyLane], flying: Flying) -> Pick | None:
        """The next piece that nobody is at and that need not wait for a worker."""
        for lane in sorted(lanes, key=lambda lane: lane.share):
            for job in lane.missing():
                if isinstance(lane, Sheet) and lane.waits(job):
                    break
                flight = self._flight.under_way(job.key)
                if flight is not None:
                    flying[flight] = lane, job
                elif not self._goes_out(lane, job) or len(_tiles(flying)) < self._workers:
                    return lane, job
                else:
                    break
            if lane.share < 0 and _tiles(flying):  # its workers shall have the cores for themselves
                return None
        return None

    def _goes_out(self, lane: AnyLane, job: Job[Any]) -> bool:
        if not isinstance(lane, Sheet):
            return False
        is_worth_it = self._workers > 0 and lane.work >= SHORT and lane.pace.seconds(job.work) >= HAND_OVER
        return self._given or is_worth_it

    def _begin(self, flying: Flying, lane: AnyLane, job: Job[Any]) -> bool:
        """Make a piece or have it made; whether it has come in."""
        flight, mine = self._flight.begin(job.key)
        if not mine:
            flying[flight] = lane, job
            return False
        try:
            result, kit = None, lane.kit
            if not lane.has(job):  # another caller may have finished it while we were on our way, or a process
                result = self._store.find(job.key) or self._make(lane, job, kit)
                if result is None:
                    flying[flight] = lane, job
                    return False
                lane.put(job, result)
        except BaseException as error:
            self._flight.land(job.key, error=error)
            raise
        self._flight.land(job.key, result)
        return True

    def _make(self, lane: AnyLane, job: Job[Any], kit: Any) -> Records | None:
        """The result of a piece; None where a worker is at it now."""
        if isinstance(lane, Trials):
            return self._kept(job, lane.make(kit, job))
        if isinstance(lane, Track):
            assert isinstance(kit, RunWork)  # it is there as long as anything is missing
            return self._kept(job, lane.make(kit, job.piece, self._store, self._walks))
        assert isinstance(kit, Errand)
        place = lane.coordinates(job.piece)
        if self._goes_out(lane, job):
            self._hired().submit(evaluate, kit, *place).add_done_callback(partial(self._landed, lane, job))
            return None
        return self._evaluated(lane, job, *evaluate(kit, *place))

    def _landed(self, lane: Sheet, job: Job[Any], task: Future[tuple[Array, float]]) -> None:
        """What a worker has made of a tile, for all who wait for it and for all who will ask."""
        try:
            result = self._evaluated(lane, job, *task.result())
            lane.put(job, result)
        except BaseException as error:
            self._flight.land(job.key, error=error)
        else:
            self._flight.land(job.key, result)

    def _evaluated(self, lane: Sheet, job: Job[Any], loss: Array, seconds: float) -> Records:
        if lane.is_ready:  # else it took what serves all points with it, or did without
            lane.pace.tell(job.work, seconds)
        return self._kept(job, {"loss": loss})

    def _kept(self, job: Job[Any], result: Records) -> Records:
        self._store.keep(job.key, result)
        with self._lock:
            self.computed += 1
        return result

    def _hired(self) -> Executor:
        with self._lock:
            if self._executor is None:
                self._executor = ThreadPoolExecutor(self._workers, thread_name_prefix="tiles")
            return self._executor


def _tiles(flying: Flying) -> list[Pick]:
    return [pick for pick in flying.values() if isinstance(pick[0], Sheet)]


def _arrays(kept: tuple[int, Walk]) -> Iterator[tuple[Any, int]]:
    _, walk = kept
    return ((array, array.nbytes) for array in (walk.theta, *map(np.asarray, walk.state)))
