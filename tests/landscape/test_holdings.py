"""What things hold: every array once, with its own bytes."""

import numpy as np

import landscape as ls
from landscape.errand import Errand
from landscape.holdings import holdings
from landscape.running import RunWork
from landscape.sheet import Sheet
from landscape.track import Track

SCENE = ls.Scene.model_validate(
    {
        "model": {"kind": "mlp", "hidden": [4, 3]},
        "data": {"kind": "digits", "samples": 50},
        "plane": {"kind": "random"},
        "grid": {"resolution": [5, 4]},
        "runs": [{"starts": ["initial"], "trains": "all", "steps": 3}],
    }
)


def weights(thing):
    return {id(held): size for held, size in holdings(thing)}


def test_samples_weigh_their_arrays_and_an_objective_its_own_beside_them():
    objective = ls.objective(SCENE)
    assert sum(weights(objective.samples).values()) == 50 * (64 + 10) * 8
    assert sum(weights(objective).values()) == 50 * (64 + 10) * 8 + 298 * 8
    assert weights(objective.samples).items() <= weights(objective).items()


def test_what_a_slice_is_made_of_counts_once_beside_it():
    slice_ = ls.Engine().slice(SCENE)
    held = weights(slice_)
    assert weights(slice_.objective).items() <= held.items()
    assert held[id(slice_)] == slice_.nbytes > 0
    assert weights(Errand(SCENE, slice_)) == held


def test_a_surface_and_a_run_hold_their_slice_until_they_are_complete():
    slice_ = ls.Engine().slice(SCENE)
    a, b = np.linspace(-1, 1, 5), np.linspace(-1, 1, 4)
    sheet = Sheet("slice", Errand(SCENE, slice_), a, b, "float64")
    track = Track(RunWork(0, SCENE.runs[0], slice_), slice_, "run", "slice")
    for lane in (sheet, track):
        assert weights(slice_).items() <= weights(lane).items()
        assert weights(lane)[id(lane)] > 0
    for job in sheet.jobs:
        sheet.put(job, {"loss": np.zeros((job.piece.rows.size, job.piece.columns.size))})
    assert sheet.complete
    assert set(weights(sheet)) == {id(sheet)}
    assert weights(sheet)[id(sheet)] >= 5 * 4 * 8


def test_nothing_weighs_nothing():
    assert weights(None) == {}
