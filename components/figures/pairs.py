"""A matrix of heat maps, one for each ordered pair of directions: all of them are one picture with gaps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from components.figures import blank
from components.figures.palette import THEMES, Theme, ThemeName, modebar
from components.figures.scale import PERCENTILE, STEEP, Interval
from components.figures.update import Update
from landscape import Surface

GAP = 0.08
"""Between maps, as a share of a map."""

INSET = 0.01
"""What the outline of a map lies outside of it, in maps."""


def figure(theme: ThemeName = "light") -> go.Figure:
    """The empty picture: one trace for all maps, and the outline of the one that the large pictures show."""
    drawn = THEMES[theme]
    bar = {"thickness": 10, "len": 0.93, "y": 0, "yanchor": "bottom", "outlinewidth": 0, "nticks": 6,
           "title": {"side": "right"}}  # fmt: skip
    maps = go.Heatmap(colorscale="Cividis", colorbar=bar, hoverinfo="none", hoverongaps=False, visible=False)
    outline = {"type": "rect", "x0": 0, "x1": 1, "y0": 0, "y1": 1, "visible": False, "fillcolor": "rgba(0,0,0,0)",
               "line": {"color": drawn.paths[0], "width": 3}}  # fmt: skip
    up = {"scaleanchor": "x", "scaleratio": 1}
    return go.Figure(
        [maps],
        {
            "xaxis": _axis(drawn) | {"constraintoward": "right", "autotickangles": [0, -90]},  # beside the colour bar
            "yaxis": _axis(drawn) | up,
            "shapes": [outline],
            "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
            **blank.layout(drawn),
        },
    )


def _axis(drawn: Theme) -> dict[str, Any]:
    return blank.axis(drawn) | {"showgrid": False, "showline": False, "ticks": "outside", "ticklen": 6,
                                "tickcolor": "rgba(0,0,0,0)", "fixedrange": True,
                                "constrain": "domain", "automargin": True}  # fmt: skip


def titles(graph: str, names: Sequence[str], a: str, b: str, loss: str) -> Update:
    """What the maps' columns and rows are called, the first row on top."""
    count = len(names)
    middles = [place + 0.5 for place in range(count)]
    layout: dict[str, Any] = {
        "xaxis.tickvals": middles, "xaxis.ticktext": list(names), "xaxis.range": [0, count],
        "yaxis.tickvals": middles[::-1], "yaxis.ticktext": list(names), "yaxis.range": [0, count],
        "xaxis.title.text": a, "yaxis.title.text": b, "xaxis.showticklabels": True, "yaxis.showticklabels": True,
    }  # fmt: skip
    return Update(graph, {"colorbar.title.text": [loss]}, [0], layout)


def update(
    graph: str,
    surfaces: Sequence[Sequence[Surface | None]],
    final: tuple[np.ndarray, np.ndarray],
    colours: str,
    shown: Interval,
    meta: dict[str, Any],
) -> Update:
    """The maps as they are known now.

    Args:
        graph: id of the graph.
        surfaces: by row from the top, then column; None where there is none.
        final: all coordinates a (A,) and b (B,) that each of them has in the end.
        colours: colour scale, "cividis" or "viridis".
        shown: losses of the first and of the last colour; others have the colour nearest to them.
        meta: what ``assets/facets.js`` tells of a point.
    """
    z, (across, up) = tiled(surfaces, final)
    data: dict[str, list[Any]] = {
        "visible": [True], "z": [z], "zmin": [shown[0]], "zmax": [shown[1]], "colorscale": [colours.capitalize()],
        "x0": [across / 2], "dx": [across], "y0": [up / 2], "dy": [up], "meta": [meta],
    }  # fmt: skip
    return Update(graph, data, [0], {})


def tiled(
    surfaces: Sequence[Sequence[Surface | None]], final: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, tuple[float, float]]:
    """All maps in one array from the bottom row up, NaN between them, and the sides of its bricks; a map is 1 wide.

    A coarse map is drawn in larger bricks.
    """
    (a, b), count, aside = final, len(surfaces), measures(final)["aside"]
    width, height = a.size + 2 * aside[0], b.size + 2 * aside[1]
    z = np.full((count * height, count * width), np.nan)
    for row, across in enumerate(reversed(surfaces)):
        for column, surface in enumerate(across):
            if surface is not None:
                top, left = row * height + aside[1], column * width + aside[0]
                near = surface.loss[np.ix_(_nearest(b, surface.b), _nearest(a, surface.a))]
                z[top : top + b.size, left : left + a.size] = near
    return z, (1 / width, 1 / height)


def measures(final: tuple[np.ndarray, np.ndarray]) -> dict[str, list[int]]:
    """How many points a map has across and up, and how many bricks beside it are empty, on each side."""
    points = [values.size for values in final]
    return {"points": points, "aside": [max(1, round(GAP * count / 2)) for count in points]}


def _nearest(final: np.ndarray, known: np.ndarray) -> np.ndarray:
    """(N,), for each of all coordinates the place of the nearest one that is known."""
    return np.asarray(np.abs(final[:, None] - known).argmin(axis=1))


def shared(surfaces: Sequence[Surface | None]) -> tuple[Interval, Interval]:
    """The losses of the first and the last colour of all maps, and how far they go; a few steep heights are cut off.

    Example:
        >>> shared([])
        ((0.0, 1.0), (0.0, 1.0))
    """
    losses = [surface.loss[~surface.diverged] for surface in surfaces if surface is not None]
    finite = np.concatenate([np.empty(0), *losses])
    if not finite.size:
        return (0.0, 1.0), (0.0, 1.0)
    low, high, usual = float(finite.min()), float(finite.max()), float(np.percentile(finite, PERCENTILE))
    cut = high - low > STEEP * (usual - low) > 0
    return (low, usual if cut else high), (low, high)


def outlined(graph: str, place: tuple[int, int] | None, count: int) -> Update:
    """The map at a row from the top and a column is the one that the large pictures show; None: none is."""
    if place is None:
        return Update(graph, {}, [], {"shapes[0].visible": False})
    row, column = place
    edge = GAP / 2 / (1 + GAP) - INSET  # about: gaps are whole bricks
    layout = {
        "shapes[0].visible": True, "shapes[0].x0": column + edge, "shapes[0].x1": column + 1 - edge,
        "shapes[0].y0": count - 1 - row + edge, "shapes[0].y1": count - row - edge,
    }  # fmt: skip
    return Update(graph, {}, [], layout)


def themed(graph: str, theme: ThemeName) -> Update:
    """The same picture in another theme."""
    drawn = THEMES[theme]
    layout = {"font.color": drawn.muted, "modebar": modebar(drawn), "shapes[0].line.color": drawn.paths[0]}
    return Update(graph, {}, [], layout)
