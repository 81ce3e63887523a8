"""Two scenes side by side: which second scene there is, its heights, and what is said."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest

import landscape as ls
from components.controls.actions import ACTIONS
from components.figures import beside as figures
from components.ids import Id
from components.link import View, address, read_address
from components.other import fewer, more, other, split, suits, usual
from components.stream import frames
from components.views import tabs

ReadFrames = Callable[[Iterable[bytes]], list[dict[str, Any]]]

FEW = ls.lesson("batch-surface")
COMPARED = [name for name in ls.lessons() if "other" in ls.lesson_view(name)]


@pytest.mark.parametrize("name", [name for name in COMPARED if ls.lesson_beside(name) is not None])
def test_what_a_lesson_shows_beside_itself_is_the_scene_that_it_names(name: str) -> None:
    """The same model, data, plane and ranges; who walks there is not shown."""
    found, named = other(ls.lesson(name), read_address(f"lesson={name}").view).scene, ls.lesson_beside(name)
    assert found is not None
    assert named is not None
    for part in ("model", "data", "plane", "grid"):
        assert getattr(found, part) == getattr(named, part), part


@pytest.mark.parametrize("name", COMPARED)
def test_the_address_of_a_lesson_says_no_more_than_its_name(name: str) -> None:
    opened = read_address(f"lesson={name}")
    assert address(opened.asked, opened.view) == f"?lesson={name}"
    assert set(ls.lesson_view(name)) <= set(View.model_fields)


def test_without_a_word_the_other_split_is_compared() -> None:
    assert usual(ls.Scene()) == split(ls.Scene()) == (("data.split", "test"), ("data.samples", "100"))
    test = ls.revise(ls.Scene(), {"data.split": "test", "data.samples": "360"}).scene
    assert test is not None
    assert split(test)[0] == ("data.split", "train")
    most = ls.revise(ls.Scene(), {"data.samples": "1797"}).scene
    assert most is not None
    assert split(most) == (("data.split", "test"), ("data.samples", "360"))  # as many as there are
    assert more(most) == ()
    assert fewer(most) == (("data.samples", "179"),)
    assert usual(FEW) == (("data.split", "test"), ("data.samples", "5"))
    assert more(FEW) == (("data.samples", "50"),)
    assert not suits(ls.lesson("ravine"))
    assert not suits(ls.lesson("random-ray"))  # a line


def test_a_difference_survives_the_link() -> None:
    view = View(other=(("data.samples", "200"), ("plane.first", "W2", "0", "1")), heights="one scale")
    text = address(ls.Scene(), view)
    assert text == "?view.other=data.samples,200;plane.first,W2,0,1&view.heights=one+scale"
    assert read_address(text).view == view


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ((("data.samples", "100000"),), "Samples must be at most 10000. Got 100000."),
        ((("data.nothing", "1"),), "nothing"),
        ((("model.bias", "true", "false"),), "bias"),
    ],
)
def test_a_difference_that_does_not_fit_is_an_error(changes: Any, said: str) -> None:
    revision = other(FEW, View(other=changes))
    assert revision.scene is None
    assert said.lower() in next(iter(revision.errors.values())).lower()


def last(read_frames: ReadFrames, scene: ls.Scene, view: View) -> dict[str, Any]:
    engine = ls.Engine()
    metas = read_frames(frames(engine, scene, view, [tabs.paint], aside=tabs.aside))
    assert [meta["done"] for meta in metas][-1] is True
    return metas[-1]


def surfaces(meta: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    found = [
        next(one for one in meta["updates"] if one["graph"] == Id.BESIDE and one["traces"] == [trace])
        for trace in (figures.FIRST, figures.SECOND)
    ]
    return found[0], found[1]


@pytest.mark.parametrize("heights", ["same span", "one scale"])
def test_both_surfaces_are_sent_at_heights_that_can_be_compared(read_frames: ReadFrames, heights: str) -> None:
    view = View(tab="beside", other=(("data.samples", "45"),), heights=heights)
    meta = last(read_frames, FEW, view)
    spans = []
    for place, (sent, scene) in enumerate(zip(surfaces(meta), (FEW, ls.lesson_beside("batch-surface")), strict=True)):
        whole = ls.surface(scene).loss
        z = np.asarray(sent["data"]["z"][0], dtype=float)
        known = np.isfinite(z)
        np.testing.assert_allclose(z[known], whole[known], rtol=1e-5, atol=0.5)
        spans.append(sent["layout"][f"{figures.SCENES[place]}.zaxis.range"])
        assert spans[-1][0] <= whole.min()
    widths = [high - low for low, high in spans]
    assert widths[0] == pytest.approx(widths[1])
    assert (spans[0] == spans[1]) == (heights == "one scale")


def test_the_marks_are_the_least_squares_solutions_of_both(read_frames: ReadFrames) -> None:
    meta = last(read_frames, FEW, View(tab="beside", other=(("data.samples", "45"),)))
    for trace, scene in ((figures.FIRST_LOWEST, FEW), (figures.SECOND_LOWEST, ls.lesson_beside("batch-surface"))):
        marks = next(one["data"] for one in meta["updates"] if one["traces"] == [trace])
        x, y, _ = scene.data.load()
        solution = np.linalg.lstsq(x, y, rcond=None)[0].ravel()
        np.testing.assert_allclose([marks["x"][0][0], marks["y"][0][0]], solution, atol=1e-8)
    said = meta["props"][Id.BESIDE_WORD]["children"]
    assert "31.735 at (6.218, -0.11)" in said
    assert "1496.3 at (3.857, 6.48)" in said


def test_a_difference_that_cannot_be_had_is_said_in_the_tab_and_the_pictures_stay(read_frames: ReadFrames) -> None:
    meta = last(read_frames, FEW, View(tab="beside", other=(("data.samples", "100000"),)))
    assert "Samples must be at most 10000" in meta["props"][Id.BESIDE_WORD]["children"]
    assert not [one for one in meta["updates"] if one["graph"] == Id.BESIDE]


def test_the_buttons_choose_other_samples_and_scales() -> None:
    engine, scene, view = ls.Engine(), ls.Scene(), View(tab="beside")
    chosen = ACTIONS["other-more"](engine, scene, view, 0)
    assert chosen is not None
    assert chosen.view.other == (("data.samples", "1000"),)
    assert chosen.scene == scene
    chosen = ACTIONS["other-scale"](engine, scene, view, 0)
    assert chosen is not None
    assert chosen.view.heights == "one scale"
    with pytest.raises(ValueError, match="no other samples"):
        ACTIONS["other-split"](engine, ls.lesson("ravine"), view, 0)
