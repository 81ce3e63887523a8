"""The view of the loss along the descents."""

from __future__ import annotations

from dash.development.base_component import Component

from components.figures import curve as figures
from components.ids import Id
from components.sentence import step_title
from components.stream import Draft
from components.views.graph import graph


def layout() -> Component:
    """The graph, empty."""
    return graph(Id.CURVE, figures.figure(), "Loss curve", modes=["toImage"])


def paint(draft: Draft) -> None:
    """Titles first, then the range of the curves as they grow."""
    scene = draft.scene
    if draft.first:
        draft.updates.append(figures.titles(Id.CURVE, step_title(scene), "loss"))
    steps = max((run.steps for run in scene.runs), default=0)
    name = "/".join(scene.run_digest(index) for index in range(len(scene.runs)))
    draft.updates.append(figures.update(Id.CURVE, draft.shown, steps, name))
