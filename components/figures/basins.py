"""Basins of attraction under the contour lines: a cell for each start of a lattice, coloured by where it ends."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go

from components.figures.palette import BASINS, ELSEWHERE, LOST, ON_ITS_WAY, VEIL, Theme, halo, translucent
from components.figures.scale import Extent
from components.figures.update import Update
from landscape import Basins

LETTERS = "ABCDEFG"
"""Of the ends that have colours of their own, those with most starts."""

BIG = 0.02
"""A basin of so large a share of the starts has its letter on the map."""


TINTS = (0.4, 0.8, 0.6, 1.0)
"""Of the colour of all other basins: neighbours have different ones, so that each is seen."""


class Entry(NamedTuple):
    """What one colour stands for.

    Attributes:
        mark: its letter, or a sign.
        colour: ``#rrggbb``.
        ends: indices of the ends that it stands for; none for starts that came to no end.
        label: of the starts that came to none; None otherwise.
        share: of all starts.
    """

    mark: str
    colour: str
    ends: tuple[int, ...]
    label: int | None
    share: float


def entries(found: Basins) -> list[Entry]:
    """What the colours stand for: the largest basins, all others together, and the starts that came to no end."""
    count = len(found.share)
    kept = [
        Entry(letter, colour, (index,), None, float(found.share[index]))
        for index, (letter, colour) in enumerate(zip(LETTERS, BASINS, strict=True))
        if index < count
    ]
    if count > len(LETTERS):
        others = tuple(range(len(LETTERS), count))
        kept.append(Entry("+", ELSEWHERE, others, None, float(found.share[len(LETTERS) :].sum())))
    for mark, colour, label in (("?", ON_ITS_WAY, Basins.UNDECIDED), ("×", LOST, Basins.LOST)):
        if starts := found.count(label):
            kept.append(Entry(mark, colour, (), label, starts / found.label.size))
    return kept


def percent(share: float) -> str:
    """A share in words: whole per cents, and no nought for what is there.

    Example:
        >>> percent(0.257), percent(0.001)
        ('26 %', '< 1 %')
    """
    return f"{100 * share:.0f} %" if share >= 0.005 else "< 1 %"


def traces(drawn: Theme) -> list[Any]:
    """The cells and the letters, empty: below everything but the contour lines."""
    bar = {"thickness": 10, "len": 0.93, "y": 0, "yanchor": "bottom", "outlinewidth": 0, "tickmode": "array",
           "title": {"side": "right", "text": "share of the starts"}}  # fmt: skip
    font = {"size": 15, "color": drawn.ink, "shadow": halo(drawn)}
    return [
        go.Heatmap(visible=False, hoverinfo="skip", colorbar=bar, zsmooth=False),
        go.Scatter(mode="text", visible=False, hoverinfo="skip", textfont=font, textposition="top left"),
    ]


def hidden(graph: str, cells: int, letters: int, contour: int) -> list[Update]:
    """No basins: the contour map has its own colours."""
    return [
        Update(graph, {"visible": [False, False]}, [cells, letters], {}),
        Update(graph, {"contours.coloring": ["heatmap"], "showscale": [True]}, [contour], {}),
    ]


def update(graph: str, found: Basins, shown: Extent, cells: int, letters: int, contour: int) -> list[Update]:
    """The basins in place of the colours of the loss.

    Args:
        graph: id of the graph.
        found: where each start ends.
        shown: what the axes show; of a curve the cells are as high as the picture.
        cells: trace of the cells.
        letters: trace of the letters.
        contour: trace of the contour map, whose lines stay.
    """
    kinds = entries(found)
    place = np.empty(found.label.shape)
    scale: list[list[Any]] = []
    for rank, kind in enumerate(reversed(kinds)):  # the first is on top of the bar
        mine = np.isin(found.label, kind.ends) if kind.label is None else found.label == kind.label
        tints = TINTS if len(kind.ends) > 1 else (1.0,)
        for index, tint in enumerate(tints):
            edges = (rank + index / len(tints), rank + (index + 1) / len(tints))
            scale += [[edge / len(kinds), translucent(kind.colour, VEIL * tint)] for edge in edges]
        inside = _tints(found, kind.ends)[mine] if len(kind.ends) > 1 else 0
        place[mine] = rank - 0.5 + (inside + 0.5) / len(tints)
    data = {
        "visible": [True], "x": [_edges(found.a)],
        "y": [np.array(shown.b) if shown.line else _edges(found.b)],
        "z": [place], "zmin": [-0.5], "zmax": [len(kinds) - 0.5], "colorscale": [scale],
        "colorbar.tickvals": [list(range(len(kinds)))],
        "colorbar.ticktext": [[f"{kind.mark} {percent(kind.share)}" for kind in reversed(kinds)]],
    }  # fmt: skip
    at = [(kind.mark, *_middle(found, kind.ends[0])) for kind in kinds if kind.mark in LETTERS and kind.share >= BIG]
    height = shown.b[0] + 0.9 * (shown.b[1] - shown.b[0])
    words = {
        "visible": [True], "x": [[a for _, a, _ in at]], "y": [[height if shown.line else b for _, _, b in at]],
        "text": [[mark for mark, _, _ in at]],
    }  # fmt: skip
    return [
        Update(graph, data, [cells], {}),
        Update(graph, words, [letters], {}),
        Update(graph, {"contours.coloring": ["none"], "showscale": [False]}, [contour], {}),
    ]


def _tints(found: Basins, ends: tuple[int, ...]) -> np.ndarray:
    """A number of a tint for each cell (B, A): neighbouring basins have different ones as far as there are enough."""
    label = found.label
    pairs = np.concatenate([np.stack([label[1:], label[:-1]], -1).reshape(-1, 2),
                            np.stack([label[:, 1:], label[:, :-1]], -1).reshape(-1, 2)])  # fmt: skip
    beside = {end: set(pairs[(pairs == end).any(axis=-1)].ravel().tolist()) for end in ends}
    chosen: dict[int, int] = {}
    for end in ends:
        taken = {chosen[other] for other in beside[end] if other in chosen}
        chosen[end] = min(set(range(len(TINTS))) - taken, default=len(TINTS) - 1)
    table = np.array([chosen.get(index, 0) for index in range(len(found.share))] + [0, 0])  # and the two without an end
    return np.asarray(table[label])


def _edges(centres: np.ndarray) -> np.ndarray:
    """Where cells begin and end: half way between their middles, and at the first and last of them."""
    return np.concatenate([centres[:1], (centres[1:] + centres[:-1]) / 2, centres[-1:]])


def _middle(found: Basins, end: int) -> tuple[float, float]:
    """Deep inside a basin: a cell that stays longest while the basin is worn down from its edge."""
    left = np.pad(found.label == end, 1)
    if found.b.size == 1:
        left[[0, -1]] = left[1]  # a curve's basin has neither above nor below
    while True:
        worn = left.copy()
        for axis in (0, 1):
            for by in (-1, 1):
                worn &= np.roll(left, by, axis)
        if not worn[1:-1, 1:-1].any():
            break
        left = worn
    rows, columns = np.nonzero(left[1:-1, 1:-1])
    nearest = int(np.argmin(np.hypot(rows - rows.mean(), columns - columns.mean())))
    return float(found.a[columns[nearest]]), float(found.b[rows[nearest]])
