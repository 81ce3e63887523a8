"""What a tab computes beside the pictures: in the same stream, only what was asked for, and what its buttons do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest

import landscape as ls
from components.chosen import chosen, mark
from components.controls.actions import ACTIONS
from components.controls.button import at_end
from components.ids import Id
from components.link import View, address, read_address
from components.other import other
from components.sentence import lowest_place
from components.stream import frames
from components.views import beside, check, rates, sizes, tabs

ReadFrames = Callable[[Iterable[bytes]], list[dict[str, Any]]]

RAVINE = ls.lesson("ravine")


def told(read_frames: ReadFrames, engine: ls.Engine, scene: ls.Scene, **view: Any) -> list[dict[str, Any]]:
    """All frames of a stream."""
    return read_frames(frames(engine, scene, View(**view), [tabs.paint], aside=tabs.aside))


def dear() -> ls.Scene:
    """A scene whose sweep takes longer than a moment."""
    return ls.Scene.model_validate(
        {
            "model": {"kind": "mlp", "hidden": [20], "seed": 1},
            "data": {"kind": "digits", "samples": 200},
            "plane": {"kind": "weights", "first": ["W2", 0, 0], "second": ["W2", 0, 1]},
            "grid": {"resolution": [3, 3]},
            "runs": [{"starts": ["initial"], "steps": 3000, "batch": 8, "trains": "all"}],
        }
    )


def test_a_cheap_sweep_comes_unasked_and_is_drawn_to_its_end(read_frames: ReadFrames) -> None:
    metas = told(read_frames, ls.Engine(), RAVINE, tab="rates")
    assert [meta["done"] for meta in metas] == [*[False] * (len(metas) - 1), True]
    last = metas[-1]
    assert last["hidden"] is None  # what is hidden stays so
    assert "Best: 0.09." in last["props"][Id.RATES_WORD]["children"]
    assert last["props"][Id.SWEEP] == {"hidden": True}
    assert last["props"][Id.USE_BEST] == {"hidden": True}  # it walks at the best rate
    line = next(update for update in last["updates"] if update["traces"] and update["data"]["visible"][0] is True)
    want = ls.sweep(RAVINE, np.asarray(line["data"]["x"][0]).round(6).tolist())
    np.testing.assert_allclose(line["data"]["y"][0], want.loss, rtol=1e-4)
    assert len(line["data"]["x"][2]) == 6  # those that blew up, at the upper edge
    assert set(line["data"]["text"][2]) == {"blew up"}


def test_a_dear_sweep_waits_to_be_asked_for_and_says_what_it_takes(read_frames: ReadFrames) -> None:
    engine, scene = ls.Engine(), dear()
    while not engine.advance(scene, 10).done:
        pass
    computed = engine.computed
    last = told(read_frames, engine, scene, tab="rates")[-1]
    assert engine.computed == computed
    assert last["done"]
    said = last["props"][Id.RATES_WORD]["children"]
    assert said.startswith("13 rates × 1 run × 3,000 steps = 39,000 steps, ")
    assert last["props"][Id.SWEEP] == {"hidden": False}
    assert not told(read_frames, engine, scene, tab="rates", sweep=True)[0]["done"]
    assert engine.computed > computed


@pytest.mark.parametrize("tab", ["curve", "norms"])
def test_other_tabs_compute_nothing(read_frames: ReadFrames, tab: str) -> None:
    engine = ls.Engine()
    while not engine.advance(RAVINE, 10).done:
        pass
    computed = engine.computed
    assert told(read_frames, engine, RAVINE, tab=tab)[-1]["done"]
    assert engine.computed == computed


def test_step_sizes_say_where_they_overshoot(read_frames: ReadFrames) -> None:
    """x^2 + y^2: the whole way at 0.5, back to where it was at 1, beyond it at 10."""
    said = told(read_frames, ls.Engine(), ls.lesson("valley"), tab="sizes")[-1]["props"][Id.SIZES_WORD]["children"]
    assert "size 0.1 takes the loss" in said
    assert said.endswith("From 10 on a step overshoots.")
    flat = ls.Sweep(np.array([0.1, 1.0]), np.array([2.0, 3.0]), 3, 1.0)
    assert sizes.found(flat) == "No step goes below the loss before, 1.0000 (dashed)."


def test_the_check_tells_verdict_ways_and_blocks(read_frames: ReadFrames) -> None:
    scene = ls.lesson_beside("gradient-check")
    assert scene is not None
    last = told(read_frames, ls.Engine(), scene, tab="check")[-1]["props"]
    assert last[Id.CHECK_WORD]["children"].startswith("The gradient is right")
    assert "17,400" in str(last[Id.CHECK_WAYS])  # centred differences of all 8,700
    assert all(name in str(last[Id.CHECK_BLOCKS]) for name in ("W1", "W2", "W3", "W4"))
    kink = ls.gradient_check(ls.lesson("gradient-check"))
    assert check.verdict(kink, done=True).startswith("The gradient differs")


def test_the_best_rates_are_used_and_remembered_for_as_long_as_they_hold() -> None:
    engine = ls.Engine()
    scene = ls.revise(RAVINE, {"runs.0.optimizer.lr": "0.001"}).scene
    assert scene is not None
    view = View(tab="rates")
    with pytest.raises(ValueError, match="The sweep is not complete"):
        ACTIONS["use-best"](engine, scene, view, 0)
    study = engine.sweep(scene)
    while not study.done:
        study.advance(1.0)
    made = ACTIONS["use-best"](engine, scene, view, 0)
    assert made is not None
    assert made.scene.runs[0].optimizer.lr == study.sweeps[0].best == 0.0562
    assert made.view.tab == "rates"
    assert chosen(made.scene, made.view) == ("swept",)
    again = read_address(address(made.scene, made.view))
    assert chosen(again.scene, again.view) == ("swept",)
    for key, text in (("runs.0.optimizer.lr", "0.05"), ("runs.0.steps", "31"), ("model.name", "valley")):
        other = ls.revise(made.scene, {key: text}).scene
        assert other is not None
        assert set(chosen(other, made.view)) == {"given"}
        assert "swept" not in address(other, made.view)
    wider = ls.revise(made.scene, {"grid.a": "-4,4"}).scene
    assert wider is not None
    assert chosen(wider, made.view) == ("swept",)  # the picture's range plays no part


def test_a_sweep_that_was_asked_for_ends_with_its_scene() -> None:
    begun = ACTIONS["sweep"](ls.Engine(), RAVINE, View(step=3), 0)
    assert begun is not None
    assert (begun.scene, begun.view) == (RAVINE, View(step=3, sweep=True))
    assert not at_end(begun.view).sweep


def test_each_run_has_a_mark_of_its_own() -> None:
    scene = ls.lesson("learning-rates")
    assert len({mark(scene, index) for index in range(3)}) == 3
    assert chosen(scene, View(swept=(mark(scene, 1),))) == ("given", "swept", "given")


def test_a_mark_that_is_none_is_named() -> None:
    opened = read_address("?view.swept=zzz&lesson=ravine")
    assert opened.view.swept == ()
    assert opened.notices == ["view.swept in the link cannot be read. The default takes its place."]


def test_lines_take_the_colours_of_their_runs_first_paths() -> None:
    starts = [[-1, 1]], [[1, 1], [0, 1], [1, 0]], [[2, 2]]
    runs = [{"starts": some} for some in starts]
    scene = ls.Scene.model_validate({"model": {"kind": "function"}, "runs": runs, "race": {"starts": "own"}})
    known = {index: ls.Sweep(np.array([1.0]), np.array([1.0]), 1) for index in range(3)}
    assert [line.path for line in rates.lines(scene, known)] == [0, 1, 4]


def test_only_runs_that_are_swept_are_counted() -> None:
    """Of gradient descent, local search and random search one has a rate; a lattice alone begins nowhere."""
    whole = {"starts": ["initial"], "trains": "all", "steps": 300}
    methods = ("gradient_descent", "local_search", "random_search")
    scene = ls.Scene.model_validate({"runs": [{"optimizer": {"kind": kind}} | whole for kind in methods]})
    assert " × 1 run × 300 steps = " in rates.cost(ls.Engine().sweep(scene), scene)
    alone = ls.Scene.model_validate({"model": RAVINE.model, "data": None, "runs": [{"starts": ["lattice"]}]})
    assert not rates.suits(alone)
    assert rates.suits(RAVINE)


@pytest.mark.parametrize(
    ("lesson", "names"),
    [
        ("batch-normalisation", ("Normalisation: batch", "Normalisation: none")),
        ("recurrent", ("Sequence length: 50", "Sequence length: 2")),
        ("batch-surface", ("5 noisy points of a line", "45 noisy points of a line")),
    ],
)
def test_two_scenes_are_told_apart_in_the_words_of_the_rail(lesson: str, names: tuple[str, str]) -> None:
    opened = read_address(f"?lesson={lesson}")
    second = other(opened.asked, opened.view).scene
    assert second is not None
    assert beside.differences(opened.asked, second, opened.view) == names


def test_a_place_has_the_digits_that_its_range_can_show() -> None:
    """Newton's method ends at 2e-17, where the range goes from -2 to 2."""
    mark = ls.Lowest((-1.0, 1.6775e-17), 2.3026, is_vertex=False)
    assert lowest_place(mark, ls.surface(ls.lesson("valley"))) == "(-1, 0)"
    assert lowest_place(ls.Lowest((0.123456789, -1e-9), 0.0, False), ls.surface(ls.lesson("valley"))) == "(0.1235, 0)"
