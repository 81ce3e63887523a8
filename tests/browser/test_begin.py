"""Beginnings beyond clicks: basins shown and hidden, the best of the grid and all its minima, and a cube."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

import landscape as ls

CELLS = """() => {
    const graph = document.querySelector('#contour .js-plotly-plot');
    const cells = graph._fullData.find(({ type }) => type === 'heatmap');
    const map = graph._fullData.find(({ type }) => type === 'contour');
    return {
        coloring: map.contours?.coloring,
        rows: cells && cells.visible === true ? Array.from(cells.z, (row) => Array.from(row)) : null,
        ticks: cells && cells.visible === true ? Array.from(cells.colorbar.ticktext) : null,
        drawn: graph.querySelectorAll('.heatmaplayer image').length,
    };
}"""

RINGS = """() => document.querySelectorAll(
    `#contour .trace${document.querySelector('#contour .js-plotly-plot')._fullData.at(-2).uid} .point`).length"""


def test_basins_are_shown_and_hidden_and_cost_nothing_twice(desk: Any, real_app: Any) -> None:
    desk.go("?lesson=false-minima")
    before, runs = desk.drawn(), real_app.computed.count("run/")
    with desk.change():
        desk.press("basins")
    found = ls.basins(ls.read_query(desk.search())[0])
    cells = desk.page.evaluate(CELLS)
    assert cells["coloring"] == "none"
    assert cells["drawn"] == 1
    place = np.array(cells["rows"])
    assert place.shape == found.label.shape
    for end in range(7):  # a colour each
        assert len(np.unique(place[found.label == end])) == 1
    assert cells["ticks"][-1] == "A 19 %"
    table = desk.text("basins")
    assert "(-1.772, 1.571)" in table
    assert "9 more" in table
    assert desk.drawn()["surface"] == before["surface"]
    assert real_app.computed.count("run/") == runs, "the paths are those that were there"
    computed = real_app.computed.count()
    with desk.change():
        desk.choose("view.colours", "viridis")
    assert real_app.computed.count() == computed
    assert desk.page.evaluate(CELLS)["rows"] == cells["rows"]
    with desk.change():
        desk.press("basins")
    hidden = desk.page.evaluate(CELLS)
    assert (hidden["coloring"], hidden["rows"], hidden["drawn"]) == ("heatmap", None, 0)
    assert desk.text("basins") == ""
    assert desk.search() == "?lesson=false-minima&view.colours=viridis"


def test_a_click_keeps_the_basins(desk: Any) -> None:
    desk.go("?model.kind=function&model.name=himmelblau&runs.0.starts=lattice,9,9")
    box = desk.page.locator("#contour .nsewdrag").bounding_box()
    with desk.change():
        desk.page.mouse.click(box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"])
    (run,) = ls.read_query(desk.search())[0].runs
    assert len(run.places) == 1
    assert run.lattice == ls.Lattice((9, 9))
    assert len(desk.page.evaluate(CELLS)["rows"]) == 9


def test_basins_on_a_curve(desk: Any) -> None:
    desk.go("?model.kind=function&model.name=quartic&runs.0.starts=2.5;lattice,21")
    cells = desk.page.evaluate(CELLS)
    assert np.array(cells["rows"]).shape == (1, 21)
    assert [tick[0] for tick in cells["ticks"]] == ["?", "B", "A"], "one start stands on the hill between"


def test_basins_of_two_weights_of_a_network(desk: Any, mnist_files: Path) -> None:
    desk.go("?lesson=mnist-descent&runs.0.steps=300&runs.0.starts=-9,15;lattice,15,15")
    found = ls.basins(ls.read_query(desk.search())[0])
    assert np.array(desk.page.evaluate(CELLS)["rows"]).shape == found.label.shape == (15, 15)
    assert "225 starts" in desk.text("basins")


def test_the_grids_best_vertex_and_all_its_minima_become_starts(desk: Any) -> None:
    desk.go("?lesson=false-minima")
    with desk.change():
        desk.press("grid-start")
    scene = ls.read_query(desk.search())[0]
    np.testing.assert_allclose(scene.runs[0].starts, [ls.grid_start(ls.surface(scene))], rtol=1e-5)
    assert desk.page.evaluate(RINGS) == 1
    with desk.change():
        desk.press("grid-minima")
    desk.page.get_by_text("local minima; the 8 lowest are the starts.").wait_for()
    scene = ls.read_query(desk.search())[0]
    np.testing.assert_allclose(scene.runs[0].starts, ls.grid_minima(ls.surface(scene)).place[:8], rtol=1e-5)
    assert desk.page.evaluate(RINGS) == 8


def test_a_cubes_budget_is_said_before_it_runs(desk: Any) -> None:
    desk.go("?model.hidden=8,6&data.samples=40&runs.0.steps=20&runs.0.optimizer.lr=0.5&runs.0.starts=0,0")
    desk.page.get_by_text("Search a cube for the start").click()
    offer = desk.page.locator(".offer")
    assert offer.inner_text().startswith("3^4 = 81 losses on 40 samples")
    desk.requests.clear()
    desk.page.get_by_label("Vertices an axis").fill("5")
    desk.page.get_by_text("5^4 = 625 losses on 40 samples").wait_for()
    desk.page.get_by_label("Vertices an axis").fill("99")
    desk.page.get_by_text("may be 100,000 vertices at most. Got 99^4").wait_for()
    assert desk.page.get_by_role("link", name="Run it").count() == 0
    desk.page.get_by_label("Vertices an axis").fill("4")
    desk.page.get_by_text("4^4 = 256 losses on 40 samples").wait_for()
    assert not [request for request in desk.requests if "/stream" in request], "nothing has run"
    with desk.change():
        desk.page.get_by_role("link", name="Run it").click()
    scene = ls.read_query(desk.search())[0]
    assert scene.runs[0].starts == (ls.Cube(4, 1.0, 4),)
    assert desk.field("runs.0.starts").input_value() == "cube, 4, 1, 4"
    assert "From the best of 256 vertices." in desk.text("runs")
    first = desk.page.evaluate("landscape.scrubber.state.paths[0].loss[0]")
    assert abs(first - ls.cube_start(scene).loss) < 1e-6 * first
