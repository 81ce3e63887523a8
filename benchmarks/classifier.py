"""The linear classifier on CIFAR-10: a whole surface over a random plane, by a textbook and by us."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

import landscape as ls
from benchmarks.measure import Array, Contender, Way, sampled
from benchmarks.scenes import dense
from benchmarks.threads import CHOICES, in_blas

SAMPLES = 10_000


def fields(loss: str) -> dict[str, Any]:
    """The scene's fields, on CIFAR-10 (10 x 3,073 weights), or on the digits where its files are missing."""
    data = {"kind": "cifar10", "samples": SAMPLES, "centre": True, "bias_column": True}
    model = {"kind": "classifier", "loss": loss, "seed": 0}
    wanted = {"model": model, "data": data} | dense((41, 41))
    try:
        scene = ls.Scene.model_validate(wanted | {"runs": ()})
    except ValueError:  # there are fewer images
        scene = None
    if scene is None or scene.data is None or scene.data.missing():
        wanted["data"] = {"kind": "digits", "samples": 1_797}
    return wanted


def loss_of(weights: Array, x: Array, correct: NDArray[np.intp], loss: str) -> float:
    """The mean loss as a textbook writes it, from the scores of all samples."""
    scores = x @ weights.T
    rows = np.arange(len(x))
    if loss == "hinge":
        margins = np.maximum(0.0, scores - scores[rows, correct][:, None] + 1.0)
        margins[rows, correct] = 0.0
        return float(margins.sum(axis=1).mean())
    shifted = scores - scores.max(axis=1, keepdims=True)
    return float(np.mean(np.log(np.exp(shifted).sum(axis=1)) - shifted[rows, correct]))


def surface(scene: ls.Scene, loss: str) -> dict[str, Contender]:
    """Everybody who computes the loss over the grid; the floor are the three products that give all scores."""
    objective, plane = ls.objective(scene), ls.plane(scene)
    x, y, _ = objective.samples
    correct, shape = y.argmax(axis=1), (y.shape[1], x.shape[1])
    ours = ls.surface(scene)
    points = np.stack(np.meshgrid(ours.a, ours.b), axis=-1).reshape(-1, 2)

    def plain(places: NDArray[np.intp]) -> Array:
        return np.array([loss_of(plane.lift(ab).reshape(shape), x, correct, loss) for ab in points[places]])

    directions = np.concatenate([part.reshape(shape) for part in (plane.origin, plane.u, plane.v)])

    def products() -> None:
        np.matmul(x, directions.T)

    return {
        "textbook": sampled(
            [Way(said, in_blas(threads, plain), 4) for said, threads in CHOICES.items()], len(points), "points"
        ),
        "floor": Contender(products),
        "ours": Contender(lambda: ls.Engine().surface(scene).loss),
    }
