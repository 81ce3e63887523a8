"""A line through points: sums of squared errors over two weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from landscape.catalogue.lesson import Lesson


def _line(samples: int, lr: float, *starts: tuple[float, float], **run: Any) -> dict[str, Any]:
    """The sum of squared errors over slope w1 = W[0,0] and constant w2 = W[0,1], with a descent from ``starts``."""
    return {
        "model": {"kind": "linear", "bias": False, "reduction": "sum"},
        "data": {"kind": "line", "samples": samples, "seed": 1},
        "plane": {"kind": "weights", "first": ("W", 0, 0), "second": ("W", 0, 1)},
        "grid": {"a": (-10, 10), "b": (-50, 50), "resolution": (101, 501)},
        "runs": [{"optimizer": {"kind": "gradient_descent", "lr": lr}, "starts": starts, "steps": 1000} | run],
    }


_FAR = (-8, 40)
_BEST = (4, 10)
"""The one of least loss among 11 x 11 points, evenly spaced over the whole picture."""

LESSONS: Mapping[str, Lesson] = {
    "batch-surface": Lesson(
        "The loss of 5 points, and that of 45",
        _line(5, 0.005, _FAR),
        beside=_line(45, 3e-4, _FAR),
        view={"tab": "beside", "other": "data.samples,45"},
    ),
    "batch-by-batch": Lesson(
        "Five points a step, all 45 in the picture",
        _line(45, 0.001, _FAR, batch=5, steps=900),
        view={"batch": "over", "step": "40"},
    ),
    "grid-start": Lesson("A start found on a coarse grid", _line(45, 3e-4, _BEST, _FAR)),
}
