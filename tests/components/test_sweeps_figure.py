"""The picture of a sweep: every point is on it, what is too high stands at its edge, and nothing of a theme is left."""

from __future__ import annotations

import math

import numpy as np
import pytest

import landscape as ls
from components.figures import sweeps
from components.figures.palette import MAX_PATHS, THEMES, ThemeName
from components.figures.sweeps import BEFORE, BEST, LINES, OVER, OWN, Line, height_of
from components.figures.update import Update

INF = math.inf


def sweep(*losses: float, before: float = 5.0) -> ls.Sweep:
    return ls.Sweep(10.0 ** np.arange(len(losses)), np.array(losses), len(losses), before)


def drawn(updates: list[Update]) -> dict[int, dict[str, object]]:
    """What the updates say of each trace; plotly.py takes all of it."""
    figure, traces = sweeps.figure(), {}
    for update in updates:
        for place, trace in enumerate(update.traces):
            said = {name: values[place] for name, values in update.data.items() if values[place] is not None}
            figure.data[trace].update({name.replace(".", "_"): value for name, value in said.items()})
            traces[trace] = said
        for name, value in update.layout.items():
            figure.layout.update({name.replace(".", "_"): value})
    return traces


def test_points_that_are_known_are_joined_and_the_others_wait() -> None:
    traces = drawn(sweeps.update("g", [Line(2, sweep(4.0, math.nan, 3.0, INF), 10.0)]))
    np.testing.assert_array_equal(traces[LINES[2]]["x"], [1, 100])
    np.testing.assert_array_equal(traces[LINES[2]]["y"], [4, 3])
    np.testing.assert_array_equal(traces[OVER[2]]["x"], [1000])
    assert traces[OVER[2]]["text"] == ["blew up"]
    assert traces[OVER[2]]["marker.symbol"] == ["x"]
    np.testing.assert_array_equal(traces[BEST[2]]["x"], [100])
    np.testing.assert_array_equal(traces[OWN[2]]["x"], [10, 10])
    np.testing.assert_array_equal(traces[BEFORE]["y"], [5, 5])
    others = [traces[line]["visible"] for path, line in enumerate(LINES) if path != 2]
    assert others == [False] * (MAX_PATHS - 1)


def test_what_is_too_high_stands_at_the_edge_with_its_loss() -> None:
    traces = drawn(sweeps.update("g", [Line(0, sweep(4.0, 3.0, 1234.5), None)]))
    height = height_of([sweep(4.0, 3.0, 1234.5)])
    assert traces[OVER[0]]["text"] == ["loss 1234.5"]
    assert traces[OVER[0]]["marker.symbol"] == ["triangle-up"]
    assert height.low < traces[OVER[0]]["y"][0] < height.high < 10  # type: ignore[index]
    assert traces[OWN[0]]["visible"] is False


@pytest.mark.parametrize(
    ("losses", "before", "log"),
    [
        ((4.9, 4.8, 1e6), 5.0, False),
        ((4.9, 1e-9, 1e6), 5.0, True),
        ((-1.0, 0.5), 5.0, False),
        ((INF, INF), math.nan, False),
        ((5.0, 5.0), 5.0, False),
    ],
)
def test_the_height_shows_all_that_lies_below_the_loss_before(
    losses: tuple[float, ...], before: float, log: bool
) -> None:
    height = height_of([sweep(*losses, before=before)])
    assert height.log == log
    assert height.low < height.high
    assert all(map(math.isfinite, height.range))
    for loss in losses:
        assert not loss <= before or height.low < loss < height.high


def test_runs_that_begin_elsewhere_have_no_common_loss_before() -> None:
    lines = [Line(0, sweep(4.0), None), Line(1, sweep(4.0, before=6.0), None)]
    assert drawn(sweeps.update("g", lines))[BEFORE]["visible"] is False


@pytest.mark.parametrize("theme", THEMES)
def test_a_theme_leaves_nothing_of_the_other_behind(theme: ThemeName) -> None:
    picture = sweeps.figure("dark" if theme == "light" else "light")
    change = sweeps.themed("g", theme)
    for name, values in change.data.items():
        for trace, value in zip(change.traces, values, strict=True):
            if value is not None:
                picture.data[trace].update({name.replace(".", "_"): value})
    for name, value in change.layout.items():
        picture.layout.update({name.replace(".", "_"): value})
    assert picture.to_dict() == sweeps.figure(theme).to_dict()
