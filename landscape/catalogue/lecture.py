"""A linear classifier on images: slices, search, gradients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from landscape.catalogue.lesson import Lesson

_RANDOM = {"kind": "random", "normalisation": "none"}
_ELSEWHERE = {**_RANDOM, "seed": 1}
"""Seed 0 draws the initial weights too: their own direction would be the first axis."""
_SQUARE = {"a": (-0.2, 0.2), "b": (-0.2, 0.2)}


def _classifier(loss: str, samples: int, plane: Mapping[str, Any], grid: Mapping[str, Any], *runs: Any) -> Any:
    """Ten classes, W = 0.0001 randn(10, 3073), on the first images of CIFAR-10 less their mean, with a one."""
    return {
        "model": {"kind": "classifier", "loss": loss, "init": "normal", "scale": 0.0001},
        "data": {"kind": "cifar10", "samples": samples, "centre": True, "bias_column": True},
        "plane": plane,
        "grid": grid,
        "runs": runs,
    }


def _walk(lr: float, *starts: tuple[float, ...], steps: int = 200, batch: int | None = None) -> dict[str, Any]:
    """Gradient descent in the plane."""
    return {"optimizer": {"kind": "gradient_descent", "lr": lr}, "starts": starts, "steps": steps, "batch": batch}


def _train(optimizer: Mapping[str, Any], steps: int) -> dict[str, Any]:
    """A run from the initial weights in all of them."""
    return {"optimizer": optimizer, "starts": ("initial",), "steps": steps, "trains": "all"}


_GRADIENT = {"kind": "gradient_descent", "lr": 0.03}
_ATTEMPTS = {"kind": "random_search", "scale": 0.0001}
_STEPS = {"kind": "local_search", "scale": 0.0001}
_ALL_THREE = [_train(optimizer, steps=300) for optimizer in (_GRADIENT, _STEPS, _ATTEMPTS)]
_ALIKE = {"race": {"budget": "evaluations", "amount": 300}}
"""As many looks at the loss, or at the loss with its gradient, for each."""


def _ray(loss: str) -> Any:
    return _classifier(
        loss, 500, {**_RANDOM, "directions": 1}, {"a": (-0.2, 0.2), "b": None, "resolution": (101, 2)},
        _walk(1e-3, (-0.16,), (0.18,), steps=100),
    )  # fmt: skip


def _plane(loss: str, lr: float) -> Any:
    return _classifier(loss, 500, _RANDOM, _SQUARE, _walk(lr, (-0.16, 0.12), (0.15, -0.17)))


def _uniform(loss: str, *runs: Mapping[str, Any]) -> dict[str, Any]:
    """The same classifier at W = 0.001 rand(10, 3073), in a random plane."""
    scene: dict[str, Any] = _classifier(loss, 500, _RANDOM, _SQUARE, *runs)
    return scene | {"model": scene["model"] | {"init": "uniform", "scale": 0.001}}


def _checked(activation: str, init: str, run: Mapping[str, Any]) -> dict[str, Any]:
    """A network of four matrices. Seed 19 with ReLU: a kink lies within 1e-5 of initial weights that are checked."""
    return {
        "model": {
            "kind": "mlp", "hidden": (50, 50, 50), "activation": activation, "output": "softmax",
            "loss": "cross_entropy", "init": init, "seed": 19,
        },
        "data": {"kind": "digits", "samples": 100},
        "plane": {"kind": "weights", "first": ("W2", 44, 33), "second": ("W2", 44, 27)},
        "grid": {"a": (-3, 3), "b": (-3, 3)},
        "runs": [run],
    }  # fmt: skip


LESSONS: Mapping[str, Lesson] = {
    "random-ray": Lesson(
        "Along a random direction it goes up both ways", _ray("hinge"), beside=_ray("cross_entropy")
    ),
    "random-plane": Lesson(
        "A random plane through 30,730 weights", _plane("hinge", 2e-4), beside=_plane("cross_entropy", 1e-3),
        view={"tab": "beside", "other": "model.loss,cross_entropy"},
    ),
    "random-search": Lesson(
        "The best of 1,000 attempts", _classifier("hinge", 500, _ELSEWHERE, _SQUARE, _train(_ATTEMPTS, steps=1000))
    ),
    "local-search": Lesson(
        "A random step, taken only if it goes downhill",
        _classifier("hinge", 500, _ELSEWHERE, _SQUARE, _train(_STEPS, steps=1000)),
    ),
    "follow-the-gradient": Lesson(
        "Follow the gradient, or search, for the same price",
        _classifier(
            "hinge", 500, {"kind": "random", "origin": "trained", "normalisation": "filter", "seed": 1},
            {"a": (-1, 1), "b": (-1, 1)}, *_ALL_THREE,
        ) | _ALIKE,
        beside=_classifier("hinge", 500, _ELSEWHERE, _SQUARE, *_ALL_THREE) | _ALIKE,
    ),
    "step-size-sweep": Lesson(
        "One gradient step: too short, right, too long",
        _uniform("hinge", _train({"kind": "gradient_descent", "lr": 0.01}, steps=1)),
        view={"tab": "sizes"},
    ),
    "numerical-gradient": Lesson(
        "A gradient by differences costs an evaluation a weight",
        _uniform(  # a curved loss: of straight pieces forward differences would be as good as centred ones
            "cross_entropy",
            *(_walk(1e-3, (-0.16, 0.12)) | {"gradient": way} for way in ("forward", "centred", "analytic")),
        ),
        view={"tab": "check"},
    ),
    "gradient-check": Lesson(
        "Is the gradient right? A kink fools the check",
        _checked("relu", "he", _walk(0.5, (2.5, 2.8))),
        beside=_checked("tanh", "xavier", _walk(2.0, (-2.5, 1.0))),
        view={"other": "model.activation,tanh;model.init,xavier", "tab": "check"},),
    "mini-batch": Lesson(
        "All samples, 256 or one a step",
        _classifier(
            "hinge", 1000, _RANDOM, _SQUARE,
            *(_walk(2e-4, (-0.16, 0.12), batch=batch) for batch in (None, 256, 1)),
        ),
    ),
}  # fmt: skip
