"""Where the starts of a lattice end: cells on the flat picture, and what their colours stand for in a table."""

from __future__ import annotations

from collections.abc import Iterator

from dash import html
from dash.development.base_component import Component

from components.figures import basins as figures
from components.figures import contour
from components.figures.palette import VEIL, translucent
from components.ids import Id
from components.sentence import loss_number, number
from components.stream import Draft
from landscape import Basins, Scene


def layout() -> Component:
    """The table, empty."""
    return html.Div(id=Id.BASINS, className="basins")


def paint(draft: Draft) -> None:
    """The cells and the table as soon as all starts have been walked; until then the map keeps its own colours."""
    traces = (contour.CELLS, contour.LETTERS, contour.MAP)
    found = draft.frame.basins
    if found is None:
        draft.updates += figures.hidden(Id.CONTOUR, *traces)
    else:
        draft.updates += figures.update(Id.CONTOUR, found, draft.shown, *traces)
    draft.props[Id.BASINS] = {"children": [] if found is None else table(draft.scene, found)}


def table(scene: Scene, found: Basins) -> list[Component]:
    """Each colour, where it ends, the loss there, and its share of the starts."""
    run = scene.lattice_run or 0
    who = f" of run {run + 1}" if len(scene.runs) > 1 else ""
    count = found.label.size
    told = (
        f"Each cell is coloured by where the descent{who} from its middle ends after"
        f" {scene.runs[run].steps:,} steps: {count:,} starts."
    )
    head = html.Thead(html.Tr([html.Th(word) for word in ("", "ends at", "loss", "starts")]))
    rows = [html.Tr([html.Td(cell) for cell in row]) for row in _rows(scene, found)]
    return [html.H2("Basins of attraction"), html.Table([head, html.Tbody(rows)]), html.P(told, className="help")]


def _rows(scene: Scene, found: Basins) -> Iterator[list[object]]:
    for kind in figures.entries(found):
        swatch = html.Span(className="swatch", style={"background": translucent(kind.colour, VEIL)})
        loss = loss_number(float(found.loss[kind.ends[0]])) if len(kind.ends) == 1 else ""
        yield [[swatch, kind.mark], _where(scene, found, kind), loss, figures.percent(kind.share)]


def _where(scene: Scene, found: Basins, kind: figures.Entry) -> str:
    if kind.label == Basins.LOST:
        return "diverged, or left the picture for good"
    if kind.label == Basins.UNDECIDED:
        return "at no minimum, and not on a common way"
    if len(kind.ends) > 1:
        return f"{len(kind.ends)} more"
    axes = 1 if scene.grid.b is None else 2
    numbers = ", ".join(number(float(f"{coordinate:.4g}")) for coordinate in found.ends[kind.ends[0], :axes])
    place = f"({numbers})" if axes == 2 else numbers
    return place if found.arrived[kind.ends[0]] else f"on the way, the lowest at {place}"
