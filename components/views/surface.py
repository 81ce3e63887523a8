"""The view of the loss surface in three dimensions."""

from __future__ import annotations

from dash.development.base_component import Component

from components.figures import surface as figures
from components.ids import Id
from components.sentence import axis_titles
from components.stream import Draft
from components.views.graph import graph


def layout() -> Component:
    """The graph, empty."""
    return graph(Id.SURFACE, figures.figure(), "Loss surface, drag to turn", modes=["toImage", "resetCameraDefault3d"])


def paint(draft: Draft) -> None:
    """Titles first, then each finer surface; none over a line, whose curve is the flat picture."""
    if draft.shown.line:
        draft.hidden.append(Id.SURFACE)
        return
    if draft.first:
        draft.updates.append(figures.titles(Id.SURFACE, *axis_titles(draft.scene)))
    if not draft.new_surface:
        draft.updates.append(figures.framed(Id.SURFACE, draft.shown))
        return
    through = any(run.trains == "all" for run in draft.scene.runs)
    draft.updates.append(figures.update(Id.SURFACE, draft.surface, draft.shown, draft.view.colours, through=through))
