"""What the page says and offers of a model that a program brought along."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest

import landscape as ls
from components.controls import rail
from components.figures.scale import extent
from components.link import View
from components.sentence import card, loss_title, sentence, start_names
from components.stream import frames
from components.views import contour, surface, tabs, words
from tests.components.test_register_page import controls
from tests.landscape.conftest import register  # noqa: F401 (a fixture)

pytestmark = pytest.mark.usefixtures("register")

BLOCKS = {"0.weight": (2, 3), "0.bias": (2,)}


def scene(count: int = 8, **options: Any) -> ls.Scene:
    ls.register("mine", lambda theta: float(theta @ theta), np.ones(count), **options)
    return ls.Scene.model_validate({"model": {"kind": "mine"}, "grid": {"resolution": [4, 3]}})


def labels(shown: ls.Scene) -> list[str]:
    return [tab.children for tab in tabs.strip(shown).children]


def test_its_words() -> None:
    shown = scene(blocks=BLOCKS, text="the energy of a chain")
    assert sentence(shown) == (
        "The energy of a chain over two of its 8 weights, 0.weight[0,1] and 0.weight[0,2];"
        " Adam at rate 0.01 on all weights from one start."
    )
    assert start_names(shown) == ["the initial weights"]
    assert loss_title(shown) == "loss"
    frame = ls.Engine().advance(shown, 60.0)
    assert frame.surface is not None
    drawn = extent(shown.grid.a, shown.grid.b, frame.surface, frame.paths)
    lines = card(shown, frame.surface, frame.paths, drawn)
    assert lines[0].startswith("A slice: two of 8 weights move")
    assert lines[1].startswith("No gradient was given: slopes are central differences of the loss")


def test_the_rail_offers_it_and_its_weights() -> None:
    shown = scene(blocks=BLOCKS, text="the energy of a chain")
    what, where = controls(rail.what(shown)), controls(rail.where(shown, View()))
    assert what.keys() == {"model.kind"}
    assert {"value": "mine", "label": "The energy of a chain"} in what["model.kind"].data
    assert {"plane.kind", "plane.first", "plane.second"} <= where.keys()
    names = [
        part.className for part in _all(rail.where(shown, View())) if "address" in str(getattr(part, "className", ""))
    ]
    assert names == ["address long"] * 2


def _all(parts: list[Any]) -> list[Any]:
    return [found for part in parts for found in [part, *part._traverse()]]


def test_tabs_that_have_nothing_to_say_of_it_are_not_there() -> None:
    assert "Gradient check" in labels(scene(gradient=lambda theta: 2 * theta))
    assert "Gradient check" not in labels(scene())
    assert "Step sizes" in labels(scene())
    assert "Step sizes" not in labels(scene(2_001))


def test_what_it_raises_is_a_sentence_on_the_page(
    read_frames: Callable[[Iterable[bytes]], list[dict[str, Any]]],
) -> None:
    calls = [0]

    def loss(theta: np.ndarray) -> float:
        calls[0] += 1
        if calls[0] > 12:
            raise RuntimeError("the simulator is gone")
        return float(theta @ theta)

    ls.register("frail", loss, np.ones(4))
    frail, engine = ls.Scene.model_validate({"model": {"kind": "frail"}}), ls.Engine()
    metas = read_frames(frames(engine, frail, View(), [surface.paint, contour.painter(engine), words.painter(engine)]))
    assert metas[-1]["error"] == "The loss raised RuntimeError for parameters of shape (4,): the simulator is gone."
    assert metas[-1]["done"]
