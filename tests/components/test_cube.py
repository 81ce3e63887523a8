"""The form of a cube: what is said before it runs, the link that runs it, and what forged requests get."""

from __future__ import annotations

from typing import Any

import pytest
from dash import Dash, dcc

import landscape as ls
from components.controls import begin, cube
from components.controls.cube import offer
from components.ids import Id
from components.link import Opened, View, read_address

SCENE = ls.Scene.from_query("model.hidden=4,3&data.samples=20&runs.0.starts=0,0")


def offered(values: list[Any], scene: ls.Scene = SCENE, run: int = 0, view: View | None = None) -> list[Any]:
    return offer(Opened(scene, scene, view or View(), []), run, values)


def test_the_budget_is_said_beside_the_link_that_runs_it() -> None:
    said, link = offered(["5", "0,5", "3", ""], view=View(colours="viridis", step=3))
    assert said.children == "5^3 = 125 losses on 20 samples, less than 0.1 s."
    assert isinstance(link, dcc.Link)
    opened = read_address(link.href)
    (run,) = opened.scene.runs
    assert run.starts == (ls.Cube(5, 0.5, 3),)
    assert run.trains == "all"
    assert opened.view == View(colours="viridis")
    (path,) = ls.descend(opened.scene)
    assert path.loss[0] == pytest.approx(ls.cube_start(opened.scene).loss)
    assert read_address(offered(["3", "1", "2", "W3"])[1].href).scene.runs[0].cube == ls.Cube(3, 1.0, 2, "W3")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (["10", "1", "6", ""], "Got 10^6 = 1,000,000."),
        (["three", "1", "2", ""], "vertices an axis (2 to 101)"),
        (["3", "1", "2", "W9"], "of W1, W2, W3. Got W9."),
        (["3", "1;lattice,5", "2", ""], "half width"),
        ([None, 5, [], {}], "Starts "),
        ([], "Starts "),
        (["9" * 5000, "1", "2", "\0"], "Starts "),
    ],
)
def test_what_cannot_run_is_said_and_has_no_link(values: list[Any], sentence: str) -> None:
    (said,) = offered(values)
    assert sentence in said.children
    assert len(said.children) < 300


def test_a_run_that_is_not_there_has_no_offer() -> None:
    assert offered(["3", "1", "2", ""], run=7) == []
    assert offered(["3", "1", "2", ""], run=-1) == []


def test_each_run_has_a_form_that_fits_its_model() -> None:
    two = ls.Scene.from_query("model.kind=function&model.name=ravine&runs.1.steps=5")
    assert str(begin.offers(two, View())).count("Search a cube") == 1, "the second begins where the first does"
    own = ls.revise(two, {"race.starts": "own"}).scene
    assert own is not None
    text = str(begin.offers(own, View()))
    assert "start of run 1" in text
    assert "start of run 2" in text
    assert "3^2 = 9 losses, less than 0.1 s." in text


def test_the_budget_follows_what_is_typed_and_forged_requests_are_answered() -> None:
    app = Dash(__name__, suppress_callback_exceptions=True)
    app.layout = []
    cube.register(app)
    app._setup_server()  # type: ignore[no-untyped-call]
    (output,) = app.callback_map
    client, place = app.server.test_client(), {"run": 0, "type": "cube-offer"}
    for values, shown, want in [
        (["5", "1", "4", ""], {"search": "?data.samples=20"}, "5^4 = 625 losses on 20 samples"),
        (["99", "1", "4", ""], {"search": "?data.samples=20"}, "100,000 vertices at most"),
        ([None, {}, 5, True], "forged", "Starts "),
    ]:
        fields = [{"run": 0, "name": name, "type": "cube"} for name in cube.FIELDS]
        inputs = [{"id": id_, "property": "value", "value": value} for id_, value in zip(fields, values, strict=True)]
        body = {
            "output": output, "outputs": {"id": place, "property": "children"}, "inputs": inputs,
            "state": [{"id": place, "property": "id", "value": place},
                      {"id": Id.SCENE, "property": "data", "value": shown}],
            "changedPropIds": ['{"name":"per_axis","run":0,"type":"cube"}.value'],
        }  # fmt: skip
        answer = client.post("/_dash-update-component", json=body)
        assert answer.status_code == 200, answer.text
        assert want in answer.text
