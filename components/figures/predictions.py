"""What stands still in the picture of predictions: samples, axes, legend. What moves with the slider lies on a canvas
below, which ``assets/predictions.js`` draws between the axes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from components.figures import blank
from components.figures.palette import ELSEWHERE, ON_ITS_WAY, SYMBOLS, THEMES, Theme, ThemeName, modebar
from components.figures.update import Update
from landscape import Form, Predicted

MOST_CLASSES = 10
"""Classes that points of the plane can have."""

CLASSES = list(range(MOST_CLASSES))
POINTS, HELD, MODEL, SAME = range(MOST_CLASSES, MOST_CLASSES + 4)
TRACES = SAME + 1

NOWHERE: np.ndarray = np.empty(0)
HIDDEN = [None]
"""One place that is not there: of a trace that stands in the legend alone."""

HEADROOM = 0.25
"""Above and below the targets, as a share of their range: what a curve does beyond is cut off."""

SHAPES = (*SYMBOLS[:3], "triangle-up", "cross", "triangle-down", "star", "hexagon", "pentagon", "bowtie")
"""Of the classes, so that colour is never the only difference."""


def figure(theme: ThemeName = "light") -> go.Figure:
    """The empty picture."""
    drawn = THEMES[theme]
    outline = {"width": 1, "color": drawn.paper}
    place = "%{x:.4g}, %{y:.4g}"
    traces = [
        go.Scatter(mode="markers", marker={"size": 8, "symbol": SHAPES[number], "color": colour, "line": outline},
                   hovertemplate=f"%{{fullData.name}}<br>{place}<extra></extra>", visible=False)
        for number, colour in enumerate(class_colours(drawn))
    ]  # fmt: skip
    ring = {"size": 9, "symbol": "circle-open", "color": drawn.ink, "line": {"width": 1.5}}
    dot = {"size": 8, "color": drawn.ink, "line": outline}
    nothing: dict[str, Any] = {"x": HIDDEN, "y": HIDDEN, "hoverinfo": "skip", "visible": False}
    traces += [
        go.Scatter(mode="markers", marker=dot, hovertemplate=f"{place}<extra></extra>", visible=False),
        go.Scatter(mode="markers", marker=ring, hovertemplate=f"{place}<extra></extra>", visible=False),
        go.Scatter(mode="lines", line={"width": 3, "color": drawn.paths[1]}, **nothing),
        go.Scatter(mode="lines", line={"width": 1, "color": drawn.muted, "dash": "dash"}, hoverinfo="skip",
                   visible=False),
    ]  # fmt: skip
    axis = blank.axis(drawn) | {"fixedrange": True, "nticks": 6}
    return go.Figure(
        traces,
        {
            "xaxis": axis,
            "yaxis": axis,
            "margin": {"l": 60, "r": 16, "t": 28, "b": 40},
            **blank.layout(drawn),
            "dragmode": False,
            "showlegend": True,
            "legend": {"orientation": "h", "x": 0, "y": 1.005, "yanchor": "bottom", "itemclick": False,
                       "itemdoubleclick": False, "bgcolor": "rgba(0,0,0,0)"},
        },
    )  # fmt: skip


def class_colours(drawn: Theme) -> list[str]:
    """One for each class; the first eight are those of the paths."""
    return [*drawn.paths, ELSEWHERE, ON_ITS_WAY]


def update(graph: str, found: Predicted, split: str) -> Update | None:
    """The samples, and what the axes show; None of a form that is no graph.

    Args:
        graph: its id.
        found: the predictions.
        split: what the samples beside a curve are called: "test".
    """
    match found.form:
        case Form.CURVE:
            return _curve(graph, found, split)
        case Form.REGIONS:
            return _regions(graph, found)
        case Form.SCATTER:
            return _scatter(graph, found)
    return None


def _curve(graph: str, found: Predicted, split: str) -> Update:
    assert found.x is not None
    assert found.curve_x is not None
    y = found.truth[:, 0]
    held = found.held_x is not None and found.held_y is not None and found.held_x.size > 0
    held_x, held_y = (found.held_x, found.held_y) if held else (np.empty(0), np.empty(0))
    assert held_y is not None
    names = [f"{_points(len(y))} that the loss is of", f"{_points(len(held_y))} of the {split} split"]
    data = {
        "visible": [*[False] * MOST_CLASSES, True, held, True, False],
        "x": [*[NOWHERE] * MOST_CLASSES, found.x, held_x, HIDDEN, NOWHERE],
        "y": [*[NOWHERE] * MOST_CLASSES, y, held_y, HIDDEN, NOWHERE],
        "name": [*[""] * MOST_CLASSES, *names, "the model", ""],
    }
    layout = {"xaxis.showgrid": True, "yaxis.showgrid": True} | _axes(
        found.curve_x, around(np.concatenate([y, held_y]), HEADROOM), "input", "target"
    )
    return _whole(graph, data, layout)


def _points(count: int) -> str:
    return "1 point" if count == 1 else f"{count:,} points"


def _regions(graph: str, found: Predicted) -> Update:
    assert found.x is not None
    assert found.mesh_x is not None
    assert found.mesh_y is not None
    count, rest = len(found.labels), [NOWHERE] * (TRACES - MOST_CLASSES)
    members = [found.truth == number for number in CLASSES]
    data = {
        "visible": [*(number < count for number in CLASSES), *[False] * len(rest)],
        "x": [*(found.x[member, 0] for member in members), *rest],
        "y": [*(found.x[member, 1] for member in members), *rest],
        "name": [*(f"class {label}" for label in found.labels), *[""] * (TRACES - count)],
    }
    across = found.mesh_y
    layout = {"xaxis.showgrid": False, "yaxis.showgrid": False} | _axes(
        found.mesh_x, (float(across[0]), float(across[-1])), "first input", "second input"
    )
    return _whole(graph, data, layout)


def _scatter(graph: str, found: Predicted) -> Update:
    low, high = around(found.truth, HEADROOM)
    ends, nowhere = np.array([low, high]), [NOWHERE] * (TRACES - 1)
    data: dict[str, list[Any]] = {
        "visible": [*[False] * (TRACES - 1), True],
        "x": [*nowhere, ends],
        "y": [*nowhere, ends],
        "name": [*[""] * (TRACES - 1), "predicted as it is"],
    }
    grid = {"xaxis.showgrid": True, "yaxis.showgrid": True}
    return _whole(graph, data, grid | _axes(ends, (low, high), "true target", "predicted"))


def around(values: np.ndarray, share: float) -> tuple[float, float]:
    """From and to, with a share of the range more on both sides.

    Example:
        >>> around(np.array([0.0, 4.0]), 0.25)
        (-1.0, 5.0)
    """
    low, high = float(values.min()), float(values.max())
    air = share * (high - low) or 1.0
    return low - air, high + air


def _axes(x: np.ndarray, y: tuple[float, float], first: str, second: str) -> dict[str, Any]:
    return {
        "xaxis.range": [float(x[0]), float(x[-1])], "yaxis.range": list(y), "xaxis.title.text": first,
        "yaxis.title.text": second, "xaxis.showticklabels": True, "yaxis.showticklabels": True,
    }  # fmt: skip


def _whole(graph: str, data: dict[str, list[Any]], layout: dict[str, Any]) -> Update:
    return Update(graph, data, list(range(TRACES)), layout)


def themed(graph: str, theme: ThemeName) -> Update:
    """The same picture in another theme."""
    drawn = THEMES[theme]
    outlined = MOST_CLASSES + 1
    data = {
        "marker.color": [*class_colours(drawn), drawn.ink, drawn.ink, None, None],
        "marker.line.color": [*[drawn.paper] * outlined, None, None, None],
        "line.color": [*[None] * (MOST_CLASSES + 2), drawn.paths[1], drawn.muted],
    }
    layout: dict[str, Any] = {"font.color": drawn.muted, "modebar": modebar(drawn)}
    for axis in ("xaxis", "yaxis"):
        layout |= {f"{axis}.linecolor": drawn.hairline, f"{axis}.gridcolor": drawn.hairline}
    return Update(graph, data, list(range(TRACES)), layout)
