"""The view of one gradient step of many sizes: small ones go down, large ones overshoot."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from components.figures import sweeps as figures
from components.ids import Id
from components.link import View
from components.sentence import loss_number, number
from components.stream import Draft
from components.views.graph import graph
from components.views.studied import Studied
from landscape import Engine, Scene, StepSizes, Sweep

MOST = 2_000
"""Weights whose gradient is worth finding by differences of losses, for its own sake."""


def layout() -> Component:
    """What was found, and the graph, empty."""
    section = graph(Id.SIZES, figures.figure(), "Loss after one gradient step of many sizes", modes=["toImage"])
    head = html.Div(html.P(id=Id.SIZES_WORD, className="study-word", role="status"), className="study-head")
    section.children = [head, section.children]
    return section


def suits(scene: Scene) -> bool:
    """Whether the gradient of all weights is to be had: without one of its own it takes two losses for each of them."""
    return scene.model.has_gradient or scene.parameters <= MOST


class Sizes(Studied[StepSizes]):
    """The step sizes of a scene beside its pictures."""

    verb = "stepping"

    def __init__(self, engine: Engine, scene: Scene, _view: View) -> None:
        super().__init__(engine.step_sizes(scene))

    def paint(self, draft: Draft) -> None:
        """The points so far."""
        sweep = self._study.sweep
        draft.updates.append(figures.titles(Id.SIZES, "step size (learning rate)", "loss after one step"))
        draft.updates += figures.update(Id.SIZES, [figures.Line(0, sweep, None)])
        draft.props[Id.SIZES_WORD] = {"children": found(sweep)}


def found(sweep: Sweep) -> str:
    """The best size, and from where on a step overshoots."""
    if sweep.best is None or not sweep.complete:
        return "One gradient step of each size, from the initial parameters."
    lowest = float(sweep.loss.min())
    if lowest >= sweep.before:
        return f"No step goes below the loss before, {loss_number(sweep.before)} (dashed)."
    over = sweep.rate[(sweep.loss > sweep.before) & (sweep.rate > sweep.best)]
    beyond = f" From {number(over[0])} on a step overshoots." if over.size else ""
    return (
        f"One gradient step from the initial parameters: size {number(sweep.best)} takes the loss from"
        f" {loss_number(sweep.before)} (dashed) to {loss_number(lowest)}.{beyond}"
    )
