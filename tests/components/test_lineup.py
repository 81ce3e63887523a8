"""Runs that join a scene and leave it."""

from __future__ import annotations

from typing import Any

import pytest

import landscape as ls
from components.controls.lineup import join, leave
from components.link import View

BOWL: dict[str, Any] = {"model": {"kind": "function", "name": "ravine"}}


def scene(*runs: dict[str, Any], **fields: Any) -> ls.Scene:
    return ls.Scene.model_validate(BOWL | {"runs": list(runs)} | fields)


def joined(asked: ls.Scene, view: View | None = None) -> ls.Scene:
    return join(ls.Engine(), asked, view or View(), 0).scene


def test_who_joins_begins_where_the_first_run_does_by_another_method() -> None:
    asked = scene({"starts": [[-1, 1]], "steps": 7})
    after = joined(asked)
    assert [run.optimizer.kind for run in after.runs] == ["gradient_descent", "momentum"]
    assert after.runs[1].starts == asked.runs[0].starts
    assert after.runs[1].steps == 7
    assert after.race == ls.Race()
    assert len({run.optimizer.kind for run in joined(joined(after)).runs}) == 4


def test_who_joins_an_untied_race_begins_there_too() -> None:
    asked = scene({"starts": [[-1, 1]], "steps": 7}, {"starts": [[1, 1]], "steps": 9})
    after = joined(asked)
    assert after.race == asked.race
    assert after.runs[2].starts == ((-1.0, 1.0),)
    assert after.runs[2].steps == 7


def test_who_joins_trains_what_the_first_run_trains() -> None:
    asked = ls.Scene.model_validate(
        {"model": {"kind": "mlp", "hidden": [4]}, "runs": [{"trains": "all", "starts": ["initial"]}]}
    )
    assert joined(asked).runs[1].trains == "all"


def test_no_more_join_than_there_are_colours() -> None:
    asked = scene({"starts": [[-1, 1]] * 5})
    with pytest.raises(ValueError, match="Runs and starts make 10 paths; at most 8 are drawn"):
        joined(asked)


def test_the_slider_goes_to_the_end() -> None:
    assert join(ls.Engine(), scene({}), View(step=3, colours="viridis"), 0).view == View(colours="viridis")


def test_who_leaves_takes_nothing_along() -> None:
    asked = scene({"starts": [[-1, 1]], "steps": 7}, {"optimizer": {"kind": "adam"}}, {"optimizer": {"kind": "radam"}})
    without = leave(ls.Engine(), asked, View(), 0)
    assert without is not None
    assert [run.optimizer.kind for run in without.scene.runs] == ["adam", "radam"]
    assert without.scene.runs[1].starts == ((-1.0, 1.0),)
    assert leave(ls.Engine(), asked, View(), 3) is None
    assert leave(ls.Engine(), asked, View(), -1) is None


def test_the_last_one_leaves_an_empty_scene_and_the_last_but_one_no_race() -> None:
    asked = scene({"starts": [[-1, 1]], "steps": 7}, {"starts": [[1, 1]], "steps": 9})
    alone = leave(ls.Engine(), asked, View(), 1)
    assert alone is not None
    assert alone.scene.race == ls.Race()
    empty = leave(ls.Engine(), alone.scene, View(), 0)
    assert empty is not None
    assert empty.scene.runs == ()


def test_the_run_that_the_plane_needs_stays() -> None:
    asked = ls.Scene.model_validate(
        {
            "model": {"kind": "mlp", "hidden": [4]},
            "plane": {"kind": "random", "origin": "trained"},
            "runs": [{"trains": "all", "starts": ["initial"], "steps": 5}, {"trains": "plane"}],
        }
    )
    with pytest.raises(ValueError, match="Origin trained needs a run"):
        leave(ls.Engine(), asked, View(), 0)
