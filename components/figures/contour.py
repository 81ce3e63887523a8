"""The loss as a contour map; over a line, as a curve."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from components.figures import basins, batch, blank
from components.figures.palette import (
    DASHES,
    FONT,
    MAX_PATHS,
    SYMBOLS,
    THEMES,
    Theme,
    ThemeName,
    halo,
    modebar,
    translucent,
)
from components.figures.scale import LEVELS, Extent
from components.figures.update import Tracks, Update, run_of
from landscape import Segment, Surface

MAP, PROFILE, INITIAL, CELLS, LETTERS, BATCH, LOWEST, SEGMENT = range(8)
HALOS, LINES = run_of(8), run_of(8 + MAX_PATHS)
STARTS = LINES[-1] + 1
HEADS = STARTS + 1


def figure(theme: ThemeName = "light") -> go.Figure:
    """The empty picture: one contour map, one curve, the traces for all possible paths, and the initial weights."""
    drawn = THEMES[theme]
    number = {"family": FONT, "size": 13, "color": drawn.ink, "shadow": halo(drawn)}
    flat = {"mode": "lines", "hoverinfo": "skip", "visible": False}
    traces: list[Any] = [
        go.Contour(
            colorscale="Cividis",
            contours={"coloring": "heatmap"},
            line={"color": translucent(drawn.ink, 0.35), "width": 0.8, "smoothing": 0},
            connectgaps=False,
            colorbar=blank.colour_bar(),
            hovertemplate="a %{x:.4g}<br>b %{y:.4g}<br>loss %{z:.6g}<extra></extra>",
        ),
        go.Scatter(mode="lines", line={"width": 2.5, "color": drawn.muted}, visible=False,
                   hovertemplate="a %{x:.4g}<br>loss %{y:.6g}<extra></extra>"),
        go.Scatter(mode="markers+text", marker={"symbol": "cross-thin", "size": 13, "color": drawn.ink,
                   "line": {"width": 2.5, "color": drawn.ink}}, text=["initial weights"], textfont=number,
                   textposition="bottom center", visible=False, hoverinfo="skip"),
        *basins.traces(drawn),
        *batch.flat_traces(drawn),
        go.Scatter(mode="lines+markers+text", line={"width": 2.5, "color": drawn.ink}, textfont=number,
                   marker={"size": 9, "color": drawn.ink, "line": {"width": 2, "color": drawn.paper}},
                   text=["A", "", "B"], textposition="top center", visible=False, hoverinfo="skip"),
    ]  # fmt: skip
    # Paths keep every point: a simplified line is another one at each step, and its dashes would run along it.
    traces += [go.Scatter(line={"width": 5, "color": drawn.paper, "simplify": False}, **flat) for _ in range(MAX_PATHS)]
    traces += [
        go.Scatter(line={"width": 2.5, "color": drawn.paths[path], "dash": DASHES[path], "simplify": False}, **flat)
        for path in range(MAX_PATHS)
    ]
    ring = {"size": 11, "symbol": "circle-open", "color": list(drawn.paths), "line": {"width": 2.5}}
    traces.append(go.Scatter(mode="markers", marker=ring, hoverinfo="skip", visible=False))
    head = {"size": 11, "symbol": list(SYMBOLS), "color": list(drawn.paths), "line": {"width": 2, "color": drawn.paper}}
    traces.append(
        go.Scatter(mode="markers+text", marker=head, textfont=number, textposition="middle right", visible=False,
                   hovertemplate="a %{x:.6g}<br>b %{y:.6g}<extra></extra>")
    )  # fmt: skip
    return go.Figure(
        traces,
        {
            "xaxis": _axis(drawn),
            "yaxis": _axis(drawn),
            "margin": {"l": 56, "r": 8, "t": 10, "b": 44},
            **blank.layout(drawn),
        },
    )


def _axis(drawn: Theme) -> dict[str, Any]:
    return {"showgrid": False, "zeroline": False, "linecolor": drawn.hairline, "ticks": "outside", "ticklen": 4,
            "tickcolor": drawn.hairline, "title": {"text": "", "standoff": 8}, "showticklabels": False}  # fmt: skip


def profile(graph: str, surface: Surface, extent: Extent, grid: str) -> list[Update]:
    """The curve over a line as it is known now, in place of the map; arguments as those of :func:`update`."""
    curve = {"visible": [True], "x": [surface.a], "y": [surface.loss[0]]}
    frame = framed(graph, extent, grid).layout
    return [Update(graph, {"visible": [False]}, [0], {}), Update(graph, curve, [PROFILE], frame, once=grid)]


def hidden_profile(graph: str) -> Update:
    """No curve: the map is there."""
    return Update(graph, {"visible": [False]}, [PROFILE], {})


def initial(graph: str, place: tuple[float, float] | None) -> Update:
    """Where the initial weights project, or nothing."""
    data: dict[str, list[Any]] = {"visible": [place is not None]}
    if place is not None:
        data |= {"x": [[place[0]]], "y": [[place[1]]]}
    return Update(graph, data, [INITIAL], {})


def segment(graph: str, worst: Segment | None, *, line: bool) -> Update:
    """A segment from A to B with its middle; over a line its chord. None: no segment."""
    data: dict[str, list[Any]] = {"visible": [worst is not None]}
    if worst is not None:
        (a, b), (first, _, last) = np.insert(worst.ends, 1, worst.middle, axis=0).T, worst.loss.tolist()
        data |= {"x": [a], "y": [[first, first / 2 + last / 2, last] if line else b]}
    return Update(graph, data, [SEGMENT], {})


def update(graph: str, surface: Surface, extent: Extent, colours: str, grid: str) -> Update:
    """The contour map as it is known now.

    Args:
        graph: id of the graph.
        surface: coarse or complete.
        extent: what the axes show.
        colours: colour scale, "cividis" or "viridis".
        grid: names what the axes show; while it stays, the reader's zoom stays.
    """
    low, high = extent.colour
    data = {
        "visible": [True],
        "x": [surface.a],
        "y": [surface.b],
        "z": [np.minimum(surface.loss, high) if extent.cut else surface.loss],
        "zmin": [low],
        "zmax": [high],
        "colorscale": [colours.capitalize()],
        "autocontour": [False],
        "contours.start": [low],
        "contours.end": [high],
        "contours.size": [(high - low) / (LEVELS - 1)],
    }
    return Update(graph, data, [0], framed(graph, extent, grid).layout, once=grid)


def framed(graph: str, extent: Extent, grid: str) -> Update:
    """The axes alone, once for each ``grid``."""
    return Update(graph, {}, [], {"xaxis.range": list(extent.a), "yaxis.range": list(extent.b)}, once=grid)


def titles(graph: str, a: str, b: str, loss: str) -> Update:
    """What the axes and the colour bar are called."""
    layout = {"xaxis.title.text": a, "yaxis.title.text": b, "xaxis.showticklabels": True, "yaxis.showticklabels": True}
    return Update(graph, {"colorbar.title.text": [loss]}, [0], layout)


def themed(graph: str, theme: ThemeName) -> Update:
    """The same picture in another theme."""
    drawn = THEMES[theme]
    none = [None] * (2 + 2 * MAX_PATHS)
    lines = [translucent(drawn.ink, 0.35), drawn.muted, None, None, None, *[drawn.paper] * MAX_PATHS, *drawn.paths]
    data = {
        "line.color": [*lines, None, None],
        "marker.color": [None, None, drawn.ink, *none, list(drawn.paths), list(drawn.paths)],
        "marker.line.color": [None, None, drawn.ink, *none, list(drawn.paths), drawn.paper],
        "textfont.color": [None, None, drawn.ink, None, drawn.ink, *none[2:], drawn.ink, drawn.ink],
        "textfont.shadow": [None, None, halo(drawn), None, halo(drawn), *none[2:], None, halo(drawn)],
    }
    marks = batch.themed(drawn)
    ink = {"line.color": drawn.ink, "marker.color": drawn.ink, "marker.line.color": drawn.paper,
           "textfont.color": drawn.ink, "textfont.shadow": halo(drawn)}  # fmt: skip
    data = {name: [*values, *marks.get(name, [None]), ink[name]] for name, values in data.items()}
    layout: dict[str, Any] = {"font.color": drawn.muted, "modebar": modebar(drawn)}
    for axis in ("xaxis", "yaxis"):
        layout |= {f"{axis}.linecolor": drawn.hairline, f"{axis}.tickcolor": drawn.hairline}
    traces = [MAP, PROFILE, INITIAL, CELLS, LETTERS, *HALOS, *LINES, STARTS, HEADS, LOWEST, SEGMENT]
    return Update(graph, data, traces, layout)


def tracks(graph: str) -> Tracks:
    """Where the paths are drawn."""
    return Tracks(graph=graph, axes=["a", "b"], lines=LINES, halos=HALOS, wholes=[], heads=HEADS, starts=STARTS)
