"""The MNIST network over two of its 69,200 weights, and over all of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from landscape.catalogue.lesson import Lesson

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


def _contest(*methods: Mapping[str, Any], starts: Mapping[int, Any] | None = None) -> dict[str, Any]:
    """1,000 steps of each of several methods from the middle start; of some, by their place, from others."""
    runs = [
        {"optimizer": method, "starts": (starts or {}).get(place, _STARTS[1:2]), "steps": 1000}
        for place, method in enumerate(methods)
    ]
    return _mnist(100, ("W3", 5, 250), ("W3", 5, 251)) | {"runs": runs}


def _directions(origin: str) -> dict[str, Any]:
    """The MNIST network along two random directions through its initial or its trained weights."""
    return {
        "model": _NETWORK,
        "data": {"kind": "mnist", "split": "train", "samples": 100},
        "plane": {"kind": "random", "seed": 0, "normalisation": "filter", "origin": origin},
        "grid": {"a": (-1, 1), "b": (-1, 1), "resolution": (40, 40)},
        "runs": [
            {
                "optimizer": {"kind": "gradient_descent", "lr": 1.0},
                "starts": ("initial",),
                "steps": 200,
                "trains": "all",
            }
        ],
    }


LESSONS: Mapping[str, Lesson] = {
    "mnist-descent": Lesson(
        "Three starts that nearly touch end in three places",
        _mnist(100, ("W3", 5, 250), ("W3", 5, 251), steps=10_000),
    ),
    "mnist-100": Lesson(
        "The landscape that 100 digits make",
        _mnist(100, ("W3", 5, 250), ("W3", 5, 251), steps=1000),
        view={"other": "data.samples,10000"},
    ),
    "mnist-10000": Lesson(
        "The same two weights on 10,000 digits",
        _mnist(10_000, ("W3", 5, 250), ("W3", 5, 251), steps=1000),
        view={"tab": "beside", "other": "data.samples,100"},
    ),
    "mnist-hidden-200-30": Lesson(
        "Two weights inside the network", _mnist(500, ("W2", 200, 30), ("W2", 200, 31), steps=1000)
    ),
    "mnist-hidden-5-5": Lesson("Two other weights, 1,000 digits", _mnist(1000, ("W2", 5, 5), ("W2", 5, 6), steps=1000)),
    "filter-normalised": Lesson(
        "All 69,200 weights at once, along two random directions",
        _directions("trained"),
        beside=_directions("initial"),
        view={"tab": "beside", "other": "plane.origin,initial"},
    ),
    "optimizers-on-mnist": Lesson(
        "The same starts, other optimizers, other ends",
        _contest(
            {"kind": "gradient_descent", "lr": 5.0},
            {"kind": "momentum", "lr": 5.0, "beta": 0.9},
            {"kind": "adagrad", "lr": 0.5},
            {"kind": "adam", "lr": 0.05},
            starts={2: _STARTS, 3: _STARTS},
        ),
        beside=_contest(
            {"kind": "nesterov", "lr": 5.0},
            {"kind": "adadelta", "lr": 50.0},
            {"kind": "rmsprop", "lr": 0.05},
            {"kind": "adamax", "lr": 0.05},
            {"kind": "lion", "lr": 0.02},
            {"kind": "rprop", "lr": 0.05},
            {"kind": "newton", "damping": 0.001, "saddle_free": True},
            {"kind": "local_search", "scale": 0.3},
        ),
    ),
}
