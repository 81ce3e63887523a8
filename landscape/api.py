"""The public functions: one process-wide engine behind a few plain calls."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from landscape.basins import Basins
from landscape.basins import basins as find_basins
from landscape.datasets import datasets
from landscape.datasets.base import Dataset
from landscape.engine import Engine
from landscape.gradient_check import GradientReport, check_gradient
from landscape.models import models
from landscape.models.base import Model
from landscape.objective import Objective
from landscape.optimizers import optimizers
from landscape.optimizers.base import Optimizer
from landscape.part import Part
from landscape.path import Path
from landscape.planes import planes
from landscape.planes.base import Plane, PlaneKind
from landscape.registry import Registry
from landscape.scene import Scene
from landscape.schedules import Schedule, schedules
from landscape.step_sizes import STEP_SIZES
from landscape.surface import Surface
from landscape.sweep import RATES, Sweep

MAX_STARTS = 10_000
"""Of a lattice."""


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


def descend(scene: Scene) -> tuple[Path, ...]:
    """One path per run and start, in the order of runs, then starts."""
    return _engine().paths(scene)


def basins(scene: Scene, resolution: tuple[int, int] = (41, 41), run: int = 0) -> Basins:
    """Where descents from a lattice of starts over the scene's ranges end, all walked at once.

    Args:
        scene: its run ``run`` says who walks, in the plane.
        resolution: starts along a and along b, at most ``MAX_STARTS`` in all; one along b where the plane is a line.
        run: which of the scene's runs.

    Raises:
        ValueError: there is no such run, it trains everything or searches, or there would be too many starts.
    """
    if not 0 <= run < len(scene.runs):
        raise ValueError(f"Run must be one of the scene's {len(scene.runs)}, counted from 0. Got {run}.")
    walker = scene.runs[run]
    if walker.trains == "all":
        raise ValueError("Basins are those of descents in the plane. Got a run that trains all weights.")
    if not walker.optimizer.uses_gradient:
        noun = walker.optimizer.noun
        raise ValueError(f"Basins are those of methods that follow gradients to an end. Got {noun}, which has none.")
    count_a, count_b = resolution if scene.grid.b is not None else (resolution[0], 1)
    if min(count_a, count_b) < 1 or count_a * count_b > MAX_STARTS:
        raise ValueError(f"Resolution must make 1 to {MAX_STARTS:,} starts. Got {count_a} x {count_b}.")
    a = np.linspace(*scene.grid.a, count_a)
    b = np.zeros(1) if scene.grid.b is None else np.linspace(*scene.grid.b, count_b)
    return find_basins(_engine().slice(scene), walker, a, b)


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
    return [(kind, registry[kind].noun) for kind in registry.names()]


def register(kind: type[Part]) -> None:
    """Add a model, dataset, plane or optimizer while the program runs.

    Scenes and links know it by its ``kind`` from then on; its results carry a token of their own in every digest.

    Raises:
        TypeError: it is none of the four.
        ValueError: its kind is built in.
    """
    homes: tuple[tuple[type[Part], Registry[Any]], ...] = (
        (Model, models),
        (Dataset, datasets),
        (PlaneKind, planes),
        (Optimizer, optimizers),
        (Schedule, schedules),
    )
    for base, registry in homes:
        if issubclass(kind, base):
            return registry.add(kind)
    raise TypeError(f"{kind.__name__} must be a Model, Dataset, PlaneKind or Optimizer.")
