"""Two surfaces side by side, seen from the same place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go

from components.figures import surface as single
from components.figures.palette import MAX_PATHS, THEMES, Theme, ThemeName, modebar
from components.figures.scale import LIFT, MARGIN, Interval
from components.figures.update import Tracks, Update, run_of
from landscape import Lowest, Surface

FIRST, SECOND = 0, 1
HALOS, LINES = run_of(2), run_of(2 + MAX_PATHS)
STARTS = LINES[-1] + 1
HEADS = STARTS + 1
FIRST_LOWEST, SECOND_LOWEST = HEADS + 1, HEADS + 2

CAMERA = {"eye": {"x": 2.15, "y": -2.25, "z": 1.35}, "center": {"x": -0.07, "y": -0.03, "z": -0.32}}
"""From where the single surface is seen, farther away: each has half the width, and its titles need theirs."""

SCENES = ("scene", "scene2")
"""The layout's names of the two: ``assets/cameras.js`` keeps their cameras the same."""


class Side(NamedTuple):
    """One of the two.

    Attributes:
        surface: as far as it is known.
        titles: of its two axes.
        low: its lowest height.
        high: the highest that is drawn.
        base: what is taken off its heights, because the graphics card counts in 32 bits.
        marks: where this one is lowest, and where the other is.
    """

    surface: Surface
    titles: tuple[str, str]
    low: float
    high: float
    base: float
    marks: tuple[Lowest, ...]


def figure(theme: ThemeName = "light") -> go.Figure:
    """The empty picture: two surfaces, and the traces for all possible paths on the first."""
    drawn = THEMES[theme]
    hidden: list[Any] = [go.Surface(visible=False, showscale=False, scene=scene, **single.SHADING) for scene in SCENES]
    hidden += single.path_traces(drawn)
    hidden += [
        go.Scatter3d(mode="markers", marker={"symbol": "diamond", "size": 5, **_marks(drawn)}, visible=False,
                     hoverinfo="skip", scene=scene)
        for scene in SCENES
    ]  # fmt: skip
    same = single.axis(drawn)
    halves: tuple[Interval, Interval] = ((0.0, 0.5), (0.5, 1.0))
    scenes = {
        scene: {"xaxis": same, "yaxis": same, "zaxis": same, "camera": CAMERA, "aspectratio": single.ASPECT,
                "domain": {"x": list(half), "y": [0, 1]}}
        for scene, half in zip(SCENES, halves, strict=True)
    }  # fmt: skip
    return go.Figure(
        hidden,
        {
            **scenes,
            "margin": {"l": 8, "r": 8, "t": 8, "b": 4},
            **single.frame(drawn),
        },
    )


def _marks(drawn: Theme) -> dict[str, Any]:
    """Of a surface's own lowest point, and of the other's."""
    return {"color": [drawn.paths[2], drawn.paper], "line": {"width": 1, "color": drawn.ink}}


def update(graph: str, sides: Sequence[Side], colours: str) -> list[Update]:
    """Both, or the first where the second is not known yet.

    Args:
        graph: id of the graph.
        sides: the first, and the second.
        colours: colour scale, "cividis" or "viridis".
    """
    return [one for place, side in enumerate(sides) for one in _side(graph, side, place, colours)]


def _side(graph: str, side: Side, place: int, colours: str) -> list[Update]:
    surface, air = side.surface, MARGIN * (side.high - side.low)
    height = np.where(surface.loss > side.high, np.nan, surface.loss) - side.base
    data = {
        "visible": [True],
        "x": [surface.a],
        "y": [surface.b],
        "z": [height],
        "cmin": [side.low - side.base],
        "cmax": [side.high - side.base],
        "hovertemplate": [single.HOVER.format(base=f"{side.base:.10g} + " if side.base else "")],
        "colorscale": [colours.capitalize()],
        "opacity": [0.85],
    }
    lift = 2 * LIFT * (side.high - side.low) - side.base
    own = side.marks[0].loss if side.marks else 0.0
    marks = {
        "visible": [bool(side.marks)],
        "x": [[mark.place[0] for mark in side.marks]],
        "y": [[mark.place[1] for mark in side.marks]],
        "z": [[own + lift, *(_above(surface, mark) + lift for mark in side.marks[1:])]],
    }
    ends = {"xaxis": (surface.a[0], surface.a[-1]), "yaxis": (surface.b[0], surface.b[-1]),
            "zaxis": (side.low - air - side.base, side.high + air - side.base)}  # fmt: skip
    scene, height = SCENES[place], f"loss - {side.base:.10g}" if side.base else "loss"
    titles = (*map(single.folded, side.titles), height)
    layout: dict[str, Any] = {f"{scene}.{axis}.range": [float(end) for end in two] for axis, two in ends.items()}
    layout |= {f"{scene}.{axis}.title.text": text for axis, text in zip(ends, titles, strict=True)}
    return [
        Update(graph, data, [(FIRST, SECOND)[place]], layout),
        Update(graph, marks, [(FIRST_LOWEST, SECOND_LOWEST)[place]], {}),
    ]


def _above(surface: Surface, mark: Lowest) -> float:
    """The height of the nearest grid point: a mark over it is seen."""
    row, column = (
        int(np.abs(lines - at).argmin()) for lines, at in ((surface.b, mark.place[1]), (surface.a, mark.place[0]))
    )
    return float(np.nan_to_num(surface.loss[row, column]))


def themed(graph: str, theme: ThemeName) -> Update:
    """The same picture in another theme."""
    drawn = THEMES[theme]
    marks = _marks(drawn)
    none = [None, None]
    data = {
        "line.color": [*[drawn.paper] * MAX_PATHS, *drawn.paths, *none, *none],
        "marker.color": [*[None] * 2 * MAX_PATHS, list(drawn.paths), list(drawn.paths), *[marks["color"]] * 2],
        "marker.line.color": [*[None] * 2 * MAX_PATHS, list(drawn.paths), drawn.paper, *[drawn.ink] * 2],
    }
    layout: dict[str, Any] = {"font.color": drawn.muted, "modebar": modebar(drawn)}
    lines = ("gridcolor", "zerolinecolor", "linecolor")
    layout |= {f"{scene}.{axis}axis.{line}": drawn.hairline for scene in SCENES for axis in "xyz" for line in lines}
    return Update(graph, data, [*HALOS, *LINES, STARTS, HEADS, FIRST_LOWEST, SECOND_LOWEST], layout)


def tracks(graph: str) -> Tracks:
    """Where the paths are drawn: on the first surface."""
    return Tracks(
        graph=graph, axes=["a", "b", "height"], lines=LINES, halos=HALOS, wholes=[], heads=HEADS, starts=STARTS
    )
