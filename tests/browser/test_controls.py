"""The rail: every change gives another picture, recomputes no more than it must, and a mistake is said in place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import landscape as ls

RAVINE = "?lesson=ravine"


@pytest.fixture
def at_default(desk: Any) -> Any:
    """The shared window with the default scene, complete."""
    return desk.go("")


@pytest.fixture
def at_ravine(desk: Any) -> Any:
    """The shared window with a scene that is quickly computed."""
    return desk.go(RAVINE)


def shown(desk: Any) -> ls.Scene:
    """The scene that the address names; what is drawn must be its numbers."""
    return ls.read_query(desk.search())[0]


def assert_drawn(desk: Any, scene: ls.Scene) -> None:
    """The surface and the paths on the page are this scene's, to single precision."""
    drawn, want = desk.drawn(), ls.surface(scene)
    np.testing.assert_array_equal(np.array(drawn["surface"][0]["z"], dtype=np.float32), want.loss.astype(np.float32))
    np.testing.assert_array_equal(np.array(drawn["contour"][0]["z"], dtype=np.float32), want.loss.astype(np.float32))
    ends = [path.loss[-1] for path in ls.descend(scene)]
    np.testing.assert_array_equal(np.array(drawn["curve"][-1]["y"], dtype=np.float32), np.float32(ends))


def test_another_learning_rate_walks_anew_on_the_same_surface(at_default: Any, real_app: Any) -> None:
    desk, before = at_default, at_default.drawn()
    tiles, chunks = real_app.computed.count("tile/"), real_app.computed.count("run/")
    with desk.change():
        desk.fill("runs.0.optimizer.lr", "35")
    assert desk.search() == "?runs.0.optimizer.lr=35"
    assert real_app.computed.count("tile/") == tiles
    assert real_app.computed.count("run/") > chunks
    after = desk.drawn()
    assert after["surface"][0] == before["surface"][0]
    assert after["curve"][-1]["y"] != before["curve"][-1]["y"]
    assert "at rate 35 from three starts" in after["sentence"]
    assert_drawn(desk, shown(desk))


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("runs.0.optimizer.lr", "-1", "Learning rate must be greater than 0. Got -1."),
        ("runs.0.steps", "many", "Steps must be a whole number. Got many."),
        ("grid.a", "2, 1", "Range of a must rise, within -1,000,000,000 and 1,000,000,000. Got 2 to 1."),
    ],
)
def test_a_mistyped_value_is_said_under_it_and_the_picture_stays(
    at_ravine: Any, key: str, value: str, words: str
) -> None:
    desk, before = at_ravine, at_ravine.drawn()
    right = desk.field(key).input_value()
    desk.requests.clear()
    desk.fill(key, value)
    desk.page.get_by_text(words).wait_for()
    assert desk.error(key) == words
    assert desk.search() == RAVINE
    assert desk.drawn() == before
    assert not [request for request in desk.requests if "/stream" in request]
    assert desk.field(key).get_attribute("aria-invalid") == "true"
    desk.fill(key, right)
    desk.page.get_by_text(words).wait_for(state="detached")
    assert desk.search() == RAVINE


def test_another_optimizer_brings_its_own_controls(at_ravine: Any) -> None:
    desk = at_ravine
    with desk.change():
        desk.choose("runs.0.optimizer.kind", "Adam")
    assert desk.field("runs.0.optimizer.beta1").count() == 1
    assert shown(desk).runs[0].optimizer.kind == "adam"
    assert "Adam" in desk.text("sentence")
    assert_drawn(desk, shown(desk))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("runs.0.steps", "12"),
        ("runs.0.starts", "1, 1\n-1, 0.5"),
        ("grid.b", "-3, 3.5"),
    ],
)
def test_the_picture_follows_steps_starts_and_ranges(at_ravine: Any, key: str, value: str) -> None:
    desk = at_ravine
    with desk.change():
        desk.fill(key, value)
    changed = ls.revise(ls.lesson("ravine"), {key: value.replace(" ", "").replace("\n", ";")}).scene
    assert changed is not None
    assert shown(desk) == changed
    assert_drawn(desk, changed)
    assert desk.page.locator("#runs tbody tr.path").count() == len(changed.runs[0].starts)


