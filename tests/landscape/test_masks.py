"""Runs whose every step has a loss of its own: a new dropout mask each."""

import numpy as np
import pytest

import landscape as ls

STEPS = 6


def scene(trains, mask="every step", **fields):
    return ls.Scene.model_validate(
        {
            "model": {"hidden": [8, 8], "dropout": 0.5, "mask": mask, "mask_seed": 3},
            "data": {"samples": 30},
            "plane": {"kind": "random"},
            "grid": {"resolution": [3, 3]},
            "runs": [{"trains": trains, "starts": ["initial"], "steps": STEPS, "optimizer": {"lr": 0.5}} | fields],
        }
    )


@pytest.mark.parametrize("trains", ["all", "plane"])
def test_each_step_goes_down_its_own_mask(trains):
    walked = scene(trains)
    objective, where = ls.objective(walked), ls.plane(walked)
    x, y, _ = walked.data.load()
    (path,) = ls.descend(walked)
    theta = objective.theta0.copy()
    for step in range(STEPS + 1):
        masked = walked.model.at_step(step)
        loss, gradient = masked.value_and_gradient(theta, x, y)
        assert path.batch_loss[step] == pytest.approx(float(loss), rel=1e-9)
        assert path.loss[step] == pytest.approx(float(walked.model.value(theta, x, y)), rel=1e-9)
        if trains == "all":
            theta = theta - 0.5 * gradient
        else:
            theta = theta - 0.5 * (gradient @ where.u) * where.u - 0.5 * (gradient @ where.v) * where.v
    assert len({walked.model.at_step(step).mask_seed for step in range(STEPS)}) == STEPS


def test_a_fixed_mask_stays():
    (path,) = ls.descend(scene("all", mask="fixed"))
    np.testing.assert_array_equal(path.loss, path.batch_loss)


def test_a_run_taken_up_again_draws_the_same_masks():
    once = ls.descend(scene("all", batch=7))
    engine = ls.Engine()
    while not (frame := engine.advance(scene("all", batch=7), budget=0.0)).done:
        pass
    np.testing.assert_array_equal(once[0].loss, frame.paths[0].loss)
