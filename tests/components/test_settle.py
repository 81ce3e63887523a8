"""Controls to a scene: what a change touches, where an error is said, and when the rail is made anew."""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import Any

import pytest
from dash import no_update

import landscape as ls
from components.controls import rail, settle
from components.controls.field import as_typed, texts
from components.controls.settle import Settled
from components.ids import action, field
from components.link import Opened, View, address, read_address

SCENE = ls.Scene()
RAVINE = ls.lesson("ravine")
STAY = settle._stay([no_update] * 4)


def revised(changes: dict[str, str], scene: ls.Scene = SCENE, view: View | None = None) -> Settled:
    """What the page is told when its fields show the scene, some of them changed."""
    view = view or View()
    shown = ls.flatten(scene) | {"view.colours": view.colours}
    places = [field(key) for key in shown]
    return settle._revised(Opened(scene, scene, view, []), shown | changes, places)


def said(settled: Settled, scene: ls.Scene = SCENE) -> dict[str, str]:
    """Field -> the error under it."""
    keys = [*ls.flatten(scene), "view.colours"]
    return {key: error for key, error in zip(keys, settled.errors, strict=True) if error is not None}


def after(settled: Settled) -> ls.Scene:
    assert settled.scene["search"] == settled.search
    return read_address(settled.search).scene


def test_another_learning_rate_is_another_run_on_the_same_surface() -> None:
    told = revised({"runs.0.optimizer.lr": "7"})
    scene = after(told)
    assert told.search == "?runs.0.optimizer.lr=7"
    assert scene.surface_digest == SCENE.surface_digest
    assert scene.run_digest(0) != SCENE.run_digest(0)
    assert (told.what, told.where, told.who) == (no_update,) * 3  # the field that is typed in stays
    assert said(told) == {}
    assert told.notices == []


@pytest.mark.parametrize(
    ("key", "text", "touched"),
    [
        ("grid.a", "0,30", {"surface"}),
        ("grid.resolution", "61,60", {"surface"}),
        ("data.samples", "99", {"surface", "run"}),
        ("model.hidden", "50,499", {"surface", "run"}),
        ("runs.0.steps", "999", {"run"}),
        ("runs.0.batch", "10", {"run"}),
        ("runs.0.starts", "1,1", {"run"}),
        ("runs.0.seed", "1", {"run"}),
        ("view.colours", "viridis", set()),
    ],
)
def test_a_change_touches_only_what_depends_on_it(key: str, text: str, touched: set[str]) -> None:
    scene = after(revised({key: text}))
    moved = {"surface"} if scene.surface_digest != SCENE.surface_digest else set()
    moved |= {"run"} if scene.run_digest(0) != SCENE.run_digest(0) else set()
    assert moved == touched


@pytest.mark.parametrize(
    ("key", "text", "words"),
    [
        ("runs.0.optimizer.lr", "-1", "Learning rate must be greater than 0. Got -1."),
        ("runs.0.optimizer.lr", "fast", "Learning rate must be a number. Got fast."),
        ("runs.0.optimizer.lr", "", "Learning rate must be a number. Got nothing."),
        ("runs.0.optimizer.lr", "nan", "Learning rate must be a finite number. Got nan."),
        ("runs.0.steps", "0", "Steps must be at least 1. Got 0."),
        ("runs.0.starts", "1", "Starts must be two numbers a, b, or initial. Got 1."),
        ("runs.0.batch", "101", "Batch size must be at most 100, the samples. Got 101."),
        ("data.samples", "1798", "Samples must be at most 1797. Got 1798."),
        ("grid.a", "3,1", "Range of a must rise"),
        ("model.hidden", "0", "Hidden layers must be"),
        ("plane.first", "W3,10,19", "First weight W3[10,19]: to must be at most 9. Got 10."),
        ("plane.second", "W9,0,0", "Second weight: there is no W9"),
    ],
)
def test_a_mistyped_value_is_said_under_its_own_field_and_nothing_else_moves(key: str, text: str, words: str) -> None:
    told = revised({key: text})
    assert list(said(told)) == [key]
    assert said(told)[key].startswith(words)
    assert told[:5] == (no_update,) * 5


