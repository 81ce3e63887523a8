"""Controls to a scene, and a scene to controls and the address: the one place where a new scene is agreed on."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import Any, NamedTuple

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, html, no_update
from dash.development.base_component import Component
from pydantic import ValidationError

from components import ids
from components.controls import rail, table
from components.controls.actions import ACTIONS
from components.controls.button import at_end
from components.controls.field import as_typed, texts
from components.controls.fitting import fitted
from components.ids import Id
from components.link import Opened, TabName, View, address, lacking, read_address
from components.other import other
from components.several import fault
from components.views import tabs
from components.visitor import mine
from landscape import Engine, LandscapeError, Scene, Table, fetch, flatten, follows, revise


class Settled(NamedTuple):
    """What the page is told; ``no_update`` where it stays."""

    scene: Any
    search: Any
    what: Any
    where: Any
    who: Any
    notices: Any
    tabs: Any
    tab: Any
    errors: list[Any]


def register(app: Dash, engine: Engine) -> None:
    """Whenever the address, a lesson, a button or a field asks for another scene."""
    downloading = Lock()

    @app.callback(
        Output(Id.SCENE, "data"),
        Output(Id.LOCATION, "search"),
        Output(Id.WHAT, "children"),
        Output(Id.WHERE, "children"),
        Output(Id.WHO, "children"),
        Output(Id.NOTICES, "children"),
        Output(Id.TABS, "children"),
        Output(Id.TABS, "value"),
        Output(ids.ALL_FIELDS, "error"),
        Input(Id.BEGUN, "data"),
        Input(Id.LOCATION, "search"),
        Input({"type": "lesson", "name": ALL}, "n_clicks"),
        Input(ids.ALL_ACTIONS, "n_clicks"),
        Input(Id.TABS, "value"),
        Input(Id.TABLE, "data"),
        Input(ids.ALL_FIELDS, "value"),
        State(ids.ALL_FIELDS, "id"),
        State(Id.SCENE, "data"),
        prevent_initial_call=True,
    )
    def settle(
        begun: Any,
        search: Any,
        _lessons: Any,
        _clicks: Any,
        tab: TabName,
        sent: Any,
        values: list[Any],
        places: list[Any],
        shown: Any,
    ) -> tuple[Any, ...]:
        asked, stay = ctx.triggered_id, _stay([no_update] * len(values))
        if not begun:
            return stay
        opened = read_address(_text(shown.get("search")) if isinstance(shown, dict) else "")
        if asked == Id.TABS:
            wanted = texts(values, places, as_typed(opened.scene))
            return _turned(opened, tab, wanted, places, stay)
        if asked == Id.TABLE:
            made = table.arrived(opened, sent.get("data") if isinstance(sent, dict) else None)
            return stay if made is None else _show(made, stay)
        if not isinstance(asked, dict):  # the address, or the page has just been opened
            return stay if shown == {"search": search} else _arrived(_text(search), stay)
        if asked["type"] == "field":
            return _revised(opened, texts(values, places, as_typed(opened.scene)), places)
        if not ctx.triggered[0]["value"]:  # a button that has just come into being
            return stay
        if asked["type"] == "lesson":
            return _show(read_address(f"lesson={asked['name']}"), stay)
        return _act(asked, engine, opened, stay, downloading)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _show(opened: Opened, stay: Settled, run: int | None = None) -> Settled:
    """A scene that was opened: everything on the rail is made anew, with the controls of ``run`` unfolded."""
    search = address(opened.asked, opened.view)
    return Settled(
        {"search": search},
        search,
        rail.what(opened.scene, opened.view),
        rail.where(opened.scene, opened.view),
        rail.who(opened.scene, opened.view, run),
        notices(
            opened.notices,
            offer_fetch=opened.lacks_data and _can_be_fetched(opened.asked),
            offer_file=opened.lacks_data and isinstance(opened.asked.data, Table),
        ),
        tabs.strip(opened.scene),
        tabs.shown(opened.scene, opened.view),
        stay.errors,
    )


def _arrived(search: str, stay: Settled) -> Settled:
    """What an address asks for. It stays as it is, or the browser would add an entry to its history and forget those
    that may be gone on to; ``assets/history.js`` puts the scene's own in its place.
    """
    return _show(read_address(search), stay)._replace(search=search)


def _stay(errors: list[Any]) -> Settled:
    """The scene as it is, with these errors under the fields."""
    return Settled(*[no_update] * 8, errors)


def _turned(opened: Opened, tab: TabName, wanted: Mapping[str, str], places: list[Any], stay: Settled) -> Settled:
    """Another tab: another look at the same numbers.

    A field that was changed a moment ago may still be on its way to the page's scene: it is taken along, and the tab
    said again where the answer to that field may have opened another.
    """
    if tab == tabs.shown(opened.scene, opened.view):
        return stay
    turned = opened._replace(view=opened.view.model_copy(update={"tab": tab}))
    told = _revised(turned, wanted, places)
    if told.search is not no_update:
        return told._replace(tab=tab if told.tab is no_update else told.tab)
    search = address(turned.asked, turned.view)
    return stay._replace(scene={"search": search}, search=search)


def _act(button: Mapping[str, Any], engine: Engine, opened: Opened, stay: Settled, downloading: Lock) -> Settled:
    """A button on the rail, beside the table or in a notice."""
    try:
        if button["name"] == "fetch":
            return _fetched(opened, stay, downloading)
        action = ACTIONS.get(button["name"])
        made = action(engine, opened.scene, opened.view, button["index"]) if action else None
        if made is None:
            return stay
        if mine(made.scene) == opened.scene:  # another look: what was asked for stays
            made = opened._replace(view=made.view)
        joined = len(made.scene.runs) - 1 if len(made.scene.runs) > len(opened.scene.runs) else None
        return _show(made, stay, joined)
    except (LandscapeError, ValueError) as error:
        return stay._replace(notices=notices([str(error)]))


def _fetched(opened: Opened, stay: Settled, downloading: Lock) -> Settled:
    """The scene that was asked for, once its files are here."""
    if not downloading.acquire(blocking=False):
        return stay._replace(notices=notices(["The download is under way. It may take a minute."]))
    try:
        fetch("mnist")
    finally:
        downloading.release()
    return _show(read_address(address(opened.asked, opened.view)), stay)


def _can_be_fetched(scene: Scene) -> bool:
    """Whether the scene's files can be downloaded from here."""
    return hasattr(scene.data, "fetch")


