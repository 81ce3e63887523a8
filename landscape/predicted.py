"""What a model says at the steps of a run."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from landscape.models.base import Array

Bytes = NDArray[np.uint8]

NO_CLASS = 255
"""The class of a sample of which the model says no number."""


class Form(StrEnum):
    """How predictions are shown, by what the model is told and asked."""

    CURVE = "curve"
    """One input, one number: a curve through points."""
    REGIONS = "regions"
    """Two inputs, classes: regions of the plane."""
    SHEET = "sheet"
    """Images, classes: a sheet of images and who is taken for whom."""
    TABLE = "table"
    """Other classes: who is taken for whom."""
    SCATTER = "scatter"
    """Other numbers: what is said over what is so."""


@dataclass(frozen=True, eq=False)
class Predicted:
    """Predictions of one path at S of its steps; K classes, N samples. Arrays that a form has no use for are None.

    Attributes:
        form: how they are shown.
        path: number of the path, from 0; None of the initial parameters, where nobody walks.
        steps: (S,) int64, rising.
        labels: what the classes are called, K of them; none of numbers.
        samples: N, the first samples of the scene, 1,000 at most, as all that follows is about.
        truth: (N,) uint8, their classes; of numbers (N, K) float64, the targets.
        classes: (S, N) uint8, the classes that are predicted, the largest output each; ``NO_CLASS`` where it is not a
            number.
        accuracy: (S,), the share of samples whose class is right.
        confusion: (S, K, K) int64, how many samples of class i are taken for class j.
        values: (S, N, K), the numbers that are predicted.
        error: (S,), the mean over the samples of the squared errors, summed over the outputs, without any penalty.
        x: of a curve (N,) the samples' inputs, of regions (N, 2).
        curve_x: (M,), where a curve is known.
        curve: (S, M), its heights.
        held_x: (H,), inputs of the dataset's other split beside a curve.
        held_y: (H,), their targets.
        held_error: (S,), the mean squared error there.
        mesh_x: (G,), first inputs of the regions' mesh.
        mesh_y: (G,), second ones.
        regions: (S, G, G) uint8, classes there: ``regions[s, i, j]`` at ``(mesh_x[j], mesh_y[i])``.
        certainty: (S, G, G) float32, the winning class's output, in 0..1; None of a model whose outputs are scores.
        images: (I, rows, columns, channels) uint8, the first 40 samples as they are shown, from the least value of all
            to the largest.
    """

    form: Form
    path: int | None
    steps: NDArray[np.int64]
    labels: tuple[str, ...]
    samples: int
    truth: NDArray[Any]
    classes: Bytes | None = None
    accuracy: Array | None = None
    confusion: NDArray[np.int64] | None = None
    values: Array | None = None
    error: Array | None = None
    x: Array | None = None
    curve_x: Array | None = None
    curve: Array | None = None
    held_x: Array | None = None
    held_y: Array | None = None
    held_error: Array | None = None
    mesh_x: Array | None = None
    mesh_y: Array | None = None
    regions: Bytes | None = None
    certainty: NDArray[np.float32] | None = None
    images: Bytes | None = None


def confusion(truth: Bytes, classes: Bytes, count: int) -> NDArray[np.int64]:
    """How many samples of class i are taken for class j, (K, K); those taken for none are left out.

    Args:
        truth: (N,), the right classes.
        classes: (N,), the predicted ones.
        count: K.

    Example:
        >>> confusion(np.array([0, 0, 1], np.uint8), np.array([0, 1, 1], np.uint8), 2).tolist()
        [[1, 1], [0, 1]]
    """
    known = classes != NO_CLASS
    pairs = truth[known].astype(np.int64) * count + classes[known]
    return np.bincount(pairs, minlength=count * count).reshape(count, count).astype(np.int64)
