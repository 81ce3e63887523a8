"""Over a line the flat picture is a curve with the descent on it, and the one in three dimensions makes room."""

from __future__ import annotations

from typing import Any

import numpy as np

import landscape as ls

CURVE = "model.kind=function&model.name=quartic"
HEAD_AT = """(step) => {
    const path = landscape.scrubber.state.paths[0];
    const head = document.querySelector('#contour .js-plotly-plot').data.at(-1);
    return landscape.graphs.idle() && path.a.length > step && head.x[0] === path.a[step] && head.y[0] === path.b[step];
}"""


def is_shown(desk: Any, id_: str) -> bool:
    return bool(desk.page.locator(f"#{id_}").is_visible())


def test_the_curve_is_drawn_and_the_descent_is_on_it(desk: Any) -> None:
    desk.go(f"?{CURVE}")
    assert not is_shown(desk, "surface")
    assert is_shown(desk, "contour")
    scene = ls.Scene.from_query(CURVE)
    surface, (path,) = ls.surface(scene), ls.descend(scene)
    drawn = desk.drawn()["contour"]
    assert drawn[0]["visible"] is False
    np.testing.assert_allclose(drawn[1]["x"], surface.a, rtol=1e-6)
    np.testing.assert_allclose(drawn[1]["y"], surface.loss[0], rtol=1e-6)
    desk.page.get_by_role("slider", name="Step").press("Home")
    desk.page.wait_for_function(HEAD_AT, arg=0)
    for step in (1, 2):
        desk.page.locator("#forward").click()
        desk.page.wait_for_function(HEAD_AT, arg=step)
        head = desk.drawn()["contour"][-1]
        np.testing.assert_allclose([head["x"][0], head["y"][0]], [path.a[step], path.loss[step]], rtol=1e-6)
    width = desk.page.locator(".landscape").bounding_box()["width"]
    assert desk.page.locator("#contour").bounding_box()["width"] > 0.95 * width


def test_two_axes_bring_the_surface_back(desk: Any) -> None:
    desk.go("?plane.second=none&plane.first=W3,0,19&grid.resolution=9,9&runs.0.steps=5")
    assert not is_shown(desk, "surface")
    desk.go("?grid.resolution=9,9&runs.0.steps=5")
    assert is_shown(desk, "surface")
    drawn = desk.drawn()
    assert drawn["contour"][0]["visible"] is True
    assert drawn["contour"][1]["visible"] is False
    assert len(drawn["surface"][0]["z"]) == 9
    assert sum(1 for trace in drawn["surface"] if trace["type"] == "scatter3d" and len(trace["x"] or ()) == 6) >= 3
