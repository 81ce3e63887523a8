"""Runs that join a scene and leave it."""

from __future__ import annotations

from pydantic import ValidationError

from components.controls.button import opened
from components.link import Opened, View
from landscape import Engine, Race, Scene, flatten, follows, kinds, revise

OWN = ("starts", "batch", "seed", "steps", "evaluations", "trains", "precision", "gradient", "h")
"""What a run that joins has of the first one: all but its method, and the rate and the schedule that suit that."""


def join(_engine: Engine, scene: Scene, view: View, _index: int) -> Opened:
    """One run more: the first method that nobody walks by, from where the first run begins.

    Raises:
        ValueError: there would be too many paths, or too much to train.
    """
    flat, number = flatten(scene), len(scene.runs)
    changes = {f"runs.{number}.optimizer.kind": _newcomer(scene)}
    for name in OWN:
        key = f"runs.{number}.{name}"
        if not follows(key, flat):
            changes[key] = flat[f"runs.0.{name}"]
    revision = revise(scene, changes)
    if revision.scene is None:
        raise ValueError(next(iter(revision.errors.values())))
    return opened(revision.scene, view)


def leave(_engine: Engine, scene: Scene, view: View, index: int) -> Opened | None:
    """One run less; those that followed the first one stay as they are.

    Raises:
        ValueError: the plane needs that run.
    """
    if not 0 <= index < len(scene.runs):
        return None
    runs = [run for number, run in enumerate(scene.runs) if number != index]
    race = scene.race if len(runs) > 1 or scene.race.amount else Race()
    fields = {name: getattr(scene, name) for name in ("model", "data", "plane", "grid")}
    try:
        return opened(Scene(**fields, runs=tuple(runs), race=race), view)
    except ValidationError as error:
        raise ValueError(error.errors(include_url=False)[0]["msg"]) from None


def _newcomer(scene: Scene) -> str:
    """The first kind in the list that no run is of; the list begins anew where all are there."""
    here = {run.optimizer.kind for run in scene.runs}
    known = [kind for kind, _ in kinds("optimizer")]
    return next((kind for kind in known if kind not in here), known[len(scene.runs) % len(known)])
