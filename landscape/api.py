"""The public functions: one process-wide engine behind a few plain calls."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, overload

from landscape.basins import Basins
from landscape.batch_surface import BatchSurface
from landscape.convexity import MOST_SEGMENTS, SEGMENTS, Convexity
from landscape.cube import Cube
from landscape.datasets import datasets
from landscape.datasets.base import Dataset
from landscape.descent import recorded
from landscape.directions import Direction
from landscape.engine import Engine
from landscape.errors import PlaneError
from landscape.facets import Facets
from landscape.gradient_check import GradientReport, check_gradient
from landscape.lowest import Lowest
from landscape.models import models
from landscape.models.base import Array, Model
from landscape.objective import Objective
from landscape.optimizers import optimizers
from landscape.optimizers.base import Optimizer
from landscape.own import register_loss
from landscape.part import Part
from landscape.path import Path
from landscape.planes import planes
from landscape.planes.base import Plane, PlaneKind
from landscape.predicted import Predicted
from landscape.registry import Registry
from landscape.scene import Scene
from landscape.schedules import Schedule, schedules
from landscape.search import Corner
from landscape.start import MAX_STARTS, Lattice
from landscape.step_sizes import STEP_SIZES
from landscape.surface import Surface
from landscape.sweep import RATES, Sweep

MAX_RECORDS = 2_000_000
"""Recorded places of all paths of a lattice together: 200 MB."""


@cache
def _engine() -> Engine:
    return Engine()


def objective(scene: Scene) -> Objective:
    """What the scene minimises: ``.theta0``, ``.blocks``, ``.loss(theta)``, ``.gradient(theta)``.

    Raises:
        DataError: the samples cannot be had.
    """
    return _engine().objective(scene)


def plane(scene: Scene) -> Plane:
    """Where the scene looks: ``.origin``, ``.u``, ``.v``, ``.lift(ab)``, ``.project(theta)``."""
    return _engine().slice(scene).plane


def surface(scene: Scene) -> Surface:
    """The loss over the scene's grid, ``loss[i, j]`` at ``(a[j], b[i])``.

    Example:
        >>> surface(Scene.from_query("lesson=valley")).loss.shape
        (60, 60)
    """
    return _engine().surface(scene)


def lowest(scene: Scene) -> Lowest | None:
    """Where the scene's picture is lowest: a minimum, or the grid's vertex; None where nothing is finite.

    Example:
        >>> lowest(Scene.from_query("lesson=batch-surface")).is_vertex
        False
    """
    return _engine().lowest(scene)


def batch_surface(scene: Scene, step: int, run: int = 0) -> BatchSurface:
    """The surface that one step of a run goes down: the loss of that step's samples alone, on a coarse grid.

    Args:
        scene: whose run it is.
        step: 0 is the first; at most the run's last.
        run: which of the scene's runs.

    Raises:
        ValueError: there is no such run or step.

    Example:
        >>> len(batch_surface(Scene.from_query("lesson=batch-by-batch"), 7).samples)
        5
    """
    if not 0 <= run < len(scene.runs):
        raise ValueError(f"Run must be one of the scene's {len(scene.runs)}, counted from 0. Got {run}.")
    if not 0 <= step <= scene.runs[run].steps:
        raise ValueError(f"Step must be from 0 to {scene.runs[run].steps}. Got {step}.")
    return _engine().batch_surface(scene, step, run)


def descend(scene: Scene) -> tuple[Path, ...]:
    """One path per run and start, in the order of runs, then starts; of a lattice one per crossing, row by row.

    Raises:
        ValueError: a lattice makes more than ``MAX_RECORDS`` recorded places; :func:`basins` keeps the ends alone.
    """
    runs = [run.spread(scene.grid) for run in scene.runs]
    for run, before in zip(runs, scene.runs, strict=True):
        if before.lattice and (places := len(run.starts) * len(recorded(run.steps))) > MAX_RECORDS:
            raise ValueError(
                f"Paths of a lattice must have at most {MAX_RECORDS:,} recorded places, starts times steps."
                f" Got {places:,}. Basins keep the ends alone."
            )
    return _engine().paths(scene.model_copy(update={"runs": tuple(runs)}))


def basins(scene: Scene, resolution: tuple[int, int] | None = None, run: int | None = None) -> Basins:
    """Where descents from a lattice of starts over the scene's ranges end, all walked at once.

    Args:
        scene: its run ``run`` says who walks, in the plane.
        resolution: starts along a and along b, at most ``MAX_STARTS`` in all; one along b where the plane is a line.
            By default those of the scene's lattice start, or 41 x 41.
        run: which of the scene's runs; by default the one with the lattice start, or the first.

    Raises:
        ValueError: there is no such run, it trains everything or searches, or there would be too many starts.

    Example:
        >>> from landscape.scene import Scene
        >>> found = basins(Scene.from_query("model.kind=function&model.name=himmelblau"))
        >>> sorted(found.ends.round(2).tolist())
        [[-3.78, -3.28], [-2.81, 3.13], [3.0, 2.0], [3.58, -1.85]]
    """
    index = run if run is not None else scene.lattice_run or 0
    if not 0 <= index < len(scene.runs):
        raise ValueError(f"Run must be one of the scene's {len(scene.runs)}, counted from 0. Got {index}.")
    walker = scene.runs[index]
    if walker.trains == "all":
        raise ValueError("Basins are those of descents in the plane. Got a run that trains all weights.")
    if not walker.optimizer.uses_gradient:
        noun = walker.optimizer.noun
        raise ValueError(f"Basins are those of methods that follow gradients to an end. Got {noun}, which has none.")
    lattice = Lattice(resolution) if resolution is not None else walker.lattice or Lattice()
    count_a, count_b = lattice.resolution if scene.grid.b is not None else (lattice.resolution[0], 1)
    if min(count_a, count_b) < 1 or count_a * count_b > MAX_STARTS:
        raise ValueError(f"Resolution must make 1 to {MAX_STARTS:,} starts. Got {count_a} x {count_b}.")
    runs = [run_.model_copy(update={"starts": run_.places}) for run_ in scene.runs]
    runs[index] = walker.model_copy(update={"starts": (lattice,)})
    return _engine().basins(scene.model_copy(update={"runs": tuple(runs)}))


def cube_start(scene: Scene, cube: Cube | None = None) -> Corner:
    """Grid search over more than two weights: the best vertex of a cube around the initial parameters.

    Args:
        scene: whose loss it is, on all samples; nothing of its runs counts but the cube that one begins at.
        cube: by default that of the scene's runs, or 3 vertices on each of 4 axes.

    Raises:
        pydantic.ValidationError: there are too many axes, or it would take too long.

    Example:
        >>> from landscape.scene import Scene
        >>> cube_start(Scene.from_query("lesson=valley"), Cube(per_axis=5, half_width=2, axes=2)).loss < 1
        True
    """
    chosen = cube or next((run.cube for run in scene.runs if run.cube), Cube())
    checked = Scene.model_validate(
        {"model": scene.model, "data": scene.data, "runs": ({"starts": (chosen,), "trains": "all"},)}
    )
    return _engine().corner(checked, chosen)


def sweep(scene: Scene, rates: Sequence[float] = RATES, run: int = 0) -> Sweep:
    """The loss at the end of a run for many learning rates: how its rate may be chosen, and at what cost.

    Args:
        scene: its run ``run`` is walked from its first start.
        rates: at least one, each within the optimizer's bounds.
        run: which of the scene's runs.

    Raises:
        ValueError: there is no such run, or no rate, or its method has none.
        pydantic.ValidationError: a rate is out of bounds.
    """
    if not 0 <= run < len(scene.runs):
        raise ValueError(f"Run must be one of the scene's {len(scene.runs)}, counted from 0. Got {run}.")
    if not (walker := scene.runs[run].optimizer).uses_gradient:
        raise ValueError(f"Rates are those of a method that has one. Got {walker.noun}, which has none.")
    if not scene.runs[run].places:
        raise ValueError("A sweep needs a run that begins at a place. Got a lattice alone.")
    if not rates:
        raise ValueError("Rates must be at least one. Got none.")
    study = _engine().sweep(scene, rates, [run])
    study.advance(math.inf)
    return study.sweeps[run]


def step_sizes(scene: Scene, sizes: Sequence[float] = STEP_SIZES) -> Sweep:
    """The loss after one gradient step of each size from the initial parameters, on all samples."""
    if not sizes:
        raise ValueError("Sizes must be at least one. Got none.")
    study = _engine().step_sizes(scene, sizes)
    study.advance(math.inf)
    return study.sweep


def predictions(scene: Scene, path: int = 0) -> Predicted:
    """What the model says at up to 32 steps of a path, the first and the last with them; of the initial parameters
    where nobody walks.

    The parameters are those of the run itself at those steps: of a run that trains everything they are kept as it is
    walked, where they are long fewer of them (8 MB of all its starts).

    Args:
        scene: of a model of samples.
        path: which of its paths, counted from 0 as :func:`descend` does.

    Raises:
        ValueError: the model says nothing of samples, or there is no such path.

    Example:
        >>> from landscape.scene import Scene
        >>> scene = Scene.from_query("model.hidden=8&data.kind=iris&runs.0.trains=all&runs.0.steps=100")
        >>> found = predictions(scene)
        >>> found.confusion.sum(axis=(1, 2)).tolist() == [100] * len(found.steps)
        True
    """
    study = _engine().predictions(scene, path)
    study.advance(math.inf)
    return study.predicted


def profiles(scene: Scene, several: Sequence[Sequence[str | int]] = ()) -> dict[Direction, Surface]:
    """The loss along each of several directions by itself, over the scene's range of a: (1, A) each.

    Args:
        scene: its plane says whether they are weights or columns of a matrix.
        several: those that are wanted; by default the scene's own and their neighbours, see :func:`directions`.

    Raises:
        ValueError: the plane is of another kind, or ``several`` does not suit the scene.
        PlaneError: nothing moves along one of them.

    Example:
        >>> {name: surface.loss.shape for name, surface in profiles(Scene.from_query("lesson=svm-profiles")).items()}[6]
        (1, 40)
    """
    study = _drawn(_engine().profiles(scene, several))
    return {facet.first: surface for facet, surface in zip(study.facets, study.surfaces, strict=True) if surface}


def pairs(scene: Scene, several: Sequence[Sequence[str | int]] = ()) -> dict[tuple[Direction, Direction], Surface]:
    """The surface over each ordered pair of several directions; arguments and errors as those of :func:`profiles`.

    Returns:
        By first and second direction, each over the scene's own ranges.

    Example:
        >>> len(pairs(Scene.from_query("lesson=svm-pairs")))
        42
    """
    study = _drawn(_engine().pairs(scene, several))
    there = zip(study.facets, study.surfaces, strict=True)
    return {(facet.first, facet.second): surface for facet, surface in there if surface and facet.second is not None}


def _drawn(study: Facets) -> Facets:
    """A study whose surfaces are complete."""
    if not study.facets:
        raise ValueError("Profiles and pairs need a plane of two weights or more, or of columns of a matrix. Got none.")
    while not study.is_drawn:
        study.advance(math.inf)
    if study.faults:
        raise PlaneError(next(iter(study.faults.values())))
    return study


def convexity(scene: Scene, segments: int = SEGMENTS, seed: int = 0) -> Convexity:
    """The midpoint test along random segments of the scene's surface: is it convex along every one of them?

    Args:
        scene: the segments' ends are uniform in its ranges; the exact loss is tested, not the grid's points.
        segments: 1 to ``MOST_SEGMENTS``.
        seed: of the draw.

    Raises:
        ValueError: there are too few or too many segments.

    Example:
        >>> found = convexity(Scene.from_query("lesson=ravine"))
        >>> found.tried, found.broken
        (1000, 0)
    """
    if not 1 <= segments <= MOST_SEGMENTS:
        raise ValueError(f"Segments must be 1 to {MOST_SEGMENTS:,}. Got {segments}.")
    study = _engine().convexity(scene, segments, seed)
    study.advance(math.inf)
    return study.report


def gradient_check(scene: Scene, **options: Any) -> GradientReport:
    """The analytic gradient at the initial parameters against central differences, block by block."""
    return check_gradient(objective(scene), **options)


def fetch(name: str) -> None:
    """Download a dataset into the data directory.

    Args:
        name: the kind of a dataset that lives in files: "mnist".

    Raises:
        ValueError: there is nothing to fetch for it.
        DataError: no mirror could be reached, or none had the right files.
    """
    fetcher = getattr(datasets[name], "fetch", None) if name in datasets else None
    if fetcher is None:
        raise ValueError(f"There is nothing to fetch for {name!r}.")
    fetcher()


def kinds(part: str) -> list[tuple[str, str]]:
    """The kinds of a part that may be chosen, each with what it is called.

    Args:
        part: "model", "data", "plane" or "optimizer".

    Example:
        >>> kinds("plane")[0]
        ('weights', 'two weights')
    """
    registries: dict[str, Registry[Any]] = {
        "model": models, "data": datasets, "plane": planes, "optimizer": optimizers, "schedule": schedules,
    }  # fmt: skip
    registry = registries[part]
    return [(kind, getattr(registry[kind], "choice", "") or registry[kind].noun) for kind in registry.names()]


@overload
def register(kind: type[Part]) -> None: ...


@overload
def register(
    kind: str,
    loss: Callable[[Array], Any],
    theta0: Any,
    *,
    gradient: Callable[[Array], Any] | None = None,
    blocks: Mapping[str, tuple[int, ...]] | None = None,
    text: str | None = None,
    vectorised: bool = False,
    parallel: bool = False,
) -> Model: ...


def register(
    kind: type[Part] | str,
    loss: Callable[[Array], Any] | None = None,
    theta0: Any = None,
    *,
    gradient: Callable[[Array], Any] | None = None,
    blocks: Mapping[str, tuple[int, ...]] | None = None,
    text: str | None = None,
    vectorised: bool = False,
    parallel: bool = False,
) -> Model | None:
    """Add a model, dataset, plane or optimizer while the program runs: a class of one of these, or a loss by name.

    Scenes and links of this process know it by its ``kind`` from then on; its results carry a token of their own in
    every digest. The same kind again replaces it.

    Args:
        kind: the class; or the name of a model that a loss is made into, which takes the other arguments.
        loss: ``loss(theta)`` gives one number for flat parameters (P,). It is tried at once. What is not finite is
            shown as such; what it raises becomes a :class:`ModelError` on the page.
        theta0: (P,), the initial parameters.
        gradient: ``gradient(theta)`` gives (P,). Without it slopes are central differences of the loss, and the
            picture says so; of more than 2,000 parameters runs then train the plane's two coordinates alone.
        blocks: names and shapes of the parameters in flat order, in C order each: ``{"W1": (3, 4), "b1": (3,)}``.
            Blocks of one axis beside matrices count as biases. Without it there is one block, ``theta``.
        text: what it is in a sentence: "the energy of a chain".
        vectorised: whether the functions take (M, P) and give (M,) and (M, P).
        parallel: whether they may be called from several threads at once; otherwise one call waits for another.

    Returns:
        Of a loss the model itself, as ``{"model": {"kind": name}}`` reads it.

    Raises:
        TypeError: the class is none of the four.
        ValueError: its kind is built in.
        ModelError: the loss or its gradient raised, or gave something of another shape.

    Example:
        >>> from landscape.scene import Scene
        >>> bowl = register("bowl", lambda theta: theta @ theta, [3.0, 4.0, 0.0], gradient=lambda theta: 2 * theta)
        >>> scene = Scene.model_validate({"model": {"kind": "bowl"}})
        >>> float(objective(scene).loss(objective(scene).theta0)), gradient_check(scene).passed
        (25.0, True)
    """
    if isinstance(kind, str):
        if loss is None or theta0 is None:
            raise TypeError(f"A model named {kind!r} needs a loss and theta0: register(name, loss, theta0).")
        return register_loss(
            kind,
            loss,
            theta0,
            gradient=gradient,
            blocks=blocks,
            text=text,
            vectorised=vectorised,
            parallel=parallel,
        )
    homes: tuple[tuple[type[Part], Registry[Any]], ...] = (
        (Model, models),
        (Dataset, datasets),
        (PlaneKind, planes),
        (Optimizer, optimizers),
        (Schedule, schedules),
    )
    for base, registry in homes:
        if isinstance(kind, type) and issubclass(kind, base):
            registry.add(kind)
            return None
    got = kind.__name__ if isinstance(kind, type) else repr(kind)[:40]
    raise TypeError(f"{got} must be a Model, Dataset, PlaneKind or Optimizer, or a name with a loss and theta0.")
