"""The callback behind the controls as a browser calls it, and as somebody who forges its requests does."""

from __future__ import annotations

from typing import Any

import pytest
from dash import Dash
from flask.testing import FlaskClient

import landscape as ls
from components.controls import settle
from components.ids import Id, action, field, lesson
from components.link import read_address


class Page:
    """A page that shows a scene: what it is told when something on it changes."""

    def __init__(self) -> None:
        app = Dash(__name__, suppress_callback_exceptions=True)
        app.layout = []
        settle.register(app, ls.Engine())
        app._setup_server()  # type: ignore[no-untyped-call]
        (self.output,) = app.callback_map
        self.client: FlaskClient = app.server.test_client()

    def tell(self, changed: str, *, search: Any = "", shown: Any = None, clicks: Any = 1, begun: Any = True,
             values: dict[str, Any] | None = None, tab: str = "curve") -> dict[str, Any] | None:  # fmt: skip
        """The callback's answer, id -> property -> value; None where nothing moves.

        Args:
            changed: what triggers it: "search", "tab", "lesson", "action" or the key of a field.
            search: of the address.
            shown: what the store holds.
            clicks: on the button.
            begun: whether the first picture is drawn.
            values: of the fields.
            tab: which is open.
        """
        values = values or {}
        name = changed.partition(":")[2] or "ravine"
        buttons = {kind: {"id": make(name), "property": "n_clicks", "value": clicks}
                   for kind, make in (("lesson", lesson), ("action", action))}  # fmt: skip
        fields = [{"id": field(key), "property": "value", "value": value} for key, value in values.items()]
        kind = changed.partition(":")[0]
        if kind == "search":
            prop = f"{Id.LOCATION}.search"
        elif kind == "tab":
            prop = f"{Id.TABS}.value"
        elif kind in buttons:
            prop = f"{_written(buttons[kind]['id'])}.n_clicks"
        else:
            prop = f"{_written(field(changed))}.value"
        body = {
            "output": self.output,
            "outputs": [
                *({"id": id_, "property": prop_} for id_, prop_ in (
                    (Id.SCENE, "data"), (Id.LOCATION, "search"), (Id.WHAT, "children"), (Id.WHERE, "children"),
                    (Id.WHO, "children"), (Id.NOTICES, "children"), (Id.TABS, "children"), (Id.TABS, "value"))),
                [{"id": field(key), "property": "error"} for key in values],
            ],
            "inputs": [
                {"id": Id.BEGUN, "property": "data", "value": begun},
                {"id": Id.LOCATION, "property": "search", "value": search},
                [buttons["lesson"]],
                [buttons["action"]],
                {"id": Id.TABS, "property": "value", "value": tab},
                {"id": Id.TABLE, "property": "data", "value": None},
                fields,
            ],
            "state": [
                [{"id": place["id"], "property": "id", "value": place["id"]} for place in fields],
                {"id": Id.SCENE, "property": "data", "value": shown},
            ],
            "changedPropIds": [prop],
        }  # fmt: skip
        answer = self.client.post("/_dash-update-component", json=body)
        assert answer.status_code in (200, 204), answer.text
        return answer.get_json()["response"] if answer.status_code == 200 else None


def _written(id_: dict[str, Any]) -> str:
    """An id as a browser writes it: its keys in order."""
    items = (
        f'"{key}":' + (f'"{value}"' if isinstance(value, str) else str(value)) for key, value in sorted(id_.items())
    )
    return "{" + ",".join(items) + "}"


@pytest.fixture(scope="module")
def page() -> Page:
    return Page()


def test_the_controls_wait_for_the_first_picture(page: Page) -> None:
    assert not page.tell("search", search="?lesson=ravine", begun=None)


def test_an_address_opens_its_scene(page: Page) -> None:
    told = page.tell("search", search="?lesson=ravine")
    assert told is not None
    assert told["scene"]["data"] == {"search": "?lesson=ravine"}
    assert told["location"]["search"] == "?lesson=ravine"
    assert "ravine" in str(told["what"]["children"])


def test_the_address_of_what_is_shown_moves_nothing(page: Page) -> None:
    assert not page.tell("search", search="?lesson=ravine", shown={"search": "?lesson=ravine"})


def test_a_lesson_opens(page: Page) -> None:
    told = page.tell("lesson:valley", shown={"search": "?lesson=ravine"})
    assert told is not None
    assert told["scene"]["data"] == {"search": "?lesson=valley"}


def test_a_button_that_has_just_come_into_being_moves_nothing(page: Page) -> None:
    for clicks in (None, 0):
        assert not page.tell("lesson:valley", clicks=clicks, shown={"search": ""})
        assert not page.tell("action:suggest", clicks=clicks, shown={"search": ""})


def test_a_tab_is_another_look_at_the_same_scene(page: Page) -> None:
    """The scene's part of the address stays, so that the slider stays where it is and nothing is computed anew."""
    shown = {"search": "?lesson=vanishing-gradient"}
    told = page.tell("tab", shown=shown, tab="curve")
    assert told is not None
    assert told["scene"]["data"] == {"search": "?lesson=vanishing-gradient&view.tab=curve"}
    assert set(told) == {"scene", "location"}  # neither the rail nor the strip is made anew
    assert not page.tell("tab", shown=shown, tab="norms")  # it is open


