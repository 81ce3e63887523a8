"""What is drawn: the numbers themselves, axes that can be read, and colours that can be told apart."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path as File
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import landscape as ls
from components.figures import contour, curve, norms, surface
from components.figures.palette import DASHES, FONT, MAX_PATHS, SYMBOLS, THEMES, Theme, ThemeName, translucent
from components.figures.scale import BEYOND, FINE, LIFT, Extent, drawn, extent
from components.figures.update import Update
from landscape.run import MAX_PATHS as PATHS_OF_A_SCENE

FIGURES = {"surface": surface, "contour": contour, "curve": curve, "norms": norms}
TOKENS = File(__file__).resolve().parents[2] / "assets" / "00-tokens.css"


@pytest.fixture(scope="module")
def valley() -> ls.Surface:
    return ls.surface(ls.lesson("valley"))


def over(loss: Any) -> ls.Surface:
    """A surface with these heights."""
    loss = np.array(loss, dtype=float)
    diverged = ~np.isfinite(loss)
    loss[diverged] = np.nan
    return ls.Surface(np.linspace(-1, 1, loss.shape[1]), np.linspace(-2, 2, loss.shape[0]), loss, diverged)


def along(a: Any, b: Any, loss: Any) -> ls.Path:
    """A path through these points."""
    template = ls.descend(ls.lesson("valley"))[0]
    arrays = {"a": a, "b": b, "loss": loss, "step": np.arange(len(a))}
    return dataclasses.replace(template, **{name: np.array(values, dtype=float) for name, values in arrays.items()})


def test_a_surface_of_no_point_is_not_drawn(valley: ls.Surface) -> None:
    nothing = over(np.full((3, 4), np.nan))
    shown = extent((-1, 1), (-2, 2), nothing, [])
    assert surface.update("g", nothing, shown, "cividis", through=False).data["visible"] == [False]
    holed = over([[np.nan, 1, 2], [0, 1, np.inf]])
    for there in (valley, holed):
        shown = extent((-1, 1), (-2, 2), there, [])
        assert surface.update("g", there, shown, "cividis", through=False).data["visible"] == [True]


# --- numbers ----------------------------------------------------------------------------------------------


def test_the_surface_is_drawn_as_it_is(valley: ls.Surface) -> None:
    shown = extent((-1, 1), (-1, 1), valley, [])
    for update in (
        surface.update("g", valley, shown, "cividis", through=False),
        contour.update("g", valley, shown, "cividis", "name"),
    ):
        assert update.traces == [0]
        np.testing.assert_array_equal(update.data["z"][0], valley.loss)
        np.testing.assert_array_equal(update.data["x"][0], valley.a)
        np.testing.assert_array_equal(update.data["y"][0], valley.b)
        assert update.data["colorscale"] == ["Cividis"]


def test_both_pictures_colour_the_same_heights_alike(valley: ls.Surface) -> None:
    shown = extent((-1, 1), (-1, 1), valley, [])
    above = surface.update("g", valley, shown, "viridis", through=False).data
    flat = contour.update("g", valley, shown, "viridis", "name").data
    assert (above["cmin"], above["cmax"]) == (flat["zmin"], flat["zmax"])
    assert (above["cmin"][0], above["cmax"][0]) == (valley.loss.min(), valley.loss.max())


def test_contour_lines_divide_the_heights_evenly(valley: ls.Surface) -> None:
    data = contour.update("g", valley, extent((-1, 1), (-1, 1), valley, []), "cividis", "name").data
    heights = np.arange(data["contours.start"][0], data["contours.end"][0] * (1 + 1e-9), data["contours.size"][0])
    assert heights.size == contour.LEVELS
    assert heights[-1] == pytest.approx(valley.loss.max())


def test_a_constant_surface_has_contours_of_a_size_above_zero() -> None:
    plain = over(np.full((3, 4), 2.5))
    shown = extent((-1, 1), (-2, 2), plain, [])
    assert contour.update("g", plain, shown, "cividis", "name").data["contours.size"][0] > 0
    assert shown.loss[0] < 2.5 < shown.loss[1]
    assert shown.colour[0] < shown.colour[1]


def test_a_constant_zero_surface_too() -> None:
    shown = extent((-1, 1), (-2, 2), over(np.zeros((3, 4))), [])
    assert shown.loss[0] < 0 < shown.loss[1]
    assert shown.colour[0] < shown.colour[1]


def test_a_path_floats_by_the_same_share_of_the_height_everywhere(valley: ls.Surface) -> None:
    path = ls.descend(ls.lesson("valley"))[0]
    shown = extent((-2, 2), (-2, 2), valley, [path])
    lift = drawn(path, shown).height - path.loss
    np.testing.assert_allclose(lift, LIFT * (shown.loss[1] - shown.loss[0]), rtol=1e-9)


def test_a_path_inside_is_drawn_as_it_is(valley: ls.Surface) -> None:
    path = ls.descend(ls.lesson("valley"))[0]
    got = drawn(path, extent((-2, 2), (-2, 2), valley, [path]))
    np.testing.assert_array_equal(got.a, path.a, strict=True)
    np.testing.assert_array_equal(got.b, path.b, strict=True)
    np.testing.assert_array_equal(got.level, path.loss, strict=True)


SHOWN = Extent(a=(-1, 1), b=(-2, 2), loss=(0, 10), colour=(0, 10), cut=False, level=(0, 10))
HOVER = 10 * LIFT


@pytest.mark.parametrize(
    ("a", "b", "loss", "kept"),
    [
        pytest.param([0, 0.5, 7], [0, 0, 0], [1, 2, 3], [0, 1, 1], id="leaves to the right"),
        pytest.param([0, 0.5, -7], [0, 0, 0], [1, 2, 3], [0, 1, 1], id="leaves to the left"),
        pytest.param([0, 0, 0, 0], [0, 1, 2.1, -9], [1, 2, 3, 4], [0, 1, 1, 1], id="leaves along b"),
        pytest.param([0, 0, 0], [0, 0, 0], [1, 10, 10.1], [0, 1, 2], id="leaves upwards"),
        pytest.param([0, 5, 0.5], [0, 0, 0], [1, 2, 3], [0, None, 2], id="comes back"),
        pytest.param([5, 0, 9, 1, 3, 3], [0] * 6, [1, 2, 3, 4, 5, 6], [None, 1, None, 3, 3, 3], id="both"),
        pytest.param([1, -1], [2, -2], [10, 0], [0, 1], id="on the very edge"),
        pytest.param([5, 6], [0, 0], [1, 2], [None, None], id="never inside"),
        pytest.param([], [], [], [], id="no point yet"),
        pytest.param([0, 1e308], [0, -1e308], [1, 1e308], [0, 0], id="blows up"),
    ],
)
def test_a_path_is_drawn_as_far_as_the_axes_go(
    a: list[float], b: list[float], loss: list[float], kept: list[int | None]
) -> None:
    """``kept``: for each step the one whose place is drawn, None where nothing is."""
    got = drawn(along(a, b, loss), SHOWN)
    below = [place if place is not None and loss[place] <= SHOWN.loss[1] else None for place in kept]
    for series, values, lift, places in ((got.a, a, 0, kept), (got.b, b, 0, kept), (got.height, loss, HOVER, below)):
        want = [np.nan if place is None else values[place] + lift for place in places]
        np.testing.assert_allclose(series, want, rtol=1e-12)
        assert series.shape == (len(a),)
    assert got.level.shape == (len(a),)
    assert np.isfinite(got.level).all()


def test_drawing_leaves_the_path_as_it_was() -> None:
    path = along([0, 5, 0.5, 9], [0, 0, 0, 0], [1, 2, 3, 99])
    before = [path.a.copy(), path.b.copy(), path.loss.copy()]
    drawn(path, SHOWN)
    for series, copy in zip((path.a, path.b, path.loss), before, strict=True):
        np.testing.assert_array_equal(series, copy)


def test_the_level_is_the_loss_up_to_above_what_the_curve_shows() -> None:
    path = along([0] * 5, [0] * 5, [0, 5, 10, 50, 1e300])
    level = drawn(path, SHOWN._replace(level=(0, 10))).level
    np.testing.assert_array_equal(level[:3], path.loss[:3])
    assert (level[3:] > 10).all(), "the line leaves the picture instead of running along its edge"
    assert (level[3:] <= 10 + 10).all()


@settings(derandomize=True, deadline=None, database=None, max_examples=100)
@given(st.lists(st.tuples(*[st.floats(-1e308, 1e308)] * 2, st.floats(-1e308, 1e308)), max_size=20))
def test_whatever_is_drawn_lies_inside(points: list[tuple[float, float, float]]) -> None:
    a, b, loss = (list(series) for series in zip(*points, strict=True)) if points else ([], [], [])
    got = drawn(along(a, b, loss), SHOWN)
    hidden = np.isnan(got.a)
    np.testing.assert_array_equal(np.isnan(got.b), hidden)
    assert np.isnan(got.height[hidden]).all()
    for series, (low, high) in ((got.a, SHOWN.a), (got.b, SHOWN.b), (got.height, (-np.inf, 10 + HOVER))):
        seen = series[~np.isnan(series)]
        assert ((low <= seen) & (seen <= high)).all()


# --- runs that blow up ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def blown() -> ls.Scene:
    """x^2 + 10 y^2 at a rate of 1,000: y <- (1 - 20 lr) y = -19,999 y."""
    run = {"optimizer": {"kind": "gradient_descent", "lr": 1000}, "starts": [[0.5, 0.5], [1, -1]], "steps": 100}
    return ls.Scene.model_validate({"model": {"kind": "function", "name": "ravine"}, "runs": [run]})


def test_a_diverged_run_stays_where_it_left_the_picture(blown: ls.Scene) -> None:
    paths, surface_ = ls.descend(blown), ls.surface(blown)
    shown = extent(blown.grid.a, blown.grid.b, surface_, paths)
    for path, start in zip(paths, ([0.5, 0.5], [1.0, -1.0]), strict=True):
        assert path.status is ls.Status.DIVERGED
        assert abs(path.b).max() > 1e100
        got = drawn(path, shown)
        np.testing.assert_array_equal(got.a, np.full(path.a.size, start[0]), strict=True)
        np.testing.assert_array_equal(got.b, np.full(path.a.size, start[1]), strict=True)
        assert np.ptp(got.height) == 0
        assert shown.loss[0] < got.height[0] < shown.loss[1]
        assert np.isfinite(got.level).all()
        assert abs(got.level).max() < 100
        assert got.level[0] == path.loss[0]


def test_a_diverged_run_does_not_stretch_the_axes(blown: ls.Scene) -> None:
    surface_ = ls.surface(blown)
    shown = extent(blown.grid.a, blown.grid.b, surface_, ls.descend(blown))
    assert (shown.a, shown.b) == (blown.grid.a, blown.grid.b)
    alone = extent(blown.grid.a, blown.grid.b, surface_, [])
    assert shown.colour == alone.colour
    height = surface_.loss.max() - surface_.loss.min()
    assert shown.loss[1] - shown.loss[0] < 1.5 * height
    assert shown.loss[0] <= alone.loss[0]
    first = max(path.loss[0] for path in ls.descend(blown))
    assert np.isfinite(shown.level).all()
    assert shown.level[0] < first < shown.level[1] < 4 * first


def test_a_slowly_diverging_run_is_followed_to_half_a_grid_beyond() -> None:
    """y <- (1 - 2 lr) y = -1.2 y from 0.9: -1.08, 1.296, -1.5552, 1.86624, ..."""
    run = {"optimizer": {"kind": "gradient_descent", "lr": 1.1}, "starts": [[0, 0.9]], "steps": 60}
    grid = {"a": [-1, 1], "b": [-1, 1]}
    scene = ls.Scene.model_validate({"model": {"kind": "function", "name": "valley"}, "grid": grid, "runs": [run]})
    (path,) = ls.descend(scene)
    shown = extent((-1, 1), (-1, 1), ls.surface(scene), [path])
    assert shown.a == (-1, 1)
    assert shown.b == pytest.approx((-1.5552 - 0.02, 1.86624 + 0.02))
    got = drawn(path, shown)
    inside = (shown.b[0] <= path.b) & (path.b <= shown.b[1])
    last = int(np.flatnonzero(inside).max())
    assert 0 < last < path.loss.size - 1
    np.testing.assert_array_equal(got.b[: last + 1], path.b[: last + 1])
    np.testing.assert_array_equal(got.b[last:], np.full(path.b.size - last, path.b[last]))


# --- heights that 32 bits cannot tell apart ---------------------------------------------------------------


@pytest.mark.parametrize(("floor", "span"), [(4.76, 1e-6), (-4.76, 1e-6), (1e9, 1.0), (2.5, 0.0)])
def test_a_base_is_taken_off_heights_that_32_bits_cannot_tell_apart(floor: float, span: float) -> None:
    loss = floor + span * np.add.outer(np.linspace(0, 0.5, 20), np.linspace(0, 0.5, 20))
    shown = extent((-1, 1), (-2, 2), over(loss), [])
    if span:
        assert shown.base == shown.loss[0] != 0
    update = surface.update("g", over(loss), shown, "cividis", through=False)
    (z,) = update.data["z"]
    np.testing.assert_array_equal(z, loss - shown.base)
    if span:
        thin = z.astype(np.float32).astype(np.float64)
        assert abs(thin - z).max() < 1e-4 * span
        assert abs(loss.astype(np.float32).astype(np.float64) - loss).max() > 1e-4 * span, "or nothing was to be done"
    assert update.data["cmin"] == [shown.colour[0] - shown.base]
    assert update.data["cmax"] == [shown.colour[1] - shown.base]
    ends = [end - shown.base for end in shown.loss]
    assert update.layout["scene.zaxis.range"] == ends
    assert ends[0] < z.min() <= z.max() < ends[1]
    title = update.layout["scene.zaxis.title.text"]
    assert title == (f"loss - {shown.base:.10g}" if shown.base else "loss")
    (hover,) = update.data["hovertemplate"]
    assert (f"loss {shown.base:.10g} + %{{z" in hover) == bool(shown.base)
    assert surface.framed("g", shown).layout == update.layout
    map_ = contour.update("g", over(loss), shown, "cividis", "name").data
    np.testing.assert_array_equal(map_["z"][0], loss, err_msg="the map shows the loss itself")
    path = along([0.0], [0.0], [floor])
    again = extent((-1, 1), (-2, 2), over(loss), [path])
    lift = LIFT * (again.loss[1] - again.loss[0])
    np.testing.assert_allclose(drawn(path, again).height, floor - again.base + lift, rtol=1e-9)
    assert drawn(path, again).level[0] == floor


def test_ordinary_heights_have_no_base(valley: ls.Surface) -> None:
    shown = extent((-1, 1), (-1, 1), valley, [])
    assert shown.base == 0
    update = surface.update("g", valley, shown, "cividis", through=False)
    assert update.layout["scene.zaxis.title.text"] == "loss"
    assert update.layout["scene.zaxis.range"] == list(shown.loss)
    assert "loss %{z" in update.data["hovertemplate"][0]


def test_the_base_comes_with_the_share_that_is_fine() -> None:
    for sign in (1, -1):
        wide = SHOWN._replace(loss=tuple(sorted((sign * 1.0, sign * (1 - 1.01 * FINE)))))
        thin = SHOWN._replace(loss=tuple(sorted((sign * 1.0, sign * (1 - 0.99 * FINE)))))
        assert wide.base == 0
        assert thin.base == thin.loss[0]
    assert SHOWN._replace(loss=(0, 1e-30)).base == 0, "32 bits are fine around zero"


# --- axes -------------------------------------------------------------------------------------------------


def test_the_axes_are_the_grids_while_every_path_stays_on_it(valley: ls.Surface) -> None:
    inside = along([0.0, 1.0], [-2.0, 0.0], [1.0, 0.5])
    shown = extent((-1, 1), (-2, 2), valley, [inside])
    assert (shown.a, shown.b) == ((-1, 1), (-2, 2))


def test_the_axes_follow_a_path_that_leaves_the_grid(valley: ls.Surface) -> None:
    away = along([0.0, 1.5], [0.0, -3.0], [1.0, 9.0])
    shown = extent((-1, 1), (-2, 2), valley, [away])
    assert shown.a[0] == -1
    assert 1.5 < shown.a[1] <= 1.6
    assert -3.1 <= shown.b[0] < -3.0
    assert shown.b[1] == 2


@pytest.mark.parametrize("far", [4.001, 1e3, 1e9, 1e300])
def test_a_point_farther_than_half_the_grid_moves_no_axis(far: float, valley: ls.Surface) -> None:
    shown = extent((-1, 1), (-2, 2), valley, [along([0.0, far], [0.0, -far], [1.0, far])])
    assert (shown.a, shown.b) == ((-1, 1), (-2, 2))
    near = extent((-1, 1), (-2, 2), valley, [along([0.0, 1.5, far], [0.0, -3.0, -far], [1.0, 9.0, far])])
    assert (near.a, near.b) == ((-1, 1.5 + 0.02), (-3.0 - 0.04, 2))
    span = valley.loss.max() - valley.loss.min()
    assert near.loss[1] - near.loss[0] < 1.5 * span
    assert shown.loss[1] - shown.loss[0] < 1.5 * span


def test_half_a_grid_beyond_is_the_farthest_that_is_followed(valley: ls.Surface) -> None:
    edge = along([0.0, 1 + BEYOND * 2], [0.0, -2 - BEYOND * 4], [1.0, 1.0])
    shown = extent((-1, 1), (-2, 2), valley, [edge])
    assert (shown.a, shown.b) == ((-1, 2 + 0.02), (-4 - 0.04, 2))
    assert not np.isnan(drawn(edge, shown).a).any()


def test_a_path_below_the_surface_is_seen_to_a_point(valley: ls.Surface) -> None:
    """One that trains everything ends below the slice."""
    shown = extent((-1, 1), (-2, 2), valley, [along([0.0], [0.0], [-3.0])])
    assert shown.loss[0] < -3


@pytest.mark.parametrize("huge", [1e6, 1e30, 1e300, 1.7e308])
def test_a_few_huge_heights_do_not_flatten_the_rest(huge: float) -> None:
    usual = np.add.outer(np.arange(30.0), np.arange(30.0))
    loss = usual.copy()
    loss[-1, -3:] = huge
    shown = extent((-1, 1), (-2, 2), over(loss), [])
    assert shown.cut
    assert shown.loss[1] - shown.loss[0] < 1.2 * usual.max()
    above = surface.update("g", over(loss), shown, "cividis", through=False).data["z"][0]
    flat = contour.update("g", over(loss), shown, "cividis", "name").data["z"][0]
    assert np.isnan(above[-1, -1])  # the surface ends there
    assert flat[-1, -1] == shown.colour[1]  # the map keeps the last colour
    low = loss <= shown.colour[1]
    np.testing.assert_array_equal(above[low], loss[low])
    np.testing.assert_array_equal(flat[low], loss[low])


def test_an_even_slope_is_not_cut(valley: ls.Surface) -> None:
    assert not extent((-1, 1), (-1, 1), valley, []).cut
    assert not extent((-1, 1), (-1, 1), over(np.exp(np.add.outer(np.arange(9.0), np.arange(9.0)) / 3)), []).cut


def test_a_plateau_with_one_spike_is_cut() -> None:
    """More than 98 % of the points share one height, and still the spike must not be all there is."""
    loss = np.full((20, 20), 1.0) + 1e-3 * np.arange(20)
    loss[3, 3] = 1e5
    assert extent((-1, 1), (-2, 2), over(loss), []).cut


def test_points_that_are_not_finite_are_left_out() -> None:
    shown = extent((-1, 1), (-2, 2), over([[1, 2, np.inf], [3, np.nan, 4]]), [])
    assert shown.colour == (1, 4)
    nothing = extent((-1, 1), (-2, 2), over(np.full((2, 2), np.inf)), [])
    assert np.isfinite(nothing.loss).all()
    assert np.isfinite(nothing.level).all()
    assert nothing.colour[0] < nothing.colour[1]
    assert not nothing.cut
    z = surface.update("g", over(np.full((2, 2), np.inf)), nothing, "cividis", through=False).data["z"][0]
    assert np.isnan(z).all()


def test_a_loss_curve_that_blows_up_keeps_its_beginning_readable() -> None:
    run = along([0.0] * 4, [0.0] * 4, [2.0, 1.0, 1e10, 1e300])
    shown = extent((-1, 1), (-2, 2), over(np.ones((2, 2))), [run])
    low, high = curve.update("g", shown, 3, "name").layout["yaxis.range"]
    assert low < 1
    assert 2 < high < 10
    level = drawn(run, shown).level
    np.testing.assert_array_equal(level[:2], [2, 1])
    assert ((high < level[2:]) & (level[2:] < 20)).all()


def test_a_loss_curve_shows_all_of_its_paths(valley: ls.Surface) -> None:
    paths = [along([0.0] * 3, [0.0] * 3, losses) for losses in ([3.0, 2.0, 1.0], [5.0, 6.0, 4.0])]
    shown = extent((-1, 1), (-2, 2), valley, paths)
    update = curve.update("g", shown, 200, "name")
    low, high = update.layout["yaxis.range"]
    assert (low, high) == shown.level
    assert 0 < low < 1
    assert 6 < high < 7
    assert update.layout["xaxis.range"][0] <= 0
    assert update.layout["xaxis.range"][1] >= 200
    for path in paths:
        np.testing.assert_array_equal(drawn(path, shown).level, path.loss)


def test_a_loss_curve_below_zero_is_shown_too(valley: ls.Surface) -> None:
    shown = extent((-1, 1), (-2, 2), valley, [along([0.0] * 3, [0.0] * 3, [-1.0, -2.0, -3.0])])
    assert shown.level[0] < -3
    assert -1 < shown.level[1] < 0


def test_a_loss_curve_that_does_not_move_has_a_height(valley: ls.Surface) -> None:
    for loss in (0.0, 2.5, -2.5):
        low, high = extent((-1, 1), (-2, 2), valley, [along([0.0] * 2, [0.0] * 2, [loss] * 2)]).level
        assert low < loss < high


def test_a_loss_curve_without_a_point_yet_has_axes(valley: ls.Surface) -> None:
    for paths in ([], [along([], [], [])]):
        layout = curve.update("g", extent((-1, 1), (-2, 2), valley, paths), 0, "name").layout
        low, high = layout["xaxis.range"]
        assert low <= 0
        assert 1 <= high < 1.1
        assert layout["yaxis.range"] == [0, 1]


def test_a_zoom_into_the_curve_stays_while_runs_and_range_stay(valley: ls.Surface) -> None:
    shown = extent((-1, 1), (-2, 2), valley, [along([0.0] * 2, [0.0] * 2, [3.0, 1.0])])
    again = extent((-1, 1), (-2, 2), valley, [along([0.0] * 3, [0.0] * 3, [3.0, 2.0, 1.0])])
    lower = extent((-1, 1), (-2, 2), valley, [along([0.0] * 2, [0.0] * 2, [3.0, 0.5])])
    once = curve.update("g", shown, 3, "runs").once
    assert once is not None
    assert curve.update("g", again, 3, "runs").once == once
    assert curve.update("g", lower, 3, "runs").once != once
    assert curve.update("g", shown, 3, "other runs").once != once


def test_a_zoom_stays_while_the_range_is_the_same(valley: ls.Surface) -> None:
    shown = extent((-1, 1), (-1, 1), valley, [])
    coarse = contour.update("g", valley, shown, "cividis", "name")
    fine = contour.update("g", valley, shown, "cividis", "name")
    assert coarse.once == fine.once == "name"
    assert contour.framed("g", shown, "other").once == "other"


def test_no_update_moves_the_camera(valley: ls.Surface) -> None:
    shown = extent((-1, 1), (-1, 1), valley, [])
    updates = [
        surface.update("g", valley, shown, "cividis", through=True),
        surface.framed("g", shown),
        surface.titles("g", "a", "b"),
        surface.themed("g", "dark"),
    ]
    assert not any("camera" in name for update in updates for name in update.layout)


# --- what an update names exists --------------------------------------------------------------------------


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("theme", THEMES)
def test_every_update_is_one_that_plotly_takes(name: str, theme: ThemeName, valley: ls.Surface) -> None:
    module: Any = FIGURES[name]
    shown = extent((-1, 1), (-1, 1), valley, [])
    made = {
        "surface": lambda: surface.update("g", valley, shown, "cividis", through=True),
        "contour": lambda: contour.update("g", valley, shown, "viridis", "name"),
        "curve": lambda: curve.update("g", shown, 20, "name"),
        "norms": lambda: norms.update("g", [np.array([1.0, 0.1])], 20, "name"),
    }
    more: dict[str, tuple[Any, ...]] = {"contour": ("loss",), "curve": ("loss",), "norms": ("norm", ["W1", "W2"])}
    titles = module.titles("g", "a", "b", *more.get(name, ()))
    figure = module.figure(theme)
    for update in (made[name](), titles, module.themed("g", theme)):
        apply(figure, update)


def apply(figure: go.Figure, update: Update) -> None:
    """As Plotly.update does; plotly.py refuses names and values that do not exist."""
    for attribute, values in update.data.items():
        assert len(values) == len(update.traces), attribute
        for trace, value in zip(update.traces, values, strict=True):
            if value is not None:
                figure.data[trace].update({attribute.replace(".", "_"): value})
    for attribute, value in update.layout.items():
        figure.layout.update({attribute.replace(".", "_"): value})


@pytest.mark.parametrize("name", FIGURES)
def test_a_theme_leaves_nothing_of_the_other_behind(name: str) -> None:
    module: Any = FIGURES[name]
    figure, dark = module.figure("light"), module.figure("dark")
    assert figure.to_dict() != dark.to_dict()
    for picture in (figure, dark):
        apply(picture, module.themed("g", "light"))
    assert dark.to_dict() == figure.to_dict()


@pytest.mark.parametrize("name", FIGURES)
def test_tracks_name_traces_of_their_kind(name: str) -> None:
    module: Any = FIGURES[name]
    figure, tracks = module.figure(), module.tracks(name)
    lines = [*tracks["lines"], *tracks["halos"], *tracks["wholes"]]
    assert len(tracks["lines"]) == MAX_PATHS == PATHS_OF_A_SCENE
    assert all(figure.data[trace].mode == "lines" for trace in lines)
    assert figure.data[tracks["heads"]].mode == ("markers" if name == "norms" else "markers+text")
    assert tracks["starts"] == -1 or figure.data[tracks["starts"]].mode == "markers"
    used = [*lines, tracks["heads"], *([tracks["starts"]] if tracks["starts"] >= 0 else [])]
    assert len(used) == len(set(used))
    paths_first = min(tracks["lines"])
    assert all(halo < paths_first for halo in tracks["halos"]), "a halo lies below every line"
    along = ["x", "level"]
    axes = {"surface": ["a", "b", "height"], "contour": ["a", "b"], "curve": along, "norms": along}
    assert tracks["axes"] == axes[name]


# --- colours ----------------------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb`` (WCAG 2.2)."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio, 1 to 21 (WCAG 2.2)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_formula_is_right() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # WCAG's own near miss


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_paths_stand_out_from_their_paper(theme: Theme) -> None:
    for path in theme.paths:
        assert contrast(path, theme.paper) >= 3, path


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_text_is_readable(theme: Theme) -> None:
    assert contrast(theme.ink, theme.paper) >= 4.5
    assert contrast(theme.muted, theme.paper) >= 4.5


@pytest.mark.parametrize("scheme", THEMES)
@pytest.mark.parametrize(
    ("text", "ground"),
    [("ink", "paper"), ("muted", "paper"), ("ink", "wash"), ("muted", "wash"), ("accent", "paper"), ("warn", "paper"),
     ("warn", "wash"), ("on-accent", "accent")],
)  # fmt: skip
def test_the_pages_own_text_is_readable(text: str, ground: str, scheme: str) -> None:
    tokens = css(scheme)
    assert contrast(tokens[text], tokens[ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_no_two_paths_look_alike(theme: Theme) -> None:
    looks = list(zip(theme.paths, DASHES, strict=True))
    assert len(looks) == len(set(looks)) == len(SYMBOLS) == MAX_PATHS
    assert len(set(theme.paths)) == MAX_PATHS


def test_paths_differ_also_without_colour() -> None:
    pairs = list(zip(DASHES, SYMBOLS, strict=True))
    assert len(set(pairs)) == MAX_PATHS


def css(scheme: str) -> dict[str, str]:
    """The colour tokens of a scheme, six digits each."""
    text = TOKENS.read_text()
    head = {"light": ":root", "dark": '[data-mantine-color-scheme="dark"]'}[scheme]
    block = text.split(head + " {", 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


@pytest.mark.parametrize("scheme", THEMES)
def test_the_page_and_the_pictures_have_the_same_colours(scheme: ThemeName) -> None:
    tokens, theme = css(scheme), THEMES[scheme]
    for name in ("paper", "ink", "muted", "hairline"):
        assert tokens[name] == getattr(theme, name), name
    assert tuple(tokens[f"path-{number}"] for number in range(1, MAX_PATHS + 1)) == theme.paths


def test_the_pictures_have_the_pages_typeface() -> None:
    (sans,) = re.findall(r"--sans: (.*);", TOKENS.read_text())
    assert sans.replace('"', "'") == FONT


def test_translucent() -> None:
    assert translucent("#0a64ff", 0.5) == "rgba(10,100,255,0.5)"


def test_an_extent_is_a_plain_value() -> None:
    shown = extent((0, 1), (0, 1), over(np.full((2, 2), np.nan)), [])._replace(loss=(0, 1))
    assert shown == Extent((0, 1), (0, 1), (0, 1), (0, 1), False, (0, 1))
