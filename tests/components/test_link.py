"""The page's address: whatever is shown comes back from it, and whatever is broken in it is named."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import landscape as ls
from components.link import View, address, read_address

VIEWS = st.builds(View, colours=st.sampled_from(["cividis", "viridis"]), step=st.none() | st.integers(0, 100_000))
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "model.hidden": st.sampled_from(["12,9", "none", "50,500"]),
        "model.activation": st.sampled_from(["tanh", "relu", "sigmoid"]),
        "data.samples": st.integers(1, 1797).map(str),
        "plane.kind": st.sampled_from(["weights", "random"]),
        "grid.resolution": st.sampled_from(["2,2", "101,501", "60,60"]),
        "runs.0.optimizer.kind": st.sampled_from(["adam", "momentum", "gradient_descent"]),
        "runs.0.starts": st.sampled_from(["initial", "1,2;-0.5,1e-07", "initial;0,0"]),
    },
)

BROKEN_VIEWS = [
    ("view.step=-1", "view.step"),
    ("view.step=abc", "view.step"),
    ("view.step=1.5", "view.step"),
    ("view.step=1000000001", "view.step"),
    ("view.step=", "view.step"),
    ("view.colours=red", "view.colours"),
    ("view.camera=1", "view.camera"),
    ("view.=1", "view."),
    ("view.<script>=1", "view.<script>"),
]


@pytest.fixture
def no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data directory."""
    monkeypatch.setenv("LANDSCAPE_DATA", str(tmp_path))
    return tmp_path


@settings(derandomize=True, deadline=None, database=None, max_examples=80)
@given(CHANGES, VIEWS)
def test_what_is_shown_comes_back(changes: dict[str, str], view: View) -> None:
    scene = ls.revise(ls.Scene(), changes).scene
    assert scene is not None
    text = address(scene, view)
    opened = read_address(text)
    assert opened == (scene, scene, view, [], False)
    assert address(opened.asked, opened.view) == text


def test_the_default_scene_has_no_address() -> None:
    assert address(ls.Scene(), View()) == ""
    for nothing in ("", None, "?"):
        assert read_address(nothing) == (ls.Scene(), ls.Scene(), View(), [], False)


@pytest.mark.parametrize("name", [name for name in ls.lessons() if ls.lesson(name).data is None])
def test_a_lesson_is_its_name(name: str) -> None:
    assert address(ls.lesson(name), read_address(f"?lesson={name}").view) == f"?lesson={name}"
    assert read_address(f"?lesson={name}")[:2] == (ls.lesson(name), ls.lesson(name))
    assert read_address(f"?lesson={name}").notices == []
    assert read_address(f"?lesson={name}&view.step=3").view.step == 3


@pytest.mark.parametrize("name", ls.lessons())
def test_a_lesson_opens_on_its_view_and_has_its_name_for_an_address(name: str) -> None:
    opening = View.model_validate(ls.lesson_view(name))
    assert read_address(f"?lesson={name}").view == opening
    assert address(ls.lesson(name), opening) == f"?lesson={name}"
    assert read_address(address(ls.lesson(name), View())).view == View()


def test_what_a_link_says_of_the_view_wins_over_the_lesson() -> None:
    assert read_address("?lesson=misleading-gradient").view.arrows == "step"
    assert read_address("?lesson=misleading-gradient&view.arrows=none").view.arrows == "none"
    opened = read_address("?lesson=misleading-gradient&view.arrows=maybe")
    assert (opened.view.arrows, len(opened.notices)) == ("step", 1)
    assert read_address("?lesson=nowhere").view == View()


def test_another_scene_with_a_lessons_view_names_all_of_it() -> None:
    """The lesson's name is no part of its address any more, so that neither is what the lesson opens with."""
    scene, _, view, *_ = read_address("?lesson=misleading-gradient&runs.0.steps=7")
    assert view.arrows == "step"
    assert address(scene, view).endswith("&view.arrows=step")
    assert read_address(address(scene, view)) == (scene, scene, view, [], False)


ON_FILES = [name for name in ls.lessons() if getattr(ls.lesson(name).data, "kind", "") in ("mnist", "cifar10")]


@pytest.mark.parametrize("name", [name for name in ON_FILES if ls.lesson(name).data.kind == "mnist"])
def test_a_lesson_on_real_files_is_its_name(name: str, mnist_files: Path) -> None:
    scene, asked, view, *rest = read_address(f"?lesson={name}")
    assert (scene, asked, rest) == (ls.lesson(name), ls.lesson(name), [[], False])
    assert address(ls.lesson(name), view.model_copy(update={"step": 7})) == f"?lesson={name}&view.step=7"


@pytest.mark.parametrize("name", ON_FILES)
def test_without_the_files_a_lesson_opens_on_the_digits(name: str, no_files: Path) -> None:
    lesson = ls.lesson(name)
    scene, asked, view, notices, lacks_data = read_address(f"?lesson={name}")
    assert scene.data is not None
    assert lesson.data is not None
    assert scene.data.kind == "digits"
    assert scene.data.samples == min(1797, lesson.data.samples)
    assert (scene.model, scene.plane, scene.grid, scene.runs) == (lesson.model, lesson.plane, lesson.grid, lesson.runs)
    assert lacks_data
    assert view == View.model_validate(ls.lesson_view(name))
    assert "digits instead" in notices[0]
    assert lesson.data.noun.split()[0] in notices[0]
    assert len(notices) == 1
    assert asked == lesson
    assert read_address(address(scene, view)) == (scene, scene, view, [], False)
    assert address(asked, view) == f"?lesson={name}"  # the link stays the lesson's


def test_without_the_files_a_pixel_that_the_digits_lack_gives_way_with_a_notice(no_files: Path) -> None:
    scene, _, _, notices, _ = read_address("data.kind=mnist&plane.first=W1,0,700&plane.second=W1,0,701")
    assert scene.data is not None
    assert scene.data.kind == "digits"
    assert any("W1[0,700]" in notice for notice in notices[1:])


@pytest.mark.parametrize(("text", "named"), BROKEN_VIEWS)
def test_a_broken_look_is_named_and_the_rest_is_read(text: str, named: str) -> None:
    scene, _, view, notices, _ = read_address(f"?lesson=valley&{text}")
    assert scene == ls.lesson("valley")
    assert view == View()
    assert len(notices) == 1
    assert notices[0].startswith(named)


def test_one_broken_look_does_not_take_the_other_along() -> None:
    scene, _, view, notices, _ = read_address("?view.step=5&view.colours=red&lesson=ravine")
    assert (scene, view.step, view.colours) == (ls.lesson("ravine"), 5, "cividis")
    assert len(notices) == 1


@pytest.mark.parametrize(
    "text",
    [
        "?lesson=nowhere",
        "?lesson=",
        "?model.kind=quantum",
        "?runs.0.steps=0",
        "?" + quote("runs.0.steps=5\0"),
        "?%ff%fe=%00",
        "?view.step=1&view.step=x",
        "?runs.99999999999.steps=1",
        "?" + "a=1&" * 3000,
        "?view." + "x" * 5000 + "=1",
        "?plane.first=W9,1,2",
        "?grid.a=nan,inf",
    ],
)
def test_no_address_breaks_the_page(text: str) -> None:
    scene, _, view, notices, _ = read_address(text)
    assert isinstance(scene, ls.Scene)
    assert isinstance(view, View)
    assert notices
    assert all(len(notice) < 1000 for notice in notices)
    assert read_address(address(scene, view)) == (scene, scene, view, [], False)
