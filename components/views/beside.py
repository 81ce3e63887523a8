"""Two scenes side by side: what is shown, and the same with something different in it, over the same plane."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from components import ids
from components.controls.field import told
from components.figures import beside as figures
from components.figures.scale import extent
from components.ids import Id
from components.link import View
from components.other import fewer, more, named, other, split, usual
from components.sentence import axis_titles, loss_number, lowest_place
from components.stream import Draft
from components.views.graph import graph
from landscape import Engine, Frame, LandscapeError, Lowest, Scene, flatten


def layout() -> Component:
    """What is compared, the buttons, and the graph, empty."""
    section = graph(Id.BESIDE, figures.figure(), "Two loss surfaces side by side, drag to turn both", modes=["toImage"])
    words = html.P(id=Id.BESIDE_WORD, className="study-word", role="status")
    buttons = [
        html.Div(dmc.Button(label, id=ids.action(name), variant="default", size="compact-sm"), id=id_)
        for id_, name, label in (
            (Id.BESIDE_SPLIT, "other-split", "Other split"),
            (Id.BESIDE_MORE, "other-more", html.Span(id=Id.BESIDE_MORE_WORD)),
            (Id.BESIDE_SCALE, "other-scale", html.Span(id=Id.BESIDE_SCALE_WORD)),
        )
    ]
    names = html.Div([html.H3(id=Id.BESIDE_FIRST), html.H3(id=Id.BESIDE_SECOND)], className="side-names")
    section.children = [html.Div([words, *buttons], className="study-head"), names, section.children]
    return section


class TwoScenes:
    """The second surface beside the pictures."""

    verb = "computing the other"

    def __init__(self, engine: Engine, scene: Scene, view: View) -> None:
        revision = other(scene, view)
        self._engine, self._first, self._view = engine, scene, view
        self._second = revision.scene
        self._frame: Frame | None = None
        self._error = next(iter(revision.errors.values()), "")

    @property
    def done(self) -> bool:
        """Whether nothing is missing, or it cannot be had."""
        return bool(self._error) or (self._frame is not None and self._frame.done)

    @property
    def progress(self) -> float:
        """The share of the work that is done."""
        return 1.0 if self._frame is None else self._frame.progress

    def advance(self, budget: float | None) -> None:
        """Go on for so many seconds; None: only look at what is there."""
        if self._second is None or self._error:
            return
        try:
            self._frame = self._engine.advance(self._second, budget)
        except LandscapeError as error:
            self._error = str(error)

    def paint(self, draft: Draft) -> None:
        """The first surface as it is; the second as far as it is known; and what else may be compared."""
        draft.props |= offers(self._first, self._view)
        if self._second is None or self._error:
            draft.props[Id.BESIDE_WORD] = {"children": self._error}
            return
        second = None if self._frame is None else self._frame.surface
        pairs = [(self._first, draft.surface, draft.shown)]
        if second is not None:
            pairs.append((self._second, second, extent(self._second.grid.a, self._second.grid.b, second, [])))
        marks = [self._engine.lowest(scene, surface) for scene, surface, _ in pairs]
        names = differences(self._first, self._second, self._view)
        draft.props |= {
            id_: {"children": name} for id_, name in zip((Id.BESIDE_FIRST, Id.BESIDE_SECOND), names, strict=True)
        }
        sides = [
            figures.Side(surface, axis_titles(scene), *shown.colour, shown.base, _own_first(marks, place))
            for place, (scene, surface, shown) in enumerate(pairs)
        ]
        sides = scaled(sides, together=self._view.heights == "one scale")
        draft.updates += figures.update(Id.BESIDE, sides, self._view.colours)
        told = word(sides, self._view) if len(sides) > 1 else "The second surface is being computed."
        draft.props[Id.BESIDE_WORD] = {"children": told}


def offers(scene: Scene, view: View) -> dict[str, dict[str, Any]]:
    """What the buttons say, of those that have something to offer."""
    larger, smaller = more(scene), fewer(scene)
    count = int((larger or smaller or (("", "0"),))[0][1])
    return {
        Id.BESIDE_SPLIT: {"hidden": not split(scene)},
        Id.BESIDE_MORE: {"hidden": not count},
        Id.BESIDE_MORE_WORD: {"children": f"{count:,} samples"},
        Id.BESIDE_SCALE_WORD: {"children": "Same span" if view.heights == "one scale" else "One scale"},
    }


def _own_first(marks: list[Lowest | None], place: int) -> tuple[Lowest, ...]:
    """The marks of a side, its own first; none where it has none."""
    own, others = marks[place], [mark for other_, mark in enumerate(marks) if other_ != place]
    return () if own is None else tuple(mark for mark in (own, *others) if mark is not None)


def scaled(sides: list[figures.Side], *, together: bool) -> list[figures.Side]:
    """Both on one scale, or with the same span, each from its own lowest."""
    if together:
        low, high = min(side.low for side in sides), max(side.high for side in sides)
        return [side._replace(low=low, high=high, base=sides[0].base) for side in sides]
    span = max(side.high - side.low for side in sides)
    return [side._replace(high=side.low + span) for side in sides]


def word(sides: list[figures.Side], view: View) -> str:
    """What the heights are, and where each is lowest."""
    first, second = sides
    lowest = [
        f"{loss_number(side.marks[0].loss)} at {lowest_place(side.marks[0], side.surface)}"
        for side in sides
        if side.marks
    ]
    where = f" Lowest (filled; the other's is hollow): {', and '.join(lowest)}." if lowest else ""
    if view.heights == "one scale":
        return f"Both on one scale, from {loss_number(first.low)} to {loss_number(first.high)}.{where}"
    apart = max(first.low, second.low) - min(first.low, second.low)
    span = first.high - first.low
    overlap = " On one scale they would not overlap." if apart > span else ""
    return f"Both span {loss_number(span)}, each from its own lowest.{where}{overlap}"


def differences(first: Scene, second: Scene, view: View) -> tuple[str, str]:
    """What stands above each: its samples where these are what differs, else the fields that do."""
    keys = named(view.other or usual(first))
    if first.data is not None and second.data is not None and all(key.startswith("data.") for key in keys):
        mine, theirs = first.data.words, second.data.words
        if mine != theirs:
            return mine, theirs
    one, two = flatten(first), flatten(second)
    differ = [key for key in keys if one.get(key) != two.get(key)]
    mine, theirs = (
        "; ".join(told(scene, key, flat.get(key, "none")) for key in differ)
        for scene, flat in ((first, one), (second, two))
    )
    return mine, theirs
