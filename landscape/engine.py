"""The one door into the numbers: computes for a slice of time and returns what is known so far.

    scene -> lanes: the surface's tiles, each run's chunks
          -> each piece by its key: known here, cached, or made once for everybody
          -> Frame: the finest complete surface, the paths so far, the share of the work done

A piece's key names what it depends on, so that a new learning rate finds every tile again. Nothing runs unasked:
whoever wants more calls :meth:`Engine.advance` again, and what is done stays done. Tiles that are under way when
a slice of time ends are finished by their workers, and nothing further is begun.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from math import prod
from time import monotonic
from typing import TypeVar

from landscape.cache import Cache, MemoryCache
from landscape.crew import Crew
from landscape.datasets import datasets
from landscape.datasets.base import Samples
from landscape.errand import Errand, restrict
from landscape.errors import PlaneError
from landscape.flight import SingleFlight
from landscape.gradient_check import GradientCheck
from landscape.holdings import holdings
from landscape.models.base import Array
from landscape.objective import Objective
from landscape.path import Path, Status
from landscape.running import RunWork
from landscape.scene import Scene
from landscape.sheet import Sheet
from landscape.shelf import Shelf
from landscape.slice import Slice
from landscape.step_sizes import StepSizes
from landscape.store import Store
from landscape.surface import Surface
from landscape.sweep import RateSweep
from landscape.track import Track
from landscape.training import Training

BUILT, BUILT_BYTES = 128, 250 << 20
"""Samples, objectives, slices, surfaces and runs that a process keeps ready: some for each of its streams."""

ALMOST = 1 - 2**-53
"""The largest share of the work that is not all of it."""

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Frame:
    """What is known of a scene so far.

    Attributes:
        surface: the finest complete surface; None before the first pass is through.
        paths: one for each run and start, in the order of runs, then starts; they grow.
        progress: work done over work planned, 0..1; 1 only when nothing is missing.
        done: whether nothing is missing.
    """

    surface: Surface | None
    paths: tuple[Path, ...]
    progress: float
    done: bool


class Engine:
    """Computes scenes, each piece once, and keeps the pieces in a cache. Safe for threads.

    Args:
        cache: anything with ``get`` and ``set``; shared between processes where it can be.
        executor: who computes the tiles: any executor whose workers do not ask this engine themselves. By default
            threads of its own, as many as there are cores, and the caller computes short tiles itself.

    Example:
        >>> import landscape as ls
        >>> engine = ls.Engine()
        >>> frame = engine.advance(ls.lesson("valley"), budget=0.3)
        >>> 0 < frame.progress <= 1
        True
    """

    def __init__(self, cache: Cache | None = None, executor: Executor | None = None) -> None:
        self._store = Store(cache if cache is not None else MemoryCache())
        self._shelf = Shelf(BUILT, BUILT_BYTES, holdings)
        self._flight = SingleFlight()
        self._crew = Crew(self._store, self._flight, executor)

    @property
    def computed(self) -> int:
        """How many tiles and chunks this engine has computed itself."""
        return self._crew.computed

    def advance(self, scene: Scene, budget: float | None = 0.3) -> Frame:
        """What is known of ``scene`` after about ``budget`` more seconds of work.

        With a budget at least one missing piece comes in, so that repeated calls come to an end.

        Args:
            scene: what to compute.
            budget: seconds in which pieces are begun that are likely to end in them; None: only look at what
                is there.

        Raises:
            DataError: the samples cannot be had.
            PlaneError: the parameters admit no such plane.
        """
        begun = monotonic()
        training = self._training(scene)
        if training is not None and not training.complete:
            if budget is not None:
                self._crew.work([training], begun + budget)
            else:
                training.look(self._store.find)
            if not training.complete or (budget is not None and monotonic() >= begun + budget):
                return Frame(None, (), _before(scene, training), False)
        sheet, tracks = self._sheet(scene), self._tracks(scene)
        if budget is not None:
            self._crew.work([sheet, *tracks], begun + budget)
        else:
            sheet.look(self._store.find)
            for track in tracks:
                track.look(self._store.find)
        return _frame(sheet, tracks, training)

    def surface(self, scene: Scene) -> Surface:
        """The complete surface, and nothing of the runs."""
        sheet = self._sheet(scene)
        self._crew.work([sheet])
        surface = sheet.surface()
        assert surface is not None  # nothing is missing
        return surface

    def paths(self, scene: Scene) -> tuple[Path, ...]:
        """The finished paths, and nothing of the surface."""
        tracks = self._tracks(scene)
        self._crew.work(tracks)
        return _paths(tracks)

    def objective(self, scene: Scene) -> Objective:
        """What the scene minimises, built once per process."""
        return self._build(f"objective/{scene.objective_digest}", lambda: Objective(scene.model, self._samples(scene)))

    def slice(self, scene: Scene) -> Slice:
        """The scene's function on its plane, built once per process."""
        return self._errand(scene, scene.slice_digest).slice

    def sweep(self, scene: Scene, rates: Sequence[float] | None = None, runs: Sequence[int] | None = None) -> RateSweep:
        """A study of learning rates: arguments as for :class:`RateSweep`."""
        return RateSweep(self._crew.work, scene, self._to_the_end, rates, runs)

    def step_sizes(self, scene: Scene, sizes: Sequence[float] | None = None) -> StepSizes:
        """A study of one gradient step of many sizes: arguments as for :class:`StepSizes`."""
        return StepSizes(self._crew.work, self.objective(scene), scene.objective_digest, self._store.find, sizes)

    def gradient_check(self, scene: Scene) -> GradientCheck:
        """A study of the gradient beside differences of losses."""
        return GradientCheck(self._crew.work, self.objective(scene), scene.objective_digest, self._store.find)

    def _training(self, scene: Scene) -> Training | None:
        """The run at whose end the plane is laid; None where it goes through the initial weights."""
        if scene.plane.origin == "initial":
            return None
        return self._to_the_end(scene.training)

    def _to_the_end(self, scene: Scene) -> Training:
        """The walk of a scene's first run, from its first start, for its end alone."""
        name = scene.run_digest(0)

        def make() -> Training:
            slice_ = self._errand(scene, scene.slice_digest).slice
            training = Training(RunWork(0, scene.runs[0], slice_, keeps_end=True), slice_, name)
            training.look(self._store.find)
            return training

        return self._build(f"training/{name}", make)

    def _origin(self, scene: Scene) -> Array | None:
        """The trained parameters that the plane goes through, (P,); None where they are the initial ones."""
        training = self._training(scene)
        if training is None:
            return None
        self._crew.work([training])
        (path,) = training.paths()
        if path.status in (Status.DIVERGED, Status.NON_FINITE):
            raise PlaneError(f"There are no trained weights to lay the plane through. {path.message}")
        return training.end

    def _samples(self, scene: Scene) -> Samples | None:
        """The samples: the same arrays for every model on the same data."""
        if (data := scene.data) is None:
            return None

        def load() -> Samples:
            self._shelf.make_room()  # they may be the largest thing of all
            return data.load()

        return self._build(("samples", data, datasets.token(type(data))), load)

    def _errand(self, scene: Scene, name: str) -> Errand:
        def make() -> Errand:
            origin = self._origin(scene)
            return Errand(scene, restrict(scene, self.objective(scene), origin), origin)

        return self._build(f"errand/{name}", make)

    def _sheet(self, scene: Scene) -> Sheet:
        def make() -> Sheet:
            grid, name = scene.grid, scene.slice_digest
            errand = self._errand(scene, name)
            sheet = Sheet(name, errand, *grid.coordinates, errand.slice.precision(grid))
            sheet.look(self._store.find)
            return sheet

        return self._build(f"surface/{scene.surface_digest}", make)

    def _tracks(self, scene: Scene) -> list[Track]:
        if not scene.runs:
            return []
        name = scene.slice_digest

        def make(index: int, run_name: str) -> Track:
            slice_ = self._errand(scene, name).slice
            track = Track(RunWork(index, scene.runs[index], slice_), slice_, f"run/{run_name}", name)
            track.look(self._store.find)
            return track

        names = [scene.run_digest(index) for index in range(len(scene.runs))]
        return [self._build(f"run/{index}/{of}/{name}", partial(make, index, of)) for index, of in enumerate(names)]

    def _build(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is kept ready under ``key``; made where it is not, once for all who want it now."""

        def build() -> T:
            kept: T | None = self._shelf.get(key)  # it may have been finished while we were on our way
            if kept is None:
                kept = make()
                self._shelf.put(key, kept)
            return kept

        kept: T | None = self._shelf.get(key)
        return self._flight.do(f"build/{key}", build) if kept is None else kept


def _before(scene: Scene, training: Training) -> float:
    """The share of the work that is done while the origin is trained: its run is walked once more to be shown."""
    points = prod(scene.grid.shape)
    surface = points * scene.model.work(scene.data.inputs, scene.data.outputs) * scene.data.samples if scene.data else 0
    return min(training.done / (2 * training.work + surface), ALMOST)


def _frame(sheet: Sheet, tracks: Sequence[Track], training: Training | None) -> Frame:
    lanes: list[Sheet | Track] = [sheet, *tracks]
    if training is not None:
        lanes.append(training)
    done = all(lane.complete for lane in lanes)  # first: what comes in meanwhile may be shown, but not the reverse
    share = sum(lane.done for lane in lanes) / sum(lane.work for lane in lanes)
    return Frame(sheet.surface(), _paths(tracks), 1.0 if done else min(share, ALMOST), done)


def _paths(tracks: Sequence[Track]) -> tuple[Path, ...]:
    return tuple(path for track in tracks for path in track.paths())
