"""Starts by a click on the map or the surface, with Shift, and by dragging a ring; pans and double clicks set none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import landscape as ls

RAVINE = "?lesson=ravine"

PIXEL = """([id, a, b]) => {
    const graph = document.querySelector(`#${id} .js-plotly-plot`);
    const { xaxis, yaxis } = graph._fullLayout;
    const { left, top } = graph.querySelector('.nsewdrag').getBoundingClientRect();
    return [left + xaxis.d2p(a), top + yaxis.d2p(b)];
}"""

WORTH = """() => ['xaxis', 'yaxis'].map((name) => {
    const axis = document.querySelector('#contour .js-plotly-plot')._fullLayout[name];
    return Math.abs(axis.range[1] - axis.range[0]) / axis._length;
})"""

TOLD = """() => {
    window.told = 0;
    document.querySelector('#contour .js-plotly-plot').on('plotly_relayout', () => { window.told++; });
}"""
"""Counts what Plotly tells of its axes from now on."""

RINGS = """() => {
    const graph = document.querySelector('#contour .js-plotly-plot');
    const { uid } = graph._fullData.at(-2);
    const { left, top } = graph.querySelector('.nsewdrag').getBoundingClientRect();
    return [...graph.querySelectorAll(`.trace${uid} .point`)].map((point) => {
        const box = point.getBoundingClientRect();
        return [box.left + box.width / 2, box.top + box.height / 2];
    });
}"""


@pytest.fixture
def ravine(desk: Any) -> Any:
    """The shared window with the ravine, complete; nothing of a click is under way."""
    desk.go(RAVINE)
    desk.page.mouse.move(5, 5)
    desk.page.evaluate("new Promise((resolve) => setTimeout(resolve, 310))")  # else a click is half of a double click
    desk.requests.clear()
    return desk


def pixel(desk: Any, a: float, b: float, id_: str = "contour") -> list[float]:
    """Where a place of the map is in the window."""
    return list(desk.page.evaluate(PIXEL, [id_, a, b]))


def starts(desk: Any, run: int = 0) -> list[tuple[float, ...]]:
    """The starts of the scene that the address names."""
    return [place for place in ls.read_query(desk.search())[0].runs[run].starts if place != "initial"]


def assert_near(desk: Any, start: tuple[float, ...], place: tuple[float, ...]) -> None:
    """A start is where the pointer was, to a pixel, and has no more digits than a pixel is worth."""
    for value, want, worth in zip(start, place, desk.page.evaluate(WORTH), strict=False):
        assert value == pytest.approx(want, abs=worth)
        assert round(value, 3) == value


def drag(desk: Any, start: list[float], end: list[float]) -> None:
    desk.page.mouse.move(*start)
    desk.page.mouse.down()
    desk.page.mouse.move(*end, steps=5)
    desk.page.mouse.up()


def test_a_click_sets_the_start_and_with_shift_adds_one(ravine: Any) -> None:
    page = ravine.page
    with ravine.change():
        page.mouse.click(*pixel(ravine, 1.0, -0.5))
    (start,) = starts(ravine)
    assert_near(ravine, start, (1.0, -0.5))
    assert ravine.field("runs.0.starts").input_value() == f"{start[0]:g}, {start[1]:g}"
    assert page.evaluate(RINGS)[0] == pytest.approx(pixel(ravine, *start), abs=1)
    assert page.locator("#contour .overlay .ring:not([display])").count() == 0
    page.keyboard.down("Shift")
    with ravine.change():
        page.mouse.click(*pixel(ravine, -1.0, 1.5))
    page.keyboard.up("Shift")
    assert starts(ravine)[0] == start
    assert_near(ravine, starts(ravine)[1], (-1.0, 1.5))
    assert len(page.evaluate(RINGS)) == 2
    with ravine.change():
        page.mouse.click(*pixel(ravine, 0.5, 0.5))
    assert_near(ravine, starts(ravine)[0], (0.5, 0.5))
    assert_near(ravine, starts(ravine)[1], (-1.0, 1.5))


def test_a_ring_is_dragged_and_the_scene_is_asked_for_on_release(ravine: Any) -> None:
    page = ravine.page
    with ravine.change():
        ravine.fill("runs.0.starts", "-1, 1\n1, 1")
    before = ravine.look()
    ravine.requests.clear()
    page.mouse.move(*page.evaluate(RINGS)[1])
    page.mouse.down()
    page.mouse.move(*pixel(ravine, 1.5, -1.0), steps=5)
    place = page.locator("#contour .overlay .ring").bounding_box()
    assert [place["x"] + place["width"] / 2, place["y"] + place["height"] / 2] == pytest.approx(
        pixel(ravine, 1.5, -1.0), abs=1.5
    )
    assert ravine.requests == []
    with ravine.change():
        page.mouse.up()
    assert starts(ravine)[0] == (-1, 1)
    assert_near(ravine, starts(ravine)[1], (1.5, -1.0))
    assert (ravine.look()["x"], ravine.look()["y"]) == (before["x"], before["y"])  # it was no pan


def test_escape_lets_a_ring_go_where_it_was(ravine: Any) -> None:
    page = ravine.page
    page.mouse.move(*page.evaluate(RINGS)[0])
    page.mouse.down()
    page.mouse.move(*pixel(ravine, 1, 1), steps=5)
    page.keyboard.press("Escape")
    page.mouse.up()
    assert page.locator("#contour .overlay .ring:not([display])").count() == 0
    assert ravine.search() == RAVINE
    assert ravine.requests == []


def test_a_pan_a_wheel_and_a_double_click_set_no_start(ravine: Any) -> None:
    page, before = ravine.page, ravine.look()
    drag(ravine, pixel(ravine, 1, 1), pixel(ravine, 0.5, 1.5))
    page.wait_for_function(
        "(x) => document.querySelector('#contour .js-plotly-plot')._fullLayout.xaxis.range[0] !== x", arg=before["x"][0]
    )
    panned = ravine.look()["x"]
    assert panned[0] - before["x"][0] == pytest.approx(0.5, abs=0.05)
    page.mouse.move(*pixel(ravine, 1, 1))
    page.evaluate(TOLD)  # Plotly moves the axes at once, and once more when the wheel rests
    page.mouse.wheel(0, -200)
    page.wait_for_function("window.told > 0")
    zoomed = ravine.look()["x"]
    assert zoomed[1] - zoomed[0] < 0.95 * (panned[1] - panned[0])
    page.mouse.dblclick(*pixel(ravine, 1, 1))
    page.wait_for_function(
        "(x) => Math.abs(document.querySelector('#contour .js-plotly-plot')._fullLayout.xaxis.range[0] - x) < 1e-9",
        arg=before["x"][0],
    )
    page.evaluate("new Promise((resolve) => setTimeout(resolve, 350))")  # a click would have been taken by now
    assert ravine.search() == RAVINE
    assert ravine.requests == []


def test_a_ninth_path_is_refused_in_words(ravine: Any) -> None:
    eight = "\n".join(f"{n / 10}, 1" for n in range(8))
    with ravine.change():
        ravine.fill("runs.0.starts", eight)
    ravine.requests.clear()
    ravine.page.keyboard.down("Shift")
    ravine.page.mouse.click(*pixel(ravine, -1, -1))
    ravine.page.keyboard.up("Shift")
    ravine.page.get_by_text("At most 8 paths are drawn.").wait_for()
    assert len(starts(ravine)) == 8
    assert ravine.requests == []


def test_on_a_curve_a_clicks_place_along_it_counts(desk: Any) -> None:
    desk.go("?model.kind=function&model.name=quartic")
    low, high = desk.look()["y"]
    with desk.change():
        desk.page.mouse.click(*pixel(desk, -1.0, low + 0.8 * (high - low)))
    (start,) = starts(desk)
    assert len(start) == 1
    assert_near(desk, start, (-1.0,))


def test_a_turn_of_the_surface_sets_no_start_and_a_click_on_it_does(ravine: Any) -> None:
    page = ravine.page
    box = page.locator("#surface").bounding_box()
    middle = [box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.55]
    eye = ravine.look()["eye"]
    drag(ravine, middle, [middle[0] + 30, middle[1] + 10])
    page.wait_for_function(
        "(x) => Math.abs(document.querySelector('#surface .js-plotly-plot')._fullLayout.scene._scene.getCamera().eye.x"
        " - x) > 0.01",
        arg=eye["x"],
    )
    page.evaluate("new Promise((resolve) => setTimeout(resolve, 350))")
    assert ravine.search() == RAVINE
    assert not [request for request in ravine.requests if "/stream" in request]
    page.evaluate(
        """() => {
            const graph = document.querySelector('#surface .js-plotly-plot');
            window.pointed = new Promise((resolve) => graph.on('plotly_hover', ({ points: [{ x, y }] }) =>
                resolve([x, y])));
        }"""
    )
    page.mouse.move(middle[0] - 3, middle[1])
    page.mouse.move(*middle, steps=3)
    page.evaluate("window.pointed")
    page.evaluate("new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))")
    with ravine.change():
        page.mouse.click(*middle)
    (start,) = starts(ravine)
    assert start != (-1.8, 0.6)
    scene = ls.read_query(ravine.search())[0]
    assert np.abs(scene.grid.coordinates[0] - start[0]).min() < 0.01  # a crossing of the grid
    assert np.abs(scene.grid.coordinates[1] - start[1]).min() < 0.01
