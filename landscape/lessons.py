"""The catalogue: named scenes, each opened by ``/?lesson=<id>``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from landscape.scene import Scene


class Lesson(NamedTuple):
    """A named scene.

    Attributes:
        title: what the menu says.
        fields: the scene's fields, those that differ from the defaults.
    """

    title: str
    fields: Mapping[str, Any]


_NETWORK = {
    "kind": "mlp", "hidden": (50, 500), "activation": "sigmoid", "output": "sigmoid", "bias": False,
    "loss": "squared_error", "init": "normal", "seed": 135,
}  # fmt: skip
_GRID = {"a": (-15, 17), "b": (-15, 18), "resolution": (40, 40)}
_STARTS = ((-9, 15), (-10.1, 15), (-11, 15))


def _mnist(samples: int, first: tuple[str, int, int], second: tuple[str, int, int], **run: Any) -> dict[str, Any]:
    """The MNIST network over two of its weights, with descents in these two from three starts."""
    return {
        "model": _NETWORK,
        "data": {"kind": "mnist", "split": "train", "samples": samples},
        "plane": {"kind": "weights", "first": first, "second": second},
        "grid": _GRID,
        "runs": [{"optimizer": {"kind": "gradient_descent", "lr": 5.0}, "starts": _STARTS, "trains": "plane"} | run],
    }


def _function(name: str, lr: float, steps: int, starts: tuple[tuple[float, float], ...]) -> dict[str, Any]:
    return {
        "model": {"kind": "function", "name": name},
        "runs": [{"optimizer": {"kind": "gradient_descent", "lr": lr}, "starts": starts, "steps": steps}],
    }


_CATALOGUE: Mapping[str, Lesson] = {
    "mnist-descent": Lesson(
        "Three starts that nearly touch end in three places",
        _mnist(100, ("W3", 5, 250), ("W3", 5, 251), steps=10_000),
    ),
    "mnist-100": Lesson("The landscape that 100 digits make", _mnist(100, ("W3", 5, 250), ("W3", 5, 251), steps=1000)),
    "mnist-10000": Lesson(
        "The same two weights on 10,000 digits", _mnist(10_000, ("W3", 5, 250), ("W3", 5, 251), steps=1000)
    ),
    "mnist-hidden-200-30": Lesson(
        "Two weights inside the network", _mnist(500, ("W2", 200, 30), ("W2", 200, 31), steps=1000)
    ),
    "mnist-hidden-5-5": Lesson("Two other weights, 1,000 digits", _mnist(1000, ("W2", 5, 5), ("W2", 5, 6), steps=1000)),
    "filter-normalised": Lesson(
        "All 69,200 weights at once, along two random directions",
        {
            "model": _NETWORK,
            "data": {"kind": "mnist", "split": "train", "samples": 100},
            "plane": {"kind": "random", "seed": 0, "normalisation": "filter"},
            "grid": {"a": (-1, 1), "b": (-1, 1), "resolution": (40, 40)},
            "runs": [
                {
                    "optimizer": {"kind": "gradient_descent", "lr": 1.0},
                    "starts": ("initial",),
                    "steps": 200,
                    "trains": "all",
                }
            ],
        },
    ),
    "valley": Lesson("A round valley", _function("valley", 0.1, 20, ((-1.8, 0.6),))),
    "ravine": Lesson("A ravine, ten times as steep across", _function("ravine", 0.09, 30, ((-1.8, 0.6),))),
    "false-minima": Lesson(
        "Where you start decides where you end",
        _function("false_minima", 0.2, 60, ((2.0, 1.0), (-0.5, 1.0), (0.5, -4.0))),
    ),
}


def lessons() -> list[str]:
    """The ids of the lessons, in gallery order."""
    return list(_CATALOGUE)


def lesson_title(name: str) -> str:
    """What the menu calls a lesson."""
    return _CATALOGUE[name].title


@cache
def lesson(name: str) -> Scene:
    """The scene of a lesson.

    Raises:
        KeyError: there is no such lesson; :func:`lessons` lists them.

    Example:
        >>> lesson("ravine").model.name
        'ravine'
    """
    if name not in _CATALOGUE:
        raise KeyError(f"There is no lesson {name!r}. There are {', '.join(_CATALOGUE)}.")
    return Scene.model_validate(dict(_CATALOGUE[name].fields))
