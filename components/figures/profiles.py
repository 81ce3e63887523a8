"""Small multiples: a curve for each of several directions, each in a frame of its own, with shared axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from components.figures import blank
from components.figures.palette import THEMES, Theme, ThemeName, modebar
from components.figures.update import Update
from landscape import Surface

MOST = 12
"""Frames that are laid out; those that are not needed are hidden."""

ACROSS = 4
"""Frames beside each other at most."""

BETWEEN = (0.03, 0.16)
"""Between frames, as shares of the whole, across and up: below each stands its name."""

AIR = 0.06
"""Above and below the curves, as a share of their range."""

HIDDEN = [0.0, 0.001]
"""Where a frame is that is not needed."""


def figure(theme: ThemeName = "light") -> go.Figure:
    """The empty picture: twelve hidden frames, whose axes move together."""
    drawn = THEMES[theme]
    layout: dict[str, Any] = {"margin": {"l": 56, "r": 16, "t": 12, "b": 44}, "hovermode": "x", "hoverdistance": -1}
    traces = []
    for number in range(MOST):
        x, y = _axes(number)
        traces.append(
            go.Scatter(mode="lines", line={"width": 2, "color": drawn.muted}, visible=False, xaxis=x, yaxis=y,
                       hovertemplate="a %{x:.4g}<br>loss %{y:.5g}<extra>%{meta}</extra>")
        )  # fmt: skip
        layout |= {_long(x): _axis(drawn, y, x, number), _long(y): _axis(drawn, x, y, number)}
    outline = {"type": "rect", "xref": "x domain", "yref": "y domain", "x0": 0, "x1": 1, "y0": 0, "y1": 1,
               "visible": False, "line": {"color": drawn.paths[0], "width": 2}}  # fmt: skip
    return go.Figure(traces, {**layout, "shapes": [outline], **blank.layout(drawn)})


def _axes(number: int) -> tuple[str, str]:
    """The names of a frame's axes: "x3", "y3"."""
    place = "" if number == 0 else str(number + 1)
    return f"x{place}", f"y{place}"


def _long(axis: str) -> str:
    """As a layout calls an axis: "xaxis3"."""
    return f"{axis[0]}axis{axis[1:]}"


def _axis(drawn: Theme, anchor: str, name: str, number: int) -> dict[str, Any]:
    together = {} if number == 0 else {"matches": name[0]}
    line = {"showline": True, "mirror": True, "nticks": 3 if name[0] == "x" else 4, "domain": HIDDEN, "visible": False}
    return blank.axis(drawn) | {"anchor": anchor, **line, **together}


def domains(count: int) -> list[tuple[list[float], list[float]]]:
    """Where each of so many frames lies, across and up, in rows from the top.

    Example:
        >>> domains(1)
        [([0.0, 1.0], [0.0, 1.0])]
    """
    columns = min(count, ACROSS)
    rows = -(-count // columns) if count else 0
    width, height = ((1 - (many - 1) * gap) / many for many, gap in zip((columns, rows), BETWEEN, strict=True))
    places = (divmod(number, columns) for number in range(count))
    return [
        ([column * (width + BETWEEN[0]), column * (width + BETWEEN[0]) + width],
         [1 - row * (height + BETWEEN[1]) - height, 1 - row * (height + BETWEEN[1])])
        for row, column in places
    ]  # fmt: skip


def titles(graph: str, names: Sequence[str], loss: str) -> Update:
    """The frames, what they are called, and which of them have numbers: those at the edges."""
    columns = min(len(names), ACROSS)
    layout: dict[str, Any] = {}
    for number, (across, up) in enumerate(domains(len(names))):
        x, y = map(_long, _axes(number))
        layout |= {
            f"{x}.domain": across, f"{y}.domain": up, f"{x}.visible": True, f"{y}.visible": True,
            f"{x}.title.text": names[number], f"{x}.title.standoff": 4,
            f"{y}.title.text": loss if number == 0 else "",
            f"{x}.showticklabels": number + columns >= len(names), f"{y}.showticklabels": number % columns == 0,
        }  # fmt: skip
    for number in range(len(names), MOST):
        for axis in map(_long, _axes(number)):
            layout |= {f"{axis}.visible": False, f"{axis}.domain": HIDDEN}
    return Update(graph, {"meta": [*names]}, list(range(len(names))), layout)


def update(graph: str, surfaces: Sequence[Surface | None], ends: tuple[float, float], name: str) -> Update:
    """The curves as they are known now.

    Args:
        graph: id of the graph.
        surfaces: over a line each; None where there is none.
        ends: from and to of all first axes.
        name: of what is shown; while it and the heights stay, the reader's zoom stays.
    """
    none = np.empty(0)
    given = [*surfaces, *[None] * (MOST - len(surfaces))]
    data: dict[str, list[Any]] = {
        "visible": [surface is not None for surface in given],
        "x": [none if surface is None else surface.a for surface in given],
        "y": [none if surface is None else surface.loss[0] for surface in given],
    }
    low, high = heights(surfaces)
    layout = {"xaxis.range": list(ends), "yaxis.range": [low, high]}
    return Update(graph, data, list(range(MOST)), layout, once=f"{name}/{low}/{high}")


def heights(surfaces: Sequence[Surface | None]) -> tuple[float, float]:
    """From and to of all curves, with some air.

    Example:
        >>> heights([])
        (0.0, 1.0)
    """
    losses = np.concatenate([np.empty(0), *(surface.loss.ravel() for surface in surfaces if surface is not None)])
    finite = losses[np.isfinite(losses)]
    if not finite.size:
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    air = AIR * (high - low) or AIR * (abs(high) or 1.0)
    return low - air, high + air


def outlined(graph: str, number: int | None) -> Update:
    """The curve that the large picture shows; None: it shows none of them."""
    layout: dict[str, Any] = {"shapes[0].visible": number is not None}
    if number is not None:
        x, y = _axes(number)
        layout |= {"shapes[0].xref": f"{x} domain", "shapes[0].yref": f"{y} domain"}
    widths = [3.5 if place == number else 2 for place in range(MOST)]
    return Update(graph, {"line.width": widths}, list(range(MOST)), layout)


def themed(graph: str, theme: ThemeName) -> Update:
    """The same picture in another theme."""
    drawn = THEMES[theme]
    layout: dict[str, Any] = {"font.color": drawn.muted, "modebar": modebar(drawn)}
    layout["shapes[0].line.color"] = drawn.paths[0]
    for number in range(MOST):
        for axis in map(_long, _axes(number)):
            layout |= {f"{axis}.linecolor": drawn.hairline, f"{axis}.gridcolor": drawn.hairline}
    return Update(graph, {"line.color": [drawn.muted] * MOST}, list(range(MOST)), layout)
