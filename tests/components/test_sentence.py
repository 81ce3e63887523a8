"""The scene in words."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

import landscape as ls
from components.figures.scale import Extent, extent
from components.sentence import (
    axis_titles,
    card,
    loss_number,
    loss_title,
    nowhere_finite,
    number,
    run_name,
    same_everywhere,
    sentence,
    start_names,
)

DIGITS = {"kind": "digits"}


def scene(**fields: Any) -> ls.Scene:
    return ls.Scene.model_validate(fields)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "mnist-descent",
            "The loss of a 784-50-500-10 sigmoid network on 100 MNIST digits over two of its 69,200 weights, W3[5,250]"
            " and W3[5,251]; gradient descent at rate 5 from three starts.",
        ),
        (
            "false-minima",
            "The function sin x sin y + 0.2 x over x and y; gradient descent at rate 0.2 from three starts.",
        ),
    ],
)
def test_a_scene_in_one_sentence(name: str, words: str) -> None:
    assert sentence(ls.lesson(name)) == words


@pytest.mark.parametrize("name", ls.lessons())
def test_every_lesson_is_one_sentence(name: str) -> None:
    words = sentence(ls.lesson(name))
    assert words[0].isupper()
    assert words.endswith(".")
    assert not words.endswith("..")
    assert "_" not in words
    assert len(words) < 250


def test_batches_everything_and_nobody_are_said() -> None:
    run = {"optimizer": {"kind": "adam", "lr": 0.01}, "starts": ["initial"], "batch": 10, "trains": "all"}
    words = sentence(scene(data=DIGITS, runs=[run]))
    assert words.endswith("on all weights, 10 samples a step, from one start.")
    nobody = sentence(scene(runs=[]))
    assert nobody.endswith("W3[0,120].")
    twins = sentence(scene(runs=[{"starts": ["initial"]}] * 2))
    assert twins.count("gradient descent") == 1


@pytest.mark.parametrize(
    ("value", "text"), [(0.1 + 0.2, "0.3"), (50.0, "50"), (1e-9, "1e-09"), (2.555628, "2.55563"), (1e7, "1e+07")]
)
def test_numbers_have_no_needless_digits(value: float, text: str) -> None:
    assert number(value) == text


def test_axes_and_colour_bar_name_things() -> None:
    assert axis_titles(ls.lesson("mnist-100")) == ("W3[5,250]", "W3[5,251]")
    assert axis_titles(ls.lesson("valley")) == ("x", "y")
    assert loss_title(ls.lesson("mnist-10000")) == "loss (squared error per digit, 10,000 digits)"
    assert "y" in loss_title(ls.lesson("ravine"))


def test_every_run_and_every_start_has_a_name(small: ls.Scene) -> None:
    assert start_names(small) == ["the initial weights", "(1, 1)", "(2, -1)"]
    assert run_name(small.runs[0], "swept") == "Adam, rate 0.1 (swept), all weights"
    fields = {"schedule": {"kind": "cosine"}, "trains": "all", "clip_norm": 1, "batch": 1}
    assert run_name(ls.Run.model_validate(fields), "given") == (
        "gradient descent, rate 0.1 (given, cosine), 1 sample a step, all weights, clipped"
    )


def flat(loss: np.ndarray) -> ls.Surface:
    return ls.Surface(np.arange(3.0), np.arange(2.0), loss, ~np.isfinite(loss))


def test_a_surface_that_is_the_same_everywhere_is_said(small: ls.Scene) -> None:
    loss = np.full((2, 3), 2.5)
    assert "is 2.5000 everywhere" in str(same_everywhere(small, flat(loss))), "a loss, written as one"
    loss[0, 0] = np.nan
    assert "is 2.5000 everywhere" in str(same_everywhere(small, flat(loss)))
    assert same_everywhere(small, flat(np.arange(6.0).reshape(2, 3))) is None
    assert same_everywhere(small, flat(np.full((2, 3), np.nan))) is None


def test_a_surface_that_is_nowhere_finite_is_said(small: ls.Scene) -> None:
    nothing = flat(np.full((2, 3), np.nan))
    assert nowhere_finite(small, nothing) == (
        "The loss is finite nowhere in this range, so that there is nothing to draw."
    )
    assert str(nowhere_finite(ls.lesson("valley"), nothing)).startswith("f(x, y) is finite nowhere in this range")
    assert nowhere_finite(small, dataclasses.replace(nothing, stride=2)) is None, "finer points may be"
    loss = np.full((2, 3), np.nan)
    loss[0, 0] = 1
    assert nowhere_finite(small, flat(loss)) is None


def test_a_typed_formula_in_one_sentence() -> None:
    assert sentence(scene(model={"kind": "formula", "text": "(x^2 - 1)^2 + y^2 + 0.3*x"}, runs=[])) == (
        "The function (x^2 - 1)^2 + y^2 + 0.3*x over x and y."
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("0*x + 0*y + 3", "f(x, y) is 3"),
        ("x - x", "f(x) is 0"),
        ("max(x, 7)", "f(x) is 7"),
        ("x^2 + y^2", None),
        ("x + 0*y", None),
    ],
)
def test_a_formula_that_is_constant_is_said(text: str, says: str | None) -> None:
    typed = scene(model={"kind": "formula", "text": text}, runs=[])
    said = same_everywhere(typed, ls.surface(typed))
    assert said is None if says is None else str(said).startswith(says)


def test_the_least_move_is_told_from_none(small: ls.Scene) -> None:
    loss = np.full((2, 3), 2.5)
    loss[0, 0] += 1e-8
    assert same_everywhere(small, flat(loss)) is None
    loss[0, 0] = 2.5 + 1e-9
    assert same_everywhere(small, flat(loss)) is not None
    assert same_everywhere(ls.lesson("valley"), flat(np.full((2, 3), 2.5))) is None, (
        "a function has no coordinates idle"
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2.5693, "2.5693"),
        (2.5, "2.5000"),
        (0.0, "0"),
        (0.001, "0.0010000"),
        (0.00099, "9.9000e-4"),
        (9_999.0, "9999.0"),
        (99_999.0, "99999"),
        (12_345.6, "12346"),
        (1e5, "1.0000e+5"),
        (-2.5, "-2.5000"),
        (1e300, "1.0000e+300"),
    ],
)
def test_a_loss_has_five_digits(value: float, text: str) -> None:
    assert loss_number(value) == text


def test_one_sample_is_one_of_them() -> None:
    words = sentence(scene(data={"kind": "digits", "samples": 1}))
    assert " on one of the handwritten digits (8 x 8) over " in words
    assert " on 2 handwritten digits (8 x 8) over " in sentence(scene(data={"kind": "digits", "samples": 2}))
    assert loss_title(scene(data={"kind": "digits", "samples": 1})).endswith("per digit, 1 digit)")


@pytest.fixture
def plain(small: ls.Scene) -> Extent:
    """Axes that cut nothing off."""
    return extent(small.grid.a, small.grid.b, ls.surface(small), [])._replace(cut=False)


def test_the_card_says_what_is_cut_and_what_is_blank(small: ls.Scene, plain: Extent) -> None:
    loss = np.array([[1.0, 2, 3], [4, np.nan, np.nan]])
    lines = card(small, flat(loss), (), plain._replace(cut=True))
    assert any(line.startswith("2 grid points have no finite loss") for line in lines)
    assert any("cut off" in line for line in lines)
    whole = card(small, flat(np.ones((2, 3))), (), plain)
    assert not any("cut off" in line or "blank" in line or "float" in line for line in whole)


def test_the_card_tells_coarse_from_complete(small: ls.Scene, plain: Extent) -> None:
    whole = ls.surface(small)
    assert "Every one of the 13 x 11 grid points is computed exactly, in 64 bits." in card(small, whole, (), plain)
    words_of = {2: "second", 4: "4th", 8: "8th", 16: "16th", 32: "32nd", 64: "64th", 128: "128th"}
    for stride, words in ((stride, f"every {word} line") for stride, word in words_of.items()):
        coarse = dataclasses.replace(whole, stride=stride)
        assert f"So far {words} of the 13 x 11 grid is computed; it is sharpening." in card(small, coarse, (), plain)
        assert not any("exactly, in 64" in line for line in card(small, coarse, (), plain))


def test_the_card_tells_what_is_computed_in_32_bits(small: ls.Scene, plain: Extent) -> None:
    single = dataclasses.replace(ls.surface(small), precision="float32")
    lines = card(small, single, (), plain)
    assert "Every one of the 13 x 11 grid points is computed in 32 bits, right to a millionth of its loss." in lines
    assert not any("64 bits" in line for line in lines)


def test_the_card_says_that_paths_float(small: ls.Scene, plain: Extent) -> None:
    lines = card(small, ls.surface(small), ls.descend(small), plain)
    assert any(line.startswith("In 3-D the paths float 1.2 % of the height") for line in lines)


def test_the_card_says_how_much_of_a_projected_path_is_seen(small: ls.Scene, plain: Extent) -> None:
    path = ls.descend(small)[0]
    lines = card(small, ls.surface(small), [path], plain)
    (line,) = [line for line in lines if line.startswith("Path 1 trains all")]
    share = float(line.split(": ")[1].split(" %")[0])
    assert share == pytest.approx(100 * (1 - path.outside[-1]), rel=0.06)


def test_the_card_says_which_path_leaves_the_grid() -> None:
    away = scene(
        model={"kind": "function", "name": "valley"},
        grid={"a": [-1, 1], "b": [-1, 1]},
        runs=[{"optimizer": {"kind": "gradient_descent", "lr": 1.1}, "starts": [[0.9, 0]], "steps": 5}],
    )
    paths = ls.descend(away)  # x <- x (1 - 2 lr) = -1.2 x: 0.9, -1.08, ...
    surface = ls.surface(away)
    lines = card(away, surface, paths, extent(away.grid.a, away.grid.b, surface, paths))
    assert "Path 1 leaves the grid at step 1 and goes on at its true loss." in lines
    stays = ls.lesson("valley")
    surface, paths = ls.surface(stays), ls.descend(stays)
    shown = extent(stays.grid.a, stays.grid.b, surface, paths)
    assert not any("leaves" in line for line in card(stays, surface, paths, shown))
