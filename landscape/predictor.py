"""What a model is asked, so that it can be seen what it does; and its answers at some parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from landscape.chunks import pieces
from landscape.datasets.base import Dataset, Samples
from landscape.models.base import Array
from landscape.objective import Objective
from landscape.predicted import NO_CLASS, Bytes, Form
from landscape.scene import Scene

MOST = 1000
"""Samples that are looked at, the first ones."""

SHOWN = 40
"""Images of a sheet."""

POINTS, CELLS = 241, 80
"""Places of a curve; cells of a mesh along each side."""

COLOURS, MOST_CLASSES = 10, 100
"""Classes that regions can be of, for each needs a colour; classes of a table."""

AIR = 0.12
"""Around the samples, as a share of their range."""

TOGETHER = 2000
"""Inputs that go through the model at once."""


def can_predict(scene: Scene) -> bool:
    """Whether the model says something of samples that can be shown: values, or classes, ``MOST_CLASSES`` at most.

    Example:
        >>> import landscape as ls
        >>> can_predict(ls.lesson("overfitting")), can_predict(ls.lesson("valley"))
        (True, False)
    """
    data = scene.data
    return data is not None and scene.model.predicts and (data.task != "classes" or data.outputs <= MOST_CLASSES)


class Predictor:
    """What is asked of a model on a dataset.

    Args:
        objective: model and samples.
        data: where they are from.

    Attributes:
        objective: model and samples.
        form: how the answers are shown.
        x: (N, D), the samples that are looked at.
        y: (N, K), their targets.
        work: multiplications of the answers at some parameters, about.
    """

    def __init__(self, objective: Objective, data: Dataset) -> None:
        samples = objective.samples
        self.objective, self._data = objective, data
        self.x, self.y = samples.x[:MOST], samples.y[:MOST]
        varying = np.flatnonzero(np.ptp(samples.x, axis=0) > 0)
        if samples.x.shape[1] <= 2 and not (data.task == "numbers" and len(varying) == 1):
            varying = np.arange(samples.x.shape[1])  # of a single sample nothing varies
        self._varying = varying
        self.form = self._form()
        self.held = self._other_split() if self.form is Form.CURVE else None
        axes = {Form.CURVE: 1, Form.REGIONS: 2}.get(self.form, 0)
        self.axes = [self._axis(column, axes) for column in varying[:axes]]
        asked = len(self.x) + sum(len(axis) for axis in self.axes) ** axes
        self.work = 1e5 + asked * float(objective.model.work(samples.x.shape[1], samples.y.shape[1]))

    def _form(self) -> Form:
        classes, inputs = self._data.task == "classes", len(self._varying)
        if not classes:
            return Form.CURVE if inputs == 1 and self.y.shape[1] == 1 else Form.SCATTER
        if self._data.picture is not None:
            return Form.SHEET
        return Form.REGIONS if inputs == 2 and self.y.shape[1] <= COLOURS else Form.TABLE

    @property
    def truth(self) -> NDArray[Any]:
        """Of classes (N,) uint8, of numbers (N, K)."""
        return self.y.argmax(axis=-1).astype(np.uint8) if self._data.task == "classes" else self.y

    @property
    def labels(self) -> tuple[str, ...]:
        """What the classes are called; none of numbers."""
        return self._data.labels if self._data.task == "classes" else ()

    @property
    def places(self) -> Array:
        """Where the samples are in the inputs that vary, (N,) of one and (N, 2) of two."""
        columns = self.x[:, self._varying]
        return np.asarray(columns[:, 0] if columns.shape[1] == 1 else columns)

    def held_places(self) -> Array:
        """The same of the other split's samples, (H,)."""
        assert self.held is not None  # a curve's
        return np.asarray(self.held.x[:, self._varying[0]])

    def images(self) -> Bytes:
        """The first samples as images, (I, rows, columns, channels)."""
        assert self._data.picture is not None  # a sheet's
        channels, rows, columns = self._data.picture
        pixels = self.x[:SHOWN, : channels * rows * columns]
        low, high = float(pixels.min()), float(pixels.max())
        grey = (pixels - low) * (255 / (high - low or 1.0))
        return np.moveaxis(grey.round().astype(np.uint8).reshape(-1, channels, rows, columns), 1, -1)

    def at(self, theta: Array) -> Mapping[str, NDArray[Any]]:
        """The answers at parameters (P,), by the names of :class:`~landscape.predicted.Predicted`."""
        theta = np.asarray(theta, dtype=np.float64)
        with np.errstate(over="ignore", invalid="ignore"):
            said = self._of_samples(theta)
            if self._data.task == "classes":
                answers: dict[str, NDArray[Any]] = {"classes": winners(said)}
            else:
                answers = {"values": said, "error": _error(said, self.y)}
            if self.form is Form.CURVE:
                answers["curve"] = self._of_inputs(theta, self._mesh())[:, 0]
            if self.held is not None:
                answers["held_error"] = _error(self._of_inputs(theta, self.held.x), self.held.y)
            if self.form is Form.REGIONS:
                answers |= self._regions(theta)
        return answers

    def _regions(self, theta: Array) -> dict[str, NDArray[Any]]:
        said = self._of_inputs(theta, self._mesh())
        shape = len(self.axes[1]), len(self.axes[0])
        found: dict[str, NDArray[Any]] = {"regions": winners(said).reshape(shape)}
        if self.objective.model.says_shares:
            found["certainty"] = said.max(axis=-1).astype(np.float32).reshape(shape)
        return found

    def _of_samples(self, theta: Array) -> Array:
        """The outputs of the samples that are looked at, (N, K); all are there where they see each other."""
        model, every = self.objective.model, self.objective.samples.x
        if model.sees_others:
            return cast(Array, model.predict(theta, every))[: len(self.x)]
        return np.concatenate([cast(Array, model.predict(theta, self.x[rows])) for rows in _parts(self.x)])

    def _of_inputs(self, theta: Array, x: Array) -> Array:
        """The outputs of other inputs, (M, K), among the scene's samples."""
        model, every = self.objective.model, self.objective.samples.x
        return np.concatenate([cast(Array, model.predict_among(theta, x[rows], every)) for rows in _parts(x)])

    def _mesh(self) -> Array:
        """Inputs all over the axes, (M, D); those that do not vary are as they always are."""
        places = np.meshgrid(*self.axes)
        x = np.repeat(self.x[:1], places[0].size, axis=0)
        for column, values in zip(self._varying, places, strict=False):
            x[:, column] = values.ravel()
        return x

    def _axis(self, column: int, axes: int) -> Array:
        """Where an input is looked at: from the least of the samples to the largest and a little beyond."""
        values = [samples.x[:, column] for samples in (self.objective.samples, self.held) if samples is not None]
        low, high = float(min(map(np.min, values))), float(max(map(np.max, values)))
        air = (AIR if axes == 2 else AIR / 4) * (high - low) or 1.0
        return np.linspace(low - air, high + air, CELLS if axes == 2 else POINTS)

    def _other_split(self) -> Samples | None:
        """The samples of a dataset that are not those of the scene: meant for testing, or for training."""
        split = getattr(self._data, "split", None)
        if split not in ("train", "test"):
            return None
        fields = self._data.model_dump() | {"split": "test" if split == "train" else "train"}
        most = len(self.x)
        del fields["samples"]
        other = type(self._data).model_validate(fields).like(self._data)
        return other.model_copy(update={"samples": min(other.samples, most)}).load()


def winners(outputs: Array) -> Bytes:
    """The class of each sample, the largest of its outputs (..., K), the first of equal ones: (...).

    Example:
        >>> winners(np.array([[0.1, 0.9], [0.5, 0.5], [0.0, np.nan]]))
        array([  1,   0, 255], dtype=uint8)
    """
    found: Bytes = outputs.argmax(axis=-1).astype(np.uint8)
    found[np.isnan(outputs).any(axis=-1)] = NO_CLASS
    return found


def _error(said: Array, y: Array) -> Array:
    """The mean of the squared errors, summed over the outputs, (1,)."""
    return np.array([np.square(said - y).sum(axis=-1).mean()], dtype=np.float64)


def _parts(x: Array) -> list[slice]:
    return list(pieces(len(x), TOGETHER))
