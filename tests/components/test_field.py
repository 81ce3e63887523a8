"""Every field of every registered kind has a control with a label, and its text comes back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from dash.development.base_component import Component

import landscape as ls
from components.controls import rail
from components.controls.field import texts
from components.link import View
from landscape.datasets import datasets
from landscape.models import models
from landscape.optimizers import optimizers
from landscape.planes import planes


def scenes() -> Iterator[Any]:
    """A scene for each registered kind, and some whose values are unusual."""
    for kind in models.names():
        yield pytest.param({"model": {"kind": kind}}, id=f"model-{kind}")
    for kind in datasets.names():
        yield pytest.param({"data": {"kind": kind}}, id=f"data-{kind}")
    for kind in planes.names():
        yield pytest.param({"plane": {"kind": kind}}, id=f"plane-{kind}")
    for kind in optimizers.names():
        yield pytest.param({"runs": [{"optimizer": {"kind": kind}}]}, id=f"optimizer-{kind}")
    starts = ["initial", [1, -2.5], [1e-7, 1e9]]
    yield pytest.param({"runs": [{"starts": starts}, {"starts": [[0, 0]], "batch": 3}]}, id="two-runs")
    yield pytest.param({"runs": [{}, {}, {}], "race": {"budget": "epochs", "amount": 3}}, id="race")
    yield pytest.param({"model": {"hidden": []}, "runs": []}, id="no-layers-no-runs")
    bias = {"plane": {"first": ["b3", 7], "second": ["W1", 3, 60]}, "model": {"bias": True, "l2": 1e-5}}
    yield pytest.param(bias, id="bias")
    yield pytest.param({"grid": {"a": [-1e9, 1e-9], "b": [0.1, 0.30000000000000004]}}, id="ranges")


@pytest.fixture(params=list(scenes()))
def scene(request: pytest.FixtureRequest) -> ls.Scene:
    return ls.Scene.model_validate(request.param)


def controls(scene: ls.Scene) -> list[Component]:
    """Every input on the rail."""
    parts = [*rail.what(scene), *rail.where(scene, View()), *rail.who(scene)]
    everything = [found for part in parts for found in [part, *part._traverse()]]
    return [found for found in everything if isinstance(getattr(found, "id", None), dict) and "key" in found.id]


def looks(scene: ls.Scene) -> set[str]:
    """The page's own fields: arrows of a step and what is counted, where somebody walks; batches where steps see a part
    of the samples; what is compared where there are other samples, and what is beside each other.
    """
    looked = {"view.colours"}
    if scene.runs:
        looked |= {"view.arrows", "view.axis", "view.target"}
    if scene.data is not None and scene.grid.b is not None:
        if any(run.batch for run in scene.runs):
            looked.add("view.batch")
        if scene.data.available > 1 or hasattr(scene.data, "split"):
            looked |= {"view.other", "view.heights"}
    several = len(ls.directions(scene))
    if several and scene.data is not None:
        looked.add("view.several")
    return looked | ({"view.clip"} if several > 1 else set())


def is_asked(key: str, scene: ls.Scene) -> bool:
    """Whether the page asks for a field: what runs have in common where there are several, and what says something.

    What is read from a file of the visitor's is not asked for.
    """
    match key.split("."):
        case ["data", name]:
            return not (type(scene.data).model_fields[name].json_schema_extra or {}).get("derived")
        case ["runs", number, name, *_]:
            return name not in scene.runs[int(number)].idle
    if not key.startswith("race."):
        return True
    idle = {"race.amount": scene.race.budget == "own", "race.batches": scene.data is None}
    return len(scene.runs) > 1 and not idle.get(key)


def spoken(control: Component) -> str:
    """What a screen reader calls a control."""
    return (getattr(control, "inputProps", None) or {}).get("aria-label") or getattr(control, "label", "") or ""


def test_every_field_has_a_control(scene: ls.Scene) -> None:
    keys = {control.id["key"] for control in controls(scene)}
    wanted = ls.flatten(scene)
    if scene.data is None:  # over x and y there is nothing to choose
        wanted = {key: text for key, text in wanted.items() if not key.startswith(("plane.", "data"))}
    wanted.pop("runs", None)  # "none": nobody walks
    wanted = {key: text for key, text in wanted.items() if not ls.follows(key, wanted) and is_asked(key, scene)}
    assert keys == {*wanted, *looks(scene)}


def test_no_two_controls_share_an_id(scene: ls.Scene) -> None:
    ids = [tuple(sorted(control.id.items())) for control in controls(scene)]
    assert len(ids) == len(set(ids))


def test_every_control_has_a_label(scene: ls.Scene) -> None:
    for control in controls(scene):
        assert spoken(control).strip(), control.id
        assert "_" not in spoken(control), control.id


def test_the_text_comes_back(scene: ls.Scene) -> None:
    shown = controls(scene)
    read = texts([control.value for control in shown], [control.id for control in shown])
    flat = ls.flatten(scene)
    assert {key: text for key, text in read.items() if key in flat} == {key: flat[key] for key in read if key in flat}
    assert set(read) - set(flat) == looks(scene)
    assert ls.revise(scene, {key: text for key, text in read.items() if key in flat}).scene == scene


def test_a_choice_is_among_its_choices(scene: ls.Scene) -> None:
    chosen = [control for control in controls(scene) if type(control).__name__ == "Select"]
    assert chosen
    for control in chosen:
        offered = [choice["value"] if isinstance(choice, dict) else choice for choice in control.data]
        assert control.value in offered, control.id


def test_kinds_that_the_scene_cannot_have_are_not_its_data() -> None:
    """A function has no samples, so that its rail offers none."""
    assert not any(control.id["key"].startswith("data") for control in controls(ls.lesson("valley")))


def test_what_is_typed_loosely_is_read() -> None:
    starts = {"type": "field", "key": "runs.0.starts", "part": 0}
    assert texts(["-9, 15\n  1 ,2 \n\n initial "], [starts]) == {"runs.0.starts": "-9,15;1,2;initial"}
    ranges = {"type": "field", "key": "grid.a", "part": 0}
    assert texts([" -1 ,  2 "], [ranges]) == {"grid.a": "-1,2"}
    assert texts([None], [ranges]) == {"grid.a": ""}


@pytest.mark.parametrize("forged", [12, 1.5, True, ["1"], {"a": 1}, b"1", None])
def test_what_is_no_text_is_empty(forged: Any) -> None:
    """A browser sends text; whoever sends something else has emptied the field."""
    place = {"type": "field", "key": "grid.a", "part": 0}
    assert texts([forged], [place]) == {"grid.a": ""}
    parts = [{"type": "field", "key": "plane.first", "part": part} for part in range(3)]
    assert texts(["W3", forged, "5"], parts) == texts(["W3", "", "5"], parts)


def test_the_parts_of_an_address_are_joined_in_their_order() -> None:
    places = [{"type": "field", "key": "plane.first", "part": part} for part in (2, 0, 1)]
    assert texts(["7", "W3", "5"], places) == {"plane.first": "W3,5,7"}
    assert texts(["", "b3", "5"], places) == {"plane.first": "b3,5"}
    assert texts([None, "x", None], places) == {"plane.first": "x"}


def test_a_hole_in_an_address_is_not_closed() -> None:
    """Matrix and from without to are no bias; they must not be read as one."""
    places = [{"type": "field", "key": "plane.first", "part": part} for part in range(3)]
    read = texts(["W3", "", "250"], places)
    assert ls.revise(ls.Scene(), read).errors.keys() == {"plane.first"}


def test_help_is_said_once_and_not_in_the_label(scene: ls.Scene) -> None:
    for control in controls(scene):
        help_ = getattr(control, "description", None)
        assert help_ is None or (help_ != getattr(control, "label", None) and len(help_) < 160), control.id
