"""What the slider and the loss curve count."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import landscape as ls
from components.clock import clock, end, series
from components.link import View

DIGITS = {"model": {"kind": "mlp", "hidden": [4]}, "data": {"kind": "digits", "samples": 100}}


def scene(*runs: dict[str, Any], **fields: Any) -> ls.Scene:
    return ls.Scene.model_validate(DIGITS | {"runs": list(runs)} | fields)


def test_a_step_is_an_epoch_only_where_every_step_sees_all_samples() -> None:
    assert clock(ls.lesson("mnist-100"), View()).noun == "epoch"
    assert clock(ls.lesson("valley"), View()).title == "step"
    assert clock(scene(), View()).title == "step"
    assert clock(scene({"batch": 10}), View()).title == "step"
    assert clock(scene({"batch": 10}, {"batch": None}), View()).noun == "step"


@pytest.mark.parametrize("unit", ["steps", "epochs", "samples", "evaluations"])
def test_what_the_runs_have_alike_is_counted_and_the_view_may_ask_for_another(unit: Any) -> None:
    asked = scene({"batch": 10}, race={"budget": unit})
    assert clock(asked, View()).unit == unit
    assert clock(asked, View(axis="steps")).unit == "steps"


def test_runs_with_steps_of_their_own_are_counted_in_steps() -> None:
    assert clock(scene({"steps": 3}, {"steps": 4}), View()).unit == "steps"


@pytest.mark.parametrize(
    ("axis", "at", "x", "ends"),
    [
        ("steps", [0, 1, 2, 3], [0, 1, 2, 3], 3),
        ("samples", [0, 40, 80, 100], [0, 40, 80, 100], 100),
        ("epochs", [0, 40, 80, 100], [0, 0.4, 0.8, 1.0], 100),
        ("evaluations", [0, 1, 2, 3], [0, 1, 2, 3], 3),
    ],
)
def test_three_steps_of_forty_of_a_hundred_samples(axis: Any, at: list[int], x: list[float], ends: int) -> None:
    asked, view = scene({"batch": 40, "steps": 3, "trains": "all"}), View(axis=axis)
    paths = ls.descend(asked)
    counted = clock(asked, view)
    told = series(paths[0], counted)
    assert told["clock"].tolist() == at
    np.testing.assert_allclose(told["x"], x)
    assert end(asked, counted, paths) == ends
    assert end(asked, counted, []) == ends  # it is known before anybody has walked


def test_differences_cost_evaluations() -> None:
    asked = ls.Scene.model_validate({"model": {"kind": "function"}, "runs": [{"gradient": "forward", "steps": 5}]})
    counted = clock(asked, View(axis="evaluations"))
    assert end(asked, counted, []) == 15  # two coordinates and the place itself
    assert end(asked, counted, ls.descend(asked)) == 15
