"""The tab strip under the transport bar: one view at a time beside the table, of those that suit the scene.

The studies are put on the page once the first picture is drawn, since they would take its time. What a hidden one
would show is neither computed nor sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import dash_mantine_components as dmc
from dash import Dash, Input, Output, html
from dash.development.base_component import Component

from components.ids import Id
from components.link import TabName, View
from components.other import suits
from components.stream import Beside, Draft
from components.views import beside, check, convexity, curve, norms, pairs, predictions, profiles, rates, sizes
from landscape import Engine, Scene, can_predict


class Tab(NamedTuple):
    """One view of the strip.

    Attributes:
        label: what its tab says.
        view: id of what it shows, inside its panel.
        layout: what it shows, empty.
        suits: whether it has something to show of a scene.
        beside: what it computes once the pictures are done; None where it shows what they do.
        tall: whether it is worth more room than the pictures above the transport bar.
    """

    label: str
    view: Id
    layout: Callable[[], Component]
    suits: Callable[[Scene], bool] = lambda scene: True
    beside: Callable[[Engine, Scene, View], Beside] | None = None
    tall: bool = False


TABS: Mapping[TabName, Tab] = {
    "curve": Tab("Loss curve", Id.CURVE, curve.layout),
    "beside": Tab("Side by side", Id.BESIDE, beside.layout, suits, beside.TwoScenes, tall=True),
    "norms": Tab("Gradient norms", Id.NORMS, norms.layout, norms.suits),
    "predictions": Tab(
        "Predictions", Id.PREDICTIONS, predictions.layout, can_predict, predictions.Foretelling, tall=True
    ),
    "rates": Tab("Learning rates", Id.RATES, rates.layout, rates.suits, rates.Rates),
    "sizes": Tab("Step sizes", Id.SIZES, sizes.layout, suits=sizes.suits, beside=sizes.Sizes),
    "check": Tab("Gradient check", Id.CHECK, check.layout, suits=check.suits, beside=check.Check),
    "profiles": Tab("Profiles", Id.PROFILES, profiles.layout, profiles.suits, profiles.Profiles, tall=True),
    "pairs": Tab("Pairs", Id.PAIRS, pairs.layout, pairs.suits, pairs.Pairs, tall=True),
    "convexity": Tab("Convexity", Id.CONVEXITY, convexity.layout, beside=convexity.Convex),
}
"""In the order of the strip; the first is there from the beginning."""


def head() -> Component:
    """The place of the strip, empty."""
    return dmc.Tabs(html.Div(), id=Id.TABS, value="curve", className="tabs")


def layout() -> Component:
    """The panel of the loss curve, and the place of the others."""
    return html.Div([_panel("curve"), html.Div(id=Id.STUDIES, className="studies")], className="tabbed")


def names(scene: Scene) -> list[TabName]:
    """The tabs that suit a scene."""
    return [name for name, tab in TABS.items() if tab.suits(scene)]


def strip(scene: Scene) -> Component:
    """These tabs, as the strip holds them."""
    return dmc.TabsList(
        [dmc.TabsTab(TABS[name].label, value=name) for name in names(scene)],
        **{"aria-label": "Views beside the table"},
    )


def shown(scene: Scene, view: View) -> TabName:
    """Which tab is open: the loss curve where the one that is asked for has nothing to show."""
    return view.tab if TABS[view.tab].suits(scene) else "curve"


def tall(scene: Scene, view: View) -> bool:
    """Whether the open tab takes most of the height."""
    return TABS[shown(scene, view)].tall


def paint(draft: Draft) -> None:
    """Hides what the other tabs show."""
    opened = shown(draft.scene, draft.view)
    draft.hidden += [tab.view for name, tab in TABS.items() if name != opened]


def aside(engine: Engine, scene: Scene, view: View) -> Beside | None:
    """What the open tab computes."""
    beside = TABS[shown(scene, view)].beside
    return None if beside is None else beside(engine, scene, view)


def register(app: Dash) -> None:
    """Put the studies on the page after the first picture."""

    @app.callback(Output(Id.STUDIES, "children"), Input(Id.BEGUN, "data"), prevent_initial_call=True)
    def bring(_begun: bool) -> list[Component]:
        return [_panel(name, hidden=True) for name in TABS if name != "curve"]


def _panel(name: TabName, *, hidden: bool = False) -> Component:
    """A view as the panel of its tab, under the ids by which Mantine's tabs name theirs."""
    section = TABS[name].layout()
    section.id, section.role, section.hidden = f"{Id.TABS}-panel-{name}", "tabpanel", hidden
    section.className += " tall" if TABS[name].tall else ""
    setattr(section, "aria-labelledby", f"{Id.TABS}-tab-{name}")
    return section
