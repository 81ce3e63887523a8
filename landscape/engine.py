"""The one door into the numbers: computes for a slice of time and returns what is known so far.

    scene -> plan of jobs -> each job's result by its key: cached, or computed once for everybody
                          -> Frame: the finest complete surface, the paths so far, the share of the work done

A job is a tile of the surface or a chunk of a run. Its key is the digest of what it depends on, so that a
new learning rate finds every tile again. Nothing runs unasked: whoever wants more calls
:meth:`Engine.advance` again, and what is done stays done.
"""

from __future__ import annotations

import heapq
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from threading import Lock
from types import UnionType
from typing import NamedTuple, TypeVar

import numpy as np
from threadpoolctl import ThreadpoolController

from landscape.cache import Cache, MemoryCache
from landscape.container import pack, seal, unpack, unseal
from landscape.descent import Path, Walk
from landscape.errors import CacheCorrupt
from landscape.flight import SingleFlight
from landscape.objective import Objective, rows_per
from landscape.running import Chunk, Records, RunWork, pack_walk, unpack_walk
from landscape.scene import Scene
from landscape.slice import Slice
from landscape.surface import Canvas, Surface, Tile, tiles

TILE_SECONDS = 0.05
"""What a tile should take, by a careful guess of the machine's speed."""

MAX_TILES = 400
"""Of one surface, about: every slice of time looks at each of them."""

BUILT = 4
"""Objectives, slices and plans of work that a process keeps."""

LIVE = 8
"""Runs whose newest state a process keeps: as many as walk in one picture, for their chunks take turns."""

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Frame:
    """What is known of a scene so far.

    Attributes:
        surface: the finest complete surface; None before the first pass is through.
        paths: one for each run and start, in the order of runs, then starts; they grow.
        progress: work done over work planned, 0..1.
        done: whether nothing is missing.
    """

    surface: Surface | None
    paths: tuple[Path, ...]
    progress: float
    done: bool


class Job(NamedTuple):
    """A tile or a chunk, the key of its result, and the multiplications it costs, about."""

    key: str
    work: float
    piece: Tile | Chunk


class Plan(NamedTuple):
    """All the work of a scene."""

    slice: Slice
    a: np.ndarray[tuple[int], np.dtype[np.float64]]
    b: np.ndarray[tuple[int], np.dtype[np.float64]]
    runs: list[RunWork]
    jobs: list[Job]
    run_keys: list[str]


