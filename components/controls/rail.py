"""The three questions: what is minimised, where do we look, who walks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from components import ids
from components.controls import begin
from components.controls.field import control, kind_control
from components.link import View
from landscape import Scene, flatten, kinds


def what(scene: Scene) -> list[Component]:
    """What is minimised? The model and its samples."""
    shown, more = _fields("model", scene.model, scene)
    if scene.data is not None:
        data_shown, data_more = _fields("data", scene.data, scene)
        shown, more = [*shown, *data_shown], [*more, *data_more]
    return [*shown, *_more(more)]


def where(scene: Scene, view: View) -> list[Component]:
    """Where do we look? The plane and the part of it that is drawn."""
    shown, more = _fields("plane", scene.plane, scene)
    if scene.data is None:
        shown = [html.P(f"Over {' and '.join(scene.blocks)}, all there is to choose.", className="help")]
        more = []
    ranges, rest = _fields("grid", scene.grid, scene)
    rest.append(control("view.colours", "colours", View.model_fields["colours"], view.colours, {}))
    buttons = [dmc.Button("Fit the ranges to the paths", id=ids.action("fit"), variant="default", size="compact-sm")]
    if scene.plane.kind == "weights" and scene.data is not None:
        buttons.insert(0, dmc.Button("Suggest a pair", id=ids.action("suggest"), variant="default", size="compact-sm"))
    return [*shown, html.Div(ranges, className="pair"), html.Div(buttons, className="buttons"), *_more([*more, *rest])]


def who(scene: Scene, view: View | None = None) -> list[Component]:
    """Who walks? One block of controls per run, and what is shown of its steps."""
    blocks: list[Component] = []
    for index, run in enumerate(scene.runs):
        shown, more = _fields(f"runs.{index}.optimizer", run.optimizer, scene)
        rate_shown, rate_more = _fields(f"runs.{index}.schedule", run.schedule, scene)
        run_shown, run_more = _fields(f"runs.{index}", run, scene)
        run_more = [*rate_shown, *rate_more, *run_more]
        heading = [html.H3(f"Run {index + 1}")] if len(scene.runs) > 1 else []
        blocks.append(html.Div([*heading, *shown, *run_shown, *_more([*more, *run_more])], className="run"))
    nobody = [
        html.P("Nobody walks in this scene.", className="help"),
        html.Div(dmc.Button("Add a descent", id=ids.action("walk"), variant="default", size="compact-sm")),
    ]
    view = view or View()
    arrows = control("view.arrows", "arrows", View.model_fields["arrows"], view.arrows, {})
    return [*blocks, *begin.offers(scene, view), arrows] if blocks else nobody


def _fields(prefix: str, part: Any, scene: Scene) -> tuple[list[Component], list[Component]]:
    """The controls of a part: those always shown, and those under "more"."""
    shown: list[Component] = []
    more: list[Component] = []
    flat = flatten(part)
    role = prefix.rsplit(".", maxsplit=1)[-1]
    for name, declared in type(part).model_fields.items():
        key = f"{prefix}.{name}"
        if name == "kind":
            choices = [{"value": kind, "label": _sentence_case(noun)} for kind, noun in kinds(role)]
            shown.append(kind_control(key, role.capitalize(), part.kind, choices))
        elif name in flat:
            home = more if (declared.json_schema_extra or {}).get("more") else shown
            home.append(control(key, name, declared, flat[name], scene.blocks))
    return shown, more


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]


def _more(controls: Iterable[Component]) -> list[Component]:
    controls = list(controls)
    return [html.Details([html.Summary("more"), html.Div(controls, className="stack")])] if controls else []
