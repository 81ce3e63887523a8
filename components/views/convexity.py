"""The view of the midpoint test: is the surface convex along random segments of it?"""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from components.figures import contour
from components.figures import convexity as figures
from components.ids import Id
from components.link import View
from components.sentence import loss_number, number
from components.stream import Draft
from components.views.graph import graph
from components.views.studied import Studied
from landscape import Convexity, ConvexityProbe, Engine, Scene


def layout() -> Component:
    """What was found, and the graph, empty."""
    section = graph(Id.CONVEXITY, figures.figure(), "Midpoint test along random segments", modes=["toImage"])
    head = html.Div(html.P(id=Id.CONVEXITY_WORD, className="study-word", role="status"), className="study-head")
    section.children = [head, section.children]
    return section


class Convex(Studied[ConvexityProbe]):
    """The probe of a scene's surface beside its pictures."""

    verb = "trying segments"

    def __init__(self, engine: Engine, scene: Scene, _view: View) -> None:
        super().__init__(engine.convexity(scene))
        self._is_line = scene.grid.b is None

    def paint(self, draft: Draft) -> None:
        """The verdict, its picture, and the segment on the map."""
        found = self._study.report
        draft.updates += figures.update(Id.CONVEXITY, found)
        broken = None if found.holds or found.worst is None else found.worst
        draft.updates.append(contour.segment(Id.CONTOUR, broken, line=self._is_line))
        draft.props[Id.CONVEXITY_WORD] = {"children": verdict(found, done=self.done, line=self._is_line)}


def verdict(found: Convexity, *, done: bool, line: bool) -> str:
    """What the segments say; a finite number of them proves nothing beyond itself."""
    if found.worst is None:
        none = "no segment has a finite loss at its ends and in its middle." if done else "no segment is tried yet."
        return f"Nothing can be said: {none}"
    lost = f" {found.lost:,} more have no finite loss and are left out." if found.lost else ""
    so_far = "" if done else " so far"
    if found.holds:
        below = "How far each middle lies below its chord:"
        return f"Convex along all {found.tried:,} segments tried{so_far}.{lost} {below}"
    ends = " and ".join(
        f"{name} = {_place(end, line)}" for name, end in zip(("A", "B"), found.worst.ends.tolist(), strict=True)
    )
    above = loss_number(found.worst.above)
    return (
        f"Not convex: between {ends} the loss in the middle lies {above} above the chord. Of {found.tried:,} segments"
        f" tried{so_far} {found.broken:,} go against it; this one the most.{lost}"
    )


def _place(end: list[float], line: bool) -> str:
    numbers = [number(float(f"{coordinate:.4g}")) for coordinate in (end[:1] if line else end)]
    return numbers[0] if line else f"({', '.join(numbers)})"
