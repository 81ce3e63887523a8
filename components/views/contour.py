"""The view of the loss as a contour map."""

from __future__ import annotations

from dash.development.base_component import Component

from components.figures import contour as figures
from components.ids import Id
from components.sentence import axis_titles, loss_title
from components.stream import Draft
from components.views.graph import graph


def layout() -> Component:
    """The graph, empty."""
    return graph(Id.CONTOUR, figures.figure(), "Contour map", modes=["toImage"], scrollZoom=True)


def paint(draft: Draft) -> None:
    """Titles first, then each finer map."""
    scene, shown = draft.scene, draft.shown
    if draft.first:
        draft.updates.append(figures.titles(Id.CONTOUR, *axis_titles(scene), loss_title(scene)))
    name = f"{axis_titles(scene)}/{shown.a}/{shown.b}"  # what is zoomed into, however finely it is computed
    if draft.new_surface:
        draft.updates.append(figures.update(Id.CONTOUR, draft.surface, shown, draft.view.colours, name))
    else:
        draft.updates.append(figures.framed(Id.CONTOUR, shown, name))
