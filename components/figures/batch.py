"""The surface of one step's samples, over the surface of all or instead of it, and where both are lowest."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go

from components.figures import blank
from components.figures.palette import Theme
from components.figures.scale import LEVELS, LIFT, Extent
from components.figures.update import Update
from landscape import BatchSurface, Lowest

COLOUR = "#b4508d"
"""Of the batch's own surface and lines: 3:1 and more on both themes, and no colour of the scales."""


class Traces(NamedTuple):
    """Where a graph draws them.

    Attributes:
        all: the surface or the map of all samples.
        batch: that of the step's samples.
        lowest: the marks where both are lowest: the batch's first.
    """

    all: int
    batch: int
    lowest: int


class Shifted(NamedTuple):
    """How a batch's losses become heights beside those of all samples: ``loss * times + up``.

    Attributes:
        times: 1; of losses that are summed, how many times as many all samples are.
        up: what brings the batch's lowest point to the height of that of all.
    """

    times: float
    up: float


def solid_traces(drawn: Theme) -> list[Any]:
    """The traces in three dimensions, empty."""
    marks = {"symbol": "diamond", "size": 5, "color": [COLOUR, drawn.paper], "line": {"width": 1, "color": drawn.ink}}
    return [
        go.Surface(visible=False, showscale=False, lighting={"ambient": 0.8, "diffuse": 0.4, "specular": 0.02}),
        go.Scatter3d(mode="markers", marker=marks, visible=False, hoverinfo="skip"),
    ]


def flat_traces(drawn: Theme) -> list[Any]:
    """The traces on the map, empty."""
    marks = {"symbol": "diamond", "size": 11, "color": [COLOUR, drawn.paper],
             "line": {"width": 2, "color": [drawn.paper, drawn.ink]}}  # fmt: skip
    return [
        go.Contour(visible=False, autocontour=False, hoverinfo="skip", colorbar=blank.colour_bar("loss as it is drawn"),
                   line={"color": COLOUR, "width": 1.6, "smoothing": 0}),
        go.Scatter(mode="markers", marker=marks, visible=False, hoverinfo="skip"),
    ]  # fmt: skip


def themed(drawn: Theme) -> dict[str, list[Any]]:
    """What of the marks depends on the theme: attribute -> its value for the one trace."""
    return {"marker.color": [[COLOUR, drawn.paper]], "marker.line.color": [[drawn.paper, drawn.ink]]}


def shifted(found: BatchSurface, times: float, all_lowest: Lowest) -> Shifted:
    """How the batch's losses are drawn: with their lowest at the height of the lowest of all."""
    own = found.lowest.loss if found.lowest is not None else 0.0
    return Shifted(times, all_lowest.loss - times * own)


class Picture(NamedTuple):
    """What is drawn.

    Attributes:
        found: the batch's surface.
        extent: what the axes show.
        move: how the batch's losses become heights.
        marks: where the batch and all samples are lowest.
        over: whether it is translucent over that of all; else it stands instead of it.
        colours: colour scale, "cividis" or "viridis".
    """

    found: BatchSurface
    extent: Extent
    move: Shifted
    marks: tuple[Lowest, ...]
    over: bool
    colours: str

    @property
    def heights(self) -> np.ndarray:
        """(B, A), the batch's losses as they are drawn."""
        return np.asarray(self.found.surface.loss * self.move.times + self.move.up)

    def updates(self, graph: str, traces: Traces, shape: dict[str, list[Any]], marks: dict[str, Any]) -> list[Update]:
        """The surface of all samples there or away, the batch's own in its place, and the marks."""
        own = {"visible": [True], "x": [self.found.surface.a], "y": [self.found.surface.b]} | shape
        a, b = ([mark.place[axis] for mark in self.marks] for axis in (0, 1))
        return [
            Update(graph, {"visible": [self.over]}, [traces.all], {}),
            Update(graph, own, [traces.batch], {}),
            Update(graph, {"visible": [True], "x": [a], "y": [b]} | marks, [traces.lowest], {}),
        ]


def solid(graph: str, traces: Traces, drawn: Picture) -> list[Update]:
    """In three dimensions."""
    extent, heights = drawn.extent, drawn.heights
    flat_colour = [[0, COLOUR], [1, COLOUR]]
    shape = {
        "z": [np.where(heights > extent.loss[1], np.nan, heights) - extent.base],
        "cmin": [extent.colour[0] - extent.base],
        "cmax": [extent.colour[1] - extent.base],
        "colorscale": [flat_colour if drawn.over else drawn.colours.capitalize()],
        "opacity": [0.5 if drawn.over else 1.0],
        "hoverinfo": ["skip"],
    }
    level = drawn.marks[-1].loss + 2 * LIFT * (extent.loss[1] - extent.loss[0]) - extent.base  # both lie there
    return drawn.updates(graph, traces, shape, {"z": [[level] * len(drawn.marks)]})


def flat(graph: str, traces: Traces, drawn: Picture) -> list[Update]:
    """On the map: its contour lines at the same heights as those of all samples."""
    low, high = drawn.extent.colour
    shape = {
        "z": [np.minimum(drawn.heights, high) if drawn.extent.cut else drawn.heights],
        "zmin": [low],
        "zmax": [high],
        "colorscale": [drawn.colours.capitalize()],
        "contours.coloring": ["none" if drawn.over else "heatmap"],
        "showscale": [not drawn.over],
        "contours.start": [low],
        "contours.end": [high],
        "contours.size": [(high - low) / (LEVELS - 1)],
    }
    return drawn.updates(graph, traces, shape, {})


def hidden(graph: str, traces: Traces) -> Update:
    """No batch."""
    return Update(graph, {"visible": [False, False]}, [traces.batch, traces.lowest], {})