def test_the_ranges_fit_the_paths_at_a_press(at_ravine: Any) -> None:
    desk = at_ravine
    with desk.change():
        desk.press("fit")
    scene = shown(desk)
    (path,) = ls.descend(scene)
    for (low, high), values in ((scene.grid.a, path.a), (scene.grid.b, path.b)):
        assert low < values.min()
        assert values.max() < high
        assert high - low < 1.5 * np.ptp(values)
    assert_drawn(desk, scene)


def test_another_function_and_back_to_a_network(at_ravine: Any) -> None:
    desk = at_ravine
    with desk.change():
        desk.choose("model.name", "false minima")
    assert "sin x sin y" in desk.text("sentence")
    with desk.change():
        desk.choose("model.kind", "Fully connected network")
    assert desk.search() == ""
    assert_drawn(desk, ls.Scene())


def test_samples_and_batch(at_default: Any) -> None:
    desk = at_default
    with desk.change():
        desk.fill("data.samples", "50")
    assert "on 50 handwritten digits" in desk.text("sentence")
    with desk.change():
        desk.fill("runs.0.batch", "10")
    assert "10 samples a step" in desk.text("sentence")
    assert_drawn(desk, shown(desk))


def test_a_smaller_network_moves_the_plane_and_says_so(at_default: Any) -> None:
    desk = at_default
    with desk.change():
        desk.fill("model.hidden", "20, 15")
    assert "64-20-15-10" in desk.text("sentence")
    assert "W3[0,19]" in desk.text("notices")
    assert_drawn(desk, shown(desk))


def test_two_other_weights_and_two_random_directions(at_default: Any) -> None:
    desk = at_default
    with desk.change():
        desk.fill("plane.first", "21", part=2)
    assert "W3[0,21]" in desk.text("sentence")
    assert_drawn(desk, shown(desk))
    with desk.change():
        desk.choose("plane.kind", "Two random directions")
    assert shown(desk).plane.kind == "random"
    assert_drawn(desk, shown(desk))


def test_a_suggested_pair_has_a_picture_that_moves(at_default: Any) -> None:
    desk = at_default
    with desk.change():
        desk.press("suggest")
    scene = shown(desk)
    assert scene.plane != ls.Scene().plane
    name, to, source = scene.plane.first
    assert f"{name}[{to},{source}]" in desk.text("sentence")
    assert [desk.field("plane.first", part).input_value() for part in range(3)] == [name, str(to), str(source)]
    loss = np.array(desk.drawn()["surface"][0]["z"])
    assert np.ptp(loss) > 1e-6 * loss.max()
    before = desk.search()
    with desk.change():
        desk.press("suggest")
    assert desk.search() != before


@pytest.fixture
def little(desk: Any) -> Iterator[Any]:
    """The shared window, smaller: three dimensions are drawn without a graphics card."""
    desk.page.set_viewport_size({"width": 900, "height": 560})
    yield desk
    desk.page.set_viewport_size({"width": 1440, "height": 900})


def test_every_lesson_opens_from_the_menu(little: Any, mnist_files: Any) -> None:
    desk = little
    for name in ls.lessons():
        desk.page.locator(".lessons").click()
        with desk.change(finished=False):
            desk.page.get_by_role("menuitem", name=ls.lesson_title(name), exact=True).click()
        scene = ls.lesson(name)
        size = re.escape(scene.words[1:40])
        desk.page.wait_for_function(
            "(words) => new RegExp(words).test(document.getElementById('sentence').textContent)", arg=size
        )
        desk.page.wait_for_function(
            "([low, high, id, trace]) => { const { x } = document.querySelector(`#${id} .js-plotly-plot`).data[trace];"
            " return x && Math.abs(x[0] - low) + Math.abs(x.at(-1) - high) < 1e-6; }",
            arg=[*scene.grid.a, *(("surface", 0) if scene.grid.b else ("contour", 1))],
        )
        assert desk.search() == f"?lesson={name}"
        desk.page.wait_for_function(
            "(count) => document.querySelectorAll('#runs tbody tr.path').length === count",
            arg=sum(len(run.places) for run in scene.runs),
        )
