"""What is drawn: the numbers themselves, axes that can be read, and colours that can be told apart."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path as File
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

import landscape as ls
from components.figures import contour, curve, surface
from components.figures.palette import DASHES, FONT, MAX_PATHS, SYMBOLS, THEMES, Theme, ThemeName, translucent
from components.figures.scale import BEYOND, LIFT, Extent, extent, lifted
from components.figures.update import Update
from landscape.scene import MAX_PATHS as PATHS_OF_A_SCENE

FIGURES = {"surface": surface, "contour": contour, "curve": curve}
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


# --- numbers ----------------------------------------------------------------------------------------------


def test_the_surface_is_drawn_as_it_is(valley: ls.Surface) -> None:
    shown = extent((-1, 1), (-1, 1), valley, [])
    for drawn in (
        surface.update("g", valley, shown, "cividis", through=False),
        contour.update("g", valley, shown, "cividis", "name"),
    ):
        assert drawn.traces == [0]
        np.testing.assert_array_equal(drawn.data["z"][0], valley.loss)
        np.testing.assert_array_equal(drawn.data["x"][0], valley.a)
        np.testing.assert_array_equal(drawn.data["y"][0], valley.b)
        assert drawn.data["colorscale"] == ["Cividis"]


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
    np.testing.assert_allclose(lifted(path, shown) - path.loss, LIFT * (shown.loss[1] - shown.loss[0]), rtol=1e-9)


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


@pytest.mark.parametrize("far", [1e3, 1e9, 1e300])
def test_but_no_farther_than_half_the_grid(far: float, valley: ls.Surface) -> None:
    shown = extent((-1, 1), (-2, 2), valley, [along([0.0, far], [0.0, -far], [1.0, far])])
    assert shown.a == (-1, 1 + BEYOND * 2)
    assert shown.b == (-2 - BEYOND * 4, 2)
    span = valley.loss.max() - valley.loss.min()
    assert shown.loss[1] - shown.loss[0] < 1.5 * span


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
    assert extent((-1, 1), (-2, 2), None, []) == nothing


def test_a_loss_curve_that_blows_up_keeps_its_beginning_readable() -> None:
    blown = along([0.0] * 4, [0.0] * 4, [2.0, 1.0, 1e10, 1e300])
    low, high = curve.update("g", [blown], 3, "name").layout["yaxis.range"]
    assert low < 1
    assert 2 < high < 10


def test_a_loss_curve_shows_all_of_its_paths() -> None:
    paths = [along([0.0] * 3, [0.0] * 3, losses) for losses in ([3.0, 2.0, 1.0], [5.0, 6.0, 4.0])]
    drawn = curve.update("g", paths, 200, "name")
    low, high = drawn.layout["yaxis.range"]
    assert low < 1
    assert high > 6
    assert drawn.layout["xaxis.range"][0] <= 0
    assert drawn.layout["xaxis.range"][1] >= 200


def test_a_loss_curve_without_a_point_yet_has_axes() -> None:
    assert curve.update("g", [], 0, "name").layout["xaxis.range"] == [0, 1]


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
        surface.titles("g", "a", "b", "loss"),
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
        "curve": lambda: curve.update("g", ls.descend(ls.lesson("valley")), 20, "name"),
    }
    titles = module.titles("g", "a", "b") if name == "curve" else module.titles("g", "a", "b", "loss")
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
    for drawn in (figure, dark):
        apply(drawn, module.themed("g", "light"))
    assert dark.to_dict() == figure.to_dict()


@pytest.mark.parametrize("name", FIGURES)
def test_tracks_name_traces_of_their_kind(name: str) -> None:
    module: Any = FIGURES[name]
    figure, tracks = module.figure(), module.tracks(name)
    lines = [*tracks["lines"], *tracks["halos"], *tracks["wholes"]]
    assert len(tracks["lines"]) == MAX_PATHS == PATHS_OF_A_SCENE
    assert all(figure.data[trace].mode == "lines" for trace in lines)
    assert figure.data[tracks["heads"]].mode == "markers+text"
    assert tracks["starts"] == -1 or figure.data[tracks["starts"]].mode == "markers"
    used = [*lines, tracks["heads"], *([tracks["starts"]] if tracks["starts"] >= 0 else [])]
    assert len(used) == len(set(used))
    paths_first = min(tracks["lines"])
    assert all(halo < paths_first for halo in tracks["halos"]), "a halo lies below every line"
    assert len(tracks["axes"]) == (3 if name == "surface" else 2)


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
    assert Extent((0, 1), (0, 1), (0, 1), (0, 1), False) == extent((0, 1), (0, 1), None, [])._replace(loss=(0, 1))
