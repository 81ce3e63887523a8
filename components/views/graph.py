"""A graph that is laid out once and updated in place."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
from dash import dcc, html
from dash.development.base_component import Component

CONFIG = {
    "displaylogo": False,
    "showSendToCloud": False,
    "responsive": True,
    "doubleClick": False,
}


def graph(id_: str, figure: go.Figure, title: str, modes: list[str], **config: Any) -> Component:
    """A view's graph in its frame.

    Args:
        id_: of the graph.
        figure: the empty picture.
        title: what it is, for those who cannot see it.
        modes: buttons of the mode bar that stay.
        config: more of Plotly's configuration.
    """
    buttons = {"modeBarButtons": [modes]} if modes else {"displayModeBar": False}
    return html.Section(
        dcc.Graph(id=id_, figure=figure, config=CONFIG | buttons | config, className="graph", responsive=True),
        className=f"view view-{id_}",
        **{"aria-label": title},
    )
