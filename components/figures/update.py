"""A change to a picture that is already on the page, and the traces that a path is drawn with."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, NotRequired, TypedDict

from components.figures.palette import MAX_PATHS


class Update(NamedTuple):
    """What ``Plotly.update`` is given for one graph.

    Attributes:
        graph: id of the graph.
        data: attribute -> one value per trace; arrays stay numpy arrays until they are sent.
        traces: indices of the traces, in the order of those values.
        layout: attribute -> value, dotted names.
        once: the layout is applied only when this differs from what the graph last saw, so that a sharper
            picture of the same range leaves the reader's zoom alone; None: always.
    """

    graph: str
    data: dict[str, list[Any]]
    traces: list[int]
    layout: dict[str, Any]
    once: str | None = None


class Tracks(TypedDict):
    """Where a view draws the paths, for the scrubber, which slices what it holds and draws nothing else.

    Attributes:
        graph: id of the graph.
        axes: which series of a path go to x, y (and z): "step", "a", "b"; "height", the loss as it is drawn in
            three dimensions; "level", as it is drawn on the curve; "rate", where a run has a schedule. Where the
            first path lacks one of them, none is drawn.
        yaxis: the second axis, where it is not the graph's first.
        stairs: whether each value holds to the next, instead of a straight line between them.
        lines: trace of each path's line up to the slider; ``halos`` the same, drawn below in paper colour.
        wholes: trace of each path's whole line, or empty.
        heads: the trace with one marker per path at the slider, or -1.
        starts: the trace with one ring per path at its start, or -1.
    """

    graph: str
    axes: list[Literal["step", "a", "b", "height", "level", "rate"]]
    yaxis: NotRequired[str]
    stairs: NotRequired[bool]
    lines: list[int]
    halos: list[int]
    wholes: list[int]
    heads: int
    starts: int


def run_of(first: int) -> list[int]:
    """Indices of the traces of all possible paths, from ``first`` on."""
    return list(range(first, first + MAX_PATHS))
