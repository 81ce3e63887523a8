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
    desk.go("?lesson=valley").go(f"{DEEP}&view.tab=norms")  # the test before leaves the same tab at another step
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
    second = desk.page.get_by_role("tab", name="Side by side")
    assert second.get_attribute("aria-selected") == "true"
    assert second.evaluate("node => node === document.activeElement")
    panel = desk.page.get_by_role("tabpanel", name="Side by side")
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


DEAR = "?model.hidden=20&data.kind=digits&data.samples=200&grid.resolution=5,5&runs.0.steps=3000&runs.0.batch=8" \
       "&runs.0.trains=all&runs.0.starts=initial&view.tab=rates"  # fmt: skip

SWEPT = """(id) => {
    const trace = document.querySelector(`#${id} .js-plotly-plot`).data[0];
    return { x: Array.from(trace.x), y: Array.from(trace.y) };
}"""


def test_the_best_rate_is_found_used_and_remembered(desk: Any) -> None:
    desk.go("?model.kind=function&model.name=ravine&runs.0.optimizer.lr=0.001&runs.0.steps=30")
    open_tab(desk, "Learning rates")
    assert "Best: 0.0562." in desk.text(Id.RATES_WORD)
    points = desk.page.evaluate(SWEPT, Id.RATES)
    scene = ls.Scene.from_query(desk.search())
    want = ls.sweep(scene, [round(rate, 6) for rate in points["x"]])
    np.testing.assert_allclose(points["y"], want.loss, rtol=1e-4)
    with desk.change():
        desk.press("use-best")
    assert desk.field("runs.0.optimizer.lr").input_value() == "0.0562"
    assert "view.swept=" in desk.search()
    assert "view.tab=rates" in desk.search()
    assert not desk.page.get_by_role("button", name="Use the best rates").is_visible()
    with desk.change():
        desk.fill("runs.0.optimizer.lr", "0.05")
    assert "view.swept=" not in desk.search()


def test_a_long_sweep_waits_for_its_button_and_can_be_stopped(desk: Any, real_app: Any) -> None:
    desk.go(DEAR)
    assert "14 rates × 1 run × 3,000 steps = 42,000 steps" in desk.text(Id.RATES_WORD)
    before = real_app.computed.count("training/")
    with desk.change(finished=False):
        desk.press("sweep")
    desk.page.wait_for_function("() => /sweeping/.test(document.getElementById('progress-word').textContent)")
    desk.page.get_by_role("button", name="Stop computing").click()
    assert real_app.listeners.wait_until_none(20)
    assert real_app.computed.count("training/") > before
    assert desk.text("progress-word").startswith("stopped ")


@pytest.mark.parametrize(
    ("tab", "view", "words"),
    [
        ("Step sizes", Id.SIZES, "From 10 on a step overshoots."),
        ("Gradient check", Id.CHECK, "The gradient is right"),
    ],
)
def test_studies_of_any_scene_come_with_their_tab(desk: Any, tab: str, view: str, words: str) -> None:
    desk.go("?lesson=valley")
    open_tab(desk, tab)
    assert desk.page.locator(f"#{view}").is_visible()
    assert words in desk.text(f"{view}-word")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_strip_holds_on_a_phone_and_brings_the_open_tab_into_view(visit: Any, scheme: str) -> None:
    desk = visit("/?lesson=valley&view.tab=check", 390, 844, color_scheme=scheme)
    opened = desk.page.get_by_role("tab", name="Gradient check").bounding_box()
    assert opened["x"] >= 0
    assert opened["x"] + opened["width"] <= 390
    assert desk.page.evaluate("document.documentElement.scrollWidth") <= 390
