"""Sweeps of step sizes and learning rates, against closed forms and hand-walked runs."""

import numpy as np
import pytest
from pydantic import ValidationError

import landscape as ls


def test_one_step_of_each_size_on_the_ravine():
    """x^2 + 10 y^2 from (-1.8, 0.6): a step of s leaves x (1 - 2 s) and y (1 - 20 s)."""
    found = ls.step_sizes(ls.lesson("ravine"), [0.2, 0.01, 0.05])
    sizes = np.array([0.01, 0.05, 0.2])
    np.testing.assert_array_equal(found.rate, sizes)
    want = (1.8 * (1 - 2 * sizes)) ** 2 + 10 * (0.6 * (1 - 20 * sizes)) ** 2
    np.testing.assert_allclose(found.loss, want, rtol=1e-13)
    assert (found.best, found.evaluations) == (0.05, 4)


def test_the_overshoot_of_a_classifier_shows():
    scene = ls.Scene.model_validate(
        {"model": {"kind": "classifier", "init": "uniform"}, "data": {"samples": 100}, "plane": {"kind": "random"}}
    )
    found, start = ls.step_sizes(scene), float(ls.objective(scene).loss(ls.objective(scene).theta0))
    assert found.rate.tolist() == [10.0**power for power in range(-10, 0)]
    assert abs(found.loss[0] / start - 1) < 1e-6
    assert found.loss.min() < start < found.loss[-1] or found.best == 0.1


def test_a_sweep_walks_each_rate():
    scene = ls.lesson("ravine")
    found = ls.sweep(scene, [0.001, 0.05, 0.2, 1000.0])
    steps = scene.runs[0].steps
    rate = np.array([0.001, 0.05])
    want = (1.8 * (1 - 2 * rate) ** steps) ** 2 + 10 * (0.6 * (1 - 20 * rate) ** steps) ** 2
    np.testing.assert_allclose(found.loss[:2], want, rtol=1e-9, atol=1e-30)
    assert found.loss[2] == found.loss[3] == np.inf
    assert found.best == 0.05
    assert found.evaluations >= 2 * steps


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: ls.sweep(ls.lesson("ravine"), []), "Rates must be at least one"),
        (lambda: ls.sweep(ls.lesson("ravine"), run=3), "Run must be one of the scene's 1"),
        (lambda: ls.step_sizes(ls.lesson("ravine"), []), "Sizes must be at least one"),
    ],
)
def test_what_cannot_be_swept_is_refused(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
    with pytest.raises(ValidationError, match="Learning rate must be greater than 0"):
        ls.sweep(ls.lesson("ravine"), [0.0])
