"""The tab of predictions: what it shows is what the model says, it follows the slider, and it costs little."""

from __future__ import annotations

from statistics import median
from typing import Any

import numpy as np
import pytest

import landscape as ls
from components.ids import Id
from components.views import predictions
from tests.browser.test_quick import STUB, cpu

NETWORK = (
    "model.activation=tanh&model.output=softmax&model.loss=cross_entropy&model.init=xavier&model.bias=true"
    "&plane.kind=random&grid.resolution=9,9&runs.0.trains=all&runs.0.optimizer.lr=0.5&view.tab=predictions"
)
MOONS = f"?model.hidden=12&data.kind=moons&runs.0.steps=200&{NETWORK}"
DIGITS = f"?model.hidden=20&data.kind=digits&data.samples=200&runs.0.steps=100&{NETWORK}"

BUDGET = 16.0
"""Milliseconds of the main thread for a step of all views with this tab open."""

COLOURS = """() => {
    const canvas = document.getElementById('predictions-canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return { width: canvas.width, height: canvas.height, drawn: data.filter((_, i) => i % 4 === 3 && data[i]).length,
             sum: data.reduce((sum, value, i) => (sum + value * (i % 9973)) % 1e9, 0) };
}"""

CLASS_AT = """([x, y]) => {
    const { xaxis, yaxis } = document.querySelector('#predictions .js-plotly-plot')._fullLayout;
    const canvas = document.getElementById('predictions-canvas');
    const sharp = canvas.width / xaxis._length;
    const [red, , blue] = canvas.getContext('2d')
        .getImageData(Math.round(xaxis.l2p(x) * sharp), Math.round(yaxis.l2p(y) * sharp), 1, 1).data;
    return red > blue ? 0 : 1;  // the first class is orange, the second blue
}"""


def go_to(desk: Any, key: str, step: int) -> None:
    desk.page.get_by_role("slider", name="Step").press(key)
    desk.page.wait_for_function(
        "(step) => landscape.scrubber.state.at === step && !landscape.scrubber.state.pending"
        " && landscape.predictions.held().shown?.step === step",
        arg=step,
    )


def opened(desk: Any, address: str) -> ls.Scene:
    """The scene of an address whose predictions have all come."""
    desk.go(address)
    desk.page.wait_for_function(
        "() => { const { film, stale } = landscape.predictions.held();"
        " return film && !stale && document.getElementById('predictions-word').textContent; }"
    )
    return ls.Scene.from_query(desk.search())


def test_regions_follow_the_slider_and_are_the_networks_own(desk: Any) -> None:
    scene = opened(desk, MOONS)
    found = ls.predictions(scene)
    desk.requests.clear()
    go_to(desk, "End", 200)
    last = desk.page.evaluate(COLOURS)
    assert last["drawn"] == last["width"] * last["height"]
    for row, column in ((5, 5), (5, 74), (40, 20), (60, 40), (74, 5), (20, 60)):
        if found.certainty[-1, row, column] > 0.9:
            place = [float(found.mesh_x[column]), float(found.mesh_y[row])]
            assert desk.page.evaluate(CLASS_AT, place) == found.regions[-1, row, column]
    assert desk.text(Id.PREDICTIONS_WORD) == f"Step 200: {predictions.words(found, 31)}"
    go_to(desk, "Home", 0)
    assert desk.page.evaluate(COLOURS)["sum"] != last["sum"]
    assert desk.text(Id.PREDICTIONS_WORD) == f"Step 0: {predictions.words(found, 0)}"
    assert desk.requests == []


def test_a_sheet_of_digits_and_who_is_taken_for_whom(desk: Any) -> None:
    scene = opened(desk, DIGITS)
    found = ls.predictions(scene)
    for key, step, place in (("End", 100, 31), ("Home", 0, 0)):
        go_to(desk, key, step)
        cells = desk.page.locator(".confusion td.right, .confusion td.wrong").all_text_contents()
        assert [int(cell) for cell in cells] == found.confusion[place].ravel().tolist()
        words = desk.page.locator(".sample figcaption").all_text_contents()
        said = [f"{'' if said == so else '✗ '}{said}" for said, so in zip(found.classes[place, :40], found.truth,
                                                                          strict=False)]  # fmt: skip
        assert words == said
        assert desk.page.locator(".sample.wrong").count() == sum("✗" in word for word in said)
    assert desk.page.locator(".sample canvas").first.evaluate("(canvas) => getComputedStyle(canvas).imageRendering") \
        == "pixelated"  # fmt: skip
    assert desk.page.get_by_role("img", name="0, right").or_(desk.page.get_by_role("img", name="0, taken")).count() > 0


def test_a_lesson_opens_on_its_curve_and_another_path_may_be_chosen(desk: Any) -> None:
    scene = opened(desk, "?lesson=regularisation")
    assert desk.page.locator(f"#{Id.PREDICTIONS}").is_visible()
    paths = [ls.predictions(scene, number) for number in (0, 1)]
    go_to(desk, "End", 1000)
    held = "() => Array.from(landscape.predictions.held().shown.y)"
    np.testing.assert_allclose(desk.page.evaluate(held), paths[0].curve[-1], rtol=1e-5, atol=1e-6)
    drawn = desk.page.evaluate(COLOURS)
    assert 0 < drawn["drawn"] < drawn["width"] * drawn["height"] / 10
    go_to(desk, "Home", 0)
    assert desk.page.evaluate(COLOURS)["sum"] != drawn["sum"]
    desk.page.get_by_role("textbox", name="Path whose predictions are shown").click()
    with desk.change():
        desk.page.get_by_role("option", name="path 2").click()
    assert "view.path=2" in desk.search()
    desk.page.wait_for_function("() => landscape.predictions.held().film?.path === 1")
    assert desk.text(Id.PREDICTIONS_WORD) == f"Path 2, step 0: {predictions.words(paths[1], 0)}"


def test_another_scene_does_not_move_the_last_ones_predictions(desk: Any) -> None:
    opened(desk, MOONS)
    states = desk.page.evaluate("""() => {
        const { film } = landscape.predictions.held();
        landscape.predictions.take({ key: 'another' });
        const stale = landscape.predictions.held().stale;
        landscape.predictions.take({ key: film.key });
        return [stale, landscape.predictions.held().stale];
    }""")
    assert states == [True, False]


BY_STEP = """async (step) => {
    landscape.scrubber.state.at = step;
    landscape.quick.move(step);
    landscape.overlay.move(step);
    landscape.predictions.move();
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}"""
"""What the slider does at a step."""


@pytest.mark.parametrize(
    ("address", "steps"),
    [(DIGITS, 100), (MOONS, 200), ("?lesson=overfitting", 1000)],
    ids=["sheet", "regions", "curve"],
)
def test_a_step_of_predictions_costs_at_most_16_ms(desk: Any, address: str, steps: int) -> None:
    opened(desk, address)
    desk.page.evaluate(STUB)  # WebGL in software says nothing about a graphics card
    desk.page.wait_for_function("() => landscape.graphs.idle()")
    places = desk.page.evaluate("() => landscape.predictions.held().film.steps")
    count, costs = cpu(desk.page), []
    for step in [step for step in places if step < steps] * 2:  # each shows another frame
        before = count()
        desk.page.evaluate(BY_STEP, step)
        costs.append(count() - before)
    print(f"\n{address[:24]}: {median(costs):.1f} ms a step, at most {max(costs):.1f}")
    assert median(costs) <= BUDGET
