"""A loss for each of many rates, one line for each run: where it falls, and where it overshoots or blows up."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go

from components.figures import blank
from components.figures.norms import ticks
from components.figures.palette import (
    DASHES,
    DIVERGED_SYMBOL,
    MAX_PATHS,
    SYMBOLS,
    THEMES,
    Theme,
    ThemeName,
    modebar,
)
from components.figures.update import Update, run_of
from landscape import Sweep

LINES, OWN, OVER, BEST = (run_of(MAX_PATHS * kind) for kind in range(4))
BEFORE = BEST[-1] + 1

DECADE = 10.0
"""The height is logarithmic where the lowest loss is so many times below the one before."""

ROOM = 0.6
"""Above the loss before there is room for this share of the way down; what is higher stands at the upper edge."""

AIR = 0.08
"""Above and below, as a share of the range."""


class Line(NamedTuple):
    """A sweep, and whose it is.

    Attributes:
        path: number of the path in whose colour it is drawn, from 0.
        sweep: as far as it is known.
        own: the rate that the run walks at; None where it has none.
    """

    path: int
    sweep: Sweep
    own: float | None


class Height(NamedTuple):
    """What the second axis shows."""

    low: float
    high: float
    log: bool

    @property
    def range(self) -> list[float]:
        """As Plotly has it: of a logarithmic axis the powers."""
        return [math.log10(self.low), math.log10(self.high)] if self.log else [self.low, self.high]


def figure(theme: ThemeName = "light") -> go.Figure:
    """The empty picture."""
    drawn = THEMES[theme]
    traces = [_trace(kind, drawn, path) for kind in ("line", "own", "over", "best") for path in range(MAX_PATHS)]
    dashed = {"width": 1, "color": drawn.muted, "dash": "dash"}
    traces.append(go.Scatter(mode="lines", line=dashed, hoverinfo="skip", visible=False))
    axis = blank.axis(drawn) | {"exponentformat": "power"}
    return go.Figure(
        traces,
        {
            "xaxis": axis | {"type": "log"},
            "yaxis": axis | {"nticks": 5},
            "margin": {"l": 64, "r": 28, "t": 12, "b": 40},
            **blank.layout(drawn),
        },
    )


def _trace(kind: str, drawn: Theme, path: int) -> go.Scatter:
    """One of the four that a path's sweep is drawn with."""
    colour = drawn.paths[path]
    known = "rate %{x:.3g}<br>loss %{y:.5g}<extra></extra>"
    drawing: dict[str, Any] = {
        "line": {
            "mode": "lines+markers", "line": {"width": 2, "color": colour, "dash": DASHES[path]},
            "marker": {"size": 7, "symbol": SYMBOLS[path], "color": colour}, "hovertemplate": known,
        },
        "own": {"mode": "lines", "line": {"width": 1.5, "color": colour, "dash": "dot"}, "hoverinfo": "skip"},
        "over": {
            "mode": "markers", "marker": {"size": 9, "color": colour},
            "hovertemplate": "rate %{x:.3g}<br>%{text}<extra></extra>",
        },
        "best": {
            "mode": "markers", "marker": {"size": 16, "symbol": "circle-open", "color": colour, "line": {"width": 2}},
            "hovertemplate": f"best: {known}",
        },
    }[kind]  # fmt: skip
    return go.Scatter(visible=False, **drawing)


def titles(graph: str, rate: str, loss: str) -> Update:
    """What the axes are called."""
    return Update(graph, {}, [], {"xaxis.title.text": rate, "yaxis.title.text": loss, "xaxis.showticklabels": True})


def update(graph: str, lines: Sequence[Line]) -> list[Update]:
    """What is known of the sweeps: lines, rings around the best, the runs' own rates, the loss before.

    What the axis has no room for stands at its upper edge: triangles for higher losses, crosses for runs that blew up.
    """
    height = height_of([line.sweep for line in lines])
    rates = np.concatenate([np.empty(0), *(line.sweep.rate for line in lines)])
    by_path = {line.path: line for line in lines}
    changes = [_drawn(graph, path, by_path.get(path), height) for path in range(MAX_PATHS)]
    if not rates.size:
        return changes
    some = any(np.isfinite(line.sweep.loss).any() for line in lines)
    low, high = (round(float(power), 3) for power in np.log10([rates.min(), rates.max()]))
    layout: dict[str, Any] = {
        "xaxis.range": [low - 0.2, high + 0.2], "xaxis.dtick": ticks((low, high)),
        "yaxis.type": "log" if height.log else "linear", "yaxis.range": height.range,
        "yaxis.dtick": ticks((height.range[0], height.range[1])) if height.log else None,
        "yaxis.showticklabels": some,
    }  # fmt: skip
    return [
        *changes,
        _before(graph, lines, (low, high)),
        Update(graph, {}, [], layout, once=f"{low}/{high}/{height}/{some}"),
    ]


