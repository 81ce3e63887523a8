"""The view of the loss along several directions, each by itself: small curves with shared axes."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from components.figures import profiles as figures
from components.ids import Id
from components.link import View
from components.sentence import loss_title, number
from components.several import suited
from components.stream import Draft
from components.views import facets
from components.views.graph import graph
from landscape import Engine, Scene, Surface, direction_name, directions


def layout() -> Component:
    """What is shown, the links, and the graph, empty."""
    about = "Curves of the loss along several directions. A click makes one the main picture"
    section = graph(Id.PROFILES, figures.figure(), about, modes=["toImage"])
    words = html.P(id=Id.PROFILES_WORD, className="study-word", role="status")
    head = html.Div([words, facets.links(Id.PROFILES_LINKS, "Profiles")], className="study-head")
    section.children = [head, section.children]
    return section


def suits(scene: Scene) -> bool:
    """Whether there is a direction."""
    return len(directions(scene)) > 0


class Profiles(facets.Several):
    """The profiles of a scene's directions."""

    def __init__(self, engine: Engine, scene: Scene, view: View) -> None:
        several = suited(scene, view.several)
        super().__init__(engine.profiles(scene, several), scene, view)
        self._names = [direction_name(scene, one) for one in directions(scene, several)]

    def begin(self, draft: Draft) -> None:
        """Frames, names, and which one the large picture shows."""
        main = self.main()
        draft.updates.append(figures.titles(Id.PROFILES, self._names, "loss"))
        draft.updates.append(figures.outlined(Id.PROFILES, main))
        links = facets.listed(self._scene, self._view, self._study.facets, main)
        draft.props[Id.PROFILES_LINKS] = {"children": links}

    def draw(self, draft: Draft, surfaces: Sequence[Surface | None]) -> None:
        """All curves, over one range and to one height."""
        name = "/".join([*self._names, str(self._scene.grid.a)])
        draft.updates.append(figures.update(Id.PROFILES, surfaces, self._scene.grid.a, name))

    def say(self, draft: Draft, surfaces: Sequence[Surface | None]) -> None:
        """What is shown, and what the midpoint test says."""
        low, high = self._scene.grid.a
        what = "each column is scaled" if self._scene.plane.kind == "columns" else "each weight moves by itself"
        count = self._scene.grid.resolution[0]
        said = (
            f"The {loss_title(self._scene)} while {what}, from {number(low)} to {number(high)} at {count} points;"
            " all else stays."
        )
        draft.props[Id.PROFILES_WORD] = {
            "children": " ".join(filter(None, [said, self.convex("curves"), self.faults()]))
        }
