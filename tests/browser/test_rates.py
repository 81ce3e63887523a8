"""A schedule is seen: the rate beside the loss, up to the slider, and a small ring on the path where it turns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import landscape as ls

HALVED = (
    "?lesson=ravine&runs.0.steps=60&runs.0.schedule.kind=step&runs.0.schedule.every=20&runs.0.schedule.gamma=0.5"
    "&runs.1.optimizer.kind=adam&runs.1.optimizer.lr=0.1"
)

RATES = """() => {
    const { data, _fullLayout } = document.querySelector('#curve .js-plotly-plot');
    const lines = landscape.paint.tracks.find(({ axes }) => axes.includes('rate')).lines.map((trace) => data[trace]);
    const seen = lines.filter(({ visible }) => visible === true);
    return { axis: _fullLayout.yaxis2.visible, steps: seen.map(({ x }) => [...x]), rates: seen.map(({ y }) => [...y]) };
}"""

STAIR = """(path) => {
    const graph = document.querySelector('#curve .js-plotly-plot');
    const { lines } = landscape.paint.tracks.find(({ axes }) => axes.includes('rate'));
    return graph.querySelector(`.trace${graph._fullData[lines[path]].uid} .js-line`).getAttribute('d');
}"""

TURNS = """() => {
    const { xaxis, yaxis } = document.querySelector('#contour .js-plotly-plot')._fullLayout;
    return [...document.querySelectorAll('#contour .overlay .turn:not([display])')].map((ring) =>
        [xaxis.p2d(Number(ring.getAttribute('cx'))), yaxis.p2d(Number(ring.getAttribute('cy')))]);
}"""


def to_step(desk: Any, key: str, step: int) -> None:
    desk.page.get_by_role("slider", name="Step").press(key)
    desk.page.wait_for_function(
        "(step) => { const { at, pending } = landscape.scrubber.state;"
        " return at === step && !pending && landscape.graphs.idle(); }",
        arg=step,
    )


@pytest.fixture
def desk(desk: Any) -> Any:
    """The shared window with two runs, of which the first has a schedule."""
    return desk.go("?lesson=valley").go(HALVED)


def test_the_rate_is_drawn_up_to_the_slider_and_asks_nothing(desk: Any) -> None:
    rates = [path.lr for path in ls.descend(ls.Scene.from_query(HALVED[1:]))]
    desk.requests.clear()
    for key, step in (("End", 60), ("ArrowLeft", 59), ("Home", 0), ("ArrowRight", 1)):
        to_step(desk, key, step)
        shown = desk.page.evaluate(RATES)
        assert shown["axis"]
        assert shown["steps"] == [list(range(step + 1))] * 2
        for drawn, rate in zip(shown["rates"], rates, strict=True):
            np.testing.assert_allclose(drawn[:60], rate[: min(step + 1, 60)], rtol=1e-6)
        stair = desk.page.evaluate(STAIR, 0)
        assert stair.count("H") == step
    assert desk.requests == []


def test_it_is_drawn_as_plotly_draws_it(desk: Any) -> None:
    to_step(desk, "End", 60)
    for step in (59, 58):
        to_step(desk, "ArrowLeft", step)
    ours = [desk.page.evaluate(STAIR, path) for path in (0, 1)]
    desk.page.evaluate(
        """async () => {
            const { hold } = landscape.flat;
            landscape.flat.hold = () => null;
            await Plotly.redraw(document.querySelector('#curve .js-plotly-plot'));
            landscape.flat.hold = hold;
        }"""
    )
    assert [desk.page.evaluate(STAIR, path) for path in (0, 1)] == ours
    desk.page.evaluate("document.querySelector('#curve .js-plotly-plot').emit('plotly_afterplot')")


def test_rings_stand_where_the_rate_falls_and_come_with_the_slider(desk: Any) -> None:
    path = ls.descend(ls.Scene.from_query(HALVED[1:]))[0]
    assert "Small rings on the paths mark where the rate falls." in desk.text("card")
    to_step(desk, "End", 60)
    want = [(path.a[step], path.b[step]) for step in (20, 40)]
    assert np.array(desk.page.evaluate(TURNS)) == pytest.approx(np.array(want), abs=1e-3)
    to_step(desk, "Home", 0)
    assert desk.page.evaluate(TURNS) == []


def test_another_scene_takes_axis_and_rings_away(desk: Any) -> None:
    desk.go("?lesson=ravine")
    assert desk.page.evaluate(RATES) == {"axis": False, "steps": [], "rates": []}
    assert desk.page.evaluate(TURNS) == []
