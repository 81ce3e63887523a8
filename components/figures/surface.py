"""The loss surface in three dimensions."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from components.figures import batch
from components.figures.palette import DASHES, FONT, MAX_PATHS, SYMBOLS, THEMES, Theme, ThemeName, modebar
from components.figures.scale import Extent
from components.figures.update import Tracks, Update, run_of
from landscape import Surface

BATCH, LOWEST = 1, 2
HALOS, LINES = run_of(3), run_of(3 + MAX_PATHS)
STARTS = LINES[-1] + 1
HEADS = STARTS + 1

CAMERA = {"eye": {"x": 1.45, "y": -1.55, "z": 1.0}, "center": {"x": -0.05, "y": -0.05, "z": -0.2}}
"""From the front left, so that a runs to the right and b away from the reader."""


def figure(theme: ThemeName = "light") -> go.Figure:
    """The empty picture: one surface, and the traces for all possible paths."""
    drawn = THEMES[theme]
    # Nothing is visible before its numbers come: an empty scene would be set up for nothing, and costs as much.
    traces: list[Any] = [go.Surface(visible=False, showscale=False, colorscale="Cividis", **SHADING)]
    traces += batch.solid_traces(drawn)
    traces += path_traces(drawn)
    number = {"family": FONT, "size": 15, "color": list(drawn.paths)}
    traces[-1].update(mode="markers+text", textfont=number, textposition="top center")  # the heads
    same = axis(drawn)
    return go.Figure(
        traces,
        {
            "scene": {"xaxis": same, "yaxis": same, "zaxis": same, "camera": CAMERA, "aspectratio": ASPECT},
            "margin": {"l": 20, "r": 8, "t": 8, "b": 8},
            **frame(drawn),
        },
    )


def path_traces(drawn: Theme) -> list[Any]:
    """Halos, lines, starts and heads of all possible paths, in this order, empty."""
    flat = {"mode": "lines", "hoverinfo": "skip", "visible": False}
    ring = {"size": 5, "symbol": "circle-open", "color": list(drawn.paths), "line": {"width": 3}}
    head = {"size": 5, "symbol": list(SYMBOLS), "color": list(drawn.paths), "line": {"width": 1, "color": drawn.paper}}
    return [
        *(go.Scatter3d(line={"width": 8, "color": drawn.paper}, **flat) for _ in range(MAX_PATHS)),
        *(
            go.Scatter3d(line={"width": 5, "color": drawn.paths[path], "dash": DASHES[path]}, **flat)
            for path in range(MAX_PATHS)
        ),
        *(go.Scatter3d(mode="markers", marker=marker, hoverinfo="skip", visible=False) for marker in (ring, head)),
    ]


def frame(drawn: Theme) -> dict[str, Any]:
    """Of the whole picture, but for its scenes and margins."""
    return {
        "xaxis": {"visible": False},
        "yaxis": {"visible": False},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "font": {"family": FONT, "size": 12, "color": drawn.muted},
        "uirevision": "kept",
        "modebar": modebar(drawn),
    }


ASPECT = {"x": 1.15, "y": 1.15, "z": 0.75}
SHADING = {"lighting": {"ambient": 0.75, "diffuse": 0.45, "specular": 0.03, "roughness": 0.9, "fresnel": 0.02}}
HOVER = "a %{{x:.4g}}<br>b %{{y:.4g}}<br>loss {base}%{{z:.6g}}<extra></extra>"


def axis(drawn: Theme) -> dict[str, Any]:
    """An axis of a scene, without its title."""
    return {
        "showbackground": False,
        "gridcolor": drawn.hairline,
        "zerolinecolor": drawn.hairline,
        "linecolor": drawn.hairline,
        "showspikes": False,
        "nticks": 6,
        "title": {"text": ""},
    }


def update(graph: str, surface: Surface, extent: Extent, colours: str, *, through: bool) -> Update:
    """The surface as it is known now.

    Args:
        graph: id of the graph.
        surface: coarse or complete.
        extent: what the axes show.
        colours: colour scale, "cividis" or "viridis".
        through: whether paths below the surface shine through it.
    """
    data = {
        "visible": [bool(np.isfinite(surface.loss).any())],  # WebGL has no place for a surface of no point
        "x": [surface.a],
        "y": [surface.b],
        "z": [np.where(surface.loss > extent.loss[1], np.nan, surface.loss) - extent.base],
        "cmin": [extent.colour[0] - extent.base],
        "cmax": [extent.colour[1] - extent.base],
        "hovertemplate": [HOVER.format(base=f"{extent.base:.10g} + " if extent.base else "")],
        "colorscale": [colours.capitalize()],
        "opacity": [0.75 if through else 1.0],
    }
    return Update(graph, data, [0], framed(graph, extent).layout)


def framed(graph: str, extent: Extent) -> Update:
    """The axes alone; the camera stays where the reader put it."""
    heights = (extent.loss[0] - extent.base, extent.loss[1] - extent.base)
    ranges = {"xaxis": extent.a, "yaxis": extent.b, "zaxis": heights}
    layout: dict[str, Any] = {f"scene.{axis}.range": list(ends) for axis, ends in ranges.items()}
    layout["scene.zaxis.title.text"] = f"loss - {extent.base:.10g}" if extent.base else "loss"
    return Update(graph, {}, [], layout)


def titles(graph: str, a: str, b: str) -> Update:
    """What the axes of the plane are called."""
    return Update(graph, {}, [], {"scene.xaxis.title.text": folded(a), "scene.yaxis.title.text": folded(b)})


def folded(title: str) -> str:
    """A title with its unit on a line of its own: along an edge in three dimensions there is little room.

    Example:
        >>> folded("direction 1 (in filter norms)")
        'direction 1<br>(in filter norms)'
    """
    return title.replace(" (", "<br>(")


def themed(graph: str, theme: ThemeName) -> Update:
    """The same picture in another theme."""
    drawn = THEMES[theme]
    traces = [*HALOS, *LINES, STARTS, HEADS, LOWEST]
    colours = [*[drawn.paper] * MAX_PATHS, *drawn.paths]
    data = {
        "line.color": [*colours, None, None],
        "marker.color": [*[None] * 2 * MAX_PATHS, list(drawn.paths), list(drawn.paths)],
        "marker.line.color": [*[None] * 2 * MAX_PATHS, list(drawn.paths), drawn.paper],
        "textfont.color": [*[None] * 2 * MAX_PATHS, drawn.ink, list(drawn.paths)],
    }
    marks = batch.themed(drawn)
    data = {attribute: [*values, *marks.get(attribute, [None])] for attribute, values in data.items()}
    layout: dict[str, Any] = {"font.color": drawn.muted, "modebar": modebar(drawn)}
    for axis in ("xaxis", "yaxis", "zaxis"):
        layout |= {f"scene.{axis}.{line}": drawn.hairline for line in ("gridcolor", "zerolinecolor", "linecolor")}
    return Update(graph, data, traces, layout)


def tracks(graph: str) -> Tracks:
    """Where the paths are drawn."""
    return Tracks(
        graph=graph, axes=["a", "b", "height"], lines=LINES, halos=HALOS, wholes=[], heads=HEADS, starts=STARTS
    )
