"""The view of a learning-rate sweep: where each run ends for many rates, and the two buttons beside it.

A sweep that takes longer than a moment waits to be asked for; what of it is known already is shown.
"""

from __future__ import annotations

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from components import ids
from components.controls.sweeping import best_rates
from components.figures import sweeps as figures
from components.ids import Id
from components.link import View
from components.sentence import number
from components.stream import Draft
from components.views.graph import graph
from components.views.studied import Studied
from landscape import Engine, RateSweep, Scene, Sweep

MOMENT = 1.0
"""Seconds, by a careful guess of the machine's speed, that a sweep may take unasked."""


def layout() -> Component:
    """What the sweep costs or found, the buttons, and the graph, empty."""
    section = graph(Id.RATES, figures.figure(), "Loss at the end for many learning rates", modes=["toImage"])
    words = html.P(id=Id.RATES_WORD, className="study-word", role="status")
    buttons = [
        html.Div(
            dmc.Button(label, id=ids.action(name), variant="default", size="compact-sm"), id=id_, hidden=True
        )
        for id_, name, label in (
            (Id.SWEEP, "sweep", "Sweep the rates"),
            (Id.USE_BEST, "use-best", "Use the best rates"),
        )
    ]  # fmt: skip
    section.children = [html.Div([words, *buttons], className="study-head"), section.children]
    return section


def suits(scene: Scene) -> bool:
    """Whether anybody walks from a place at a rate."""
    return any(run.places and run.optimizer.uses_gradient for run in scene.runs)


class Rates(Studied[RateSweep]):
    """The sweep of a scene's runs beside its pictures."""

    verb = "sweeping"

    def __init__(self, engine: Engine, scene: Scene, view: View) -> None:
        super().__init__(engine.sweep(scene))
        self._scene, self._asked = scene, view.sweep
        self._begun = False

    @property
    def done(self) -> bool:
        """Whether nothing is missing, or nobody has asked for it."""
        return super().done or (self._begun and not self._goes_on())

    def advance(self, budget: float | None) -> None:
        """Go on with it; only look where nobody has asked for it and it takes longer than a moment."""
        super().advance(budget if self._goes_on() else None)
        self._begun = True

    def paint(self, draft: Draft) -> None:
        """The points so far, and what there is to be said and done."""
        known = self._study.sweeps
        draft.updates.append(figures.titles(Id.RATES, "learning rate", "loss at the end"))
        draft.updates += figures.update(Id.RATES, lines(self._scene, known))
        idle = not self._study.done and not self._goes_on()
        best = best_rates(known) if self._study.done else {}
        offers = any(rate != self._scene.runs[index].optimizer.rate for index, rate in best.items())
        draft.props[Id.RATES_WORD] = {"children": cost(self._study, self._scene) if idle else found(self._scene, known)}
        draft.props[Id.SWEEP] = {"hidden": not idle}
        draft.props[Id.USE_BEST] = {"hidden": not offers}

    def _goes_on(self) -> bool:
        return self._asked or self._study.seconds <= MOMENT


def lines(scene: Scene, known: dict[int, Sweep]) -> list[figures.Line]:
    """The sweeps in the colours of their runs' first paths."""
    first = [sum(len(run.places) for run in scene.runs[:index]) for index in range(len(scene.runs))]
    return [figures.Line(first[index], sweep, scene.runs[index].optimizer.rate) for index, sweep in known.items()]


def cost(study: RateSweep, scene: Scene) -> str:
    """What a sweep takes, before it is begun.

    Example:
        >>> from landscape import lesson
        >>> cost(Engine().sweep(lesson("ravine")), lesson("ravine")).split(" = ")
        ['14 rates × 1 run × 30 steps', '420 steps, less than a second; then some more around the best.']
    """
    count, steps = len(study.sweeps), sorted({scene.runs[index].steps for index in study.sweeps})
    rates = max(sweep.rate.size for sweep in study.sweeps.values())
    factors = [f"{rates} rates", f"{count} run{'s' if count > 1 else ''}"]
    if len(steps) == 1:
        factors.append(f"{steps[0]:,} steps")
    return f"{' × '.join(factors)} = {study.planned:,} steps, {_time(study.seconds)}; then some more around the best."


def _time(seconds: float) -> str:
    """About how long, in words."""
    if seconds < 1:
        return "less than a second"
    return f"some {seconds:,.0f} s" if seconds < 90 else f"some {seconds / 60:,.0f} min"


def found(scene: Scene, known: dict[int, Sweep]) -> str:
    """The best rates so far, in words."""
    best = best_rates(known)
    if not best:
        return "Every rate so far blew up." if any(sweep.rate.size for sweep in known.values()) else ""
    many = len(known) > 1
    said = [f"{number(rate)}{f' for run {index + 1}' if many else ''}" for index, rate in best.items()]
    so_far = "" if all(sweep.complete for sweep in known.values()) else " so far"
    start = " from the first start" if any(len(run.places) > 1 for run in scene.runs) else ""
    return f"Best{so_far}{start}: {', '.join(said)}. Dotted: the rate that the run walks at."
