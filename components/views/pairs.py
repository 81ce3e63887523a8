"""The view of all pairs of several directions: a matrix of heat maps, a click makes one the main surface."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from dash import html
from dash.development.base_component import Component

from components.figures import pairs as figures
from components.ids import Id
from components.link import View
from components.sentence import loss_number, number
from components.several import suited
from components.stream import Draft
from components.views import facets
from components.views.graph import graph
from landscape import Engine, Scene, Surface, direction_name, directions


def layout() -> Component:
    """What is shown, the links, and the graph, empty."""
    section = graph(Id.PAIRS, figures.figure(), "Maps of all pairs. A click makes one the main surface", modes=[])
    head = html.Div(
        [
            html.P(id=Id.PAIRS_WORD, className="study-word", role="status"),
            facets.links(Id.PAIRS_LINKS, "Pairs"),
            html.P(id=Id.PAIRS_POINT, className="study-word facet-point", **{"aria-hidden": "true"}),
        ],
        className="study-head",
    )
    section.children = [head, section.children]
    return section


def suits(scene: Scene) -> bool:
    """Whether there are two directions."""
    return len(directions(scene)) > 1


class Pairs(facets.Several):
    """The pairs of a scene's directions."""

    def __init__(self, engine: Engine, scene: Scene, view: View) -> None:
        several = suited(scene, view.several)
        super().__init__(engine.pairs(scene, several), scene, view)
        self._names = [direction_name(scene, one) for one in directions(scene, several)]
        self._final = self._study.facets[0].scene.grid.coordinates

    def begin(self, draft: Draft) -> None:
        """Names of columns and rows, and the outline."""
        (a, b), main = self._final, self.main()
        titles = [
            f"{which} direction, {number(float(ends[0]))} to {number(float(ends[-1]))}"
            for which, ends in (("first", a), ("second", b))
        ]
        draft.updates.append(figures.titles(Id.PAIRS, self._names, *titles, "loss"))
        place = None if main is None else self._place(main)
        draft.updates.append(figures.outlined(Id.PAIRS, place, len(self._names)))
        links = facets.listed(self._scene, self._view, self._study.facets, main)
        draft.props[Id.PAIRS_LINKS] = {"children": links}

    def draw(self, draft: Draft, surfaces: Sequence[Surface | None]) -> None:
        """All maps, in colours that all of them share."""
        if not any(surfaces):
            return
        matrix: list[list[Surface | None]] = [[None] * len(self._names) for _ in self._names]
        for place, surface in enumerate(surfaces):
            row, column = self._place(place)
            matrix[row][column] = surface
        a, b = ([float(values[0]), float(values[-1])] for values in self._final)
        meta = {"names": self._names, "a": a, "b": b} | figures.measures(self._final)
        colours = self._view.clip or figures.shared(surfaces)[0]
        draft.updates.append(figures.update(Id.PAIRS, matrix, self._final, self._view.colours, colours, meta))

    def say(self, draft: Draft, surfaces: Sequence[Surface | None]) -> None:
        """What is shown, how it is cut, and what the midpoint test says."""
        draft.props[Id.PAIRS_WORD] = {"children": " ".join(filter(None, self._words(surfaces)))}

    def _words(self, surfaces: Sequence[Surface | None]) -> list[str]:
        a, b = self._final
        count = len(surfaces)
        said = [f"{count} maps of {a.size} x {b.size} points."]
        colours, (low, high) = figures.shared(surfaces)
        first, last = self._view.clip or colours
        clipped = (low < first or high > last) and any(surfaces)
        if clipped:
            said.append(
                f"Colours go from {_brief(first)} to {_brief(last)} and are clipped there; the losses go from"
                f" {loss_number(low)} to {loss_number(high)}."
            )
        if self._scene.plane.kind == "columns" and np.any(a != np.round(a)):
            said.append("The factors of scale are not rounded to whole numbers.")
        return [*said, self.convex("maps"), self.faults()]

    def _place(self, facet: int) -> tuple[int, int]:
        """The row from the top and the column of a facet: its second and its first direction."""
        row, column = divmod(facet, len(self._names) - 1)
        return row, column + (column >= row)


def _brief(loss: float) -> str:
    return number(float(f"{loss:.4g}"))
