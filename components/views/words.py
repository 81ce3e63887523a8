"""What is said about the pictures: the sentence above them, what they show and hide, and the table of runs."""

from __future__ import annotations

from collections.abc import Callable

import dash_mantine_components as dmc
import numpy as np
from dash import html
from dash.development.base_component import Component

from components.ids import Id
from components.sentence import card, loss_number, run_names, same_everywhere
from components.stream import Draft
from landscape import Engine, Path, Scene, why_constant


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
        tabIndex=0,  # it scrolls, also by the arrow keys
        **{"aria-label": "Runs, and what this picture shows and hides"},
    )


def painter(engine: Engine) -> Callable[[Draft], None]:
    """The words that go with a frame; ``engine`` knows why a picture does not move."""

    def paint(draft: Draft) -> None:
        scene, frame = draft.scene, draft.frame
        constant = why_constant(engine.slice(scene), scene) or same_everywhere(scene, draft.surface)
        lines = card(scene, draft.surface, frame.paths, draft.shown)
        draft.props[Id.WHY] = {"children": constant or ""}
        draft.props[Id.CARD] = {"children": [html.Li(line) for line in lines]}
        draft.props[Id.RUNS] = {"data": table(scene, frame.paths)}

    return paint


def table(scene: Scene, paths: tuple[Path, ...]) -> dict[str, list[object]]:
    """The table of runs: number, name, loss at the end, status."""
    body = [
        [str(index), name, _loss(path), _unbroken(path.message)]
        for index, (name, path) in enumerate(zip(run_names(scene), paths, strict=True), start=1)
    ]
    if not body:
        return {"head": [], "body": [["Nobody walks in this scene."]]}
    return {"head": ["", "who walks", "loss", "how it ended"], "body": body}


def _loss(path: Path) -> str:
    """The last loss that is known; it may be behind the path."""
    known = path.loss[np.isfinite(path.loss)]
    return _unbroken(loss_number(known[-1])) if known.size else ""


def _unbroken(text: str) -> str:
    """The same with hyphens at which no line breaks: "3.6e-07" stays in one piece."""
    return text.replace("e-", "e\u2011")
