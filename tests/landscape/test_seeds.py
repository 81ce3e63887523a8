"""New seeds: another draw of all that is drawn, and of nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import landscape as ls
from landscape.seeds import MOST

NETWORK: dict[str, Any] = {
    "model": {"kind": "mlp", "hidden": [4, 3], "seed": 2},
    "data": {"kind": "digits", "samples": 20, "sample_seed": 7},
    "grid": {"resolution": [5, 5]},
}


def of(runs: list[dict[str, Any]], **parts: Any) -> ls.Scene:
    return ls.Scene.model_validate(NETWORK | {"runs": runs} | parts)


@pytest.mark.parametrize(
    ("runs", "want"),
    [
        ([], {"model.seed": 2}),
        ([{}], {"model.seed": 2}),
        ([{"batch": 20}], {"model.seed": 2}),
        ([{"batch": 5, "seed": 9}], {"model.seed": 2, "runs.0.seed": 9}),
        ([{"noise": 0.1}], {"model.seed": 2, "runs.0.seed": 0}),
        ([{"batch": 5}, {"seed": 3, "batch": 6}], {"model.seed": 2, "runs.0.seed": 0, "runs.1.seed": 3}),
        ([{}, {"noise": 0.1}], {"model.seed": 2, "runs.0.seed": 0}),  # the second has the first one's
    ],
)
def test_what_is_drawn(runs: list[dict[str, Any]], want: dict[str, int]) -> None:
    assert ls.seeds(of(runs)) == want


@pytest.mark.parametrize("name", ["valley", "ravine", "learning-rates"])
def test_nothing_is_drawn_of_a_function(name: str) -> None:
    assert ls.seeds(ls.lesson(name)) == {}
    assert ls.next_seeds(ls.lesson(name)) == ls.lesson(name)


def test_weights_that_the_plane_holds_itself_are_not_drawn_unless_a_run_begins_there() -> None:
    line = {"model": {"kind": "linear", "bias": False}, "data": {"kind": "line"}}
    placed, initial = (
        ls.Scene.model_validate(line | {"runs": [{"starts": [start]}]}) for start in ([0.5, 0.5], "initial")
    )
    assert placed.parameters == 2
    assert "model.seed" not in ls.seeds(placed)
    assert "model.seed" in ls.seeds(initial)
    assert np.array_equal(ls.surface(ls.next_seeds(initial)).loss, ls.surface(initial).loss)
    assert ls.descend(ls.next_seeds(initial))[0].loss[0] != ls.descend(initial)[0].loss[0]


def test_the_next_seeds_draw_other_weights_and_batches_and_keep_samples_and_plane() -> None:
    scene = of([{"batch": 5, "steps": 3}], plane={"kind": "random", "seed": 4})
    other = ls.next_seeds(scene)
    assert ls.seeds(other) == {"model.seed": 3, "runs.0.seed": 1}
    assert (other.data, other.plane) == (scene.data, scene.plane)
    assert not np.array_equal(ls.objective(other).theta0, ls.objective(scene).theta0)
    batches = ls.next_seeds(of([{"batch": 5, "steps": 3}])).model_copy(update={"model": scene.model})
    first, second = (ls.descend(each)[0] for each in (of([{"batch": 5, "steps": 3}]), batches))
    assert first.loss[0] == second.loss[0]
    assert first.batch_loss[0] != second.batch_loss[0]


def test_the_same_scene_leads_to_the_same_one_and_the_last_seed_to_the_first() -> None:
    scene = of([{"batch": 5, "seed": MOST}])
    assert ls.next_seeds(scene) == ls.next_seeds(scene)
    assert ls.next_seeds(scene).runs[0].seed == 0
