"""The address is the scene: opened elsewhere, again, or gone back to, it shows the same numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import landscape as ls

AWAY = "/?model.hidden=12,9&plane.kind=random&plane.seed=3&grid.resolution=21,19&runs.0.steps=40&view.colours=viridis"


def numbers(desk: Any) -> dict[str, Any]:
    """What is drawn, without where the slider stands."""
    return {name: drawn for name, drawn in desk.drawn().items() if name != "step-word"}


def test_a_copied_address_shows_the_same_numbers_elsewhere(visit: Any) -> None:
    here = visit(AWAY)
    with here.change():
        here.fill("runs.0.optimizer.lr", "0.3")
    here.page.locator("#back").click()
    here.page.wait_for_function("() => window.location.search.includes('view.step=39')")
    here.page.wait_for_function("() => landscape.graphs.idle() && !landscape.scrubber.state.pending")
    address, drawn = "/" + here.search(), here.drawn()
    assert "runs.0.optimizer.lr=0.3" in address
    there = visit(address)
    assert there.drawn() == drawn
    assert there.search() == here.search()
    assert there.page.title() == here.page.title()
    assert there.field("view.colours").input_value() == "viridis"
    there.page.reload(wait_until="commit")
    there.page.wait_for_function(
        "() => window.landscape && landscape.scrubber && landscape.scrubber.state.paths.length"
    )
    there.wait_finished()
    assert there.drawn() == drawn


def test_back_brings_the_scene_before(desk: Any) -> None:
    desk.go("?lesson=valley")
    valley = numbers(desk)
    with desk.change():
        desk.fill("runs.0.optimizer.lr", "0.3")
    changed = numbers(desk)
    assert changed != valley
    with desk.change():
        desk.page.go_back(wait_until="commit")
    assert desk.search() == "?lesson=valley"
    assert numbers(desk) == valley
    assert desk.field("runs.0.optimizer.lr").input_value() == "0.1"
    with desk.change():
        desk.page.go_forward(wait_until="commit")
    assert numbers(desk) == changed
    assert desk.field("runs.0.optimizer.lr").input_value() == "0.3"


@pytest.mark.parametrize(
    ("link", "words", "search"),
    [
        ("/?lesson=atlantis&runs.0.steps=40", "There is no lesson 'atlantis'.", "?runs.0.steps=40"),
        ("/?lesson=ravine&runs.0.optimizer.lr=fast", "runs.0.optimizer.lr=fast in the link", "?lesson=ravine"),
        ("/?lesson=ravine&view.colours=mud", "view.colours in the link cannot be read", "?lesson=ravine"),
        ("/?lesson=ravine&nonsense=%00%ff<b>1</b>", "nonsense=", "?lesson=ravine"),
    ],
)
def test_a_broken_link_shows_a_notice_and_a_picture(desk: Any, link: str, words: str, search: str) -> None:
    desk.open(link)
    assert words in desk.text("notices")
    assert desk.search() == search
    assert len(desk.drawn()["surface"][0]["z"]) == 60


@pytest.mark.parametrize("lesson", ["mnist-descent", "filter-normalised"])
def test_without_the_files_a_lesson_opens_on_the_digits_and_says_so(
    desk: Any, lesson: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANDSCAPE_DATA", str(tmp_path))
    desk.open(f"/?lesson={lesson}", finished=False)
    notice = desk.text("notices")
    assert "The pictures show the bundled 8 x 8 digits instead." in notice
    assert "Download MNIST" in notice
    desk.page.wait_for_function("() => document.getElementById('sentence').textContent.includes('100 handwritten')")
    assert "64-50-500-10" in desk.text("sentence")
    assert "10 samples" not in desk.text("sentence")


@pytest.mark.parametrize("lesson", ["mnist-descent", "mnist-hidden-200-30"])
def test_with_the_files_a_lesson_opens_as_it_is(desk: Any, lesson: str, mnist_files: Path) -> None:
    desk.go(f"?lesson={lesson}", finished=False)
    desk.page.wait_for_function(
        "(samples) => document.getElementById('sentence').textContent.includes(samples + ' MNIST digits')",
        arg=f"{ls.lesson(lesson).data.samples:,}",  # type: ignore[union-attr]
    )
    desk.page.wait_for_function("() => landscape.scrubber.state.paths.some((path) => path.step.length > 1)")
    desk.wait_finished()
    assert desk.text("notices") == ""
    assert desk.page.evaluate("() => landscape.scrubber.state.follows")  # the slider went along with the paths
    assert desk.search() == f"?lesson={lesson}"


def test_share_copies_the_address(visit: Any) -> None:
    desk = visit("/?lesson=valley", permissions=["clipboard-read", "clipboard-write"])
    desk.page.locator("#share").click()
    desk.page.get_by_role("button", name="Link copied").wait_for()
    assert desk.page.evaluate("navigator.clipboard.readText()") == desk.url + "/?lesson=valley"