def test_a_field_leaves_the_strip_alone_so_that_a_click_on_it_meets_the_same_tab(page: Page) -> None:
    shown = {"search": "?lesson=batch-surface"}
    told = page.tell("data.samples", shown=shown, values={"data.samples": "9"})
    assert told is not None
    assert "data.samples=9" in told["scene"]["data"]["search"]
    assert "tabs" not in told


def test_a_tab_takes_along_the_field_that_is_still_being_settled(page: Page) -> None:
    told = page.tell("tab", shown={"search": "?lesson=batch-surface"}, tab="rates", values={"data.samples": "9"})
    assert told is not None
    search = told["scene"]["data"]["search"]
    assert dict(ls.flatten(read_address(search).scene))["data.samples"] == "9"
    assert "view.tab=rates" in search
    assert told["tabs"] == {"value": "rates"}
    wrong = page.tell("tab", shown={"search": "?lesson=batch-surface"}, tab="rates", values={"data.samples": "-9"})
    assert wrong is not None
    assert wrong["scene"]["data"] == {"search": "?lesson=batch-surface&view.tab=rates"}


def test_the_strip_has_the_tabs_that_suit_the_scene(page: Page) -> None:
    shown = {"search": "?lesson=vanishing-gradient"}
    told = page.tell("runs.0.trains", shown=shown, values={"runs.0.trains": "plane", "plane.origin": "initial"})
    assert told is not None
    assert "Gradient norms" not in str(told["tabs"]["children"])
    assert told["tabs"]["value"] == "curve"
    opened = page.tell("search", search="?lesson=vanishing-gradient")
    assert opened is not None
    assert "Gradient norms" in str(opened["tabs"]["children"])
    assert opened["tabs"]["value"] == "norms"


def test_a_field_changes_the_scene_that_is_shown(page: Page) -> None:
    told = page.tell("runs.0.optimizer.lr", shown={"search": "?lesson=ravine"}, values={"runs.0.optimizer.lr": "0.05"})
    assert told is not None
    assert told["scene"]["data"] == {"search": told["location"]["search"]}
    assert "runs.0.optimizer.lr=0.05" in told["location"]["search"]
    assert "what" not in told


def test_a_descent_is_added_where_nobody_walks(page: Page) -> None:
    told = page.tell("action:walk", shown={"search": "?model.kind=function&runs=none"})
    assert told is not None
    assert "runs=none" not in told["scene"]["data"]["search"]
    assert "runs.0.optimizer.lr" in str(told["who"]["children"])


FORGED_SEARCHES = [None, 5, ["?lesson=ravine"], {"a": 1}, True, "%00?&&=\0"]


@pytest.mark.parametrize("forged", [None, 5, "text", [], {}, True, *({"search": forged} for forged in FORGED_SEARCHES)])
def test_a_forged_store_is_the_default_scene(page: Page, forged: Any) -> None:
    values = {"runs.0.optimizer.lr": "7"}
    told = page.tell("runs.0.optimizer.lr", shown=forged, values=values)
    assert told is not None
    assert told["scene"]["data"] == {"search": "?runs.0.optimizer.lr=7"}
    opened = page.tell("lesson:valley", shown=forged)
    assert opened is not None
    assert opened["scene"]["data"] == {"search": "?lesson=valley"}


@pytest.mark.parametrize("forged", [None, 5, [], {"a": 1}, True, 1.5])
def test_a_forged_address_is_the_default_scene(page: Page, forged: Any) -> None:
    told = page.tell("search", search=forged, shown={"search": "?lesson=ravine"})
    assert told is not None
    assert told["scene"]["data"] == {"search": ""}


@pytest.mark.parametrize("forged", [None, 5, [], {"a": 1}, True, "", "pink", "\0", "x" * 10_000])
def test_a_forged_look_is_an_error_under_its_field(page: Page, forged: Any) -> None:
    told = page.tell("view.colours", shown={"search": ""}, values={"view.colours": forged})
    assert told is not None
    assert list(told) == [_written(field("view.colours"))]
    (error,) = (answer["error"] for answer in told.values())
    assert "cividis" in error
    assert len(error) < 300


@pytest.mark.parametrize("forged", [None, 5, [], {"a": 1}, "", "\0", "9" * 10_000])
def test_a_forged_value_is_an_error_under_its_field(page: Page, forged: Any) -> None:
    told = page.tell("runs.0.steps", shown={"search": ""}, values={"runs.0.steps": forged})
    assert told is not None
    assert list(told) == [_written(field("runs.0.steps"))]
    (error,) = (answer["error"] for answer in told.values())
    assert error.startswith("Steps ")
    assert len(error) < 300


def test_a_field_that_the_scene_does_not_have_moves_nothing(page: Page) -> None:
    for key in ("no.such.field", "__class__", "view.__class__"):
        told = page.tell(key, shown={"search": ""}, values={key: "1"})
        assert "scene" not in (told or {})
        assert "location" not in (told or {})


def test_a_button_that_nobody_knows_moves_nothing(page: Page) -> None:
    assert not page.tell("action:forged", shown={"search": ""})


def test_a_lesson_that_nobody_knows_is_said(page: Page) -> None:
    told = page.tell("lesson:nowhere", shown={"search": "?lesson=ravine"})
    assert told is not None
    assert told["scene"]["data"] == {"search": ""}
    assert "nowhere" in str(told["notices"]["children"])
