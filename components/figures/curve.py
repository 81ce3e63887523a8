"""The loss along the descents."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from components.figures import blank, schedules
from components.figures.palette import (
    DASHES,
    FONT,
    MAX_PATHS,
    SYMBOLS,
    THEMES,
    ThemeName,
    halo,
    modebar,
    translucent,
)
from components.figures.scale import Extent
from components.figures.update import Tracks, Update, run_of

WHOLES, LINES = run_of(schedules.TRACES), run_of(schedules.TRACES + MAX_PATHS)
HEADS = LINES[-1] + 1

FAINT = 0.3
"""Opacity of what lies ahead of the slider."""


def figure(theme: ThemeName = "light") -> go.Figure:
    """The empty picture: for each possible path the whole curve, faint, and the curve up to the slider."""
    drawn = THEMES[theme]
    flat = {"mode": "lines", "hoverinfo": "skip", "visible": False}
    # Paths keep every point: a simplified line is another one at each step, and its dashes would run along it.
    traces: list[Any] = schedules.traces(drawn)
    traces += [
        go.Scatter(line={"width": 1.5, "color": translucent(drawn.paths[path], FAINT)}, **flat)
        for path in range(MAX_PATHS)
    ]
    traces += [
        go.Scatter(line={"width": 2.5, "color": drawn.paths[path], "dash": DASHES[path], "simplify": False}, **flat)
        for path in range(MAX_PATHS)
    ]
    head = {"size": 9, "symbol": list(SYMBOLS), "color": list(drawn.paths), "line": {"width": 2, "color": drawn.paper}}
    number = {"family": FONT, "size": 13, "color": drawn.ink, "shadow": halo(drawn)}
    traces.append(
        go.Scatter(mode="markers+text", marker=head, textfont=number, textposition="middle right", visible=False,
                   cliponaxis=False)
    )  # fmt: skip
    return go.Figure(
        traces,
        {
            "xaxis": blank.axis(drawn) | {"rangemode": "tozero"},
            "yaxis": blank.axis(drawn) | {"nticks": 5},
            "yaxis2": schedules.axis(drawn),
            "margin": {"l": 64, "r": 28, "t": 16, "b": 40},
            **blank.layout(drawn),
        },
    )


def update(graph: str, extent: Extent, end: float, scene: str) -> Update:
    """What the axes show of these paths; the curves themselves are drawn by the scrubber.

    Args:
        graph: id of the graph.
        extent: what the axes show.
        end: what the longest run comes to.
        scene: names the runs; while it and the extent stay, the reader's zoom stays.
    """
    width = end or 1
    layout = {"xaxis.range": [-0.01 * width, 1.02 * width], "yaxis.range": list(extent.level)}
    return Update(graph, {}, [], layout, once=f"{scene}/{extent.level}")


def titles(graph: str, title: str, noun: str, loss: str) -> Update:
    """What the axes are called, and what a number on the first one counts."""
    layout = {"xaxis.title.text": title, "yaxis.title.text": loss}
    hover = {"hovertemplate": [f"{noun} %{{x}}<br>loss %{{y:.6g}}<extra></extra>"]}
    return Update(graph, hover, [HEADS], layout | {"xaxis.showticklabels": True, "yaxis.showticklabels": True})


def themed(graph: str, theme: ThemeName) -> Update:
    """The same picture in another theme."""
    drawn = THEMES[theme]
    none = [None] * (schedules.TRACES + 2 * MAX_PATHS)
    data = {
        "line.color": [
            *schedules.colours(drawn),
            *(translucent(colour, FAINT) for colour in drawn.paths),
            *drawn.paths,
            None,
        ],
        "marker.color": [*none, list(drawn.paths)],
        "marker.line.color": [*none, drawn.paper],
        "textfont.color": [*none, drawn.ink],
        "textfont.shadow": [*none, halo(drawn)],
    }
    layout: dict[str, Any] = {"font.color": drawn.muted, "modebar": modebar(drawn)}
    for axis in ("xaxis", "yaxis", "yaxis2"):
        layout |= {f"{axis}.linecolor": drawn.hairline, f"{axis}.gridcolor": drawn.hairline}
    return Update(graph, data, [*schedules.WHOLES, *schedules.LINES, *WHOLES, *LINES, HEADS], layout)


def tracks(graph: str) -> Tracks:
    """Where the paths are drawn."""
    return Tracks(graph=graph, axes=["x", "level"], lines=LINES, halos=[], wholes=WHOLES, heads=HEADS, starts=-1)
