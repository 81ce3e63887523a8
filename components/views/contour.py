"""The view of the loss as a contour map."""

from __future__ import annotations

from dash.development.base_component import Component

from components.figures import contour as figures
from components.figures.scale import extent
from components.ids import Id
from components.sentence import axis_titles, loss_title
from components.stream import Draft
from components.views.graph import graph


def layout() -> Component:
    """The graph, empty."""
    return graph(Id.CONTOUR, figures.figure(), "Contour map", modes=["toImage", "resetScale2d"], scrollZoom=True)


def paint(draft: Draft) -> None:
    """Titles at once, then each finer map."""
    scene, frame = draft.scene, draft.frame
    if draft.first:
        draft.updates.append(figures.titles(Id.CONTOUR, *axis_titles(scene), loss_title(scene)))
    if frame.surface is not None:
        shown = extent(scene.grid.a, scene.grid.b, frame.surface, frame.paths)
        name = f"{axis_titles(scene)}/{shown.a}/{shown.b}"  # what is zoomed into, however finely it is computed
        if draft.new_surface:
            draft.updates.append(figures.update(Id.CONTOUR, frame.surface, shown, draft.view.colours, name))
        else:
            draft.updates.append(figures.framed(Id.CONTOUR, shown, name))
