"""The page."""

from __future__ import annotations

from collections.abc import Iterator

import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component

from components import ids
from components.glyphs import glyph
from components.ids import Id
from components.views import contour as contour_view
from components.views import surface as surface_view
from components.views import tabs, transport, words
from landscape import lesson_groups, lesson_title


def layout() -> Component:
    """Everything on the page; the pictures are empty until their numbers come."""
    return dmc.MantineProvider(
        [
            dcc.Location(id=Id.LOCATION, refresh=False),
            dcc.Store(id=Id.SCENE),
            dcc.Store(id=Id.BEGUN),
            dcc.Store(id=Id.TABLE),
            dcc.Store(id=Id.THEME, storage_type="local"),
            html.Div([_header(), _rail(), _stage()], className="page"),
        ],
        id=Id.THEME_PROVIDER,
        theme={
            "fontFamily": "inherit",
            "defaultRadius": 6,
            "primaryColor": "accent",
            "colors": {"accent": _ACCENT},
            "primaryShade": {"light": 6, "dark": 4},
            "autoContrast": True,
        },
        forceColorScheme="light",
    )


_ACCENT = ["#eaf3fd", "#d3e5f8", "#a6cbf2", "#79b0ea", "#6cb2ff", "#2f7fd6", "#0b62c4", "#0957ae", "#074a95", "#053d7c"]


def _header() -> Component:
    menu = dmc.Menu(
        [
            # Mantine's wrapper says that it opens a menu: so it must be the button, and not hold one.
            dmc.MenuTarget(
                "Lessons ▾", boxWrapperProps={"component": "button", "type": "button", "className": "lessons"}
            ),
            dmc.MenuDropdown(
                # It scrolls, also by the arrow keys of whoever does not go through it entry by entry.
                html.Div(
                    list(_lessons()), className="lesson-menu", tabIndex=0, role="group", **{"aria-label": "Lessons"}
                )
            ),
        ],
        position="bottom-start",
    )
    return html.Header(
        [
            html.A([glyph("mark"), html.Span("Landscape", className="name")], href="/", className="mark"),
            menu,
            html.H1("Computing the first picture.", id=Id.SENTENCE, className="sentence"),
            _step_in_time(Id.UNDO, "Undo", "Ctrl+Z"),
            _step_in_time(Id.REDO, "Redo", "Ctrl+Shift+Z"),
            dmc.Button("Share", id=Id.SHARE, variant="subtle", size="sm"),
            dmc.ActionIcon(glyph("sun"), id=Id.THEME_BUTTON, variant="subtle", size=36,
                           **{"aria-label": "Light or dark"}),
        ],
        className="header",
    )  # fmt: skip


def _step_in_time(id_: str, label: str, keys: str) -> Component:
    """Undo or redo; ``assets/history.js`` says whether there is anything to."""
    return dmc.ActionIcon(glyph(id_), id=id_, variant="subtle", size=36, disabled=True,
                          attributes={"root": {"title": f"{label} ({keys})"}}, **{"aria-label": label})  # fmt: skip


def _lessons() -> Iterator[Component]:
    for title, names in lesson_groups().items():
        yield dmc.MenuLabel(title)
        yield from (dmc.MenuItem(lesson_title(name), id=ids.lesson(name)) for name in names)


def _rail() -> Component:
    questions = [("What is minimised?", Id.WHAT), ("Where do we look?", Id.WHERE), ("Who walks?", Id.WHO)]
    return html.Aside(
        [
            html.Div(
                html.Button([glyph("rail"), html.Span("Controls", className="rail-word")], id=Id.RAIL_BUTTON,
                            className="rail-button", title="Show or hide the controls"),
                className="rail-head",
            ),
            *(html.Section([html.H2(title), html.Div(id=id_, className="stack")]) for title, id_ in questions),
        ],
        id=Id.RAIL,
        className="rail",
        **{"aria-label": "Controls"},
    )  # fmt: skip


def _stage() -> Component:
    progress = html.Div(
        [
            html.Div(html.Div(id=Id.PROGRESS, className="bar"), className="track"),
            html.Span("", id=Id.PROGRESS_WORD, className="progress-word", role="status"),
            dmc.ActionIcon(glyph("cancel"), id=Id.CANCEL, variant="subtle", size=24, className="cancel",
                           **{"aria-label": "Stop computing"}),
        ],
        className="progress",
    )  # fmt: skip
    return html.Main(
        [
            html.Div(id=Id.ALARM, className="alarm", role="alert"),
            html.Div(id=Id.NOTICES, className="notices"),
            html.Div(id=Id.WHY, className="why", role="status"),
            html.Div([progress, surface_view.layout(), contour_view.layout()], className="landscape"),
            transport.layout(),
            transport.facts(),
            tabs.head(),
            html.Div([tabs.layout(), words.layout()], className="below"),
        ],
        className="stage",
    )


def register(app: Dash) -> None:
    """Hand the stream, undo and redo, the theme, the rail and sharing to the browser."""
    transport.register(app)
    tabs.register(app)
    app.clientside_callback(
        ClientsideFunction("stream", "open"),
        Input(Id.SCENE, "data"),
        State(Id.LOCATION, "search"),
        prevent_initial_call=True,
    )
    for way in (Id.UNDO, Id.REDO):
        app.clientside_callback(ClientsideFunction("history", way), Input(way, "n_clicks"), prevent_initial_call=True)
    app.clientside_callback(
        ClientsideFunction("stream", "toggle"), Input(Id.CANCEL, "n_clicks"), prevent_initial_call=True
    )
    app.clientside_callback(
        ClientsideFunction("page", "theme"),
        Output(Id.THEME_PROVIDER, "forceColorScheme"),
        Output(Id.THEME, "data"),
        Input(Id.THEME_BUTTON, "n_clicks"),
        State(Id.THEME, "data"),
    )
    app.clientside_callback(ClientsideFunction("page", "tab"), Input(Id.TABS, "value"))
    app.clientside_callback(
        ClientsideFunction("page", "reveal"), Input(ids.ALL_FIELDS, "error"), prevent_initial_call=True
    )
    app.clientside_callback(ClientsideFunction("page", "share"), Input(Id.SHARE, "n_clicks"), prevent_initial_call=True)
    app.clientside_callback(
        ClientsideFunction("page", "rail"), Input(Id.RAIL_BUTTON, "n_clicks"), prevent_initial_call=True
    )
    app.clientside_callback(
        ClientsideFunction("page", "fit"), Input(ids.ALL_ACTIONS, "n_clicks"), prevent_initial_call=True
    )
