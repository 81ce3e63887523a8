"""The slider, play and the steps move all views together, ask the server nothing, and leave camera and zoom alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import landscape as ls

THREE = ("surface", "contour", "curve")

HEADS_AT = """(step) => {
    const graphs = ['surface', 'contour', 'curve'].map((id) => document.querySelector(`#${id} .js-plotly-plot`));
    return landscape.graphs.idle() && graphs.every((graph) => graph.data.at(-1).x.length === 3)
        && Math.abs(graphs[2].data.at(-1).x[0] - step) < 1e-9;
}"""

CAMERA = {"eye": {"x": 0.4, "y": -2.1, "z": 0.7}, "center": {"x": 0, "y": 0, "z": 0}, "up": {"x": 0, "y": 0, "z": 1}}
ZOOM = [[15.0, 25.0], [-5.0, 6.0]]
TURN = """([camera, [x, y]]) => Promise.all([
    Plotly.relayout(document.querySelector('#surface .js-plotly-plot'), { 'scene.camera': camera }),
    Plotly.relayout(document.querySelector('#contour .js-plotly-plot'), { 'xaxis.range': x, 'yaxis.range': y }),
])"""


@pytest.fixture(scope="module")
def paths() -> tuple[ls.Path, ...]:
    return ls.descend(ls.Scene())


@pytest.fixture
def at_end(desk: Any) -> Any:
    """The shared window with the default scene, complete, the slider at its end, and no request remembered."""
    if desk.search().split("view.step")[0].strip("?&"):
        desk.go("")
    thumb(desk).press("End")
    desk.page.wait_for_function(HEADS_AT, arg=1000)
    desk.requests.clear()
    return desk


def thumb(desk: Any) -> Any:
    return desk.page.get_by_role("slider", name="Step")


def assert_all_stand_at(desk: Any, step: int, paths: tuple[ls.Path, ...]) -> None:
    """Every line and head of every view ends where the descent was at this step."""
    desk.page.wait_for_function(HEADS_AT, arg=step)
    drawn = desk.drawn()
    for number, path in enumerate(paths):
        upto = int((path.step <= step).sum())
        for id_, series in (("contour", (path.a, path.b)), ("curve", (path.step, path.loss))):
            line = [trace for trace in drawn[id_] if trace["type"] == "scatter" and len(trace["x"] or ()) == upto]
            assert any(
                np.array_equal(trace["x"], series[0][:upto].astype(np.float32))
                and np.array_equal(trace["y"], series[1][:upto].astype(np.float32))
                for trace in line
            ), (id_, number)
            head = drawn[id_][-1]
            assert head["x"][number] == np.float32(series[0][upto - 1])
            assert head["y"][number] == np.float32(series[1][upto - 1])
        in_space = drawn["surface"][-1]
        assert (in_space["x"][number], in_space["y"][number]) == (
            np.float32(path.a[upto - 1]),
            np.float32(path.b[upto - 1]),
        )
    assert f"{step:,} of 1,000" in drawn["step-word"]


def test_the_slider_moves_all_views_and_asks_the_server_nothing(at_end: Any, paths: tuple[ls.Path, ...]) -> None:
    for key, step in (("Home", 0), ("ArrowRight", 1), ("End", 1000)):
        thumb(at_end).press(key)
        assert_all_stand_at(at_end, step, paths)
    track = at_end.page.locator("#step").bounding_box()
    at_end.page.mouse.move(track["x"] + track["width"] - 10, track["y"] + track["height"] / 2)
    at_end.page.mouse.down()
    at_end.page.mouse.move(track["x"] + track["width"] * 0.3, track["y"] + track["height"] / 2, steps=8)
    at_end.page.mouse.up()
    value = int(float(thumb(at_end).get_attribute("aria-valuenow")))
    assert 250 < value < 350
    assert_all_stand_at(at_end, value, paths)
    assert at_end.requests == []


def test_single_steps_move_all_views_and_ask_the_server_nothing(at_end: Any, paths: tuple[ls.Path, ...]) -> None:
    for button, step in (("back", 999), ("back", 998), ("forward", 999)):
        at_end.page.locator(f"#{button}").click()
        assert_all_stand_at(at_end, step, paths)
        assert int(float(thumb(at_end).get_attribute("aria-valuenow"))) == step
    assert at_end.requests == []


def test_play_runs_to_the_end_pause_holds_and_the_server_is_asked_nothing(
    at_end: Any, paths: tuple[ls.Path, ...]
) -> None:
    page = at_end.page
    button = page.locator("#play")
    button.click()  # from the end it begins anew
    page.get_by_role("button", name="Pause").wait_for()
    page.wait_for_function("() => { const { at } = landscape.scrubber.state; return at > 5 && at < 900; }")
    button.click()
    page.get_by_role("button", name="Play").wait_for()
    held = page.evaluate("landscape.scrubber.state.at")
    assert_all_stand_at(at_end, held, paths)
    assert page.evaluate("landscape.scrubber.state.at") == held
    assert int(float(thumb(at_end).get_attribute("aria-valuenow"))) == held
    thumb(at_end).press("End")
    page.locator("#back").click()
    assert_all_stand_at(at_end, 999, paths)
    button.click()
    page.wait_for_function("() => landscape.scrubber.state.at === 1000 && !landscape.scrubber.state.playing")
    assert_all_stand_at(at_end, 1000, paths)
    assert button.get_attribute("aria-label") == "Play"
    assert at_end.requests == []


def test_speed_is_a_choice_that_play_follows(at_end: Any) -> None:
    at_end.page.locator("#speed").click()
    at_end.page.get_by_role("option", name="4×", exact=True).click()
    at_end.page.wait_for_function("() => landscape.scrubber.state.speed === 4")
    assert at_end.requests == []


def test_camera_and_zoom_stay_where_the_reader_put_them(at_end: Any) -> None:
    at_end.page.evaluate(TURN, [CAMERA, ZOOM])
    put = at_end.look()
    assert put["eye"] == pytest.approx(CAMERA["eye"], abs=1e-6)
    assert [put["x"], put["y"]] == ZOOM
    thumb(at_end).press("Home")
    at_end.page.wait_for_function(HEADS_AT, arg=0)
    assert_same_look(at_end, put)
    with at_end.change():  # the same surface, other paths
        at_end.fill("runs.0.optimizer.lr", "40")
    assert_same_look(at_end, put)
    with at_end.change():  # computed anew, coarse to fine
        at_end.fill("grid.resolution", "71, 71")
    assert len(at_end.drawn()["surface"][0]["z"]) == 71
    assert at_end.look()["eye"] == pytest.approx(put["eye"], abs=1e-6)
    assert [at_end.look()["x"], at_end.look()["y"]] == ZOOM


def assert_same_look(desk: Any, put: dict[str, Any]) -> None:
    now = desk.look()
    for part in ("eye", "center", "up"):
        assert now[part] == pytest.approx(put[part], abs=1e-6), part
    assert (now["x"], now["y"]) == (put["x"], put["y"])


def test_reset_stops_play_at_the_first_step_and_the_same_path_begins_there(
    at_end: Any, paths: tuple[ls.Path, ...]
) -> None:
    page = at_end.page
    page.locator("#play").click()
    page.wait_for_function("() => landscape.scrubber.state.playing && landscape.scrubber.state.at > 5")
    page.get_by_role("button", name="Reset to the first step").click()
    page.get_by_role("button", name="Play").wait_for()
    assert_all_stand_at(at_end, 0, paths)
    assert int(float(thumb(at_end).get_attribute("aria-valuenow"))) == 0
    assert not page.evaluate("landscape.scrubber.state.playing")
    page.locator("#forward").click()
    assert_all_stand_at(at_end, 1, paths)
    assert at_end.requests == []
