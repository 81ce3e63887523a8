"""Profiles, pairs and the midpoint test on the page: drawn as they are computed, said in words, and opened by links."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest
from dash import no_update

import landscape as ls
from components.controls.settle import _revised
from components.figures import contour
from components.figures import convexity as convexity_figures
from components.figures import pairs as figures
from components.figures import profiles as profile_figures
from components.ids import Id
from components.link import View, address, read_address
from components.stream import frames
from components.views import convexity, facets, tabs
from landscape import Convexity, Segment

ReadFrames = Callable[[Iterable[bytes]], list[dict[str, Any]]]

PROFILES, PAIRS = ls.lesson("svm-profiles"), ls.lesson("svm-pairs")


def told(read_frames: ReadFrames, scene: ls.Scene, **view: Any) -> list[dict[str, Any]]:
    return read_frames(frames(ls.Engine(), scene, View(**view), [tabs.paint], aside=tabs.aside))


def drawn(metas: list[dict[str, Any]], graph: Id, attribute: str) -> list[Any]:
    """The last values of an attribute on a graph, one a trace."""
    return [
        meta_update["data"][attribute]
        for meta in metas
        for meta_update in meta["updates"]
        if meta_update["graph"] == graph and attribute in meta_update["data"]
    ][-1]


def word(metas: list[dict[str, Any]], id_: Id) -> str:
    return str([meta["props"][id_]["children"] for meta in metas if id_ in meta["props"]][-1])


def network(**parts: Any) -> ls.Scene:
    return ls.Scene.model_validate(
        {
            "model": {"kind": "mlp", "hidden": [4], "seed": 1},
            "data": {"kind": "digits", "samples": 20},
            "plane": {"kind": "weights", "first": ["W2", 1, 1], "second": ["W2", 1, 2]},
            "grid": {"a": [-3, 3], "b": [-2, 2], "resolution": [7, 5]},
            "runs": [{"starts": [[1, 1]], "steps": 3}],
            **parts,
        }
    )


def test_the_lessons_open_on_their_tabs_in_the_published_colours() -> None:
    assert ls.lesson_view("svm-profiles") == {"tab": "profiles"}
    opened = read_address("lesson=svm-pairs")
    assert (opened.view.tab, opened.view.clip, opened.notices) == ("pairs", (0, 5), [])


def test_every_map_of_the_matrix_holds_its_surface_and_nothing_lies_between(read_frames: ReadFrames) -> None:
    metas = told(read_frames, PAIRS, tab="pairs", clip="0,5")
    assert metas[-1]["done"]
    (z,) = drawn(metas, Id.PAIRS, "z")
    width = 50 + 2 * 2
    assert z.shape == (7 * width, 7 * width)
    want = ls.pairs(PAIRS)
    for row in range(7):
        for column in range(7):
            cell = z[(6 - row) * width :, column * width :][:width, :width]
            if row == column:
                assert np.isnan(cell).all()
                continue
            np.testing.assert_allclose(cell[2:-2, 2:-2], want[column, row].loss, rtol=1e-6)
            assert np.isnan(cell[[0, 1, -2, -1]]).all()
            assert np.isnan(cell[:, [0, 1, -2, -1]]).all()
    assert (drawn(metas, Id.PAIRS, "zmin"), drawn(metas, Id.PAIRS, "zmax")) == ([0], [5])


def test_what_is_said_of_the_pairs(read_frames: ReadFrames) -> None:
    said = word(told(read_frames, PAIRS, tab="pairs", clip="0,5"), Id.PAIRS_WORD)
    assert said.startswith("42 maps of 50 x 50 points. Colours go from 0 to 5 and are clipped there; the losses go")
    assert "from 0.20442 to 132.15. The factors of scale are not rounded to whole numbers." in said
    assert said.endswith("Convex along every one of the 1,000 segments tried in each of the 42 maps.")
    assert "rounded" not in word(told(read_frames, network(), tab="pairs"), Id.PAIRS_WORD)
    own = word(told(read_frames, ls.lesson("false-minima"), tab="pairs"), Id.PAIRS_WORD)
    assert own == "2 maps of 60 x 60 points. None of the 2 maps is convex along every one of the 1,000 segments tried" \
                  " in each."  # fmt: skip


def test_seven_profiles_share_their_axes_and_hide_the_other_frames(read_frames: ReadFrames) -> None:
    metas = told(read_frames, PROFILES, tab="profiles")
    curves = ls.profiles(PROFILES)
    assert drawn(metas, Id.PROFILES, "visible") == [True] * 7 + [False] * 5
    for column, (x, y) in enumerate(
        zip(drawn(metas, Id.PROFILES, "x")[:7], drawn(metas, Id.PROFILES, "y")[:7], strict=True)
    ):
        np.testing.assert_array_equal(x, range(-20, 20))
        np.testing.assert_allclose(y, curves[column].loss[0], rtol=1e-6)
    layout = {key: value for meta in metas for update in meta["updates"] for key, value in update["layout"].items()}
    assert layout["xaxis7.title.text"] == "W[:,6]"
    assert not layout["xaxis8.visible"]
    assert [number for number in range(1, 8) if layout[f"xaxis{number if number > 1 else ''}.showticklabels"]] == [
        4, 5, 6, 7,
    ]  # fmt: skip
    highest = max(float(surface.loss.max()) for surface in curves.values())
    low, high = layout["yaxis.range"]
    assert low < 0.25
    assert highest < high < 1.1 * highest
    figure = profile_figures.figure()
    assert all(figure.layout[f"xaxis{number}"].matches == "x" for number in range(2, 13))
    assert "Convex along every one of the 1,000 segments tried in each of the 7 curves." in word(
        metas, Id.PROFILES_WORD
    )


def test_frames_fill_the_picture_and_do_not_overlap() -> None:
    for count in range(1, 13):
        places = profile_figures.domains(count)
        assert len(places) == count
        for (left, right), (low, high) in places:
            assert -1e-9 <= left < right <= 1 + 1e-9
            assert -1e-9 <= low < high <= 1 + 1e-9
        taken = [(x, y) for (x, _), (y, _) in places]
        assert len(set(taken)) == count


def links(metas: list[dict[str, Any]], id_: Id) -> list[dict[str, Any]]:
    found = [meta["props"][id_]["children"] for meta in metas if id_ in meta["props"]]
    assert len(found) == 1  # once a stream
    return [link["props"] for link in found[0]]


def test_a_link_opens_its_pair_as_the_main_surface_with_all_else_as_it_is(read_frames: ReadFrames) -> None:
    metas = told(read_frames, PAIRS, tab="pairs", clip="0,5", step=7)
    found = links(metas, Id.PAIRS_LINKS)
    assert len(found) == 42
    assert found[0] == {
        "children": "W[:,1] and W[:,0]", "href": found[0]["href"], "className": "facet-link",
    }  # fmt: skip
    assert [link["children"] for link in found if "main" in link["className"]] == ["W[:,0] and W[:,1]"]
    number = [link["children"] for link in found].index("W[:,5] and W[:,2]")
    opened = read_address(found[number]["href"])
    assert opened.notices == []
    plane = PAIRS.plane.model_copy(update={"first": 5, "second": 2})
    assert opened.scene == PAIRS.model_copy(update={"plane": plane})
    assert (opened.view.tab, opened.view.clip, opened.view.step) == ("pairs", (0, 5), None)
    again = links(told(read_frames, opened.scene, tab="pairs", clip="0,5"), Id.PAIRS_LINKS)
    assert [link["children"] for link in again if "main" in link["className"]] == ["W[:,5] and W[:,2]"]


def test_a_pair_of_a_network_is_opened_among_the_same_weights(read_frames: ReadFrames) -> None:
    scene = network()
    found = links(told(read_frames, scene, tab="pairs"), Id.PAIRS_LINKS)
    number = [link["children"] for link in found].index("W2[1,0] and W2[1,3]")
    opened = read_address(found[number]["href"])
    assert opened.notices == []
    assert opened.scene.grid == scene.grid
    assert ls.directions(opened.scene, opened.view.several) == ls.directions(scene)


def test_a_profile_beside_a_surface_is_opened_as_a_curve_over_the_same_range(read_frames: ReadFrames) -> None:
    found = links(told(read_frames, PAIRS, tab="profiles"), Id.PROFILES_LINKS)
    opened = read_address(found[4]["href"])
    assert opened.notices == []
    assert (opened.scene.plane.axes, opened.scene.grid.a, opened.scene.grid.b) == (1, (-100, 100), None)
    back = links(told(read_frames, opened.scene, tab="pairs"), Id.PAIRS_LINKS)
    again = read_address(back[0]["href"])
    assert again.notices == []
    assert (again.scene.grid.a, again.scene.grid.b, again.scene.grid.resolution) == (
        (-100, 100), (-100, 100), (50, 50),
    )  # fmt: skip


def test_tabs_suit_scenes_that_have_such_directions() -> None:
    plane = ls.lesson("random-plane")
    assert tabs.shown(plane, View(tab="pairs")) == tabs.shown(plane, View(tab="profiles")) == "curve"
    line = ls.lesson("learning-rates")
    assert tabs.shown(line, View(tab="pairs")) == "curve"
    assert tabs.shown(line, View(tab="profiles")) == "profiles"
    assert tabs.shown(plane, View(tab="convexity")) == "convexity"


def test_the_colours_leave_out_a_few_steep_heights_of_all_maps_together() -> None:
    grid = np.arange(100.0)

    def surface(loss: np.ndarray) -> ls.Surface:
        return ls.Surface(grid, np.zeros(1), loss[None], ~np.isfinite(loss[None]))

    flat, steep = grid.copy(), grid.copy()
    steep[-1] = 1e6
    assert figures.shared([surface(flat), None]) == ((0, 99), (0, 99))
    (low, high), whole = figures.shared([surface(flat), surface(steep)])
    assert (low, whole) == (0, (0, 1e6))
    assert 90 < high < 100
    steep[-1] = np.nan
    assert figures.shared([surface(steep)])[1] == (0, 98)


def test_a_coarse_map_is_drawn_in_larger_bricks() -> None:
    final = np.linspace(0, 4, 5), np.linspace(0, 4, 5)
    coarse = np.array([0.0, 4.0])
    surface = ls.Surface(coarse, coarse, np.array([[1.0, 2.0], [3.0, 4.0]]), np.zeros((2, 2), bool), 4)
    z, (across, up) = figures.tiled([[surface]], final)
    np.testing.assert_array_equal(z[1:-1, 1:-1][[0, 0, 4, 4], [0, 4, 0, 4]], [1, 2, 3, 4])
    assert not np.isnan(z[1:-1, 1:-1]).any()
    assert z.shape[1] * across == z.shape[0] * up == 1


@pytest.mark.parametrize(
    ("changes", "key", "sentence"),
    [
        ({"view.several": "W9,0,0"}, "view.several", "there is no W9"),
        ({"view.several": ";".join(f"W2,1,{n}" for n in range(13))}, "view.several", "at most"),
        ({"view.clip": "5,0"}, "view.clip", "Colours of the pairs must rise. Got 5 to 0."),
        ({"view.clip": "5"}, "view.clip", "one more value"),
    ],
)
def test_what_cannot_be_taken_is_said_under_its_field(changes: dict[str, str], key: str, sentence: str) -> None:
    opened = read_address(address(network(), View()))
    places = [{"type": "field", "key": key, "part": 0}]
    settled = _revised(opened, changes, places)
    assert settled.scene is no_update
    assert sentence in settled.errors[0]


def test_weights_that_were_chosen_are_part_of_the_address_while_the_scene_has_them() -> None:
    several = (("W2", "1", "0"), ("W2", "1", "3"), ("W1", "0", "5"))
    view = View(several=several, tab="pairs")
    search = address(network(), view)
    assert read_address(search).view == view
    assert "several" not in address(ls.lesson("ravine"), view)
    assert "several" not in address(network(model={"kind": "mlp", "hidden": [2], "seed": 1}, plane={}), view)


def test_a_chosen_few_are_drawn_in_their_order(read_frames: ReadFrames) -> None:
    metas = told(read_frames, network(), tab="pairs", several="W2,1,3;W1,0,5;W2,1,0")
    (meta,) = drawn(metas, Id.PAIRS, "meta")
    assert meta["names"] == ["W2[1,3]", "W1[0,5]", "W2[1,0]"]
    assert facets.written(("W2", 1, 3)) == "W2,1,3"


# --- the midpoint test ------------------------------------------------------------------------------------


def test_a_convex_surface_shows_its_gaps_and_no_segment_on_the_map(read_frames: ReadFrames) -> None:
    metas = told(read_frames, ls.lesson("ravine"), tab="convexity")
    assert word(metas, Id.CONVEXITY_WORD).startswith("Convex along all 1,000 segments tried. ")
    counts = drawn(metas, Id.CONVEXITY, "y")[convexity_figures.BARS]
    assert sum(counts) == 1000
    assert drawn(metas, Id.CONTOUR, "visible") == [False]


def test_a_violation_is_shown_with_its_chord_and_on_the_map(read_frames: ReadFrames) -> None:
    scene = ls.lesson("false-minima")
    worst = ls.convexity(scene).worst
    assert worst is not None
    metas = told(read_frames, scene, tab="convexity")
    said = word(metas, Id.CONVEXITY_WORD)
    assert said.startswith("Not convex: between A = (1.554, 4.353) and B = (1.848, -1.327) the loss in the middle")
    assert "lies 1.9245 above the chord. Of 1,000 segments tried 533 go against it" in said
    assert drawn(metas, Id.CONVEXITY, "visible") == [False, True, True, True, True]
    np.testing.assert_allclose(drawn(metas, Id.CONVEXITY, "y")[convexity_figures.LOSS], worst.profile, rtol=1e-5)
    (x,), (y,) = drawn(metas, Id.CONTOUR, "x"), drawn(metas, Id.CONTOUR, "y")
    np.testing.assert_allclose(np.stack([x, y], axis=1)[[0, 2]], worst.ends, rtol=1e-6)


def test_over_a_line_the_chord_is_drawn_at_its_losses() -> None:
    ends = np.array([[0.0, 0.0], [2.0, 0.0]])
    worst = Segment(ends, np.array([1.0, 5.0, 3.0]), np.empty(0), np.empty(0))
    data = contour.segment(Id.CONTOUR, worst, line=True).data
    np.testing.assert_array_equal(data["x"][0], [0, 1, 2])
    assert data["y"] == [[1, 2, 3]]
    found = Convexity(10, 2, 1, np.array([-3.0]), worst)
    said = convexity.verdict(found, done=True, line=True)
    assert said.startswith("Not convex: between A = 0 and B = 2 the loss in the middle lies 3.0000 above the chord.")
    assert said.endswith("2 more have no finite loss and are left out.")


def test_nothing_is_said_of_nothing() -> None:
    nothing = Convexity(0, 9, 0, np.empty(0), None)
    assert convexity.verdict(nothing, done=True, line=False).startswith("Nothing can be said: no segment has a finite")
    assert "tried so far" in convexity.verdict(
        Convexity(1, 0, 0, np.ones(1), Segment(np.zeros((2, 2)), np.zeros(3), np.empty(0), np.empty(0))),
        done=False, line=False,
    )  # fmt: skip
