"""Networks and fits, one idea each, tied to a landscape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from landscape.catalogue.lesson import Lesson


def _network(*hidden: int, activation: str, **fields: Any) -> dict[str, Any]:
    """A fully connected network for classes."""
    return {
        "kind": "mlp", "hidden": hidden, "activation": activation, "output": "softmax", "loss": "cross_entropy",
        "init": "normal", "seed": 0,
    } | fields  # fmt: skip


def _training(lr: float, steps: int) -> list[dict[str, Any]]:
    """A run of gradient descent on all parameters, from the initial ones."""
    optimizer = {"kind": "gradient_descent", "lr": lr}
    return [{"optimizer": optimizer, "starts": ("initial",), "steps": steps, "trains": "all"}]


def _in_plane(lr: float, steps: int, *starts: Any) -> list[dict[str, Any]]:
    """A run of gradient descent on the two coordinates."""
    return [{"optimizer": {"kind": "gradient_descent", "lr": lr}, "starts": starts, "steps": steps, "trains": "plane"}]


def _square(reach: float, points: int) -> dict[str, Any]:
    """A grid from ``-reach`` to ``reach`` on both axes."""
    return {"a": (-reach, reach), "b": (-reach, reach), "resolution": (points, points)}


_AROUND = {"kind": "random", "seed": 0}


def _temperature(temperature: float) -> dict[str, Any]:
    """A softmax network at a temperature."""
    return {
        "model": _network(16, activation="tanh", bias=True, init="xavier", temperature=temperature),
        "data": {"kind": "digits", "samples": 200},
        "plane": _AROUND,
        "grid": _square(2, 40),
        "runs": _training(0.5, 100),
    }


def _deep(activation: str) -> dict[str, Any]:
    """784-30-30-30-30-30-10 over two weights of its second layer, after a training run."""
    return {
        "model": _network(*[30] * 5, activation=activation, bias=True, init="xavier"),
        "data": {"kind": "mnist", "split": "train", "samples": 200},
        "plane": {"kind": "weights", "first": ("W2", 0, 14), "second": ("W2", 0, 15), "origin": "trained"},
        "grid": _square(5, 40),
        "runs": _training(0.1, 100),
    }


def _dropped(mask_seed: int) -> dict[str, Any]:
    """2-8-8-2 with half of the hidden units left out."""
    return {
        "model": _network(8, 8, activation="tanh", bias=True, dropout=0.5, mask_seed=mask_seed),
        "data": {"kind": "moons", "samples": 200},
        "plane": _AROUND,
        "grid": _square(2, 60),
        "runs": _training(0.1, 200),
    }


def _normalised(norm: str) -> dict[str, Any]:
    """64-30-30-30-30-10 with weights of variance 1, with or without batch normalisation."""
    return {
        "model": _network(*[30] * 4, activation="tanh", norm=norm),
        "data": {"kind": "digits", "samples": 200},
        "plane": _AROUND,
        "grid": _square(1, 40),
        "runs": _training(0.1, 100),
    }


def _recall(steps: int) -> dict[str, Any]:
    """One unit that must remember for so many steps, over the weight to itself and its bias."""
    return {
        "model": {"kind": "recurrent", "hidden": 1, "features": 2, "activation": "sigmoid", "seed": 4},
        "data": {"kind": "memory", "problem": "recall", "steps": steps, "samples": 100},
        "plane": {"kind": "weights", "first": ("Wh", 0, 0), "second": ("b", 0)},
        "grid": {"a": (0, 10), "b": (-6, 0), "resolution": (60, 60)},
        "runs": _in_plane(0.5, 400, (7, -2.6), (6, -2.4), (4, -1.2)),
    }


def _fit(power: int, grid: Mapping[str, Any], runs: Any, **fields: Any) -> dict[str, Any]:
    """A polynomial of degree 15 over the coefficients of x and of another power, all others zero."""
    return {
        "model": {"kind": "polynomial", "degree": 15, "basis": "raw", "init": "zeros"} | fields,
        "data": {"kind": "sine", "split": "train", "samples": 20},
        "plane": {"kind": "weights", "first": ("c", 1), "second": ("c", power)},
        "grid": grid,
        "runs": runs,
    }


_FITTED = {"a": (-6, 6), "b": (-12, 8), "resolution": (60, 60)}


def _penalised(ridge: float) -> dict[str, Any]:
    """Degree 15 under scikit-learn's objective of that alpha, along a valley that a penalty closes."""
    grid = {"a": (-5, 5), "b": (-100, 50), "resolution": (60, 60)}
    return _fit(15, grid, _in_plane(0.2, 1000, (4, 40), (-4, -90)), ridge=ridge, reduction="sum")


LESSONS: Mapping[str, Lesson] = {
    "softmax-temperature": Lesson(
        "A lower temperature makes a steeper landscape",
        _temperature(1.0),
        beside=_temperature(0.5),
        view={"tab": "beside", "other": "model.temperature,0.5"},
    ),
    "vanishing-gradient": Lesson(
        "Deep inside a sigmoid network the landscape is flat",
        _deep("sigmoid"),
        beside=_deep("relu"),
        view={"other": "model.activation,relu", "tab": "norms"},
    ),
    "dropout": Lesson(
        "Every dropout mask is another landscape",
        _dropped(0),
        beside=_dropped(1),
        view={"tab": "beside", "other": "model.mask_seed,1"},
    ),
    "batch-normalisation": Lesson(
        "The same deep network with batch normalisation and without",
        _normalised("batch"),
        beside=_normalised("none"),
        view={"tab": "beside", "other": "model.norm,none"},
    ),
    "convolution": Lesson(
        "Two taps of a filter that slides over images",
        {
            "model": {"kind": "convnet", "filters": 4},
            "data": {"kind": "digits", "samples": 300},
            "plane": {
                "kind": "weights",
                "first": ("K1", 0, 0, 1, 1),
                "second": ("K1", 0, 0, 1, 2),
                "origin": "trained",
            },
            "grid": _square(4, 40),
            "runs": _training(0.2, 100),
        },
    ),
    "recurrent": Lesson(
        "The cliff of the exploding gradient",
        _recall(50),
        beside=_recall(2),
        view={"tab": "beside", "other": "data.steps,2"},
    ),
    "overfitting": Lesson(
        "Low where it was trained, high where it is tested",
        _fit(5, _FITTED, _in_plane(2.0, 1000, "initial")),
        beside=_fit(5, _FITTED, ()) | {"data": {"kind": "sine", "split": "test", "samples": 10}},  # nobody trains there
        view={"tab": "predictions", "other": "data.split,test;data.samples,10"},
    ),
    "regularisation": Lesson(
        "A small penalty gives a valley its bottom",
        _penalised(0.01),
        beside=_penalised(0.0),
        view={"tab": "predictions", "other": "model.ridge,0"},
    ),
}
