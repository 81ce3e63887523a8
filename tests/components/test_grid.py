"""The buttons that begin at a grid's vertices: which starts, how many, and what is said."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import landscape as ls
from components.controls import begin, grid
from components.controls.actions import ACTIONS
from components.link import View

RASTRIGIN = ls.Scene.from_query("model.kind=function&model.name=rastrigin&grid.resolution=101,101")


def test_the_best_grid_point_becomes_the_start_of_every_run() -> None:
    scene = ls.Scene.from_query(
        "model.kind=function&model.name=himmelblau&runs.0.starts=1,1;2,2&runs.1.starts=3,3;lattice,5,5"
    )
    opened = grid.best(ls.Engine(), scene, View(step=3), 0)
    surface = ls.surface(scene)
    row, column = np.unravel_index(surface.loss.argmin(), surface.loss.shape)
    best = (float(f"{surface.a[column]:.6g}"), float(f"{surface.b[row]:.6g}"))
    assert [run.places for run in opened.scene.runs] == [(best,), (best,)]
    assert opened.scene.runs[1].lattice == ls.Lattice((5, 5))
    assert opened.view.step is None
    first = ls.descend(opened.scene.model_copy(update={"runs": opened.scene.runs[:1]}))[0]
    assert first.loss[0] == pytest.approx(surface.loss.min(), rel=1e-3)


def test_all_grid_minima_are_the_starts_the_lowest_of_too_many() -> None:
    opened = grid.minima(ls.Engine(), RASTRIGIN, View(), 0)
    found = ls.grid_minima(ls.surface(RASTRIGIN))
    assert len(found.loss) > 8
    np.testing.assert_allclose(opened.scene.runs[0].places, found.place[:8], rtol=1e-5)
    assert opened.notices == [f"The grid has {len(found.loss)} local minima; the 8 lowest are the starts."]
    two = ls.revise(RASTRIGIN, {"runs.1.optimizer.kind": "adam"}).scene
    assert two is not None
    tied = grid.minima(ls.Engine(), two, View(), 0).scene
    assert [len(run.places) for run in tied.runs] == [4, 4]
    assert tied.race.starts == "same"
    few = ls.Scene.from_query("model.kind=function&model.name=himmelblau")
    opened = grid.minima(ls.Engine(), few, View(), 0)
    assert len(opened.scene.runs[0].places) == 4
    assert opened.notices == ["The grid has 4 local minima."]


def test_a_grid_that_is_not_complete_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grid, "WAIT", 0.0)
    slow = ls.Scene.model_validate({"data": {"samples": 1500}, "plane": {"kind": "random"}})
    with pytest.raises(ValueError, match="still being computed"):
        grid.best(ls.Engine(), slow, View(), 0)


def test_the_run_that_the_plane_hangs_on_keeps_its_start() -> None:
    changes = {"model.hidden": "3", "data.samples": "20", "grid.resolution": "5,5", "plane.kind": "random",
               "runs.0.steps": "3", "plane.origin": "trained", "runs.1.steps": "4"}  # fmt: skip
    scene = ls.revise(ls.Scene(), changes).scene
    assert scene is not None
    opened: Any = grid.best(ls.Engine(), scene, View(), 0)
    assert opened.scene.runs[0].starts == ("initial",)
    np.testing.assert_allclose(opened.scene.runs[1].starts, [ls.grid_start(ls.surface(scene))], rtol=1e-5)


def test_the_buttons_are_offered_where_somebody_walks() -> None:
    for name in ("grid-start", "grid-minima"):
        assert name in str(begin.offers(RASTRIGIN, View()))
        assert name in ACTIONS
