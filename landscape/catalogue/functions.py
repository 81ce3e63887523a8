"""Functions of one and two variables: what a descent meets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from landscape.catalogue.lesson import Lesson


def _function(name: str, lr: float, steps: int, starts: tuple[tuple[float, float], ...]) -> dict[str, Any]:
    return {
        "model": {"kind": "function", "name": name},
        "runs": [{"optimizer": {"kind": "gradient_descent", "lr": lr}, "starts": starts, "steps": steps}],
    }


LESSONS: Mapping[str, Lesson] = {
    "valley": Lesson("A round valley", _function("valley", 0.1, 20, ((-1.8, 0.6),))),
    "ravine": Lesson("A ravine, ten times as steep across", _function("ravine", 0.09, 30, ((-1.8, 0.6),))),
    "false-minima": Lesson(
        "Where you start decides where you end",
        _function("false_minima", 0.2, 60, ((2.0, 1.0), (-0.5, 1.0), (0.5, -4.0))),
    ),
}
