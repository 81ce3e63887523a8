"""The gradient check: the model's own derivative beside differences of losses, block by block, and what each costs."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from components.ids import Id
from components.link import View
from components.stream import Draft
from components.views.studied import Studied
from landscape import Engine, GradientCheck, GradientReport, Scene

NAMES = {
    "forward": "forward difference",
    "centred": "centred difference",
    "analytic": "its own derivative",
}
"""How the ways are called."""


STEP = "h = 1e\u20115"
"""Of the differences; no line breaks at its hyphen."""


def layout() -> Component:
    """The verdict and the two tables, empty."""
    return html.Section(
        html.Div(
            [
                html.P(id=Id.CHECK_WORD, className="study-word", role="status"),
                html.Table(id=Id.CHECK_WAYS, className="numbers"),
                html.Table(id=Id.CHECK_BLOCKS, className="numbers"),
            ],
            id=Id.CHECK,
            className="check",
            tabIndex=0,  # it scrolls, also by the arrow keys
        ),
        className="view view-check",
    )


def suits(scene: Scene) -> bool:
    """Whether there is a derivative to check: differences beside differences say nothing."""
    return scene.model.has_gradient


class Check(Studied[GradientCheck]):
    """The check of a scene's gradient beside its pictures."""

    verb = "checking"

    def __init__(self, engine: Engine, scene: Scene, _view: View) -> None:
        super().__init__(engine.gradient_check(scene))
        self._scene = scene

    def paint(self, draft: Draft) -> None:
        """The verdict, and the tables as far as they are known."""
        report = self._study.report
        if report is None:
            return
        draft.props[Id.CHECK_WORD] = {"children": verdict(report, done=self.done)}
        draft.props[Id.CHECK_WAYS] = {"children": ways(report, self._scene.parameters)}
        draft.props[Id.CHECK_BLOCKS] = {"children": blocks(report)}


def verdict(report: GradientReport, *, done: bool) -> str:
    """What the check says."""
    if not done:
        return f"So far the largest relative error is {small(report.error)}."
    if report.passed:
        return f"The gradient is right: every block agrees with centred differences ({STEP}) to {small(report.error)}."
    wrong = [name for name, error in report.blocks.items() if error > report.tolerance]
    return (
        f"The gradient differs from centred differences ({STEP}) in {', '.join(wrong)} by up to {small(report.error)}"
        f" (at most {small(report.tolerance)} passes): it is wrong there, or a kink lies within the difference."
    )


def ways(report: GradientReport, parameters: int) -> list[Component]:
    """The table of ways to find a gradient: error and cost."""
    head = ["gradient by", "relative error", "evaluations", f"for all {parameters:,}"]
    rows = [
        [NAMES[way.name], "reference" if way.name == "analytic" else small(way.error), f"{way.evaluations:,}",
         f"{way.whole:,}"]
        for way in report.ways
    ]  # fmt: skip
    return _table(head, rows)


def blocks(report: GradientReport) -> list[Component]:
    """The table of blocks."""
    rows = [
        [name, f"{report.checked[name]:,}", small(error), "agrees" if error <= report.tolerance else "differs"]
        for name, error in report.blocks.items()
    ]
    return _table(["block", "weights looked at", "relative error", ""], rows)


def small(value: float) -> str:
    r"""An error with two digits.

    Example:
        >>> small(0.0), small(0.25), small(3.14e-6).replace("\u2011", "-")  # no line breaks at its hyphen
        ('0', '0.25', '3.1e-6')
    """
    if value == 0:
        return "0"
    if value >= 0.01:
        return f"{value:.2g}"
    digits, exponent = f"{value:.1e}".split("e-")
    return f"{digits.removesuffix('.0')}e\u2011{int(exponent)}"


def _table(head: list[str], rows: list[list[str]]) -> list[Component]:
    body = [html.Tr([html.Th(row[0], scope="row"), *(html.Td(cell) for cell in row[1:])]) for row in rows]
    return [html.Thead(html.Tr([html.Th(title, scope="col") for title in head])), html.Tbody(body)]
