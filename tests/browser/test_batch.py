"""The batch of the step under the slider: asked for when the slider rests, once a step, and gone with the wish."""

from __future__ import annotations

import pytest

from components.figures import contour
from tests.browser.conftest import Desk, Visit

SHOWN = f"""() => {{
    const trace = document.querySelector('#contour .js-plotly-plot').data[{contour.BATCH}];
    return trace.visible === true ? Array.from(trace.z[0]).slice(0, 3) : null;
}}"""


@pytest.fixture(scope="module")
def line(desk: Desk) -> Desk:
    return desk.go("?lesson=batch-by-batch")


def says(desk: Desk, words: str) -> None:
    desk.page.wait_for_function("words => document.getElementById('batch-word').textContent.includes(words)", arg=words)
    desk.page.wait_for_function("() => window.landscape.graphs.idle()")


def test_the_lesson_opens_with_the_batch_of_its_step(line: Desk) -> None:
    says(line, "Step 40 sees 5 of 45 samples (6, 12, 32, 41, 44)")
    assert line.page.evaluate(SHOWN) is not None


def test_a_step_on_brings_its_own_batch_and_asks_once(line: Desk) -> None:
    says(line, "Step 40 ")
    before = line.page.evaluate(SHOWN)
    line.requests.clear()
    line.page.click("#forward")
    says(line, "Step 41 ")
    assert line.page.evaluate(SHOWN) != before
    asked = [path for path in line.requests if path.startswith("/batch/")]
    assert [path.split("?")[0] for path in asked] == ["/batch/41"]
    line.page.click("#back")
    says(line, "Step 40 ")
    assert line.page.evaluate(SHOWN) == before


def test_without_the_wish_it_is_gone(line: Desk) -> None:
    says(line, "Step 40 ")
    line.choose("view.batch", "none")
    line.page.wait_for_function("() => document.getElementById('batch-word').textContent === ''")
    line.wait_finished()
    assert line.page.evaluate(SHOWN) is None
    line.choose("view.batch", "instead")
    says(line, "Step 40 ")
    assert line.page.evaluate("document.querySelector('#contour .js-plotly-plot').data[0].visible") is False
    line.choose("view.batch", "none")
    line.page.wait_for_function("() => document.querySelector('#contour .js-plotly-plot').data[0].visible === true")


def test_on_a_phone_what_is_said_fits(visit: Visit) -> None:
    phone = visit("/?lesson=batch-by-batch", 390, 844)
    says(phone, "Step 40 ")
    assert phone.page.evaluate("document.documentElement.scrollWidth <= 390")
