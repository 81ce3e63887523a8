"""The view of the loss along the descents."""

from __future__ import annotations

from dash.development.base_component import Component

from components.clock import clock, end
from components.figures import curve as figures
from components.ids import Id
from components.stream import Draft
from components.views.graph import graph


def layout() -> Component:
    """The graph, empty."""
    return graph(Id.CURVE, figures.figure(), "Loss curve", modes=["toImage"])


def paint(draft: Draft) -> None:
    """Titles first, then the range of the curves as they grow."""
    scene, counted = draft.scene, clock(draft.scene, draft.view)
    if draft.first:
        draft.updates.append(figures.titles(Id.CURVE, counted.title, counted.noun, "loss"))
    ends = end(scene, counted, draft.frame.paths) / counted.per
    name = "/".join([counted.unit, *(scene.run_digest(index) for index in range(len(scene.runs)))])
    draft.updates.append(figures.update(Id.CURVE, draft.shown, ends, name))
