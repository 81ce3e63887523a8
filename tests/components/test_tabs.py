"""The tab strip: what it offers of a scene, what it hides, and what the gradient's norms are drawn from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest

import landscape as ls
from components.figures.palette import MAX_PATHS
from components.ids import Id
from components.link import View
from components.stream import frames
from components.views import norms, surface, tabs

ReadFrames = Callable[[Iterable[bytes]], list[dict[str, Any]]]


def last(read_frames: ReadFrames, scene: ls.Scene, view: View) -> dict[str, Any]:
    """The last frame with a picture."""
    metas = read_frames(frames(ls.Engine(), scene, view, [tabs.paint, norms.paint]))
    return [meta for meta in metas if meta["paths"] is not None][-1]


def deep(*hidden: int, **run: Any) -> ls.Scene:
    run = {
        "optimizer": {"kind": "gradient_descent", "lr": 0.1},
        "starts": ["initial"],
        "steps": 9,
        "trains": "all",
    } | run
    return ls.Scene.model_validate(
        {
            "model": {"kind": "mlp", "hidden": hidden, "bias": True},
            "data": {"kind": "digits", "samples": 10},
            "plane": {"kind": "random"},
            "grid": {"resolution": [5, 5]},
            "runs": [{"starts": [[0.1, 0.1]], "steps": 3}, run],
            "race": {"starts": "own", "budget": "own"},
        }
    )


def test_the_norms_are_sent_where_their_tab_is_open_and_nowhere_else(read_frames: ReadFrames) -> None:
    scene = deep(4, 3)
    path = ls.descend(scene)[1]
    opened, closed = (last(read_frames, scene, View(tab=tab)) for tab in ("norms", "curve"))
    assert set(opened["hidden"]) == {tab.view for tab in tabs.TABS.values()} - {Id.NORMS}
    assert set(closed["hidden"]) == {tab.view for tab in tabs.TABS.values()} - {Id.CURVE}
    assert closed["lines"] == {}
    (lines,) = opened["lines"].values()
    assert len(lines) == 3  # W1, W2, W3
    for name, line in zip(("W1", "W2", "W3"), lines, strict=True):
        np.testing.assert_array_equal(line["clock"], path.step)
        np.testing.assert_allclose(line["level"], path.block_norms[name], rtol=1e-6)


def test_of_more_layers_than_colours_some_are_shown_evenly_with_the_first_and_the_last() -> None:
    names = norms.layers(deep(*[3] * 8))
    assert (len(names), names[0], names[-1]) == (MAX_PATHS, "W1", "W9")
    assert names == sorted(set(names), key=lambda name: int(name[1:]))


@pytest.mark.parametrize(
    ("scene", "suits"),
    [
        (deep(4), True),
        (deep(4, trains="plane"), False),
        (deep(), False),  # a single layer
        (ls.lesson("ravine"), False),
        (ls.lesson("mini-batch"), False),
    ],
    ids=["trained", "in the plane", "one layer", "function", "classifier"],
)
def test_norms_are_offered_where_there_are_layers_to_compare(scene: ls.Scene, suits: bool) -> None:
    assert ("norms" in str(tabs.strip(scene))) == suits
    assert tabs.shown(scene, View(tab="norms")) == ("norms" if suits else "curve")


def test_every_tab_has_a_panel_under_the_ids_that_the_strip_names() -> None:
    """As Mantine does: a tab controls ``<id>-panel-<value>``."""
    page = str(tabs.layout())
    assert "tabs-panel-curve" in page
    assert "tabs-tab-curve" in page


def test_a_zero_has_no_place_on_the_axis_of_powers() -> None:
    lines = [np.array([1e-3, 0.0, np.nan]), np.array([1.0, 10.0, 1.0])]
    low, high = norms.figures.decades(lines)
    assert -3.5 < low < -3
    assert 1 < high < 1.5
    assert norms.figures.decades([np.zeros(3)]) == (-1.0, 1.0)
    assert norms.figures.ticks((-3.2, 1.2)) == 1
    assert norms.figures.ticks((-20, 1)) == 4


@pytest.mark.parametrize("tab", [name for name, tab in tabs.TABS.items() if tab.beside is not None])
def test_whatever_tab_is_open_the_first_surface_comes_first(read_frames: ReadFrames, tab: Any) -> None:
    """And all of the surface and the paths, before anything of the tab."""
    scene = ls.Scene.model_validate(
        {
            "data": {"kind": "moons", "samples": 40},
            "model": {"kind": "mlp", "hidden": [3], "bias": True, "output": "softmax", "loss": "cross_entropy"},
            "plane": {"kind": "weights", "first": ["W2", 0, 0], "second": ["W2", 0, 1]},
            "grid": {"resolution": [9, 9]},
            "runs": [{"starts": [[0.1, 0.1]], "steps": 5}],
        }
    )
    painters = [tabs.paint, surface.paint]
    metas = read_frames(frames(ls.Engine(), scene, View(tab=tab), painters, aside=tabs.aside))
    graphs = [{update["graph"] for update in meta["updates"]} for meta in metas]
    first = next(number for number, drawn in enumerate(graphs) if Id.SURFACE in drawn)
    own = [number for number, meta in enumerate(metas) if meta["paths"] is None and (meta["props"] or graphs[number])]
    assert tabs.shown(scene, View(tab=tab)) == tab
    assert all(not drawn for drawn in graphs[:first])
    assert own
    assert min(own) > max(number for number, drawn in enumerate(graphs) if Id.SURFACE in drawn)
