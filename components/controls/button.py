"""What a button is that makes another scene of the one that is shown, and what its answer begins with."""

from __future__ import annotations

from collections.abc import Callable

from components.link import Opened, View
from landscape import Engine, Scene

WAIT = 0.5
"""Seconds for the paths or the grid that a button is about; as a rule they are there."""

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
