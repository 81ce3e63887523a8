"""The rates beside the loss curve, and the places on a path where they turn: against schedules worked by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest

import landscape as ls
from components.figures import curve
from components.figures import schedules as figures
from components.figures.palette import MAX_PATHS
from components.figures.scale import extent
from components.link import View
from components.sentence import card
from components.stream import frames
from components.views import schedules

ReadFrames = Callable[[Iterable[bytes]], list[dict[str, Any]]]

HALVED = "lesson=ravine&runs.0.steps=6&runs.0.optimizer.lr=0.08&runs.0.schedule.kind=step&runs.0.schedule.every=2"
"""The rates 0.08, 0.08, 0.04, 0.04, 0.02, 0.02, with a factor of a half."""


def halved(more: str = "") -> ls.Scene:
    return ls.Scene.from_query(f"{HALVED}&runs.0.schedule.gamma=0.5{more}")


def sent(read_frames: ReadFrames, scene: ls.Scene) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The paths as the page holds them at the end, and the layout of the loss curve."""
    metas = read_frames(frames(ls.Engine(), scene, View(), [schedules.paint]))
    layout: dict[str, Any] = {}
    for meta in metas:
        for update in meta.get("updates", ()):
            layout |= update["layout"]
    return [meta["paths"] for meta in metas if meta["paths"] is not None][-1], layout


def test_each_step_has_its_rate_and_the_end_that_of_the_last_step(read_frames: ReadFrames) -> None:
    (path,), layout = sent(read_frames, halved())
    np.testing.assert_allclose(path["rate"], [0.08, 0.08, 0.04, 0.04, 0.02, 0.02, 0.02], rtol=1e-6)
    assert path["turns"].tolist() == [2, 4]
    assert layout["yaxis2.visible"] is True
    assert layout["yaxis2.type"] == "linear"  # they span four times
    low, high = layout["yaxis2.range"]
    assert low < 0
    assert high > 0.08


def test_starts_of_one_run_draw_its_rate_once_and_turn_each_on_its_own_path(read_frames: ReadFrames) -> None:
    first, second = sent(read_frames, halved("&runs.0.starts=1,1;-1,0.5"))[0]
    assert np.isfinite(first["rate"]).all()
    assert np.isnan(second["rate"]).all()
    assert second["rate"].size == second["step"].size
    assert first["turns"].tolist() == second["turns"].tolist() == [2, 4]


def test_a_run_at_a_steady_rate_is_drawn_beside_one_with_a_schedule(read_frames: ReadFrames) -> None:
    paths, _ = sent(read_frames, halved("&runs.1.optimizer.kind=adam&runs.1.optimizer.lr=0.01"))
    np.testing.assert_allclose(paths[1]["rate"], [0.01] * 7, rtol=1e-6)
    assert "turns" not in paths[1]


def test_where_all_rates_stay_there_is_no_axis_and_nothing_is_sent(read_frames: ReadFrames) -> None:
    (path,), layout = sent(read_frames, ls.lesson("ravine"))
    assert not path.keys() & {"rate", "turns"}
    assert layout == {"yaxis2.visible": False}


def test_a_warm_up_alone_is_a_schedule(read_frames: ReadFrames) -> None:
    scene = ls.Scene.from_query("lesson=ravine&runs.0.steps=6&runs.0.schedule.warmup=3")
    (path,), _ = sent(read_frames, scene)
    np.testing.assert_allclose(path["rate"], 0.09 * np.array([1 / 3, 2 / 3, 1, 1, 1, 1, 1]), rtol=1e-6)
    assert path["turns"].tolist() == [3]


@pytest.mark.parametrize(
    ("log", "low", "kind"),
    [(True, 0.01, "log"), (True, 0.02, "linear"), (False, 0.01, "linear"), (True, 0.0, "linear")],
)
def test_the_axis_is_logarithmic_where_shapes_and_rates_ask_for_it(log: bool, low: float, kind: str) -> None:
    layout = figures.update("g", [np.array([0.1, low])], log=log).layout
    assert layout["yaxis2.type"] == kind
    bottom, top = layout["yaxis2.range"]
    assert (bottom < np.log10(0.01) < np.log10(0.1) < top) if kind == "log" else (bottom <= 0 and top > 0.1)
    assert top < 0.2


def test_ticks_are_round_rates_within_the_axis() -> None:
    assert figures._ticks(0.0028, 0.09) == [0.005, 0.01, 0.02, 0.05]
    assert figures._ticks(0.001, 0.1) == [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1]
    assert figures._ticks(1e-6, 0.1) == [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1]


def test_the_rates_lie_under_the_losses_on_an_axis_of_their_own() -> None:
    figure, tracks = curve.figure(), figures.tracks("g")
    lines = [*tracks["wholes"], *tracks["lines"]]
    assert len(lines) == 2 * MAX_PATHS
    assert all(figure.data[trace].yaxis == "y2" for trace in lines)
    assert figure.data[tracks["lines"][0]].line.shape == "hv"
    assert max(lines) < min(curve.tracks("g")["wholes"])
    assert not any(trace.yaxis for trace in figure.data[max(lines) + 1 :])
    for log in (True, False):
        for name, value in figures.update("g", [np.array([0.1, 0.001])], log=log).layout.items():
            figure.layout.update({name.replace(".", "_"): value})  # plotly.py refuses what does not exist


def test_the_card_says_what_the_rings_mark() -> None:
    def said(query: str) -> str:
        scene = ls.Scene.from_query(query)
        surface, paths = ls.surface(scene), ls.descend(scene)
        return " ".join(card(scene, surface, paths, extent(scene.grid.a, scene.grid.b, surface, paths)))

    cycle = "lesson=ravine&runs.0.steps=60&runs.0.schedule.kind=one_cycle&runs.0.schedule.warmup=5"
    assert "Small rings on the paths mark where the warm-up ends and where the rate is highest." in said(cycle)
    assert "Small rings on the paths mark where the rate falls." in said(HALVED)
    assert "rings" not in said("lesson=ravine")


def test_a_search_beside_a_schedule_draws_no_rate(read_frames: ReadFrames) -> None:
    scene = halved("&runs.1.optimizer.kind=local_search")
    (scheduled, search), layout = sent(read_frames, scene)
    assert layout["yaxis2.range"] == sent(read_frames, halved())[1]["yaxis2.range"]
    assert np.isfinite(scheduled["rate"]).all()
    assert np.isnan(search["rate"]).all()
