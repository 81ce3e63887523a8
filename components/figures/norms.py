"""The gradient's length in each layer along a run: the loss curve's picture with a logarithmic height."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from components.figures import curve
from components.figures.palette import ThemeName
from components.figures.update import Tracks, Update

AIR = 0.06
"""Above and below the lines, as a share of their range."""


def figure(theme: ThemeName = "light") -> go.Figure:
    """The empty picture: a line for each possible layer, with a legend, for lines may lie on each other."""
    drawn = curve.figure(theme)
    drawn.update_layout(
        yaxis={"type": "log", "exponentformat": "power"},
        showlegend=True,
        legend={"itemclick": False, "itemdoubleclick": False, "yanchor": "top", "y": 1, "x": 1.01, "itemwidth": 30},
        margin={"r": 12},
    )
    drawn.update_traces(showlegend=False)
    for trace in curve.LINES:
        drawn.data[trace].showlegend = True
    drawn.data[curve.HEADS].update(mode="markers")
    return drawn


def update(graph: str, lines: Sequence[np.ndarray], end: float, run: str) -> Update:
    """What the axes show; the lines themselves are drawn by the scrubber.

    Args:
        graph: id of the graph.
        lines: the lengths along each line, (T,) each.
        end: what the run comes to.
        run: names the run; while it and the range stay, the reader's zoom stays.
    """
    height = decades(lines)
    layout = {"xaxis.range": [-0.01 * end, 1.02 * end], "yaxis.range": list(height), "yaxis.dtick": ticks(height)}
    return Update(graph, {}, [], layout, once=f"{run}/{height}")


def decades(lines: Sequence[np.ndarray]) -> tuple[float, float]:
    """From and to of the height, as powers of ten; zeros have no place on it.

    Example:
        >>> decades([np.array([0.0, 1.0, 100.0])])
        (-0.12, 2.12)
    """
    values = np.concatenate([np.ravel(line) for line in lines] or [np.empty(0)])
    powers = np.log10(values[np.isfinite(values) & (values > 0)])
    if not powers.size:
        return -1.0, 1.0
    low, high = float(powers.min()), float(powers.max())
    air = AIR * (high - low) or 0.5
    return low - air, high + air


def ticks(height: tuple[float, float]) -> float | str:
    """What lies between the marks of a logarithmic axis: whole decades, six of them at most, or Plotly's digits."""
    span = height[1] - height[0]
    return float(math.ceil(span / 6)) if span > 1 else "D1"


def titles(graph: str, title: str, noun: str, height: str, names: Sequence[str]) -> Update:
    """What the axes and the lines are called, and what a number on the first axis counts."""
    change = curve.titles(graph, title, noun, height)
    hover = f"{noun} %{{x}}<br>norm %{{y:.4g}}<extra></extra>"
    data = {"name": [*names, None], "hovertemplate": [*[None] * len(names), hover]}
    return change._replace(data=data, traces=[*curve.LINES[: len(names)], curve.HEADS])


def themed(graph: str, theme: ThemeName) -> Update:
    """The same picture in another theme."""
    return curve.themed(graph, theme)


def tracks(graph: str) -> Tracks:
    """Where the lines are drawn: as the loss curve's paths are."""
    return curve.tracks(graph)
