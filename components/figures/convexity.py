"""The midpoint test as a picture: the loss along the worst segment above its chord, or all gaps in a histogram."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import plotly.graph_objects as go

from components.figures import blank
from components.figures.palette import FONT, THEMES, ThemeName, halo, modebar
from components.figures.update import Update
from landscape import Convexity, Segment

BARS, LOSS, CHORD, ABOVE, ENDS = range(5)

COUNT = 40
"""Bars of the histogram."""

AIR = 0.1
"""Around what is drawn, as a share of its range."""


def figure(theme: ThemeName = "light") -> go.Figure:
    """The empty picture."""
    drawn = THEMES[theme]
    orange, blue = drawn.paths[:2]
    flat = {"mode": "lines", "visible": False}
    number = {"family": FONT, "size": 14, "color": drawn.ink, "shadow": halo(drawn)}
    traces: list[Any] = [
        go.Bar(marker={"color": blue}, visible=False, hovertemplate="%{y:,} segments<br>%{customdata}<extra></extra>"),
        go.Scatter(line={"width": 2.5, "color": drawn.muted}, hovertemplate="loss %{y:.6g}<extra></extra>", **flat),
        go.Scatter(line={"width": 2, "color": blue, "dash": "dash"}, hoverinfo="skip", **flat),
        go.Scatter(line={"width": 3, "color": orange}, hoverinfo="skip", **flat),
        go.Scatter(
            mode="markers+text", marker={"size": 9, "color": drawn.ink}, textfont=number, textposition="top center",
            visible=False, cliponaxis=False, hovertemplate="%{text}, loss %{y:.6g}<extra></extra>",
        ),
    ]  # fmt: skip
    return go.Figure(
        traces,
        {
            "xaxis": blank.axis(drawn) | {"showgrid": False},
            "yaxis": blank.axis(drawn) | {"nticks": 5, "exponentformat": "power"},
            "margin": {"l": 72, "r": 28, "t": 20, "b": 44},
            "bargap": 0.08,
            **blank.layout(drawn),
        },
    )


def update(graph: str, found: Convexity) -> list[Update]:
    """The worst segment where one goes against convexity; else how far all middles lie below their chords."""
    if found.worst is not None and not found.holds:
        return segment(graph, found.worst)
    return histogram(graph, found.sag)


def segment(graph: str, worst: Segment) -> list[Update]:
    """The loss along a segment, its chord, and what stands between them in the middle."""
    first, middle, last = (float(loss) for loss in worst.loss)
    chord = first / 2 + last / 2
    seen = np.concatenate([worst.loss, worst.profile[np.isfinite(worst.profile)]])
    low, high = float(seen.min()), float(seen.max())
    air = AIR * (high - low) or 1.0
    data: dict[str, list[Any]] = {
        "visible": [False, True, True, True, True],
        "x": [[], worst.share, [0, 1], [0.5, 0.5], [0, 1]],
        "y": [[], worst.profile, [first, last], [chord, middle], [first, last]],
        "text": [[], None, None, None, ["A", "B"]],
    }
    layout = {
        "xaxis.title.text": "along the segment from A to B", "yaxis.title.text": "loss",
        "xaxis.tickvals": [0, 0.25, 0.5, 0.75, 1], "xaxis.ticktext": ["A", "1/4", "middle", "3/4", "B"],
        "xaxis.range": [-0.03, 1.03], "yaxis.range": [low - air, high + 1.6 * air],
        "xaxis.showticklabels": True, "yaxis.showticklabels": True,
    }  # fmt: skip
    return [Update(graph, data, [BARS, LOSS, CHORD, ABOVE, ENDS], layout)]


def histogram(graph: str, sag: np.ndarray) -> list[Update]:
    """How many middles lie how far below their chords."""
    if not sag.size:
        return [Update(graph, {"visible": [False] * 5}, [BARS, LOSS, CHORD, ABOVE, ENDS], {})]
    counts, edges = np.histogram(sag, bins=COUNT, range=(min(0.0, float(sag.min())), float(sag.max()) or 1.0))
    told = [f"{low:.4g} to {high:.4g} below" for low, high in pairwise(edges)]
    data: dict[str, list[Any]] = {
        "visible": [True, False, False, False, False],
        "x": [(edges[:-1] + edges[1:]) / 2, [], [], [], []],
        "y": [counts, [], [], [], []],
        "customdata": [told, None, None, None, None],
    }
    width = float(edges[1] - edges[0])
    ends = [float(edges[0]) - width, float(edges[-1]) + width]
    layout = {
        "xaxis.title.text": "how far the loss in the middle lies below the chord", "yaxis.title.text": "segments",
        "xaxis.tickvals": None, "xaxis.ticktext": None, "xaxis.range": ends,
        "yaxis.range": [0, 1.08 * int(counts.max())], "xaxis.showticklabels": True, "yaxis.showticklabels": True,
    }  # fmt: skip
    return [Update(graph, data, [BARS, LOSS, CHORD, ABOVE, ENDS], layout)]


def themed(graph: str, theme: ThemeName) -> Update:
    """The same picture in another theme."""
    drawn = THEMES[theme]
    orange, blue = drawn.paths[:2]
    data = {
        "marker.color": [blue, None, None, None, drawn.ink],
        "line.color": [None, drawn.muted, blue, orange, None],
        "textfont.color": [None, None, None, None, drawn.ink],
        "textfont.shadow": [None, None, None, None, halo(drawn)],
    }
    layout: dict[str, Any] = {"font.color": drawn.muted, "modebar": modebar(drawn)}
    for axis in ("xaxis", "yaxis"):
        layout |= {f"{axis}.linecolor": drawn.hairline, f"{axis}.gridcolor": drawn.hairline}
    return Update(graph, data, [BARS, LOSS, CHORD, ABOVE, ENDS], layout)
