"""What the tab of predictions sends: each step once, the ends first, as few bytes as serve, and the right words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest

import landscape as ls
from components.figures import predictions as figures
from components.ids import Id
from components.link import View
from components.stream import frames
from components.views import predictions, tabs
from landscape.predicted import Predicted

ReadFrames = Callable[[Iterable[bytes]], list[dict[str, Any]]]

NETWORK = {"kind": "mlp", "hidden": [8], "activation": "tanh", "output": "softmax", "loss": "cross_entropy"}
RUN = {"optimizer": {"kind": "gradient_descent", "lr": 0.3}, "steps": 60, "trains": "all"}
MOONS = ls.Scene.model_validate({"model": NETWORK, "data": {"kind": "moons", "samples": 50}, "runs": [RUN],
                                 "grid": {"resolution": [5, 5]}})  # fmt: skip

MOST_BYTES = 1_300_000
"""Of all frames of a film: what the page may be sent."""


def told(read_frames: ReadFrames, scene: ls.Scene, **view: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """All frames of a stream with its tab open, and what its script is told in them."""
    metas = read_frames(
        frames(ls.Engine(), scene, View(tab="predictions", **view), [tabs.paint, predictions.paint], aside=tabs.aside)
    )
    return metas, [meta["told"]["predictions"] for meta in metas if (meta.get("told") or {}).get("predictions")]


def film(messages: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """The frames by their steps, each sent once."""
    shown = [frame for message in messages for frame in message.get("frames", [])]
    by_step = {frame["step"]: frame for frame in shown}
    assert len(by_step) == len(shown)
    return by_step


def test_every_step_is_sent_once_and_is_what_the_model_says(read_frames: ReadFrames) -> None:
    metas, messages = told(read_frames, MOONS)
    assert metas[-1]["done"]
    first = next(message for message in messages if "frames" in message)
    assert first["fresh"]
    assert not any(message["fresh"] for message in messages[messages.index(first) + 1 :])
    assert {message["key"] for message in messages} == {first["key"]}
    want, shown = ls.predictions(MOONS), film(messages)
    assert sorted(shown) == want.steps.tolist()
    for place, step in enumerate(want.steps.tolist()):
        np.testing.assert_array_equal(shown[step]["regions"], want.regions[place].ravel())
        np.testing.assert_array_equal(shown[step]["classes"], want.classes[place])
        np.testing.assert_array_equal(shown[step]["confusion"], want.confusion[place].ravel())
        share = shown[step]["sure"] / 255 / 2 + 0.5  # of two classes
        np.testing.assert_allclose(share, want.certainty[place].ravel(), atol=0.5 / 255)
        assert shown[step]["regions"].dtype == shown[step]["sure"].dtype == np.uint8
    assert (first["path"], first["many"], first["labels"]) == (0, False, ["0", "1"])


def test_other_tabs_are_told_nothing(read_frames: ReadFrames) -> None:
    engine = ls.Engine()
    view = View(tab="sizes")
    metas = read_frames(frames(engine, MOONS, view, [tabs.paint, predictions.paint], aside=tabs.aside))
    assert not any((meta.get("told") or {}).get("predictions") for meta in metas)


@pytest.mark.parametrize(
    "data",
    [{"kind": "moons", "samples": 2000}, {"kind": "digits", "samples": 1500}, {"kind": "blobs", "classes": 10}],
    ids=["moons", "digits", "blobs"],
)
def test_a_film_is_no_longer_than_it_may_be(data: dict[str, Any]) -> None:
    scene = ls.Scene.model_validate({"model": NETWORK, "data": data, "runs": [{**RUN, "steps": 40}]})
    data_of = ls.predictions(scene)
    assert len(data_of.steps) == 32
    length = sum(
        array.nbytes for place in range(32) for array in predictions.frame(data_of, place).values()
        if isinstance(array, np.ndarray)
    )  # fmt: skip
    assert length < MOST_BYTES


def found(confusion: list[list[int]], labels: tuple[str, ...]) -> Predicted:
    table = np.array([confusion])
    return Predicted(
        form=ls.Form.TABLE, path=0, steps=np.array([0]), labels=labels, samples=int(table.sum()),
        truth=np.zeros(1, np.uint8), classes=np.zeros((1, 1), np.uint8), confusion=table,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("confusion", "says"),
    [
        ([[5, 0], [0, 3]], "8 of 8 right (100 %)."),
        ([[5, 0], [1, 2]], "7 of 8 right (87.5 %). Most often wrong: dog taken for cat (1)."),
        ([[0, 2], [4, 0]], "0 of 6 right (0 %). Most often wrong: dog taken for cat (4), cat taken for dog (2)."),
    ],
)
def test_accuracy_and_the_worst_confusions_in_words(confusion: list[list[int]], says: str) -> None:
    assert predictions.words(found(confusion, ("cat", "dog")), 0) == says


def test_errors_in_words() -> None:
    curve = ls.predictions(ls.lesson("overfitting"))
    y = ls.lesson("overfitting").data.load().y
    assert predictions.words(curve, 0).startswith(f"mean squared error {np.mean(y**2):.5f} on the 20 points, 0.")
    assert "on the 10 points of the test split." in predictions.words(curve, 0)
    scatter = ls.predictions(
        ls.Scene.model_validate({"model": {"kind": "linear", "init": "zeros"}, "data": {"kind": "diabetes"},
                                 "runs": []})
    )  # fmt: skip
    y = scatter.truth
    residue = 1 - np.mean(y**2) / np.var(y)  # zeros are a little worse than the mean
    assert predictions.words(scatter, 0) == f"mean squared error {np.mean(y**2):.5f}; R² {residue:.3g}."


@pytest.mark.parametrize(
    ("scene", "says"),
    [
        (MOONS, "Known at 32 of 61 recorded steps"),
        (MOONS.model_copy(update={"runs": ()}), "these are the initial weights"),
        (ls.Scene.model_validate({"model": NETWORK, "data": {"kind": "digits", "samples": 1200}, "runs": []}),
         "Of the first 1,000 of 1,200 samples."),
        (ls.Scene.model_validate({"model": NETWORK | {"norm": "batch"}, "data": {"kind": "moons"}, "runs": []}),
         "batch normalisation takes the samples' own means and variances."),
        (ls.Scene.model_validate({"model": NETWORK | {"dropout": 0.5}, "data": {"kind": "iris"}, "runs": []}),
         "The dropout mask is the surface's own."),
    ],
    ids=["steps", "nobody", "samples", "batch normalisation", "dropout"],
)  # fmt: skip
def test_what_has_to_be_known_is_said(read_frames: ReadFrames, scene: ls.Scene, says: str) -> None:
    scene = scene.model_copy(update={"grid": MOONS.grid})
    metas, _ = told(read_frames, scene)
    assert says in metas[-1]["props"][Id.PREDICTIONS_NOTE]["children"]


def test_a_path_is_chosen_where_there_are_several(read_frames: ReadFrames) -> None:
    scene = ls.lesson("regularisation")
    for asked, number, values in ((None, 0, ["none", "2"]), (2, 1, ["none", "2"]), (7, 0, ["7", "2"])):
        metas, messages = told(read_frames, scene, path=asked)
        first = next(message for message in messages if "frames" in message)
        assert (first["path"], first["many"]) == (number, True)
        (choice,) = next(
            meta["props"][Id.PREDICTIONS_CHOICE]["children"] for meta in metas
            if Id.PREDICTIONS_CHOICE in meta["props"]
        )  # fmt: skip
        assert [option["value"] for option in choice["props"]["data"]] == values
        assert choice["props"]["value"] == values[number]
        assert film(messages)[1000]["words"] == predictions.words(ls.predictions(scene, number), 31)


def test_one_path_leaves_nothing_to_choose(read_frames: ReadFrames) -> None:
    metas, _ = told(read_frames, MOONS)
    choices = [meta["props"][Id.PREDICTIONS_CHOICE] for meta in metas if Id.PREDICTIONS_CHOICE in meta["props"]]
    assert choices == [{"children": []}]


@pytest.mark.parametrize(("scene", "suits"), [(MOONS, True), (ls.lesson("valley"), False)])
def test_predictions_are_offered_of_models_of_samples(scene: ls.Scene, suits: bool) -> None:
    assert ("value='predictions'" in str(tabs.strip(scene))) == suits
    assert tabs.shown(scene, View(tab="predictions")) == ("predictions" if suits else "curve")


def test_a_curve_is_cut_off_a_little_beyond_the_targets() -> None:
    curve = ls.predictions(ls.lesson("overfitting"))
    assert np.abs(curve.curve).max() > 5  # it leaves the picture
    change = figures.update("graph", curve, "test")
    assert change is not None
    y = np.concatenate([curve.truth[:, 0], curve.held_y])
    low, high = change.layout["yaxis.range"]
    assert low == pytest.approx(y.min() - 0.25 * np.ptp(y))
    assert high == pytest.approx(y.max() + 0.25 * np.ptp(y))


def test_each_class_has_a_shape_and_a_colour_of_its_own() -> None:
    for theme in figures.THEMES.values():
        assert len(set(figures.class_colours(theme))) == figures.MOST_CLASSES
    assert len(set(figures.SHAPES)) == figures.MOST_CLASSES
    drawn = figures.figure().data
    assert [drawn[number].marker.symbol for number in figures.CLASSES] == list(figures.SHAPES)
