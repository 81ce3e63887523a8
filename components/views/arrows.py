"""The step under the slider: arrows on the flat picture and numbers beside it, where the view asks for them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from components.figures import arrows as figures
from components.stream import Draft
from landscape import Engine, Path, Scene

WORK = 1e9
"""Multiplications that the gradients of a path may cost, about a second and a half; of others fewer are found."""


def painter(engine: Engine) -> Callable[[Draft], None]:
    """Series of each path for ``assets/arrows.js``; the gradients, which ``engine`` knows, once all is computed."""

    def paint(draft: Draft) -> None:
        if draft.view.arrows == "none":
            return
        for number, path in enumerate(draft.frame.paths):
            told = figures.steps(path)
            if draft.frame.done and draft.scene.runs[path.run].trains == "plane":
                told |= _directions(engine, draft.scene, path)
            draft.series.setdefault(number, {}).update(told)

    return paint


def _directions(engine: Engine, scene: Scene, path: Path) -> figures.Series:
    """The gradient of all samples along a path, and the way to the nearest known minimum."""
    gradient, minima = gradients(engine, scene, path), known_minima(engine, scene)
    found = figures.downhill(path, gradient)
    return found | figures.towards(path, gradient, minima) if len(minima) else found


def gradients(engine: Engine, scene: Scene, path: Path) -> np.ndarray:
    """The gradient of all samples in the plane's coordinates at the recorded places: (T, 2).

    NaN in between where all of them would cost more than :data:`WORK`.
    """
    slice_ = engine.slice(scene)
    every = max(1, math.ceil(path.step.size * slice_.point_work / WORK))
    known = np.full((path.step.size, 2), np.nan)
    with np.errstate(all="ignore"):
        known[::every] = slice_.gradient(np.stack([path.a, path.b], axis=-1)[::every])
    return known


def known_minima(engine: Engine, scene: Scene) -> np.ndarray:
    """The known minima of a function in the plane's coordinates, (M, 2); none of them on a line, or of a network."""
    formula: Any = getattr(scene.model, "formula", None)
    points = () if formula is None or scene.grid.b is None else formula.minima
    if not points:
        return np.empty((0, 2))
    return np.asarray(engine.slice(scene).plane.project(np.array([minimum.point for minimum in points])))
