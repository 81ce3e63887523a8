"""The classifier with one sample: its loss while columns of its weights are scaled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from landscape.catalogue.lesson import Lesson


def _one_sample(plane: Mapping[str, Any], grid: Mapping[str, Any], run: Mapping[str, Any]) -> dict[str, Any]:
    """Seven inputs, two classes, one sample; hinge and Frobenius norm, seeds that leave columns 2 and 3 no input."""
    return {
        "model": {
            "kind": "classifier", "loss": "hinge", "delta": 1, "penalty": "frobenius", "strength": 0.1,
            "init": "uniform", "scale": 1, "seed": 5,
        },
        "data": {"kind": "one_sample", "seed": 1},
        "plane": {"kind": "columns", "matrix": "W", **plane},
        "grid": grid,
        "runs": [run],
    }  # fmt: skip


LESSONS: Mapping[str, Lesson] = {
    "svm-profiles": Lesson(
        "One sample: the loss while a column is scaled",
        _one_sample(
            {"first": 0, "second": None},
            {"a": (-20, 19), "b": None, "resolution": (40, 2)},
            {"optimizer": {"kind": "gradient_descent", "lr": 2.0}, "starts": ((-18,),), "steps": 100},
        ),
        view={"tab": "profiles"},
    ),
    "svm-pairs": Lesson(
        "Two columns scaled: a fold, and no second valley",
        _one_sample(
            {"first": 0, "second": 1},
            {"a": (-100, 100), "b": (-100, 100), "resolution": (50, 50)},
            {"optimizer": {"kind": "gradient_descent", "lr": 2.0}, "starts": ((-80, 60), (80, 80)), "steps": 1000},
        ),
        view={"tab": "pairs", "clip": "0,5"},
    ),
}
