"""The view of the loss as a contour map; over a line, as a curve."""

from __future__ import annotations

from collections.abc import Callable

from dash.development.base_component import Component

from components.controls.begin import CLICKS
from components.figures import contour as figures
from components.ids import Id
from components.link import View
from components.sentence import axis_titles, loss_title
from components.stream import Draft
from components.views.graph import graph
from landscape import Engine, Scene


def layout() -> Component:
    """The graph, empty."""
    return graph(Id.CONTOUR, figures.figure(), f"Contour map. {CLICKS}", modes=["toImage"], scrollZoom=True)


def painter(engine: Engine, low: Callable[[Scene, View], bool] = lambda scene, view: False) -> Callable[[Draft], None]:
    """Titles first, then each finer map.

    Args:
        engine: knows where the initial weights are.
        low: whether the map has so little height that the colours' title must be short.
    """

    def paint(draft: Draft) -> None:
        scene, shown = draft.scene, draft.shown
        if draft.first:
            is_low = low(scene, draft.view)
            (a, b), loss = axis_titles(scene), loss_title(scene, short=is_low)
            draft.updates.append(figures.titles(Id.CONTOUR, a, loss if shown.line else b, loss))
            draft.updates.append(figures.initial(Id.CONTOUR, _initial(draft, engine)))
            draft.updates.append(figures.segment(Id.CONTOUR, None, line=shown.line))
        name = f"{axis_titles(scene)}/{shown.a}/{shown.b}"  # what is zoomed into, however finely it is computed
        if not draft.new_surface:
            draft.updates.append(figures.framed(Id.CONTOUR, shown, name))
        elif shown.line:
            draft.updates += figures.profile(Id.CONTOUR, draft.surface, shown, name)
        else:
            draft.updates.append(figures.hidden_profile(Id.CONTOUR))
            draft.updates.append(figures.update(Id.CONTOUR, draft.surface, shown, draft.view.colours, name))

    return paint


def _initial(draft: Draft, engine: Engine) -> tuple[float, float] | None:
    """Where the initial weights project in a plane through others."""
    if draft.scene.plane.origin == "initial":
        return None
    slice_ = engine.slice(draft.scene)
    a, b = (float(coordinate) for coordinate in slice_.plane.project(slice_.objective.theta0))
    return a, float(slice_.objective.loss(slice_.objective.theta0)) if draft.shown.line else b
