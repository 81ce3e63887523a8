"""Grid search as initialisation: buttons that make a computed grid's vertices the starts of the runs."""

from __future__ import annotations

from collections.abc import Sequence

from components.controls.button import WAIT, at_end
from components.figures.palette import MAX_PATHS
from components.link import Opened, View
from landscape import Engine, Scene, Surface, flatten, follows, grid_minima, grid_start, revise, to_text


def best(engine: Engine, scene: Scene, view: View, _index: int) -> Opened:
    """The best vertex of the grid becomes the only start of every run."""
    place = grid_start(_complete(engine, scene))
    return _begun(scene, view, [place], [])


def minima(engine: Engine, scene: Scene, view: View, _index: int) -> Opened:
    """All local minima of the grid become starts of every run: the lowest, as many as can be drawn."""
    found = grid_minima(_complete(engine, scene))
    count, most = len(found.loss), MAX_PATHS // max(1, len(_free(scene)))
    if not count:
        raise ValueError("The grid has no local minimum: nowhere on it the loss is finite.")
    minima_ = f"{count:,} local minim{'a' if count > 1 else 'um'}"
    told = f"The grid has {minima_}." if count <= most else f"The grid has {minima_}; the {most} lowest are the starts."
    return _begun(scene, view, [tuple(map(float, place)) for place in found.place[:most]], [told])


def _complete(engine: Engine, scene: Scene) -> Surface:
    surface = engine.advance(scene, WAIT).surface
    if surface is None or surface.stride > 1:
        raise ValueError("The grid is still being computed. Press the button again when it is complete.")
    return surface


def _free(scene: Scene) -> list[int]:
    """The runs whose starts may change: all but the one at whose end the plane is laid."""
    bound = scene.origin_run if scene.plane.origin == "trained" else None
    return [index for index in range(len(scene.runs)) if index != bound]


def _begun(scene: Scene, view: View, places: Sequence[tuple[float, ...]], told: list[str]) -> Opened:
    """The scene with these starts, written for people to read: to six digits. A lattice is kept."""
    places = [tuple(float(f"{coordinate:.6g}") for coordinate in place) for place in places]
    changes, flat = {}, flatten(scene)
    free = _free(scene)
    for index in free:
        if 0 in free and follows(f"runs.{index}.starts", flat):
            continue  # it begins where the first run does
        lattice = scene.runs[index].lattice
        changes[f"runs.{index}.starts"] = ";".join(map(to_text, [*places, *([lattice] if lattice else [])]))
    revision = revise(scene, changes)
    if revision.scene is None:
        raise ValueError(next(iter(revision.errors.values())))
    return Opened(revision.scene, revision.scene, at_end(view), [*told, *revision.notices])
