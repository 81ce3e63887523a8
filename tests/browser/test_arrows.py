"""The arrows of the step under the slider, and its numbers: there when asked for, moved without a request, cheap."""

from __future__ import annotations

import math
from typing import Any

import pytest

import landscape as ls

MISLEADING = "?lesson=misleading-gradient"

DIRECTIONS = """() => {
    const points = (d) => d.match(/-?[\\d.]+,-?[\\d.]+/g).map((pair) => pair.split(',').map(Number));
    const { xaxis, yaxis } = document.querySelector('#contour .js-plotly-plot')._fullLayout;
    const unit = [xaxis, yaxis].map((axis) => axis.d2p(1) - axis.d2p(0));
    const found = {};
    for (const arrow of document.querySelectorAll('#contour .overlay .arrow:not([display])')) {
        const [from] = points(arrow.querySelector('.shaft').getAttribute('d'));
        const [, tip] = points(arrow.querySelector('.head').getAttribute('d'));
        const kind = arrow.getAttribute('class').match(/arrow-(\\w+)/)[1];
        found[kind] = [0, 1].map((axis) => (tip[axis] - from[axis]) / unit[axis]);
    }
    return found;
}"""


def home(desk: Any) -> None:
    """The slider to the first step."""
    desk.page.get_by_role("slider", name="Step").press("Home")
    desk.page.wait_for_function("() => landscape.scrubber.state.at === 0 && !landscape.scrubber.state.pending")


def angle(first: list[float], second: list[float]) -> float:
    inner = sum(x * y for x, y in zip(first, second, strict=True))
    return math.degrees(math.acos(inner / math.hypot(*first) / math.hypot(*second)))


def test_at_the_ravines_start_the_angle_is_54_87_degrees(desk: Any) -> None:
    desk.go(f"{MISLEADING}&view.arrows=none")
    assert desk.page.locator("#contour .overlay").count() == 0
    assert desk.text("step-facts") == ""
    with desk.change():
        desk.choose("view.arrows", "step")
    desk.page.wait_for_function("() => window.location.search.endsWith('view.step=0')")
    assert "view.arrows" not in desk.search()  # the lesson itself opens with them
    home(desk)
    found = desk.page.evaluate(DIRECTIONS)
    assert angle(found["gradient"], [3.6, -12]) < 0.1
    assert angle(found["minimum"], [1.8, -0.6]) < 0.1
    assert angle(found["gradient"], found["minimum"]) == pytest.approx(54.87, abs=0.1)
    assert found["step"] == pytest.approx([0.036, -0.12], abs=1e-3)
    assert desk.page.evaluate("document.querySelector('#contour .overplot > .xy').lastChild.matches('.overlay')")
    said = desk.text("step-facts")
    assert "loss 6.8400" in said
    assert "gradient norm 12.528" in said
    assert "learning rate 0.01" in said
    assert "step length 0.12528" in said
    assert "step and −gradient 0.00° apart" in said
    assert "−gradient and minimum 54.87° apart" in said


def test_the_arrows_go_along_with_slider_zoom_and_theme_and_ask_nothing(desk: Any) -> None:
    desk.go("?lesson=valley")  # the test before may have ended at the very scene
    desk.go(MISLEADING)
    home(desk)
    desk.requests.clear()
    before = desk.page.evaluate(DIRECTIONS)
    desk.page.locator("#forward").click()
    desk.page.wait_for_function("() => landscape.scrubber.state.at === 1 && !landscape.scrubber.state.pending")
    assert "54.60° apart" in desk.text("step-facts")
    assert desk.page.evaluate(DIRECTIONS)["step"] == pytest.approx([0.03528, -0.096], abs=1e-3)
    desk.page.locator("#back").click()
    desk.page.wait_for_function("() => landscape.scrubber.state.at === 0 && !landscape.scrubber.state.pending")
    desk.page.evaluate(
        "Plotly.relayout(document.querySelector('#contour .js-plotly-plot'),"
        " { 'xaxis.range': [-2.5, -1], 'yaxis.range': [0, 1] })"
    )
    zoomed = desk.page.evaluate(DIRECTIONS)
    assert zoomed["step"] == pytest.approx(before["step"], abs=1e-3)
    assert angle(zoomed["gradient"], zoomed["minimum"]) == pytest.approx(54.87, abs=0.1)
    assert desk.requests == []
    desk.page.get_by_role("slider", name="Step").press("End")
    desk.page.wait_for_function("() => landscape.scrubber.state.at === 100 && !landscape.scrubber.state.pending")
    assert "step" not in desk.page.evaluate(DIRECTIONS)  # no step is taken from the last place
    with desk.change():
        desk.choose("view.arrows", "none")
    assert desk.page.evaluate(DIRECTIONS) == {}
    assert desk.text("step-facts") == ""


def test_the_momentum_of_a_step_is_the_step_before(desk: Any) -> None:
    desk.go("?lesson=momentum&view.arrows=step")
    home(desk)
    assert "momentum" not in desk.page.evaluate(DIRECTIONS)  # nothing is gathered yet
    for _ in range(3):
        desk.page.locator("#forward").click()
    desk.page.wait_for_function("() => landscape.scrubber.state.at === 3 && !landscape.scrubber.state.pending")
    walked = ls.descend(ls.lesson("momentum"))[1]
    before = [walked.a[3] - walked.a[2], walked.b[3] - walked.b[2]]
    assert angle(desk.page.evaluate(DIRECTIONS)["momentum"], before) < 0.5
    words = [word for word in desk.page.locator("#contour .overlay text").all_text_contents() if word]
    assert sorted(words) == sorted({*words})  # each kind is named once, on the first path that has it
    assert f"momentum {math.hypot(*before):.3g}" in words
    assert "momentum" not in desk.text("step-facts")  # of the first path, which gathers none


def test_the_lesson_opens_at_its_first_step_and_a_link_to_its_end_stays_there(desk: Any) -> None:
    desk.go("?lesson=valley")
    desk.go(MISLEADING)
    assert desk.text("step-word").startswith("step 0 of 100")
    assert "54.87° apart" in desk.text("step-facts")
    desk.page.get_by_role("slider", name="Step").press("End")
    desk.page.wait_for_function("() => window.location.search.endsWith('view.step=none')")
    desk.open("/" + desk.search())
    assert desk.text("step-word").startswith("step 100 of 100")
