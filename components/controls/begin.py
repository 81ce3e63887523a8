"""Beginnings beyond clicks: what is said and offered in the block of who walks."""

from __future__ import annotations

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from components import ids
from components.controls import cube
from components.link import View
from landscape import Scene

CLICKS = "Click on the map to set the start; Shift adds one; drag a ring to move it."
"""What is said beside the controls of the starts; ``assets/starts.js`` does it."""


def offers(scene: Scene, view: View) -> list[Component]:
    """How else the runs may begin."""
    buttons = [_button("Best grid point", "grid-start"), _button("All grid minima", "grid-minima")]
    own = scene.runs[:1] if scene.race.starts == "same" else scene.runs  # others follow the first
    walkers = (index for index, run in enumerate(own) if run.trains == "plane" and run.optimizer.uses_gradient)
    in_plane = next(walkers, None)
    if in_plane is not None:
        shown = scene.lattice_run
        words = "Show the basins" if shown is None else "Hide the basins"
        buttons.append(_button(words, "basins", in_plane if shown is None else shown))
    cubes = [cube.form(scene, view, index) for index in range(len(own))]
    return [html.P(CLICKS, className="help"), html.Div(buttons, className="buttons"), *cubes]


def _button(words: str, name: str, index: int = 0) -> Component:
    return dmc.Button(words, id=ids.action(name, index), variant="default", size="compact-sm")
