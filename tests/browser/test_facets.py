"""Profiles, pairs and the midpoint test in a browser: what is drawn, what a click opens, and Back."""

from __future__ import annotations

from typing import Any

from components.figures import contour
from components.ids import Id

TRACES = """(id) => document.querySelector(`#${id} .js-plotly-plot`).data
    .map(({ visible, x, y, z }) => ({ visible, points: (y ?? z)?.length ?? 0, there: z ? z.flatMap((row) =>
        Array.from(row)).filter(Number.isFinite).length : 0 }))"""

MIDDLE = """([column, row]) => {
    const graph = document.querySelector('#pairs .js-plotly-plot');
    const { left, top } = graph.querySelector('.nsewdrag').getBoundingClientRect();
    const { xaxis, yaxis } = graph._fullLayout;
    return [left + xaxis.d2p(column + 0.5), top + yaxis.d2p(row + 0.5)];
}"""

OUTLINE = "() => document.querySelector('#pairs .js-plotly-plot').layout.shapes[0]"


def test_42_maps_a_click_opens_one_and_back_brings_the_former(desk: Any) -> None:
    desk.go("?lesson=svm-pairs")
    (maps,) = desk.page.evaluate(TRACES, Id.PAIRS)
    assert maps["visible"]
    assert maps["there"] == 42 * 50 * 50
    outline = desk.page.evaluate(OUTLINE)
    assert outline["visible"]
    assert (int(outline["x0"]), int(outline["y0"])) == (0, 5)  # column 0, second row from the top of seven
    x, y = desk.page.evaluate(MIDDLE, [4, 6 - 2])
    desk.page.mouse.move(x - 3, y - 3)
    desk.page.mouse.move(x, y)
    desk.page.wait_for_function("() => document.getElementById('pairs-point').textContent.startsWith('W[:,4] ')")
    assert ", W[:,2] " in desk.text(Id.PAIRS_POINT)
    assert "loss " in desk.text(Id.PAIRS_POINT)
    with desk.change():
        desk.page.mouse.click(x, y)
    assert desk.field("plane.first").input_value() == "4"
    assert desk.field("plane.second").input_value() == "2"
    outline = desk.page.evaluate(OUTLINE)
    assert (int(outline["x0"]), int(outline["y0"])) == (4, 4)
    assert "columns 4 and 2 of W" in desk.text("sentence")
    with desk.change():
        desk.page.go_back()
    assert desk.search() == "?lesson=svm-pairs"
    assert desk.field("plane.first").input_value() == "0"
    assert int(desk.page.evaluate(OUTLINE)["x0"]) == 0


def test_the_list_opens_a_pair_by_keyboard(desk: Any) -> None:
    desk.go("?lesson=svm-pairs")
    desk.page.locator("#tabs-panel-pairs summary").press("Enter")
    link = desk.page.get_by_role("link", name="W[:,6] and W[:,3]")
    link.focus()
    with desk.change():
        link.press("Enter")
    assert desk.field("plane.first").input_value() == "6"


def test_seven_profiles(desk: Any) -> None:
    desk.go("?lesson=svm-profiles")
    traces = desk.page.evaluate(TRACES, Id.PROFILES)
    assert [trace["points"] for trace in traces if trace["visible"]] == [40] * 7
    assert "Convex along every one" in desk.text(Id.PROFILES_WORD)


def test_convexity_of_the_ravine_and_of_false_minima(desk: Any) -> None:
    desk.go("?lesson=ravine&view.tab=convexity")
    assert desk.text(Id.CONVEXITY_WORD).startswith("Convex along all 1,000 segments tried.")
    segment = f"() => document.querySelector('#contour .js-plotly-plot').data[{contour.SEGMENT}].visible"
    assert desk.page.evaluate(segment) is False
    desk.go("?lesson=false-minima&view.tab=convexity")
    assert desk.text(Id.CONVEXITY_WORD).startswith("Not convex: between A = ")
    assert desk.page.evaluate(segment) is True
    with desk.change():
        desk.page.get_by_role("tab", name="Loss curve").click()
    assert desk.page.evaluate(segment) is False
