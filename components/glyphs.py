"""The page's few glyphs, drawn by ``assets/10-glyphs.css`` as masks in the colour of the text."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component


def glyph(shape: str) -> Component:
    """A glyph by its name: rewind, play, back, forward, cancel, undo, redo, sun, rail, mark."""
    return html.Span(className=f"glyph glyph-{shape}", **{"aria-hidden": "true"})
