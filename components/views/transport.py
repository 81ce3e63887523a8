"""The transport bar: one slider and play for all views. It never asks the server."""

from __future__ import annotations

import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, html
from dash.development.base_component import Component

from components.glyphs import glyph
from components.ids import Id

SPEEDS = ("0.25", "0.5", "1", "2", "4")
"""Of play; at 1 a run of any length takes ten seconds."""


def layout() -> Component:
    """Reset, play, step back and forward, the slider, where it stands, and the speed."""
    return html.Section(
        [
            _button(Id.REWIND, "rewind", "Reset to the first step"),
            _button(Id.PLAY, "play", "Play", size=44, variant="filled"),
            _button(Id.BACK, "back", "One step back"),
            _button(Id.FORWARD, "forward", "One step forward"),
            dmc.Slider(
                id=Id.STEP, min=0, max=1, value=0, step=1, updatemode="drag", label=None, className="slider",
                thumbLabel="Step", size="md", thumbSize=20,
            ),
            html.Output("", id=Id.STEP_WORD, className="step-word"),
            dmc.Select(
                id=Id.SPEED, value="1", data=[{"value": speed, "label": f"{speed}×"} for speed in SPEEDS],
                allowDeselect=False, size="sm", w=86, **{"aria-label": "Speed"},
            ),
        ],
        className="transport",
        **{"aria-label": "Epoch"},
    )  # fmt: skip


def facts() -> Component:
    """What is told of the step under the slider: its numbers, which ``assets/overlay.js`` writes, and its samples."""
    return html.Div(
        [html.Output("", id=Id.STEP_FACTS, className="step-facts"),
         html.Output("", id=Id.BATCH_WORD, className="step-facts")]
    )  # fmt: skip


def register(app: Dash) -> None:
    """Hand the slider and the buttons to the scrubber."""
    for name, inputs in {
        "move": [Input(Id.STEP, "value")],
        "play": [Input(Id.PLAY, "n_clicks")],
        "rewind": [Input(Id.REWIND, "n_clicks")],
        "back": [Input(Id.BACK, "n_clicks")],
        "forward": [Input(Id.FORWARD, "n_clicks")],
        "speed": [Input(Id.SPEED, "value")],
    }.items():
        app.clientside_callback(
            ClientsideFunction(namespace="scrubber", function_name=name), *inputs, prevent_initial_call=True
        )


def _button(id_: str, shape: str, label: str, size: int = 36, variant: str = "subtle") -> Component:
    return dmc.ActionIcon(glyph(shape), id=id_, size=size, variant=variant, **{"aria-label": label})
