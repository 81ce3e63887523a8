"""The page's few icons, drawn by ``assets/10-icons.css`` as masks in the colour of the text."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component


def icon(shape: str) -> Component:
    """An icon by its name: play, back, forward, cancel, sun, rail, mark."""
    return html.Span(className=f"icon icon-{shape}", **{"aria-hidden": "true"})
