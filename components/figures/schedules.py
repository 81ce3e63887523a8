"""The learning rates of runs with a schedule, on an axis of their own beside the loss curve."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from components.figures.palette import MAX_PATHS, Theme, translucent
from components.figures.update import Tracks, Update, run_of
from landscape import Path

WHOLES, LINES = run_of(0), run_of(MAX_PATHS)
TRACES = 2 * MAX_PATHS
"""So many traces of the curve's figure, its first ones: the loss is drawn over them."""

FAINT = 0.4
"""Opacity of what lies ahead of the slider."""

AIR = 0.06
"""Of the axis, below and above the rates."""

MINOR = 100
"""Rates that span up to so many times have ticks at 1, 2 and 5; others at powers of ten."""


def traces(drawn: Theme) -> list[go.Scatter]:
    """For each possible path its rate, faint, and up to the slider: a stair, since each step has one rate."""
    flat = {"mode": "lines", "hoverinfo": "skip", "visible": False, "yaxis": "y2"}
    line = {"width": 1.5, "dash": "dot", "shape": "hv", "simplify": False}
    return [go.Scatter(line=line | {"color": colour}, **flat) for colour in colours(drawn)]


def colours(drawn: Theme) -> list[str]:
    """The colour of each trace."""
    return [*(translucent(colour, FAINT) for colour in drawn.paths), *drawn.paths]


def axis(drawn: Theme) -> dict[str, Any]:
    """The axis on the right, until a schedule asks for it; the reader's zoom is the loss's alone."""
    return {
        "overlaying": "y",
        "side": "right",
        "visible": False,
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
        "linecolor": drawn.hairline,
        "automargin": True,
        "exponentformat": "e",
        "nticks": 5,
        "ticks": "outside",
        "ticklen": 14,  # numbers of paths stand between the curve and the ticks
        "tickcolor": "rgba(0,0,0,0)",
        "title": {"text": "learning rate", "standoff": 8},
    }


def series(path: Path, steps: int, *, draws: bool) -> np.ndarray:
    """The rate of the step from each recorded place (T,); at the run's end that of its last step.

    Args:
        path: T recorded steps.
        steps: of the run.
        draws: whether it is this path that draws the rate, of those that have the same; all NaN where not.
    """
    if not draws or not path.lr.size:
        return np.full(path.lr.size, np.nan)
    return np.append(path.lr[:-1], path.lr[-2 if path.step[-1] == steps and path.lr.size > 1 else -1])


def update(graph: str, rates: Sequence[np.ndarray], *, log: bool) -> Update:
    """The axis for these rates; none where there are none.

    Args:
        graph: id of the graph.
        rates: of each run, whatever their lengths.
        log: whether the axis may be logarithmic; it is where they span ten times or more.
    """
    if not rates:
        return Update(graph, {}, [], {"yaxis2.visible": False})
    low, high = min(float(rate.min()) for rate in rates), max(float(rate.max()) for rate in rates)
    if log and 0 < 10 * low <= high:
        shown = {"type": "log", "tickmode": "array", "tickvals": _ticks(low, high)}
        low, high = float(np.log10(low)), float(np.log10(high))
    else:
        shown, low = {"type": "linear", "tickmode": "auto"}, 0.0
    air = AIR * (high - low)
    shown |= {"visible": True, "range": [low - air, high + air]}
    return Update(graph, {}, [], {f"yaxis2.{name}": value for name, value in shown.items()})


def _ticks(low: float, high: float) -> list[float]:
    """Round rates from ``low`` to ``high`` for a logarithmic axis.

    Example:
        >>> _ticks(0.03, 1.1), _ticks(1e-5, 1.0)[:3]
        ([0.05, 0.1, 0.2, 0.5, 1.0], [1e-05, 0.0001, 0.001])
    """
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    leads = (1, 2, 5) if high <= MINOR * low else (1,)
    ticks = [float(f"{lead}e{power}") for power in powers for lead in leads]
    return [tick for tick in ticks if low <= tick * (1 + 1e-9) and tick <= high * (1 + 1e-9)]


def tracks(graph: str) -> Tracks:
    """Where the rates are drawn."""
    return Tracks(graph=graph, axes=["x", "rate"], yaxis="yaxis2", lines=LINES, halos=[], wholes=WHOLES,
                  heads=-1, starts=-1, stairs=True)  # fmt: skip
