"""What the buttons make of the scene that is shown: each another scene, and how it is looked at.

A button is a function here or in a file of its own, and one line in :data:`ACTIONS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from components.link import Opened, View
from landscape import Engine, Scene, explain, next_seeds, rates_that_hold, revise, suggest_pair

WAIT = 0.5
"""Seconds for the paths that a button is about; as a rule they are there."""

Action = Callable[[Engine, Scene, View, int], Opened | None]
"""What a button does: given the engine, the scene, its view and the button's index; None where nothing changes.

Raises:
    DataError: the samples cannot be had.
    ValueError: with a sentence that says why it cannot be done.
"""


def opened(scene: Scene, view: View) -> Opened:
    """A scene to show from its end on, where the slider of a new scene begins."""
    return Opened(scene, scene, at_end(view), [])


def at_end(view: View) -> View:
    """The same look with the slider at the end, and nothing swept that nobody has asked for."""
    return view.model_copy(update={"step": None, "sweep": False})


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


def draw(_engine: Engine, scene: Scene, view: View, _index: int) -> Opened | None:
    """The same on other initial weights and other batches: those of the next seeds."""
    other = next_seeds(scene)
    return opened(other, view) if other != scene else None


def _seed(scene: Scene) -> int:
    """Another for every scene, so that each suggestion leads on to another; the same for the same."""
    return int(scene.slice_digest[:8], 16)


ACTIONS: Mapping[str, Action] = {"suggest": suggest, "walk": walk, "hold": hold, "draw": draw}
"""By the name of the button's id."""
