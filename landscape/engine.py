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

from landscape.basins import Basins
from landscape.batch_surface import BatchSurface, batch_surface
from landscape.cache import Cache, MemoryCache
from landscape.convexity import SEGMENTS, ConvexityProbe
from landscape.crew import AnyLane, Crew
from landscape.cube import Cube
from landscape.datasets import datasets
from landscape.datasets.base import Samples
from landscape.directions import directions, over
from landscape.errand import Errand, restrict
from landscape.errors import PlaneError
from landscape.facets import Facet, Facets
from landscape.flight import SingleFlight
from landscape.flock import Flock, FlockWork
from landscape.gradient_check import GradientCheck
from landscape.holdings import holdings
from landscape.lowest import Lowest, lowest
from landscape.models.base import Array
from landscape.objective import Objective
from landscape.path import Path
from landscape.predictions import Predictions, Walked
from landscape.predictor import Predictor, can_predict
from landscape.running import RunWork
from landscape.scene import Scene
from landscape.search import Corner, Search
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
        basins: where the lattice of the scene's starts ends; None where there is none, or while it is walked.
    """

    surface: Surface | None
    paths: tuple[Path, ...]
    progress: float
    done: bool
    basins: Basins | None = None


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
        flock = self._flock(scene)
        lanes: list[AnyLane] = [sheet, *tracks, *filter(None, [flock])]
        if budget is not None:
            self._crew.work(lanes, begun + budget)
        else:
            for lane in lanes:
                lane.look(self._store.find)
        return _frame(sheet, tracks, training, flock)

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
        while any(isinstance(track, Search) for track in tracks):
            self._crew.work(tracks)
            tracks = self._tracks(scene)
        self._crew.work(tracks)
        return _paths(tracks)

    def corner(self, scene: Scene, cube: Cube) -> Corner:
        """The best vertex of a cube around the scene's initial parameters."""
        search = self._search(scene, cube)
        self._crew.work([search])
        assert search.corner is not None  # nothing is missing
        return search.corner

    def basins(self, scene: Scene) -> Basins:
        """Where the scene's lattice of starts ends, and nothing else.

        Raises:
            ValueError: it has none.
        """
        flock = self._flock(scene)
        if flock is None:
            raise ValueError("Basins need a run that walks from a lattice. Got none.")
        self._crew.work([flock])
        assert flock.basins is not None  # nothing is missing
        return flock.basins

    def lowest(self, scene: Scene, surface: Surface | None = None) -> Lowest | None:
        """Where the scene's picture is lowest, on ``surface`` or its complete one; None where nothing is finite."""
        known = self.surface(scene) if surface is None else surface
        if known is not self._sheet(scene).surface():  # not one of ours, or one that a finer one has replaced
            return lowest(self.slice(scene), known)
        key = f"lowest/{scene.surface_digest}/{known.stride}"
        (found,) = self._build(key, lambda: (lowest(self.slice(scene), known),))  # None is an answer too
        return found

    def batch_surface(self, scene: Scene, step: int, run: int = 0) -> BatchSurface:
        """The surface that a step of one of the scene's runs goes down."""
        key = f"batch/{scene.slice_digest}/{scene.runs[run].batch}/{scene.runs[run].seed}/{scene.grid}/{step}"
        return self._build(key, lambda: batch_surface(self.slice(scene), scene.runs[run], scene.grid, step))

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

    def predictions(self, scene: Scene, path: int = 0) -> Predictions:
        """A study of what the model says at the steps of a path, counted from 0; at the initial parameters where
        there is none.

        Raises:
            ValueError: the model says nothing of samples, or there is no such path.
        """
        objective, data = self.objective(scene), scene.data
        if data is None or not can_predict(scene):
            raise ValueError(f"Predictions are those of a model of samples. Got {scene.model.words(0, 0)}.")
        walks = [(index, start) for index, run in enumerate(scene.runs) for start in range(len(run.places))]
        if not 0 <= path < max(1, len(walks)):
            raise ValueError(f"Path must be one of the scene's {len(walks)}, counted from 0. Got {path}.")
        predictor = self._build(f"predictor/{scene.objective_digest}", lambda: Predictor(objective, data))
        walked = self._walked(scene, path, *walks[path]) if walks else None
        name = f"{scene.objective_digest}/initial"
        return Predictions(self._crew.work, predictor, self._store.find, objective.theta0, name, walked)

    def _walked(self, scene: Scene, path: int, index: int, start: int) -> Walked:
        """Path ``path`` of a scene, start ``start`` of run ``index``."""
        walking = [number for number, run in enumerate(scene.runs) if run.places]
        in_plane = scene.runs[index].trains == "plane"
        return Walked(
            path, start, lambda: self._tracks(scene)[walking.index(index)],
            (lambda: self.slice(scene).plane) if in_plane else None, scene.run_digest(index),
        )  # fmt: skip

    def profiles(self, scene: Scene, several: Sequence[Sequence[str | int]] = ()) -> Facets:
        """The curves over each of several directions by itself: ``several`` as for :func:`directions`.

        Raises:
            ValueError: ``several`` does not suit the scene.
        """
        return self._facets([Facet(one, None, over(scene, one)) for one in directions(scene, several)])

    def pairs(self, scene: Scene, several: Sequence[Sequence[str | int]] = ()) -> Facets:
        """The surfaces over each ordered pair of several directions, row by row: all with one second direction.

        Raises:
            ValueError: ``several`` does not suit the scene.
        """
        chosen = directions(scene, several)
        pairs = [(first, second) for second in chosen for first in chosen if first != second]
        return self._facets([Facet(*pair, over(scene, *pair)) for pair in pairs])

    def convexity(self, scene: Scene, count: int = SEGMENTS, seed: int = 0) -> ConvexityProbe:
        """A study of the scene's surface: does the midpoint test hold along random segments of it?"""
        return self._probe(scene, None, count, seed, draws=True)

    def _probe(
        self, scene: Scene, cost: float | None, count: int = SEGMENTS, seed: int = 0, *, draws: bool = False
    ) -> ConvexityProbe:
        slice_, name, find = partial(self.slice, scene), scene.slice_digest, self._store.find
        return ConvexityProbe(self._crew.work, slice_, scene.grid, name, find, count, seed, draws=draws, cost=cost)

    def _facets(self, facets: Sequence[Facet]) -> Facets:
        """Pictures side by side, kept ready together: one does not drop another."""
        key = ("facets", *(facet.scene.surface_digest for facet in facets))
        return self._build(key, lambda: Facets(self._crew.work, facets, self._sheet, self._probe))

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
            run = scene.runs[0]
            corner = None if run.cube is None else self.corner(scene, run.cube).theta
            training = Training(RunWork(0, run, slice_, corner=corner, keeps_end=True), slice_, name)
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
        if path.status.blew_up:
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

    def _tracks(self, scene: Scene) -> list[Track | Search]:
        """The walk of each run that has paths; while the start of one is searched for, that search in its place."""
        walking = [index for index, run in enumerate(scene.runs) if run.places]
        if not walking:
            return []
        name = scene.slice_digest

        def make(index: int, run_name: str, corner: Array | None) -> Track:
            slice_ = self._errand(scene, name).slice
            run = scene.runs[index].model_copy(update={"starts": scene.runs[index].places})
            track = Track(RunWork(index, run, slice_, corner=corner), slice_, f"run/{run_name}", name)
            track.look(self._store.find)
            return track

        def begun(index: int) -> Track | Search:
            cube, of = scene.runs[index].cube, scene.run_digest(index)
            search = None if cube is None else self._search(scene, cube, index)
            if search is not None and search.corner is None:
                return search
            corner = None if search is None or search.corner is None else search.corner.theta
            return self._build(f"run/{index}/{of}/{name}", partial(make, index, of, corner))

        return [begun(index) for index in walking]

    def _search(self, scene: Scene, cube: Cube, run: int = 0) -> Search:
        name, starts = f"{scene.objective_digest}/{cube}", len(scene.runs[run].places) if scene.runs else 0

        def make() -> Search:
            return Search(self.objective(scene), cube, name, self._store.find, run, starts)

        return self._build(f"cube/{run}/{starts}/{name}", make)

    def _flock(self, scene: Scene) -> Flock | None:
        """The walk from the scene's lattice; None where there is none."""
        if scene.lattice_run is None:
            return None
        run, name = scene.runs[scene.lattice_run], scene.basins_digest(scene.lattice_run)

        def make() -> Flock:
            slice_ = self._errand(scene, scene.slice_digest).slice
            a, b = run.vertices(scene.grid)
            flock = Flock(FlockWork(run, slice_, a, b), slice_, name, a, b)
            flock.look(self._store.find)
            return flock

        return self._build(f"basins/{name}", make)

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


def _frame(sheet: Sheet, tracks: Sequence[Track | Search], training: Training | None, flock: Flock | None) -> Frame:
    lanes: list[AnyLane] = [sheet, *tracks, *filter(None, [training, flock])]
    searching = any(isinstance(track, Search) for track in tracks)  # its run is to come
    done = not searching and all(lane.complete for lane in lanes)
    basins = None if flock is None else flock.basins  # behind done: more may come in meanwhile, but not less
    share = sum(lane.done for lane in lanes) / sum(lane.work for lane in lanes)
    return Frame(sheet.surface(), _paths(tracks), 1.0 if done else min(share, ALMOST), done, basins)


def _paths(tracks: Sequence[Track | Search]) -> tuple[Path, ...]:
    return tuple(path for track in tracks for path in track.paths())