def test_two_mistyped_values_are_said_under_their_fields() -> None:
    errors = said(revised({"runs.0.steps": "0", "grid.b": "1"}))
    assert set(errors) == {"runs.0.steps", "grid.b"}


def test_an_address_in_three_parts_has_one_error_at_its_first_part() -> None:
    places = [field("plane.first", part) for part in range(3)]
    told = settle._revised(Opened(SCENE, SCENE, View(), []), {"plane.first": "W3,0,5000"}, places)
    assert told.errors[0].startswith("First weight W3[0,5000]: from must be at most 499.")
    assert told.errors[1:] == [None, None]


def test_a_mended_value_takes_its_error_away() -> None:
    told = revised({})
    assert told[:5] == (no_update,) * 5
    assert told.errors == [None] * len(told.errors)
    assert told.errors


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("runs.0.optimizer.kind", "adam"),
        ("plane.kind", "random"),
        ("model.kind", "function"),
    ],
)
def test_another_kind_renews_the_rail(key: str, kind: str) -> None:
    told = revised({key: kind})
    assert no_update not in (told.what, told.where, told.who)
    assert ls.flatten(after(told))[key] == kind


def test_the_new_kinds_fields_are_on_the_renewed_rail() -> None:
    told = revised({"runs.0.optimizer.kind": "adam"})
    assert "runs.0.optimizer.beta1" in str(told.who)
    assert "runs.0.optimizer.beta1" not in str(revised({"runs.0.optimizer.kind": "momentum"}).who)


def test_a_smaller_network_moves_the_plane_renews_the_rail_and_says_so() -> None:
    told = revised({"model.hidden": "10,5"})
    assert told.where is not no_update
    assert "W3[0,19]" in str(told.notices)
    assert after(told).model.hidden == (10, 5)  # type: ignore[attr-defined]


def test_a_new_scene_begins_at_its_end_a_new_look_stays_where_it_was() -> None:
    view = View(step=5)
    assert "view.step" not in revised({"runs.0.optimizer.lr": "7"}, view=view).search
    assert "view.step=5" in revised({"view.colours": "viridis"}, view=view).search


def test_data_that_is_not_here_is_said_under_its_field_with_an_offer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANDSCAPE_DATA", str(tmp_path))
    told = revised({"data.kind": "mnist"})
    assert list(said(told)) == ["data.kind"]
    assert said(told)["data.kind"] == "The MNIST files are not here."
    assert "fetch" in str(told.notices)
    assert told[:5] == (no_update,) * 5


def test_opening_renews_everything() -> None:
    told = settle._show(Opened(RAVINE, RAVINE, View(), ["Something gave way."]), STAY)
    assert told.search == "?lesson=ravine"
    assert told.scene == {"search": "?lesson=ravine"}
    assert "Something gave way." in str(told.notices)
    assert told.errors == STAY.errors


def suggested(engine: ls.Engine, scene: ls.Scene, view: View | None = None) -> Settled:
    return settle._act(action("suggest"), engine, Opened(scene, scene, view or View(), []), STAY, Lock())


def test_suggest_offers_another_pair_that_moves() -> None:
    engine = ls.Engine()
    told = suggested(engine, SCENE)
    scene = after(told)
    assert scene.plane != SCENE.plane
    assert (scene.model, scene.data) == (SCENE.model, SCENE.data)
    surface = engine.surface(scene)
    assert surface.loss.max() - surface.loss.min() > 1e-6 * surface.loss.max()
    assert after(suggested(engine, scene)).plane not in (scene.plane, SCENE.plane)


def test_a_suggestion_keeps_no_step_of_the_scene_before() -> None:
    told = suggested(ls.Engine(), SCENE, View(step=5))
    assert "view.step" not in told.search


def test_no_download_is_said_and_nothing_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(name: str) -> None:
        raise ls.DataMissing(f"No mirror of {name} could be reached.")

    monkeypatch.setattr(settle, "fetch", unreachable)
    told: Any = settle._act(action("fetch"), ls.Engine(), Opened(SCENE, SCENE, View(), []), STAY, Lock())
    assert "No mirror of mnist could be reached." in str(told.notices)
    assert told[:5] == (no_update,) * 5
    assert told.errors == STAY.errors


