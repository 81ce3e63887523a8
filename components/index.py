"""The HTML that the page begins with."""

from __future__ import annotations

import json

from components.figures import (
    beside,
    contour,
    convexity,
    curve,
    norms,
    pairs,
    predictions,
    profiles,
    schedules,
    surface,
    sweeps,
)
from components.figures.palette import THEMES
from components.ids import Id

FIGURES = {Id.SURFACE: surface, Id.CONTOUR: contour, Id.CURVE: curve, Id.BESIDE: beside, Id.NORMS: norms}
"""On which the paths are drawn, or lines that move with them."""

STUDIES = {
    Id.RATES: sweeps,
    Id.SIZES: sweeps,
    Id.PREDICTIONS: predictions,
    Id.PROFILES: profiles,
    Id.PAIRS: pairs,
    Id.CONVEXITY: convexity,
}
"""The others."""

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
{%metas%}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{%title%}</title>
<link rel="icon" href="data:,">
<link rel="preload" as="script" href="_dash-component-suites/plotly/package_data/plotly.min.js">
{%css%}
<script id="paint" type="application/json">{paint}</script>
</head>
<body>
{%app_entry%}
<footer>
{%config%}
{%scripts%}
{%renderer%}
</footer>
</body>
</html>"""


def index() -> str:
    """Dash's own page with the language named, and with what the scripts must know before it is put together.

    ``paint`` is ``{"tracks": [Tracks], "views": [id], "themes": {name: [Update]}}``: where the paths are drawn,
    what may be hidden, and how the pictures look in each theme.
    """
    paint = {
        "tracks": [*(figure.tracks(graph) for graph, figure in FIGURES.items()), schedules.tracks(Id.CURVE)],
        "views": [*FIGURES, *STUDIES, Id.CHECK],
        "themes": {
            name: [figure.themed(graph, name)._asdict() for graph, figure in [*FIGURES.items(), *STUDIES.items()]]
            for name in THEMES
        },
    }
    return _PAGE.replace("{paint}", json.dumps(paint).replace("<", "\\u003c"))
