"""The table of runs: its numbers are those of the paths, and what they mean."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from dash import html

import landscape as ls
from components.link import View
from components.sentence import loss_number
from components.views import runs

RAVINE = {"kind": "function", "name": "ravine"}


def race(*given: dict[str, Any], **fields: Any) -> ls.Scene:
    return ls.Scene.model_validate({"model": RAVINE, "runs": list(given)} | fields)


def texts(scene: ls.Scene, view: View | None = None, paths: Any = None) -> list[list[str]]:
    """The table's rows, their cells as plain text."""
    paths = ls.descend(scene) if paths is None else paths
    made = runs.rows(scene, view or View(), paths, [None] * len(paths))
    rows = [row for part in made for row in (part.children if isinstance(part.children, list) else [part.children])]
    return [[str(cell.children or "").replace("\u2011", "-") for cell in row.children] for row in rows]


def test_every_path_has_its_numbers_and_its_end(small: ls.Scene) -> None:
    head, *rows = texts(small)
    paths = ls.descend(small)
    assert head[:4] == ["", "who walks", "loss", "lowest"]
    assert head[-1] == "evaluations"
    for number, (cells, ended, path) in enumerate(zip(rows[::2], rows[1::2], paths, strict=True), start=1):
        assert cells[0] == str(number)
        assert float(cells[2]) == pytest.approx(path.loss[-1], rel=5.1e-5)
        assert float(cells[3]) == pytest.approx(path.loss.min(), rel=5.1e-5)
        assert cells[-1] == f"{path.evaluations[-1]:,}"
        assert ended[1].endswith(path.message)
    assert [ended[1].split(". ")[0] for ended in rows[1::2]] == [
        "From the initial weights",
        "From (1, 1)",
        "From (2, -1)",
    ]


def test_where_nobody_asks_the_loss_to_come_to_is_the_lowest_that_all_reach() -> None:
    scene = race({"starts": [[-1.8, 0.6]], "steps": 20, "optimizer": {"lr": 0.02}}, {"optimizer": {"kind": "momentum"}})
    paths = ls.descend(scene)
    goal = max(path.loss.min() for path in paths)
    head, first, _, second, _ = texts(scene)
    assert head[4] == f"steps to {loss_number(goal)}"
    for cells, path in ((first, paths[0]), (second, paths[1])):
        step = int(cells[4])
        assert path.loss[step] <= goal
        assert (path.loss[:step] > goal).all()


def test_an_asked_loss_may_never_be_reached() -> None:
    scene = race({"starts": [[-1.8, 0.6]], "steps": 20, "optimizer": {"lr": 0.02}})
    assert texts(scene)[0] == ["", "who walks", "loss", "lowest", "evaluations"]
    assert texts(scene, View(target=1e-12))[1][4] == runs.NEVER
    assert texts(scene, View(target=1e6))[1][4] == "0"


def test_when_is_counted_as_the_curve_counts() -> None:
    scene = race({"gradient": "centred", "starts": [[-1.8, 0.6]], "steps": 20, "optimizer": {"lr": 0.02}})
    (path,) = ls.descend(scene)
    goal = float(path.loss[7])
    head, cells, _ = texts(scene, View(target=goal, axis="evaluations"))
    assert head[4] == f"evaluations to {loss_number(goal)}"
    assert cells[4] == str(7 * 4)  # two differences of two coordinates


def test_a_path_that_blew_up_has_its_last_finite_loss_and_its_lowest() -> None:
    scene = race({"starts": [[-1.8, 0.6]], "steps": 400, "optimizer": {"lr": 0.2}})
    (path,) = ls.descend(scene)
    assert path.status is ls.Status.DIVERGED
    _, cells, ended = texts(scene)
    assert cells[3] == loss_number(float(path.loss[0]))
    assert ended[1].startswith("From (-1.8, 0.6). Diverged: at step")


def test_while_it_runs_nothing_is_said_of_what_is_not_known(small: ls.Scene) -> None:
    fields = ("step", "a", "b", "loss", "evaluations", "samples_seen")
    empty = [
        dataclasses.replace(path, status=ls.Status.RUNNING, **{name: np.empty(0, dtype=np.int64) for name in fields})
        for path in ls.descend(small)
    ]
    head, *rows = texts(small, paths=empty)
    assert len(head) == 5  # who came to what is not said before all have ended
    assert all(cells[2:] == ["", "", ""] for cells in rows[::2])


def test_nobody_walks() -> None:
    (body,) = runs.rows(ls.Scene.model_validate({"model": RAVINE, "runs": []}), View(), [], [])
    assert isinstance(body, html.Tbody)
    assert "Nobody walks in this scene." in str(body.to_plotly_json())
