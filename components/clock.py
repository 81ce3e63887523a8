"""What the slider and the loss curve count: steps, epochs, samples seen, or evaluations.

Whatever is raced for is counted: with an equal budget of evaluations a moment is so many evaluations, and each path is
shown where it stood when it had asked for as many.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, get_args

import numpy as np

from components.link import View
from landscape import Path, Scene, price, samples_seen

Unit = Literal["steps", "epochs", "samples", "evaluations"]


class Clock(NamedTuple):
    """What is counted, and how it is called.

    Attributes:
        unit: of the slider and of the curve's first axis.
        per: slider places to one of these: the samples of an epoch.
        digits: decimals that it is written with.
        noun: before a number: "step 12".
        title: of the curve's first axis.
    """

    unit: Unit
    per: int
    digits: int
    noun: str
    title: str


FULL = "epoch (= step: every step sees all samples)"
"""What a step is called where it is a pass over the samples."""


def clock(scene: Scene, view: View) -> Clock:
    """What the view asks for, or what the runs have an equal budget of; steps where each has its own.

    Example:
        >>> from landscape import Scene
        >>> clock(Scene(), View()).noun, clock(Scene(), View(axis="evaluations")).noun
        ('epoch', 'evaluation')
    """
    wanted = scene.race.budget if view.axis == "budget" else view.axis
    unit: Unit = next((known for known in get_args(Unit) if known == wanted), "steps")
    samples = scene.data.samples if scene.data is not None else 1
    full = scene.data is not None and bool(scene.runs) and all(run.batch is None for run in scene.runs)
    match unit:
        case "steps":
            return Clock(unit, 1, 0, "epoch", FULL) if full else Clock(unit, 1, 0, "step", "step")
        case "epochs":
            title = FULL if full else f"epoch (a pass over the {samples:,} samples)"
            return Clock(unit, samples, 0 if full else 2, "epoch", title)
        case "samples":
            return Clock(unit, 1, 0, "sample", "samples seen")
        case "evaluations":
            return Clock(unit, 1, 0, "evaluation", "evaluations (of the loss, or of the loss with its gradient)")


def told(path: Path, unit: Unit) -> np.ndarray:
    """Where the slider stands at each recorded step of a path, (T,) int64."""
    if unit == "steps":
        return path.step
    return path.evaluations if unit == "evaluations" else path.samples_seen


def series(path: Path, counted: Clock) -> dict[str, Any]:
    """The same, and what the curve draws a path over, for the pictures."""
    at = told(path, counted.unit)
    return {"clock": at, "x": at if counted.per == 1 else at / counted.per}


def end(scene: Scene, counted: Clock, paths: Sequence[Path]) -> int:
    """Where the slider ends: at what the longest run may come to, and never before a path."""
    known = [int(at[-1]) for path in paths if (at := told(path, counted.unit)).size]
    return max([*known, *(_planned(scene, index, counted.unit) for index in range(len(scene.runs)))], default=0)


def _planned(scene: Scene, index: int, unit: Unit) -> int:
    run = scene.runs[index]
    if unit == "steps":
        return run.steps
    if unit == "evaluations":
        return run.evaluations or run.steps * (price(run, scene.trained(index)) or 1)
    samples = scene.data.samples if scene.data is not None else 1
    return int(samples_seen(np.array([run.steps]), run.batch, samples)[0])