class Engine:
    """Computes scenes, each piece once, and keeps the pieces in a cache. Safe for threads.

    Args:
        cache: anything with ``get`` and ``set``; shared between processes where it can be.

    Attributes:
        computed: how many tiles and chunks this engine has computed itself.

    Example:
        >>> import landscape as ls
        >>> engine = ls.Engine()
        >>> frame = engine.advance(ls.lesson("valley"), budget=0.3)
        >>> 0 < frame.progress <= 1
        True
    """

    def __init__(self, cache: Cache | None = None) -> None:
        self.computed = 0
        self._cache: Cache = cache if cache is not None else MemoryCache()
        self._flight = SingleFlight()
        self._lock = Lock()
        self._built: dict[type, OrderedDict[str, object]] = {}
        self._threads = ThreadpoolController()

    def advance(self, scene: Scene, budget: float | None = 0.3) -> Frame:
        """What is known of ``scene`` after about ``budget`` more seconds of work.

        With a budget at least one missing piece is computed, so that repeated calls come to an end.

        Args:
            scene: what to compute.
            budget: seconds after which no further piece is begun; None: only look at what is there.

        Raises:
            DataError: the samples cannot be had.
        """
        return self._advance(scene, budget, Tile | Chunk)

    def _advance(self, scene: Scene, budget: float | None, wanted: type[Tile | Chunk] | UnionType) -> Frame:
        """:meth:`advance`, of one kind of piece or of both."""
        with self._threads.limit(limits=1, user_api="blas"):  # our products are too small for more threads
            return self._slice_of_time(scene, budget, wanted)

    def _slice_of_time(self, scene: Scene, budget: float | None, wanted: type[Tile | Chunk] | UnionType) -> Frame:
        deadline, idle = time.monotonic() + (budget or 0.0), budget is not None
        plan = self._plan(scene)
        jobs = [job for job in plan.jobs if isinstance(job.piece, wanted)]
        canvas = Canvas(plan.a, plan.b)
        chunks: list[list[Records]] = [[] for _ in plan.runs]
        work = done = 0.0
        for job in jobs:
            work += job.work
            needs_earlier = isinstance(job.piece, Chunk) and len(chunks[job.piece.run]) < job.piece.number
            arrays = self._find(job.key)
            if arrays is None and not needs_earlier and (idle or time.monotonic() < deadline):
                arrays, idle = self._compute(plan, job), False
            if arrays is not None:
                done += job.work
            if isinstance(job.piece, Tile):
                if arrays is None:
                    canvas.expect(job.piece)
                else:
                    canvas.put(job.piece, arrays["loss"])
            elif arrays is not None and not needs_earlier:
                chunks[job.piece.run].append(arrays)
        paths = [path for run, records in zip(plan.runs, chunks, strict=True) for path in run.paths(records)]
        return Frame(canvas.surface(), tuple(paths), done / work if work else 1.0, done == work)

    def objective(self, scene: Scene) -> Objective:
        """What the scene minimises, built once per process."""
        return self._build(Objective, scene.objective_digest, lambda: _objective(scene))

    def slice(self, scene: Scene) -> Slice:
        """The scene's function on its plane, built once per process."""
        return self._build(Slice, scene.slice_digest, lambda: self._slice(scene))

    def surface(self, scene: Scene) -> Surface:
        """The complete surface, and nothing of the runs."""
        while not (frame := self._advance(scene, 60.0, Tile)).done:
            pass
        assert frame.surface is not None  # a finished frame has one
        return frame.surface

    def paths(self, scene: Scene) -> tuple[Path, ...]:
        """The finished paths, and nothing of the surface."""
        while not (frame := self._advance(scene, 60.0, Chunk)).done:
            pass
        return frame.paths

    def _slice(self, scene: Scene) -> Slice:
        objective = self.objective(scene)
        plane = scene.plane.build(objective.theta0, objective.blocks, scene.model.biases())
        return Slice(objective, plane)

    def _plan(self, scene: Scene) -> Plan:
        key = "/".join([scene.surface_digest, *(scene.run_digest(index) for index in range(len(scene.runs)))])
        return self._build(Plan, key, lambda: self._make_plan(scene))

    def _make_plan(self, scene: Scene) -> Plan:
        slice_, grid = self.slice(scene), scene.grid
        columns, rows = grid.resolution
        points = max(rows_per(TILE_SECONDS, slice_.work), columns * rows // MAX_TILES)
        surface = [
            Job(
                f"tile/{scene.surface_digest}/{points}/{number}", tile.rows.size * tile.columns.size * slice_.work, tile
            )
            for number, tile in enumerate(tiles(columns, rows, points))
        ]
        runs = [RunWork(index, run, slice_) for index, run in enumerate(scene.runs)]
        run_keys = [f"run/{scene.run_digest(run.index)}" for run in runs]
        walks = [
            [
                Job(f"{key}/{scene.slice_digest}/{chunk.number}", (chunk.ends - chunk.begins) * run.work, chunk)
                for chunk in run.chunks
            ]
            for key, run in zip(run_keys, runs, strict=True)
        ]
        first = [job for job in surface if isinstance(job.piece, Tile) and job.piece.level == 0]
        jobs = first + list(_evenly([surface[len(first) :], *walks]))
        a, b = np.linspace(*grid.a, columns), np.linspace(*grid.b, rows)
        return Plan(slice_, a, b, runs, jobs, run_keys)

    def _compute(self, plan: Plan, job: Job) -> Records:
        """The result of a job, computed by this thread or by the one that is at it already."""

        def make() -> Records:
            found = self._find(job.key)  # it may have been finished while we were on our way
            if found is not None:
                return found
            if isinstance(job.piece, Tile):
                with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # the surface says where
                    arrays: Records = {"loss": plan.slice.grid(plan.a[job.piece.columns], plan.b[job.piece.rows])}
            else:
                arrays = self._walk(plan, job.piece)
            self._cache.set(job.key, seal(pack(None, arrays), job.key))
            with self._lock:
                self.computed += 1
            return arrays

        return self._flight.do(job.key, make)

    def _walk(self, plan: Plan, chunk: Chunk) -> Records:
        """A chunk of a run, from the nearest state before it that is still known."""
        run, key = plan.runs[chunk.run], plan.run_keys[chunk.run]
        index, walk = self._nearest(run, key, chunk.number)
        while True:
            walk, records = run.walk(run.chunks[index], walk)
            index += 1
            self._keep(Walk, key, (index, walk))
            if run.is_keyframe(index):
                state = f"{key}/state/{index}"
                self._cache.set(state, seal(pack_walk(walk), state))
            if index > chunk.number:
                return records

    def _nearest(self, run: RunWork, key: str, index: int) -> tuple[int, Walk]:
        live = self._kept(Walk, key)
        if isinstance(live, tuple) and live[0] == index:
            return index, live[1]
        for earlier in range(index, 0, -1):
            if run.is_keyframe(earlier) and (data := self._unsealed(f"{key}/state/{earlier}")) is not None:
                return earlier, unpack_walk(data)
        return 0, run.begin()

    def _find(self, key: str) -> Records | None:
        data = self._unsealed(key)
        return None if data is None else unpack(data)[1]

    def _unsealed(self, key: str) -> bytes | None:
        """A cached entry whose checksum holds; None when there is none, or a broken one."""
        sealed = self._cache.get(key)
        if sealed is None:
            return None
        try:
            return unseal(sealed, key)
        except CacheCorrupt:
            return None

    def _build(self, cls: type[T], key: str, make: Callable[[], T]) -> T:
        def build() -> T:
            kept = self._kept(cls, key)  # it may have been finished while we were on our way
            if not isinstance(kept, cls):
                kept = make()
                self._keep(cls, key, kept)
            return kept

        kept = self._kept(cls, key)
        return kept if isinstance(kept, cls) else self._flight.do(f"{cls.__name__}/{key}", build)

    def _kept(self, cls: type, key: str) -> object:
        with self._lock:
            shelf = self._built.setdefault(cls, OrderedDict())
            if key in shelf:
                shelf.move_to_end(key)
            return shelf.get(key)

    def _keep(self, cls: type, key: str, value: object) -> None:
        with self._lock:
            shelf = self._built.setdefault(cls, OrderedDict())
            shelf[key] = value
            shelf.move_to_end(key)
            while len(shelf) > (LIVE if cls is Walk else BUILT):
                shelf.popitem(last=False)


def _objective(scene: Scene) -> Objective:
    return Objective(scene.model, scene.data.load() if scene.data else None)


def _evenly(lanes: Iterable[list[Job]]) -> Iterator[Job]:
    """The jobs of all lanes, merged so that the lanes come to their ends together."""

    def by_share(number: int, lane: list[Job]) -> Iterator[tuple[float, int, Job]]:
        total = sum(job.work for job in lane)
        for job, reached in zip(lane, accumulate(job.work for job in lane), strict=True):
            yield reached / total, number, job

    return (
        job for _, _, job in heapq.merge(*(by_share(*lane) for lane in enumerate(lanes)), key=lambda item: item[:2])
    )
