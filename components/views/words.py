"""What is said about the pictures: the sentence above them, what they show and hide, and the table of runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from threading import Lock

import dash_mantine_components as dmc
import numpy as np
from dash import html
from dash.development.base_component import Component

from components import ids
from components.ids import Id
from components.sentence import card, hold_word, nowhere_finite, same_everywhere
from components.stream import Draft
from components.views import basins, runs
from landscape import Engine, Explanation, Path, Scene, Status, Surface, explain, rates_that_hold, why_constant

TOLD = 64
"""Explanations that a process keeps; a path is explained once, when it is done."""


def layout() -> Component:
    """The card and the table, empty."""
    return html.Section(
        [
            basins.layout(),
            html.H2("Runs"),
            runs.layout(),
            html.Div(
                dmc.Button(html.Span(id=Id.HOLD_WORD), id=ids.action("hold"), variant="default", size="compact-sm"),
                id=Id.HOLD,
                className="hold",
                hidden=True,
            ),
            html.H2("What this picture shows and hides"),
            html.Ul(id=Id.CARD, className="card"),
        ],
        className="view view-words",
        tabIndex=0,  # it scrolls, also by the arrow keys
        **{"aria-label": "Runs, and what this picture shows and hides"},
    )


def painter(engine: Engine) -> Callable[[Draft], None]:
    """The words that go with a frame; ``engine`` knows why a picture does not move."""
    explaining = Lock()  # streams that end together explain a path once, as one computes it

    @lru_cache(maxsize=TOLD)
    def told(scene: Scene, path: Path, best: float | None) -> Explanation | None:
        return explain(engine.slice(scene), scene, path, best)

    def reasons_of(scene: Scene, paths: Sequence[Path], surface: Surface) -> list[Explanation | None]:
        """Why finished paths ended; of those that stand still not before all that may lie lower is known."""
        known = surface.stride == 1 and all(path.status is not Status.RUNNING for path in paths)
        best = lowest_known(surface, paths) if known else None
        with explaining:
            return [
                None if path.status is Status.RUNNING else
                told(scene, path, best if path.status is Status.CONVERGED else None)
                for path in paths
            ]  # fmt: skip

    def paint(draft: Draft) -> None:
        scene, frame = draft.scene, draft.frame
        reasons = reasons_of(scene, frame.paths, draft.surface)
        rates = rates_that_hold(frame.paths, reasons)
        surface = draft.surface
        empty = nowhere_finite(scene, surface)
        constant = empty or why_constant(engine.slice(scene), scene) or same_everywhere(scene, surface)
        lines = card(scene, draft.surface, frame.paths, draft.shown)
        draft.props[Id.WHY] = {"children": constant or ""}
        draft.props[Id.CARD] = {"children": [html.Li(line) for line in lines]}
        draft.props[Id.RUNS] = {"children": runs.rows(scene, draft.view, frame.paths, reasons)}
        draft.props[Id.HOLD] = {"hidden": not rates}
        draft.props[Id.HOLD_WORD] = {"children": hold_word(rates)}

    return paint


def lowest_known(surface: Surface, paths: Sequence[Path]) -> float | None:
    """The lowest loss of the surface and of all paths; None where none is finite."""
    losses = np.concatenate([surface.loss.ravel(), *(path.loss for path in paths)])
    known = losses[np.isfinite(losses)]
    return float(known.min()) if known.size else None
