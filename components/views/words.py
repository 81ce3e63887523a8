"""What is said about the pictures: the sentence above them, what they show and hide, and the table of runs."""

from __future__ import annotations

from collections.abc import Callable

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from components.figures.scale import extent
from components.ids import Id
from components.sentence import card, number, run_names, same_everywhere, sentence
from components.stream import Draft
from landscape import Engine, LandscapeError, Path, Scene, why_constant


def layout() -> Component:
    """The card and the table, empty."""
    return html.Section(
        [
            html.H2("Runs"),
            dmc.Table(id=Id.RUNS, data={"head": [], "body": []}, className="runs", withRowBorders=True),
            html.H2("What this picture shows and hides"),
            html.Ul(id=Id.CARD, className="card"),
        ],
        className="view view-words",
        **{"aria-label": "Runs, and what this picture shows and hides"},
    )


def painter(engine: Engine) -> Callable[[Draft], None]:
    """The words that go with a frame; ``engine`` knows why a picture does not move."""

    def paint(draft: Draft) -> None:
        scene, frame = draft.scene, draft.frame
        if draft.first:
            draft.props[Id.SENTENCE] = {"children": sentence(scene)}
        constant = _why_constant(engine, scene) or same_everywhere(scene, frame.surface)
        shown = extent(scene.grid.a, scene.grid.b, frame.surface, frame.paths)
        lines = card(scene, frame.surface, frame.paths, cut=shown.cut)
        draft.props[Id.WHY] = {"children": constant or ""}
        draft.props[Id.CARD] = {"children": [html.Li(line) for line in lines]}
        draft.props[Id.RUNS] = {"data": table(scene, frame.paths)}

    return paint


def table(scene: Scene, paths: tuple[Path, ...]) -> dict[str, list[object]]:
    """The table of runs: number, name, loss at the end, status."""
    body = [
        [str(index), name, _unbroken(number(path.loss[-1])) if path.loss.size else "", _unbroken(path.message)]
        for index, (name, path) in enumerate(zip(run_names(scene), paths, strict=True), start=1)
    ]
    return {"head": ["", "who walks", "loss", "how it ended"], "body": body} if body else {"head": [], "body": []}


def _unbroken(text: str) -> str:
    """The same with hyphens at which no line breaks: "3.6e-07" stays in one piece."""
    return text.replace("e-", "e\u2011")


def _why_constant(engine: Engine, scene: Scene) -> str | None:
    try:
        return why_constant(engine.slice(scene), scene)
    except LandscapeError:
        return None
