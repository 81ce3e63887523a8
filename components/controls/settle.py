"""Controls to a scene, and a scene to controls and the address: the one place where a new scene is agreed on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, html, no_update
from dash.development.base_component import Component

from components import ids
from components.controls import rail
from components.controls.field import texts
from components.ids import Id
from components.link import Opened, View, address, on_hand, read_address
from landscape import DataError, Engine, Scene, fetch, flatten, revise, suggest_pair


class Settled(NamedTuple):
    """What the page is told; ``no_update`` where it stays."""

    scene: Any
    search: Any
    what: Any
    where: Any
    who: Any
    notices: Any
    errors: list[Any]


def register(app: Dash, engine: Engine) -> None:
    """Whenever the address, a lesson, a button or a field asks for another scene."""
    fields = {"type": "field", "key": ALL, "part": ALL}

    @app.callback(
        Output(Id.SCENE, "data"),
        Output(Id.LOCATION, "search"),
        Output(Id.WHAT, "children"),
        Output(Id.WHERE, "children"),
        Output(Id.WHO, "children"),
        Output(Id.NOTICES, "children"),
        Output(fields, "error"),
        Input(Id.LOCATION, "search"),
        Input({"type": "lesson", "name": ALL}, "n_clicks"),
        Input({"type": "action", "name": ALL}, "n_clicks"),
        Input(fields, "value"),
        State(fields, "id"),
        State(Id.SCENE, "data"),
    )
    def settle(
        search: str, _lessons: list[int], _clicks: list[int], values: list[Any], places: list[Any], shown: Any
    ) -> tuple[Any, ...]:
        asked = ctx.triggered_id
        if shown is None or asked is None or asked == Id.LOCATION:
            if shown is not None and search == shown["search"]:
                return _stay(len(values))
            return _show(read_address(search), len(values))
        scene, view, *_ = read_address(shown["search"])
        match asked.get("type"):
            case "lesson" if ctx.triggered[0]["value"]:
                return _show(read_address(f"lesson={asked['name']}"), len(values))
            case "action" if ctx.triggered[0]["value"]:
                return _act(asked["name"], engine, scene, view, len(values))
            case "field":
                return _revised(scene, view, texts(values, places), places)
        return _stay(len(values))


def _show(opened: Opened, controls: int) -> Settled:
    """A scene that was opened: everything on the rail is made anew."""
    scene, view = opened.scene, opened.view
    search = address(scene, view)
    return Settled(
        {"search": search},
        search,
        rail.what(scene),
        rail.where(scene, view),
        rail.who(scene),
        notices(opened.notices, offer_fetch=opened.lacks_data),
        [no_update] * controls,
    )


def _stay(controls: int) -> Settled:
    return Settled(*[no_update] * 6, [no_update] * controls)


def _act(name: str, engine: Engine, scene: Scene, view: View, controls: int) -> Settled:
    """A button on the rail or in a notice."""
    try:
        match name:
            case "suggest":
                lively = Opened(suggest_pair(engine, scene, seed=_seed(scene)), _at_end(view), [], lacks_data=False)
                return _show(lively, controls)
            case "fetch":
                fetch("mnist")
                said = "MNIST is here now. Open the lesson or choose the data again."
                return _stay(controls)._replace(notices=notices([said]))
    except (DataError, ValueError) as error:
        return _stay(controls)._replace(notices=notices([str(error)]))
    return _stay(controls)


def _seed(scene: Scene) -> int:
    """Another for every scene, so that each suggestion leads on to another; the same for the same."""
    return int(scene.slice_digest[:8], 16)


def _revised(scene: Scene, view: View, wanted: Mapping[str, str], places: list[Any]) -> Settled:
    """Fields that were changed: the new scene, or what is wrong under the field that is."""
    flat = flatten(scene)
    changes = {key: text for key, text in wanted.items() if key in flat and flat[key] != text}
    looks = {key.removeprefix("view."): text for key, text in wanted.items() if key.startswith("view.")}
    before = address(scene, view)
    view = View.model_validate(view.model_dump() | looks)
    revision = revise(scene, changes)
    errors = revision.errors
    if revision.scene is not None and (missing := _missing(revision.scene, changes)):
        errors = {"data.kind": missing}
    under = [errors.get(place["key"]) if place["part"] == 0 else None for place in places]
    if errors or revision.scene is None:
        offer = notices([], offer_fetch=True) if "data.kind" in errors else no_update
        return _stay(0)._replace(errors=under, notices=offer)
    after = revision.scene
    if after != scene:
        view = _at_end(view)
    search = address(after, view)
    if search == before:
        return _stay(0)._replace(errors=under)
    if _others_moved(flat, flatten(after), changes):
        return _show(Opened(after, view, revision.notices, lacks_data=False), len(places))
    return _stay(0)._replace(scene={"search": search}, search=search, errors=under, notices=notices([]))


def _at_end(view: View) -> View:
    """The same look with the slider at the end, where a new scene begins."""
    return view.model_copy(update={"step": None})


def _missing(scene: Scene, changes: Mapping[str, str]) -> str | None:
    return on_hand(scene)[1][0] if "data.kind" in changes and on_hand(scene)[1] else None


def _others_moved(before: Mapping[str, str], after: Mapping[str, str], changes: Mapping[str, str]) -> bool:
    """Whether fields moved that the reader did not touch, so that the rail must be made anew."""
    return before.keys() != after.keys() or any(before[key] != after[key] for key in before if key not in changes)


def notices(sentences: list[str], *, offer_fetch: bool = False) -> list[Component]:
    """Sentences above the pictures, and a button where the MNIST files can be fetched."""
    told: list[Component] = [html.P(sentence) for sentence in sentences]
    if offer_fetch:
        told.append(dmc.Button("Download MNIST (11 MB)", id=ids.action("fetch"), variant="default", size="compact-sm"))
    return [html.Div(told, className="notice", role="status")] if told else []