def _revised(opened: Opened, wanted: Mapping[str, str], places: list[Any]) -> Settled:
    """Fields that were changed: the new scene, or what is wrong under the field that is."""
    scene, flat = opened.scene, flatten(opened.scene)
    changes = {key: text for key, text in wanted.items() if key in flat and flat[key] != text}
    view, errors = _looked(opened.view, wanted)
    changes, unreadable = table.completed(scene, changes)
    changes, instead = fitted(scene, changes)
    revision = revise(scene, changes)
    if view.other != opened.view.other and view.other:
        errors |= dict.fromkeys(["view.other"] if (wrong := other(scene, view).errors) else [], "".join(wrong.values()))
    errors |= revision.errors | unreadable
    if revision.scene is not None and "data.kind" in changes and (lack := lacking(revision.scene)):
        errors["data.kind"] = lack
    stay = _stay([errors.get(place["key"]) if place["part"] == 0 else None for place in places])
    if errors or revision.scene is None:
        offers = revision.scene is not None and "data.kind" in errors and _can_be_fetched(revision.scene)
        return stay._replace(notices=notices([], offer_fetch=True)) if offers else stay
    after = mine(revision.scene)
    if view.several != opened.view.several and (wrong := fault(after, view.several)):
        return _stay([wrong if place["key"] == "view.several" else None for place in places])
    if after == scene and view == opened.view:
        return stay
    if after != scene or view.axis != opened.view.axis:
        view = at_end(view)
    if _others_moved(flat, flatten(after), changes) or changes.keys() & set(table.READING):
        made = Opened(after, after, view, [*instead, *revision.notices])
        told = _show(made, _stay([no_update] * len(places)), _run_of(changes))
        return _strip_kept(told, opened, after, view)
    search = address(after if after != scene else opened.asked, view)
    stay = stay._replace(scene={"search": search}, search=search, notices=notices([]))
    return _strip_kept(stay, opened, after, view)


def _strip_kept(told: Settled, before: Opened, after: Scene, view: View) -> Settled:
    """The strip stays where it may: one that is put in its place between press and release takes no click."""
    same = tabs.names(after) == tabs.names(before.scene)
    opened = tabs.shown(after, view)
    stays = same and opened == tabs.shown(before.scene, before.view)
    return told._replace(tabs=no_update if same else tabs.strip(after), tab=no_update if stays else opened)


def _looked(view: View, wanted: Mapping[str, str]) -> tuple[View, dict[str, str]]:
    """The look that the fields ask for, or what is wrong with it."""
    looks = {key.removeprefix("view."): text for key, text in wanted.items() if key.startswith("view.")}
    try:
        return View.model_validate(view.model_dump() | looks), {}
    except ValidationError as error:
        return view, {f"view.{line['loc'][0]}": line["msg"] for line in error.errors()}


def _others_moved(before: Mapping[str, str], after: Mapping[str, str], changes: Mapping[str, str]) -> bool:
    """Whether fields on the rail moved that the reader did not touch, so that it must be made anew."""
    old, new = ({key: text for key, text in flat.items() if not follows(key, flat)} for flat in (before, after))
    return old.keys() != new.keys() or any(old[key] != new[key] for key in old if key not in changes)


def _run_of(changes: Mapping[str, str]) -> int | None:
    """The run whose fields were changed, or None."""
    numbers = [int(key.split(".")[1]) for key in changes if key.startswith("runs.")]
    return numbers[0] if numbers else None


def notices(sentences: list[str], *, offer_fetch: bool = False, offer_file: bool = False) -> list[Component]:
    """Sentences above the pictures, and a button where the MNIST files can be fetched or a file is to be chosen."""
    told: list[Component] = [html.P(sentence) for sentence in sentences]
    if offer_fetch:
        told.append(dmc.Button("Download MNIST (11 MB)", id=ids.action("fetch"), variant="default", size="compact-sm"))
    if offer_file:
        told.append(table.chooser())
    return [html.Div(told, className="notice", role="status")] if told else []
