"""The page on one screen, on a phone, in the dark, and to those who do not see it."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

CLASHES = """(roots) => {
    // The innermost elements that show words or take clicks, of each part of the page by itself.
    const clashes = [];
    const shown = (node) => {
        const { width, height } = node.getBoundingClientRect();
        const style = getComputedStyle(node);
        return width > 1 && height > 1 && style.visibility === 'visible' && Number(style.opacity) > 0
            && node.checkVisibility();
    };
    const holdsText = (node) => [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
    const box = (node) => {
        if (!holdsText(node)) return node.getBoundingClientRect();
        const range = document.createRange();
        range.selectNodeContents(node);
        return range.getBoundingClientRect();
    };
    const name = (node) => `${node.tagName.toLowerCase()}#${node.id || node.className}: `
        + (node.textContent || node.getAttribute('aria-label') || '').trim().slice(0, 40);
    for (const root of roots.map((selector) => document.querySelector(selector))) {
        const all = [...root.querySelectorAll('*')].filter((node) => shown(node)
            && (holdsText(node) || ['BUTTON', 'INPUT', 'TEXTAREA'].includes(node.tagName)));
        const frame = root.getBoundingClientRect();
        const scrolls = ['auto', 'scroll'].includes(getComputedStyle(root).overflowY);
        for (const [i, node] of all.entries()) {
            const mine = box(node);
            if (mine.left < frame.left - 1 || mine.right > frame.right + 1) clashes.push(`${name(node)} sticks out`);
            if (!scrolls && (mine.top < frame.top - 1 || mine.bottom > frame.bottom + 1))
                clashes.push(`${name(node)} sticks out of ${root.className}`);
            const clipped = node.scrollWidth > node.clientWidth + 1 || node.scrollHeight > node.clientHeight + 1;
            if (clipped && getComputedStyle(node).overflow === 'hidden' && node.clientWidth)
                clashes.push(`${name(node)} is clipped`);
            for (const other of all.slice(i + 1)) {
                if (node.contains(other) || other.contains(node)) continue;
                const its = box(other);
                const wide = Math.min(mine.right, its.right) - Math.max(mine.left, its.left);
                const high = Math.min(mine.bottom, its.bottom) - Math.max(mine.top, its.top);
                if (wide > 1.5 && high > 1.5) clashes.push(`${name(node)} lies over ${name(other)}`);
            }
        }
    }
    return clashes;
}"""

SCROLLS = """() => {
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.scrollingElement;
    return [scrollWidth - clientWidth, scrollHeight - clientHeight];
}"""

TOPS = (
    "() => ['contour', 'curve', 'surface', 'card'].map((id) => document.getElementById(id).getBoundingClientRect().top)"
)

FILLED = """() => landscape.graphs.idle() && ['surface', 'contour', 'curve'].every((id) => {
    const [graph, view] = [document.querySelector(`#${id} .main-svg`), document.querySelector(`.view-${id}`)];
    const { paddingLeft, paddingRight } = getComputedStyle(view);
    const width = view.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
    const drawn = graph.getBoundingClientRect();
    return Math.abs(drawn.height - view.clientHeight) < 2 && Math.abs(drawn.width - width) < 10;
})"""

PARTS = [".header", ".rail", ".transport", ".view-words"]


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1280, 720), (1920, 1080)])
def test_a_desktop_holds_the_page_on_one_screen(desk: Any, width: int, height: int) -> None:
    desk.page.set_viewport_size({"width": width, "height": height})
    desk.page.wait_for_function(FILLED)
    assert desk.page.evaluate(SCROLLS) == [0, 0]
    assert desk.page.evaluate(CLASHES, PARTS) == []
    boxes = {name: desk.page.locator(f"#{name}").bounding_box() for name in ("surface", "contour", "curve")}
    stage = desk.page.locator(".stage").bounding_box()
    for name, box in boxes.items():
        assert box["x"] + box["width"] <= width + 0.5, name
        assert box["y"] + box["height"] <= height + 0.5, name
        assert box["height"] > 0.25 * height, name
    assert boxes["surface"]["y"] == pytest.approx(boxes["contour"]["y"], abs=2)
    assert boxes["surface"]["height"] > boxes["curve"]["height"]  # the picture is the hero
    assert boxes["surface"]["height"] > 0.5 * stage["height"]


def test_the_check_for_clashes_can_fail(desk: Any) -> None:
    shift = "(by) => { document.getElementById('step-word').style.transform = by; }"
    desk.page.evaluate(shift, "translateX(60px)")
    assert any("lies over" in clash for clash in desk.page.evaluate(CLASHES, [".transport"]))
    desk.page.evaluate(shift, "")
    assert desk.page.evaluate(CLASHES, [".transport"]) == []


FILLS = """() => {
    const width = (at) => document.querySelector(at).getBoundingClientRect().width;
    return Math.abs(width('#surface .main-svg') - width('#surface')) < 2;
}"""
"""Whether the picture has taken the place that it has."""


def test_the_rail_folds_and_the_pictures_take_its_place(desk: Any) -> None:
    desk.page.set_viewport_size({"width": 1440, "height": 900})
    desk.page.wait_for_function(FILLS)  # the window may just have been another size
    before = desk.page.locator("#surface").bounding_box()
    desk.page.locator("#rail-button").click()
    desk.page.wait_for_function("() => document.querySelector('#rail').getBoundingClientRect().width <= 49")
    desk.page.wait_for_function(FILLS)
    assert desk.page.locator("#surface").bounding_box()["width"] > before["width"] + 50
    assert not desk.field("data.samples").is_visible()
    desk.page.locator("#rail-button").click()
    desk.page.wait_for_function(
        "(width) => Math.abs(document.querySelector('#surface .main-svg').getBoundingClientRect().width - width) < 2",
        arg=before["width"],
    )
    assert desk.field("data.samples").is_visible()


def test_a_phone_has_the_contour_first_and_the_rail_as_a_sheet(visit: Any) -> None:
    desk = visit("/?lesson=valley", 390, 844, has_touch=True, is_mobile=True)
    page = desk.page
    assert page.evaluate(SCROLLS)[0] == 0
    tops = page.evaluate(TOPS)
    assert tops == sorted(tops)
    contour = page.locator("#contour").bounding_box()
    assert contour["y"] + contour["height"] < 844
    slider = page.locator("#step").bounding_box()
    assert contour["y"] + contour["height"] < slider["y"] + slider["height"] <= 844  # in reach of the thumb
    assert page.evaluate(CLASHES, [".header", ".transport", ".view-words"]) == []
    rail = page.locator("#rail")
    assert rail.bounding_box()["y"] > 844 - 60
    page.locator("#rail-button").tap()
    page.wait_for_function("() => document.getElementById('rail').getBoundingClientRect().top < 500")
    page.wait_for_function("() => !document.getElementById('rail').getAnimations().length")
    box = rail.bounding_box()
    assert box["y"] + box["height"] == pytest.approx(844, abs=1)
    assert page.evaluate(CLASHES, [".rail"]) == []
    with desk.change():
        desk.fill("runs.0.optimizer.lr", "0.3")
    assert page.evaluate(SCROLLS)[0] == 0
    page.locator("#rail-button").tap()
    page.wait_for_function("() => document.getElementById('rail').getBoundingClientRect().top > 780")


def test_the_dark_theme_follows_the_reader_and_the_button_and_stays(visit: Any) -> None:
    desk = visit("/?lesson=valley", color_scheme="dark")
    page = desk.page
    wait_for_scheme(desk, "dark", "rgb(20, 23, 26)")
    drawn = page.evaluate("() => document.querySelector('#contour .js-plotly-plot')._fullLayout.font.color")
    assert drawn == "#9aa4af"
    page.locator("#theme-button").click()
    wait_for_scheme(desk, "light", "rgb(252, 252, 251)")
    page.reload(wait_until="commit")
    page.wait_for_function("() => window.landscape && landscape.graphs")
    desk.wait_finished()
    wait_for_scheme(desk, "light", "rgb(252, 252, 251)")
    assert page.evaluate("() => document.querySelector('#contour .js-plotly-plot')._fullLayout.font.color") == "#5c646e"


def wait_for_scheme(desk: Any, scheme: str, paper: str) -> None:
    desk.page.wait_for_function(
        "([scheme, paper]) => document.documentElement.dataset.mantineColorScheme === scheme"
        " && getComputedStyle(document.body).backgroundColor === paper && landscape.graphs.idle()",
        arg=[scheme, paper],
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(visit: Any, scheme: str) -> None:
    desk = visit("/?plane.first=W3,0,19", color_scheme=scheme)
    desk.page.evaluate("() => document.querySelectorAll('details').forEach((details) => { details.open = true; })")
    found = serious(desk)
    desk.fill("runs.0.steps", "0")
    desk.page.get_by_text("Steps must be at least 1. Got 0.").wait_for()
    desk.page.locator(".lessons").click()
    desk.page.get_by_role("menu").wait_for()
    desk.page.wait_for_function("() => !document.getAnimations().some((one) => one.playState === 'running')")
    found += [one for one in serious(desk) if one not in found]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_the_tabs(visit: Any, scheme: str) -> None:
    desk, found = visit("/?lesson=valley", color_scheme=scheme), []
    for address in ("svm-profiles", "svm-pairs", "batch-surface", "overfitting", "false-minima&view.tab=convexity"):
        desk.go(f"?lesson={address}")
        found += [f"{address}: {one}" for one in serious(desk)]
    assert not found, "\n".join(found)


def serious(desk: Any) -> list[str]:
    """Axe's serious and critical findings, one line for each element.

    Left out: an empty element in Mantine's menus that takes the focus first. Without it the arrow keys find nothing.
    """
    violations = Axe().run(desk.page).response["violations"]
    return [
        f"{rule['impact']} {rule['id']}: {node['html'][:200]} {node['any'][0]['message'] if node['any'] else ''}"
        for rule in violations
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
        if not (rule["id"] == "aria-required-children" and 'data-menu-dropdown="true"' in node["html"])
    ]
