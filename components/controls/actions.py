"""What the buttons make of the scene that is shown: each another scene, and how it is looked at.

A button is a function here or in a file of its own, and one line in :data:`ACTIONS`.
"""

from __future__ import annotations

from collections.abc import Mapping

from components import other
from components.controls import grid, lineup, sweeping
from components.controls.button import WAIT, Action, opened
from components.link import Opened, View
from landscape import Engine, Scene, explain, next_seeds, rates_that_hold, revise, suggest_pair, to_text


def suggest(engine: Engine, scene: Scene, view: View, _index: int) -> Opened:
    """The plane of a lively pair of weights."""
    return opened(suggest_pair(engine, scene, seed=_seed(scene)), view)


def walk(_engine: Engine, scene: Scene, view: View, _index: int) -> Opened:
    """A first descent where nobody walks."""
    return opened(revise(scene, {"runs.0.optimizer.kind": "gradient_descent"}).scene or scene, view)


def hold(engine: Engine, scene: Scene, view: View, _index: int) -> Opened | None:
    """The same runs, those that blew up at rates that hold."""
    paths = engine.advance(scene, WAIT).paths
    if not paths:
        return None
    slice_ = engine.slice(scene)
    rates = rates_that_hold(paths, [explain(slice_, scene, path) for path in paths])
    held = revise(scene, {f"runs.{run}.optimizer.lr": repr(rate) for run, rate in rates.items()}).scene
    return opened(held, view) if rates and held is not None else None


def basins(_engine: Engine, scene: Scene, view: View, index: int) -> Opened | None:
    """A lattice among the starts of a run in the plane, or none where there is one: paths and slider stay."""
    if not 0 <= index < len(scene.runs):
        return None
    starts = [to_text(start) for start in scene.runs[index].places]
    if scene.lattice_run is None:
        starts.append("lattice,41,41")
    made = revise(scene, {f"runs.{index}.starts": ";".join(starts) or "initial"})
    if made.scene is None:
        raise ValueError(next(iter(made.errors.values())))
    return Opened(made.scene, made.scene, view, made.notices)


def other_split(_engine: Engine, scene: Scene, view: View, _index: int) -> Opened | None:
    """The samples for testing beside those for training, or the other way round."""
    return _beside(scene, view, other.split(scene))


def other_more(_engine: Engine, scene: Scene, view: View, _index: int) -> Opened | None:
    """Ten times as many samples beside these, or all; beside all of them a tenth."""
    return _beside(scene, view, other.more(scene) or other.fewer(scene))


def other_scale(_engine: Engine, scene: Scene, view: View, _index: int) -> Opened:
    """The heights side by side on one scale, or each from its own lowest."""
    heights = "same span" if view.heights == "one scale" else "one scale"
    return Opened(scene, scene, view.model_copy(update={"heights": heights}), [])


def _beside(scene: Scene, view: View, changes: other.Changes) -> Opened | None:
    if not changes:
        raise ValueError("There are no other samples to compare with.")
    return Opened(scene, scene, view.model_copy(update={"other": changes}), [])


def draw(_engine: Engine, scene: Scene, view: View, _index: int) -> Opened | None:
    """The same on other initial weights and other batches: those of the next seeds."""
    other = next_seeds(scene)
    return opened(other, view) if other != scene else None


def _seed(scene: Scene) -> int:
    """Another for every scene, so that each suggestion leads on to another; the same for the same."""
    return int(scene.slice_digest[:8], 16)


ACTIONS: Mapping[str, Action] = {
    "suggest": suggest,
    "walk": walk,
    "hold": hold,
    "draw": draw,
    "other-split": other_split,
    "other-more": other_more,
    "other-scale": other_scale,
    "basins": basins,
    "grid-start": grid.best,
    "grid-minima": grid.minima,
    "join": lineup.join,
    "leave": lineup.leave,
    "sweep": sweeping.begin,
    "use-best": sweeping.use_best,
}
"""By the name of the button's id."""