def height_of(sweeps: Sequence[Sweep]) -> Height:
    """What the second axis shows: all that lies below the loss before, and some of what lies above.

    Example:
        >>> height_of([Sweep(np.array([0.1, 1.0]), np.array([2.0, np.inf]), 0, 5.0)]).log
        False
    """
    losses = np.concatenate([np.empty(0), *(sweep.loss for sweep in sweeps)])
    befores = [sweep.before for sweep in sweeps if math.isfinite(sweep.before)]
    known = losses[np.isfinite(losses)]
    if not known.size and not befores:
        return Height(0.0, 1.0, False)
    before = max([*befores, *([] if befores else [float(known.max())])])
    low = min([float(known.min(initial=before)), *befores])
    highest = max(float(known.max(initial=before)), before)
    if low > 0 and before / low > DECADE:
        fall = before / low
        high = min(highest, before * fall ** (ROOM / 2))
        return Height(low / (high / low) ** AIR, high * (high / low) ** AIR, True)
    fall = (before - low) or abs(before) or 1.0
    high = min(highest, before + ROOM * fall)
    return Height(low - AIR * (high - low or fall), high + AIR * (high - low or fall), False)


def _drawn(graph: str, path: int, line: Line | None, height: Height) -> Update:
    """A path's four traces."""
    traces = [LINES[path], OWN[path], OVER[path], BEST[path]]
    if line is None:
        return Update(graph, {"visible": [False] * 4}, traces, {})
    sweep, best = line.sweep, line.sweep.best
    known, over = np.isfinite(sweep.loss), sweep.loss > height.high
    own = [] if line.own is None else [line.own, line.own]
    ring = np.array([] if best is None else [best])
    data: dict[str, list[Any]] = {
        "x": [sweep.rate[known], np.array(own), sweep.rate[over], ring],
        "y": [
            sweep.loss[known], np.array([height.low, height.high][: len(own)]),
            np.full(int(over.sum()), _edge(height)), sweep.loss[np.isin(sweep.rate, ring)],
        ],
        "text": [None, None, [_word(loss) for loss in sweep.loss[over]], None],
        "marker.symbol": [SYMBOLS[path], None, [_symbol(loss) for loss in sweep.loss[over]], "circle-open"],
        "visible": [True, bool(own), bool(over.any()), best is not None],
    }  # fmt: skip
    return Update(graph, data, traces, {})


def _word(loss: float) -> str:
    return f"loss {loss:.5g}" if math.isfinite(loss) else "blew up"


def _symbol(loss: float) -> str:
    return "triangle-up" if math.isfinite(loss) else DIVERGED_SYMBOL


def _edge(height: Height) -> float:
    """Just below the upper edge."""
    low, high = height.range
    place = high - 0.03 * (high - low)
    return float(10**place) if height.log else place


def _before(graph: str, lines: Sequence[Line], across: tuple[float, float]) -> Update:
    """The loss before the first step, where all lines share it; ``across`` in powers of ten."""
    known = {line.sweep.before for line in lines if math.isfinite(line.sweep.before)}
    before = known.pop() if len(known) == 1 else None
    ends = np.array([10 ** (across[0] - 1), 10 ** (across[1] + 1)])
    data = {"x": [ends], "y": [np.array([before, before], dtype=float)], "visible": [before is not None]}
    return Update(graph, data, [BEFORE], {})


def themed(graph: str, theme: ThemeName) -> Update:
    """The same picture in another theme."""
    drawn = THEMES[theme]
    none = [None] * MAX_PATHS
    data = {
        "line.color": [*drawn.paths, *drawn.paths, *none, *none, drawn.muted],
        "marker.color": [*drawn.paths, *none, *drawn.paths, *drawn.paths, None],
    }
    layout: dict[str, Any] = {"font.color": drawn.muted, "modebar": modebar(drawn)}
    for axis in ("xaxis", "yaxis"):
        layout |= {f"{axis}.linecolor": drawn.hairline, f"{axis}.gridcolor": drawn.hairline}
    return Update(graph, data, [*LINES, *OWN, *OVER, *BEST, BEFORE], layout)
