"""The table of runs: who walks, how low they came, when, at what cost, and how it ended."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from dash import html
from dash.development.base_component import Component

from components.chosen import chosen
from components.clock import Clock, clock, told
from components.ids import Id
from components.link import View
from components.sentence import loss_number, run_name, start_names
from landscape import ADVICE, Explanation, Path, Scene, Status

NEVER = "never"
"""When a path came to a loss that it did not come to."""


def layout() -> Component:
    """The table, empty."""
    return html.Table(id=Id.RUNS, className="runs")


def rows(scene: Scene, view: View, paths: Sequence[Path], reasons: Sequence[Explanation | None]) -> list[Component]:
    """The table's head and body: two rows a path, its numbers, and where it began and how it ended.

    Args:
        scene: whose paths they are.
        view: says what is counted, and the loss to come to.
        paths: as far as they are known.
        reasons: why each ended, as far as that is known.
    """
    if not paths:
        word = "A lattice is walked, and no path drawn." if scene.runs else "Nobody walks in this scene."
        return [html.Tbody(html.Tr(html.Td(word)))]
    counted, goal, how = clock(scene, view), target(view, paths), chosen(scene, view)
    titles = ["", "who walks", "loss", "lowest", *([] if goal is None else [_when(counted, goal)]), "evaluations"]
    body: list[Component] = []
    for number, (path, reason, start) in enumerate(zip(paths, reasons, start_names(scene), strict=True), start=1):
        cells = [str(number), run_name(scene.runs[path.run], how[path.run]), *_numbers(path, counted, goal)]
        body.append(html.Tr([html.Td(_unbroken(cell)) for cell in cells], className=f"path path-{number}"))
        ended = _unbroken(f"From {start}. {_ended(path, reason)}")
        body.append(html.Tr([html.Td(), html.Td(ended, colSpan=len(titles) - 1)], className="ended"))
    return [html.Thead(html.Tr([html.Th(title) for title in titles])), html.Tbody(body)]


def target(view: View, paths: Sequence[Path]) -> float | None:
    """The loss that the table says who came to when: the asked one, or the lowest that all came to.

    Those that blew up are left out: they came to next to nothing. None where nobody asked and there is nothing to
    compare: a single path, or paths that are under way.
    """
    if view.target is not None or len(paths) < 2 or any(path.status is Status.RUNNING for path in paths):
        return view.target
    held = [path for path in paths if not path.status.blew_up and np.isfinite(path.loss).any()]
    return max((float(np.nanmin(path.loss)) for path in held), default=None)


def _when(counted: Clock, goal: float) -> str:
    """The title of the column: "steps to 0.5", "epochs to 0.5"."""
    return f"{counted.noun}s to {loss_number(goal)}"


def _numbers(path: Path, counted: Clock, goal: float | None) -> list[str]:
    """Loss at the end, lowest loss, when it came to the goal, evaluations."""
    known = np.flatnonzero(np.isfinite(path.loss))  # the loss may be behind the path
    if not known.size:
        return [""] * (3 if goal is None else 4)
    losses = [loss_number(float(loss)) for loss in (path.loss[known[-1]], path.loss[known].min())]
    return [*losses, *([] if goal is None else [_came(path, counted, goal)]), f"{path.evaluations[-1]:,}"]


def _came(path: Path, counted: Clock, goal: float) -> str:
    """When a path first had a loss of at most ``goal``, among its recorded steps."""
    there = np.flatnonzero(path.loss <= goal)
    if there.size:
        return f"{told(path, counted.unit)[there[0]] / counted.per:,.{counted.digits}f}"
    return "" if path.status is Status.RUNNING else NEVER


def _ended(path: Path, reason: Explanation | None) -> str:
    """How a path ended and why; who is told a rate needs no other advice."""
    if reason is None:
        return path.message
    message = path.message.removesuffix(ADVICE) if reason.holds is not None else path.message
    return f"{message} {reason.sentence}"


def _unbroken(text: str) -> str:
    """The same with hyphens at which no line breaks: "3.6e-07" stays in one piece."""
    return text.replace("e-", "e\u2011")
