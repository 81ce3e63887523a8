"""The tab strip: by mouse and keyboard, on a desk and a phone, without moving the slider or computing anew."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import landscape as ls
from components.ids import Id

DEEP = "?model.hidden=9,7,5&data.kind=digits&data.samples=30&grid.resolution=9,9&runs.0.steps=40&runs.0.trains=all" \
       "&runs.0.starts=initial"  # fmt: skip

LINES = """(id) => document.querySelector(`#${id} .js-plotly-plot`).data
    .filter((trace) => trace.visible === true && trace.showlegend !== false)
    .map(({ name, x, y }) => ({ name, x: Array.from(x), y: Array.from(y) }))"""


def open_tab(desk: Any, label: str) -> None:
    with desk.change():
        desk.page.get_by_role("tab", name=label).click()


def test_a_tab_moves_neither_slider_nor_numbers(desk: Any, real_app: Any) -> None:
    desk.go(DEEP)
    slider = desk.page.get_by_role("slider", name="Step")
    slider.press("Home")
    slider.press("ArrowRight")
    desk.page.wait_for_function("() => landscape.scrubber.state.at === 1 && !landscape.scrubber.state.pending")
    real_app.computed.kept.clear()
    open_tab(desk, "Gradient norms")
    assert "view.tab=norms" in desk.search()
    assert real_app.computed.kept == []
    assert desk.page.evaluate("landscape.scrubber.state.at") == 1
    assert desk.page.locator(f"#{Id.NORMS}").is_visible()
    assert not desk.page.locator(f"#{Id.CURVE}").is_visible()
    path = ls.descend(ls.Scene.from_query(DEEP))[0]
    lines = desk.page.evaluate(LINES, Id.NORMS)
    assert [line["name"] for line in lines] == ["W1", "W2", "W3", "W4"]
    for line in lines:
        assert line["x"] == [0, 1]  # up to the slider
        np.testing.assert_allclose(line["y"], path.block_norms[line["name"]][:2], rtol=1e-6)


def test_the_lines_follow_the_slider_without_a_request(desk: Any) -> None:
    desk.go(f"{DEEP}&view.tab=norms")
    desk.requests.clear()
    drawn = """() => {
        const graph = document.querySelector('#norms .js-plotly-plot');
        const { uid } = graph._fullData[landscape.paint.tracks.find(({ graph }) => graph === 'norms').lines[0]];
        return graph.querySelector(`.trace${uid} .js-line`).getAttribute('d');
    }"""
    slider = desk.page.get_by_role("slider", name="Step")
    slider.press("End")
    desk.page.wait_for_function("() => landscape.scrubber.state.at === 40 && !landscape.scrubber.state.pending")
    whole = desk.page.evaluate(drawn)
    slider.press("Home")
    desk.page.wait_for_function("() => landscape.scrubber.state.at === 0 && !landscape.scrubber.state.pending")
    assert len(desk.page.evaluate(drawn)) < len(whole) / 5
    assert desk.requests == []


def test_the_strip_is_walked_by_the_arrow_keys(desk: Any) -> None:
    desk.go(DEEP)
    first = desk.page.get_by_role("tab", name="Loss curve")
    assert first.get_attribute("aria-selected") == "true"
    first.focus()
    with desk.change():
        desk.page.keyboard.press("ArrowRight")
    second = desk.page.get_by_role("tab", name="Gradient norms")
    assert second.get_attribute("aria-selected") == "true"
    assert second.evaluate("node => node === document.activeElement")
    panel = desk.page.get_by_role("tabpanel", name="Gradient norms")
    assert panel.get_attribute("id") == second.get_attribute("aria-controls")
    assert panel.is_visible()


def test_an_address_opens_its_tab_and_another_scene_the_curve(desk: Any) -> None:
    desk.go("?lesson=valley")
    assert desk.page.locator(f"#{Id.CURVE}").is_visible()
    assert desk.page.get_by_role("tab", name="Gradient norms").count() == 0
    desk.go(f"{DEEP}&view.tab=norms")
    assert desk.page.get_by_role("tab", name="Gradient norms").get_attribute("aria-selected") == "true"
    desk.go("?lesson=valley")
    assert desk.page.locator(f"#{Id.CURVE}").is_visible()


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844), (1920, 1080)])
def test_the_strip_fits(visit: Any, width: int, height: int) -> None:
    desk = visit(f"/{DEEP}&view.tab=norms", width, height)
    strip = desk.page.locator("#tabs").bounding_box()
    assert strip["x"] >= 0
    assert strip["x"] + strip["width"] <= width
    assert desk.page.evaluate("document.documentElement.scrollWidth") <= width
    assert desk.page.locator(f"#{Id.NORMS}").bounding_box()["height"] > 150
