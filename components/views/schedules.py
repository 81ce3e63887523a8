"""Schedules: the rates beside the loss curve, and where on its path a rate turns."""

from __future__ import annotations

import numpy as np

from components.figures import schedules as figures
from components.ids import Id
from components.stream import Draft
from landscape import Scene


def paint(draft: Draft) -> None:
    """The axis first, then each run's rate and turns; nothing where all rates stay as they are."""
    scene = draft.scene
    scheduled = [run.schedule for run in scene.runs if run.schedule.varies]
    if draft.first:
        log = all(schedule.scale == "log" for schedule in scheduled)
        draft.updates.append(figures.update(Id.CURVE, rates(scene) if scheduled else [], log=log))
    if not scheduled:
        return
    for number, path in enumerate(draft.frame.paths):
        run = scene.runs[path.run]
        told = {"rate": figures.series(path, run.steps, draws=path.start == 0)}
        if turns := run.schedule.turns(run.steps):
            told["turns"] = np.array(list(turns), dtype=float)
        draft.series.setdefault(number, {}).update(told)


def rates(scene: Scene) -> list[np.ndarray]:
    """The rate of every step of each run that has one."""
    walkers = [run for run in scene.runs if run.optimizer.uses_gradient]
    return [run.optimizer.rate * run.schedule.factor(np.arange(run.steps), run.steps) for run in walkers]
