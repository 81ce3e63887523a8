"""Two surfaces side by side: seen from the same place, and let go of when nobody looks."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Desk

EYES = """() => ['scene', 'scene2'].map((name) => {
    const { x, y, z } = document.querySelector('#beside .js-plotly-plot')._fullLayout[name]._scene.getCamera().eye;
    return [x, y, z].map((value) => Number(value.toFixed(3)));
})"""
SCENES = "() => document.querySelectorAll('#beside canvas').length"


@pytest.fixture(scope="module")
def both(desk: Desk) -> Desk:
    desk.page.set_viewport_size({"width": 1100, "height": 720})
    return desk.go("?lesson=batch-surface")


def test_both_are_drawn_and_named(both: Desk) -> None:
    both.page.wait_for_function("() => document.getElementById('beside-word').textContent.includes('1496.3')")
    both.wait_finished()
    names = both.page.locator(".side-names h3").all_inner_texts()
    assert names == ["5 noisy points of a line", "45 noisy points of a line"]
    assert both.page.evaluate(SCENES) >= 2


@pytest.mark.parametrize(("place", "far"), [(0.25, 60), (0.75, -40)], ids=["the first", "the second"])
def test_whoever_turns_one_turns_the_other(both: Desk, place: float, far: int) -> None:
    before = both.page.evaluate(EYES)
    box = both.page.locator("#beside .js-plotly-plot").bounding_box()
    assert box is not None
    x, y = box["x"] + place * box["width"], box["y"] + box["height"] / 2
    both.page.mouse.move(x, y)
    both.page.mouse.down()
    both.page.mouse.move(x + far, y, steps=4)
    both.page.mouse.up()
    both.page.wait_for_function(
        f"before => {{ const [one, two] = ({EYES})().map(String); return one === two && one !== String(before); }}",
        arg=before[0],
    )


def test_one_scale_is_one_press_away_and_back_undoes_it(both: Desk) -> None:
    with both.change():
        both.press("other-scale")
    both.page.wait_for_function(
        "() => document.getElementById('beside-word').textContent.startsWith('Both on one scale')"
    )
    both.page.go_back()
    both.page.wait_for_function("() => document.getElementById('beside-word').textContent.startsWith('Both span')")
    both.wait_finished()


def test_a_tab_that_nobody_sees_holds_no_place_on_the_graphics_card(both: Desk) -> None:
    with both.change():
        both.page.get_by_role("tab", name="Loss curve").click()
    both.page.wait_for_function(f"() => ({SCENES})() === 0")
    with both.change():
        both.page.get_by_role("tab", name="Side by side").click()
    both.page.wait_for_function(f"() => ({SCENES})() >= 2")


STICKS_OUT = """() => ['.view-words', '.below', '.transport'].filter((at) => {
    const node = document.querySelector(at);
    return node.scrollWidth > node.clientWidth + 1;
}).concat(document.scrollingElement.scrollWidth > window.innerWidth ? ['page'] : [])"""


@pytest.mark.parametrize("width", [800, 1000, 1280])
def test_in_a_narrower_window_table_and_transport_keep_to_their_place(both: Desk, width: int) -> None:
    both.page.set_viewport_size({"width": width, "height": 720})
    both.page.wait_for_function(f"() => ({STICKS_OUT})().length === 0", timeout=5000)
    runs = both.page.locator("#runs").bounding_box()
    assert runs is not None
    assert runs["x"] + runs["width"] <= width