def test_files_that_came_open_the_scene_that_was_asked_for(mnist_files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = read_address("lesson=mnist-100")
    monkeypatch.setattr(settle, "fetch", lambda name: None)
    opened = Opened(SCENE, asked.asked, asked.view, [])
    told = settle._act(action("fetch"), ls.Engine(), opened, STAY, Lock())
    assert told.search == "?lesson=mnist-100"
    assert told.notices == []


def test_a_download_is_begun_once() -> None:
    under_way = Lock()
    with under_way:
        told = settle._act(action("fetch"), ls.Engine(), Opened(SCENE, SCENE, View(), []), STAY, under_way)
    assert "under way" in str(told.notices)
    assert told[:5] == (no_update,) * 5


def test_a_forged_look_is_said_under_its_field_and_nothing_moves() -> None:
    for forged in ("pink", "", "Viridis"):
        told = revised({"view.colours": forged})
        assert list(said(told)) == ["view.colours"]
        assert "cividis" in said(told)["view.colours"]
        assert "viridis" in said(told)["view.colours"]
        assert told[:5] == (no_update,) * 5


def test_a_forged_look_and_a_mistyped_value_are_both_said() -> None:
    assert set(said(revised({"view.colours": "pink", "runs.0.steps": "0"}))) == {"view.colours", "runs.0.steps"}


def test_a_scene_in_which_nobody_walks_gets_a_descent() -> None:
    nobody = ls.Scene.model_validate({"model": {"kind": "function", "name": "ravine"}, "runs": []})
    told = settle._act(action("walk"), ls.Engine(), Opened(nobody, nobody, View(step=5), []), STAY, Lock())
    scene = after(told)
    (run,) = scene.runs
    assert run.optimizer.kind == "gradient_descent"
    assert (scene.model, scene.plane, scene.grid) == (nobody.model, nobody.plane, nobody.grid)
    assert "view.step" not in told.search
    assert "runs.0.optimizer.lr" in str(told.who)
    assert ls.descend(scene)[0].loss.size > 1


def test_the_button_for_a_descent_is_there_where_nobody_walks() -> None:
    nobody = ls.Scene.model_validate({"runs": []})
    assert str(action("walk")) in str(rail.who(nobody))
    assert str(action("walk")) not in str(rail.who(SCENE))


def test_a_button_that_nobody_knows_moves_nothing() -> None:
    for name in ("fit", "forged"):
        assert settle._act(action(name), ls.Engine(), Opened(SCENE, SCENE, View(), []), STAY, Lock()) == STAY


def test_no_sentence_no_notice() -> None:
    assert settle.notices([]) == []
    assert "Download MNIST" in str(settle.notices([], offer_fetch=True))


def test_the_address_of_what_is_shown_is_canonical() -> None:
    told = settle._show(read_address("?data.samples=100&runs.0.steps=1000&view.colours=cividis"), STAY)
    assert told.search == address(SCENE, View()) == ""


FORMULA = ls.Scene.model_validate({"model": {"kind": "formula"}})


def typed(text: str) -> Settled:
    """What the page is told when a formula is typed into its field."""
    shown = ls.flatten(FORMULA) | {"view.colours": "cividis", "model.text": text}
    places = [field(key) for key in shown]
    return settle._revised(
        Opened(FORMULA, FORMULA, View(), []), texts(list(shown.values()), places, as_typed(FORMULA)), places
    )


def test_a_formula_that_is_typed_is_the_scene() -> None:
    told = typed(" max(x,  y)^2 ")
    assert not any(isinstance(error, str) for error in told.errors)
    assert after(told) == ls.Scene.model_validate({"model": {"kind": "formula", "text": "max(x,  y)^2"}})


def test_what_is_wrong_with_a_formula_is_said_under_it_at_the_column_of_what_was_typed() -> None:
    told = typed(" max(x,  y) + z")
    assert list(said(told, FORMULA)) == ["model.text"]
    assert said(told, FORMULA)["model.text"].startswith("Formula: column 15: `z` is not known. Known are x, y, pi, e")
    assert told[:5] == (no_update,) * 5


def test_a_formula_of_one_variable_renews_the_rail() -> None:
    told = typed("x^2")
    assert told.where is not no_update
    assert after(told).plane.axes == 1
    assert told.notices == []
