"""The three questions: what is minimised, where do we look, who walks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from components import ids
from components.controls import begin, table
from components.controls.field import control, kind_control
from components.link import View
from components.other import suits
from components.views import batch
from landscape import Race, Run, Scene, Table, directions, flatten, follows, kinds, seeds, to_text


def what(scene: Scene, view: View | None = None) -> list[Component]:
    """What is minimised? The model and its samples, and what differs in the scene beside it."""
    shown, more = _fields("model", scene.model, scene)
    if scene.data is not None:
        choices = {"data.target": table.target_choices(scene)} if isinstance(scene.data, Table) else {}
        data_shown, data_more = _fields("data", scene.data, scene, choices=choices)
        if isinstance(scene.data, Table):
            kind, samples, target, *rest = data_shown
            data_shown = [kind, *table.panel(scene), target, samples, *rest]
        shown, more = [*shown, *data_shown], [*more, *data_more]
    if suits(scene):
        more += [_look("other", view or View()), _look("heights", view or View())]
    return [*shown, *_more(more)]


def where(scene: Scene, view: View) -> list[Component]:
    """Where do we look? The plane and the part of it that is drawn."""
    shown, more = _fields("plane", scene.plane, scene)
    if scene.model.domain is not None:
        shown = [html.P(f"Over {' and '.join(scene.blocks)}, all there is to choose.", className="help")]
        more = []
    ranges, rest = _fields("grid", scene.grid, scene)
    rest.append(_look("colours", view))
    several = len(directions(scene))
    rest += [_look("several", view)] if several and scene.data is not None else []
    rest += [_look("clip", view)] if several > 1 else []
    buttons = [dmc.Button("Fit the ranges to the paths", id=ids.action("fit"), variant="default", size="compact-sm")]
    if scene.plane.kind == "weights" and scene.model.domain is None:
        buttons.insert(0, dmc.Button("Suggest a pair", id=ids.action("suggest"), variant="default", size="compact-sm"))
    return [*shown, html.Div(ranges, className="pair"), html.Div(buttons, className="buttons"), *_more([*more, *rest])]


def who(scene: Scene, view: View | None = None, unfolded: int | None = None) -> list[Component]:
    """Who walks? What the runs have in common, one block of controls per run, and what is shown of them.

    Args:
        scene: whose runs they are.
        view: how they are looked at.
        unfolded: the run whose controls are shown where there are so many that the others are folded.
    """
    view = view or View()
    if not scene.runs:
        walk = dmc.Button("Add a descent", id=ids.action("walk"), variant="default", size="compact-sm")
        buttons = html.Div([walk, *_draw(scene)], className="buttons")
        return [html.P("Nobody walks in this scene.", className="help"), buttons]
    looks = [_look(name, view) for name in ("axis", "target")]
    batches = [_look("batch", view)] if batch.suits(scene) else []
    join = dmc.Button("Add a run", id=ids.action("join"), variant="default", size="compact-sm")
    runs = [_run(scene, index, unfolded) for index in range(len(scene.runs))]
    race = [] if len(scene.runs) == 1 else _race(scene)
    buttons = html.Div([join, *_draw(scene)], className="buttons")
    offers = begin.offers(scene, view)
    return [*race, *runs, buttons, *offers, *batches, _look("arrows", view), *_more(looks)]


def _draw(scene: Scene) -> list[Component]:
    """A button for another draw of the weights and batches, where any are drawn."""
    if not (drawn := seeds(scene)):
        return []
    what = " and ".join(
        word for word, tells in {"initial weights": "model.", "batches": "runs."}.items()
        if any(key.startswith(tells) for key in drawn)
    )  # fmt: skip
    button = dmc.Button("New seed", id=ids.action("draw"), variant="default", size="compact-sm",
                        attributes={"root": {"title": f"Draws other {what}"}})  # fmt: skip
    return [button]


FOLDED = 2
"""Runs whose controls are all shown; of more they are folded."""


def _race(scene: Scene) -> list[Component]:
    """What the runs have in common."""
    flat = flatten(scene)
    names = ["starts", *(["batches"] if scene.data is not None else []), "budget"]
    if scene.race.budget != "own":
        names.append("amount")
    fields = [control(f"race.{name}", name, Race.model_fields[name], flat[f"race.{name}"], {}) for name in names]
    return [html.Div(fields, className="pair")]


def _run(scene: Scene, index: int, unfolded: int | None) -> Component:
    """The controls of a run, but for those that the race has tied; of many runs folded under its name."""
    run, flat = scene.runs[index], flatten(scene)
    shown, more = _fields(f"runs.{index}.optimizer", run.optimizer, scene)
    rated = "schedule" not in run.idle
    rate_shown, rate_more = _fields(f"runs.{index}.schedule", run.schedule, scene) if rated else ([], [])
    run_shown, run_more = _fields(f"runs.{index}", run, scene, lambda key: _is_open(key, run, flat))
    more = [*more, *rate_shown, *rate_more, *run_more]
    if len(scene.runs) == 1:
        return html.Div([*shown, *run_shown, *_more(more)], className="run")
    leave = dmc.Button("Remove", id=ids.action("leave", index), variant="subtle", size="compact-xs")
    fields = html.Div([*shown, *run_shown, *_more([*more, leave])], className="stack")
    first_path = 1 + sum(len(earlier.places) for earlier in scene.runs[:index])
    name = [html.Span(className="dot"), f"Run {index + 1}: {run.optimizer.noun}"]
    is_open = len(scene.runs) <= FOLDED or index == unfolded
    return html.Details([html.Summary(name), fields], open=is_open, className=f"run racer path-{first_path}")


def _is_open(key: str, run: Run, flat: Mapping[str, str]) -> bool:
    """Whether a field of a run is the reader's to set: the race has not tied it, and it says something here."""
    return not follows(key, flat) and key.rsplit(".", maxsplit=1)[-1] not in run.idle


def _look(name: str, view: View) -> Component:
    """The control of a field of the view."""
    return control(f"view.{name}", name, View.model_fields[name], to_text(getattr(view, name)), {})


def _fields(
    prefix: str,
    part: Any,
    scene: Scene,
    takes: Callable[[str], bool] = lambda _: True,
    choices: Mapping[str, list[dict[str, str]]] | None = None,
) -> tuple[list[Component], list[Component]]:
    """The controls of a part's fields that ``takes`` takes: those always shown, and those under "more".

    What follows from other fields has none. ``choices`` are those of a field that depend on the scene.
    """
    shown: list[Component] = []
    more: list[Component] = []
    flat = flatten(part)
    role = prefix.rsplit(".", maxsplit=1)[-1]
    for name, declared in type(part).model_fields.items():
        key = f"{prefix}.{name}"
        extra = declared.json_schema_extra or {}
        home = more if extra.get("more") else shown
        if name == "kind":
            known = [{"value": kind, "label": _sentence_case(noun)} for kind, noun in kinds(role)]
            shown.append(kind_control(key, role.capitalize(), part.kind, known))
        elif listed := (choices or {}).get(key):
            shown.append(kind_control(key, declared.title, flat[name], listed))
        elif name in flat and takes(key) and not extra.get("derived"):
            home.append(control(key, name, declared, flat[name], scene.blocks))
    return shown, more


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]


def _more(controls: Iterable[Component]) -> list[Component]:
    controls = list(controls)
    return [html.Details([html.Summary("more"), html.Div(controls, className="stack")])] if controls else []
