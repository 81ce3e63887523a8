"""Functions of one and two variables: what a descent meets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from landscape.catalogue.lesson import Lesson


def _function(name: str, lr: float, steps: int, starts: tuple[tuple[float, ...], ...]) -> dict[str, Any]:
    return {"model": {"kind": "function", "name": name}, "runs": [_walk(lr, steps, starts)]}


def _walk(lr: float, steps: int, starts: tuple[tuple[float, ...], ...], **method: Any) -> dict[str, Any]:
    """A run of gradient descent, or of the method that ``method`` names."""
    return {"optimizer": {"kind": "gradient_descent", "lr": lr} | method, "starts": starts, "steps": steps}


_START = (-1.8, 0.6)

LESSONS: Mapping[str, Lesson] = {
    "valley": Lesson("A round valley", _function("valley", 0.1, 20, (_START,))),
    "ravine": Lesson("A ravine, ten times as steep across", _function("ravine", 0.09, 30, (_START,))),
    "false-minima": Lesson(
        "Where you start decides where you end",
        _function("false_minima", 0.2, 60, ((2.0, 1.0), (-0.5, 1.0), (0.5, -4.0))),
    ),
    "misleading-gradient": Lesson(
        "Downhill is not the way to the minimum",
        _function("ravine", 0.01, 100, (_START,)),  # so short steps that the path bends where the gradient does
        view={"arrows": "step", "step": "0"},
    ),
    "learning-rates": Lesson(
        "Three learning rates on one curve",
        {
            "model": {"kind": "function", "name": "quartic"},
            "grid": {"a": (-3, 3), "resolution": (121, 2)},
            "runs": [_walk(lr, 20, ((2.5,),)) for lr in (0.01, 0.05, 0.2)],
        },
    ),
    "momentum": Lesson(
        "A flat valley, with and without momentum",
        {
            "model": {"kind": "function", "name": "shallow_ravine"},
            "runs": [_walk(0.1, 20, (_START,)), _walk(0.1, 20, (_START,), kind="momentum", beta=0.9)],
        },
    ),
    "edge-of-stability": Lesson("At this learning rate y flips for ever", _function("ravine", 0.1, 15, (_START,))),
}
