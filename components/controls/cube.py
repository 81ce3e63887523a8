"""Grid search over more than two weights for a start: what it costs is said before it runs.

vertices, half width, axes, block  ->  offer  ->  the budget and a link to the scene that begins there,
                                                  or the sentence that says why there can be none
"""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import MATCH, Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component

from components.controls.field import DEBOUNCE
from components.ids import Id
from components.link import Opened, View, address, read_address
from landscape import Cube, Scene, revise

FIELDS = {"per_axis": "Vertices an axis", "half_width": "Half width", "axes": "Axes", "block": "Of block"}

HELP = (
    "The best vertex of a cube around the initial weights becomes the start. Its axes are the weights along which the"
    " loss is steepest, no biases. The run then trains all weights."
)


def form(scene: Scene, view: View, run: int) -> Component:
    """The four fields of a cube for a run, and what its search would cost."""
    cube = scene.runs[run].cube or Cube(axes=min(Cube.axes, scene.parameters))
    texts = [str(cube.per_axis), f"{cube.half_width:g}", str(cube.axes), cube.block or ""]
    inputs = [
        dmc.TextInput(
            id=_field(name, run), label=label, value=text, size="sm", debounce=DEBOUNCE, autoComplete="off",
            placeholder="any" if name == "block" else "",
        )
        for (name, label), text in zip(FIELDS.items(), texts, strict=True)
    ]  # fmt: skip
    which = f" of run {run + 1}" if scene.race.starts == "own" else ""
    said = html.Div(offer(Opened(scene, scene, view, []), run, texts), id=_offer(run), className="offer", role="status")
    return html.Details(
        [
            html.Summary(f"Search a cube for the start{which}"),
            html.Div([html.P(HELP, className="help"), html.Div(inputs, className="pair"), said], className="stack"),
        ]
    )


def offer(opened: Opened, run: int, values: list[Any]) -> list[Component]:
    """What a search costs and where it is to be had, or why not.

    Args:
        opened: the scene that is shown.
        run: which of its runs would begin there.
        values: of the four fields, as they are typed.
    """
    texts = [value.strip().replace(",", ".").replace(";", ".") if isinstance(value, str) else "" for value in values]
    per_axis, half_width, axes, block = (texts + [""] * 4)[:4]
    text = ",".join(["cube", per_axis, half_width, axes, *([block] if block else [])])
    scene = opened.scene
    if not 0 <= run < len(scene.runs):
        return []
    revision = revise(scene, {f"runs.{run}.starts": text, f"runs.{run}.trains": "all"})
    if revision.scene is None:
        return [html.P(next(iter(revision.errors.values())), className="error")]
    cube = revision.scene.runs[run].cube
    assert cube is not None  # it is what was asked for
    view = opened.view.model_copy(update={"step": None})
    return [
        html.P(f"{revision.scene.cube_budget(cube)}."),
        dcc.Link("Run it", href=address(revision.scene, view), className="run-it"),
    ]


def register(app: Dash) -> None:
    """The budget follows what is typed."""

    @app.callback(
        Output(_offer(MATCH), "children"),
        *(Input(_field(name, MATCH), "value") for name in FIELDS),
        State(_offer(MATCH), "id"),
        State(Id.SCENE, "data"),
        prevent_initial_call=True,
    )
    def follow(*given: Any) -> list[Component]:
        *values, place, shown = given
        search = shown.get("search") if isinstance(shown, dict) else None
        run = place.get("run") if isinstance(place, dict) else None
        opened = read_address(search if isinstance(search, str) else "")
        return offer(opened, run if isinstance(run, int) else -1, values)


def _field(name: str, run: Any) -> dict[str, Any]:
    return {"type": "cube", "name": name, "run": run}


def _offer(run: Any) -> dict[str, Any]:
    return {"type": "cube-offer", "run": run}
