"""The momentum along a path: the method's own, worked by hand, in the plane's coordinates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import landscape as ls

START = (-1.0, 0.5)
"""On x^2 + 10 y^2, where the gradient is (2 x, 20 y) = (-2, 10)."""

BOWL: dict[str, Any] = {
    "model": {"kind": "function", "name": "ravine"},
    "grid": {"a": [-2, 2], "b": [-1, 1], "resolution": [3, 3]},
}


def path(optimizer: dict[str, Any], steps: int = 3, **parts: Any) -> ls.Path:
    runs = [{"optimizer": optimizer, "starts": [START], "steps": steps}]
    return ls.descend(ls.Scene.model_validate(BOWL | {"runs": runs} | parts))[0]


def test_momentum_is_the_step_before() -> None:
    walked = path({"kind": "momentum", "lr": 0.01, "beta": 0.5})
    places = np.stack([walked.a, walked.b], axis=-1)
    # v1 = -0.01 (-2, 10); at (-0.98, 0.4) the gradient is (-1.96, 8): v2 = 0.5 v1 - 0.01 (-1.96, 8)
    np.testing.assert_allclose(walked.momentum[:3], [[0, 0], [0.02, -0.1], [0.0296, -0.13]], atol=1e-15)
    np.testing.assert_allclose(walked.momentum[1:], np.diff(places, axis=0), atol=1e-15)


def test_nesterovs_velocity_is_turned_to_where_it_pushes() -> None:
    walked = path({"kind": "nesterov", "lr": 0.01, "beta": 0.5})
    # v1 = (-2, 10); the step is -0.01 (g + 0.5 v1) = (0.03, -0.15); there g = (-1.94, 7) and v2 = 0.5 v1 + g
    np.testing.assert_allclose(walked.momentum[:3], [[0, 0], [2, -10], [2.94, -12]], atol=1e-14)


@pytest.mark.parametrize("kind", ["adam", "adamw", "amsgrad", "adamax", "nadam", "radam"])
def test_of_adam_and_its_kin_it_is_the_mean_gradient_turned_round(kind: str) -> None:
    walked = path({"kind": kind, "lr": 0.01, "beta1": 0.5})
    gradient = np.stack([2 * walked.a, 20 * walked.b], axis=-1)
    np.testing.assert_allclose(walked.momentum[0], [0, 0], atol=1e-15)
    np.testing.assert_allclose(walked.momentum[1], [1, -5], rtol=1e-12)  # half of the first gradient
    np.testing.assert_allclose(walked.momentum[2], -(0.25 * gradient[0] + 0.5 * gradient[1]), rtol=1e-12)


@pytest.mark.parametrize("kind", ["gradient_descent", "adagrad", "adadelta"])
def test_who_gathers_nothing_has_none(kind: str) -> None:
    momentum = path({"kind": kind}).momentum
    assert momentum.shape == (4, 2)
    assert np.isnan(momentum).all()


def test_in_a_longer_run_it_is_that_of_the_recorded_steps() -> None:
    rule = {"kind": "momentum", "lr": 0.001, "beta": 0.9}
    every, some = path(rule, steps=1000), path(rule, steps=3000)
    assert some.step[:4].tolist() == [0, 3, 6, 9]
    np.testing.assert_array_equal(some.momentum[:300], every.momentum[:900:3])


def test_it_ends_where_the_path_does() -> None:
    walked = path({"kind": "momentum", "lr": 1e3}, steps=400)
    assert walked.status in (ls.Status.DIVERGED, ls.Status.NON_FINITE)
    assert walked.momentum.shape == (walked.step.size, 2)
    assert np.isfinite(walked.momentum).all()


def test_of_a_run_that_trains_everything_it_is_projected_as_the_path_is() -> None:
    scene = ls.Scene.model_validate(
        {
            "model": {"kind": "mlp", "hidden": [4, 3], "seed": 2},
            "data": {"kind": "digits", "samples": 20},
            "plane": {"kind": "random", "seed": 1},
            "grid": {"resolution": [3, 3]},
            "runs": [
                {"optimizer": {"kind": "momentum", "lr": 0.1}, "starts": ["initial"], "steps": 5, "trains": "all"}
            ],
        }
    )
    (walked,) = ls.descend(scene)
    moved = np.diff(np.stack([walked.a, walked.b], axis=-1), axis=0)
    np.testing.assert_allclose(walked.momentum[1:], moved, rtol=1e-9, atol=1e-13)


def test_on_a_line_it_has_one_coordinate() -> None:
    scene = ls.Scene.model_validate(
        {"model": {"kind": "function", "name": "quartic"}, "runs": [{"optimizer": {"kind": "momentum", "lr": 0.01}}]}
    )
    (walked,) = ls.descend(scene)
    np.testing.assert_allclose(walked.momentum[1:, 0], np.diff(walked.a), rtol=1e-9, atol=1e-13)
    assert not walked.momentum[:, 1].any()
