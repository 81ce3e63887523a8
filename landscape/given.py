"""A fully connected network whose weights somebody has already: from a framework, a paper, another program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, ClassVar, Literal

import numpy as np

from landscape.adding import add_with_samples, free_name, kind_of, samples_kind
from landscape.datasets.base import one_hot
from landscape.errors import ModelError
from landscape.models.base import Array, Blocks, Intake
from landscape.models.losses import LossName, OutputName
from landscape.models.mlp import Mlp
from landscape.models.own import suited_plane
from landscape.part import refusal
from landscape.scene import Scene


class GivenMlp(Mlp):
    """Base of the networks that are added at run time around weights: an ``mlp`` that draws none.

    Its layers are those of the weights, so that the fields which say how many there are, and how they are drawn, are
    no fields any more. Everything else of the network can be changed.
    """

    given: ClassVar[bool] = True
    theta0: ClassVar[Array]
    intake: ClassVar[Intake]
    text: ClassVar[str]

    def words(self, inputs: int, outputs: int) -> str:
        return f"{self.text} {super().words(inputs, outputs).removeprefix('a ')}"

    def blocks(self, inputs: int, outputs: int) -> Blocks:
        return super().blocks(self.intake.inputs, self.intake.outputs)

    def check(self, intake: Intake) -> None:
        wanted = self.intake
        if (intake.inputs, intake.outputs) != (wanted.inputs, wanted.outputs):
            want = f"Data must have {wanted.inputs:,} numbers and {wanted.outputs:,} targets a sample"
            got = f"{intake.inputs:,} and {intake.outputs:,}"
            raise refusal("data", f"{want}, as the given weights have. Got {got}.")

    @property
    def suited_run(self) -> Mapping[str, Any]:
        return {"optimizer": {"kind": "adam", "lr": 0.01}}

    @property
    def suited_plane(self) -> str:
        return suited_plane(self.theta0, self.blocks(0, 0), self.biases())

    def initial(self, inputs: int, outputs: int) -> Array:
        return self.theta0.copy()


FIXED = ("hidden", "norm", "bias", "init", "seed")
"""Fields of an ``mlp`` that are no fields of one whose weights are given."""


def given_mlp(
    weights: Sequence[Any],
    biases: Sequence[Any] | None,
    batch: tuple[Any, Any],
    *,
    activation: Literal["sigmoid", "tanh", "relu", "leaky_relu", "identity", "step"] = "relu",
    output: OutputName = "softmax",
    loss: LossName = "cross_entropy",
    l2: float = 0.0,
    name: str | None = None,
    text: str = "your",
) -> Scene:
    """The scene of a fully connected network through given weights, on given samples: an ``mlp`` with all its ways.

    Args:
        weights: a matrix (to, from) of each layer, as PyTorch has them; W1, W2, ... of the scene.
        biases: a vector (to,) of each layer, b1, b2, ...; None: no layer has one.
        batch: ``(x, y)``: x (N, D), y (N, K) targets or (N,) numbers of classes, which become one-hot rows.
        activation: of the hidden units.
        output: what the output units do to their sums.
        loss: mean over the samples of the sum over the outputs.
        l2: strength of the penalty, as ``mlp`` has it.
        name: of the kind; the same name again replaces it. By default the first free one of network, network-2, ...
        text: begins its words: "your 2-3-2 relu network".

    Raises:
        ModelError: the shapes do not fit together, or a number is not finite.
        pydantic.ValidationError: a field of the network breaks its bounds.

    Example:
        >>> scene = given_mlp([[[1.0, -1.0]]], None, ([[3.0, 2.0]], [[0.5]]), output="identity", loss="squared_error")
        >>> import landscape as ls
        >>> float(ls.objective(scene).loss(ls.objective(scene).theta0))
        0.25
    """
    layers = [_numbers(f"weights {number}", matrix, 2) for number, matrix in enumerate(weights, start=1)]
    if not layers:
        raise ModelError("Weights must be a matrix for each layer. Got none.")
    shifts = (
        None if biases is None else [_numbers(f"biases {n}", vector, 1) for n, vector in enumerate(biases, start=1)]
    )
    _fit(layers, shifts)
    inputs, outputs = layers[0].shape[1], layers[-1].shape[0]
    x, y, task = _samples(batch, inputs, outputs)
    parts = [part for layer in zip(layers, *([] if shifts is None else [shifts]), strict=True) for part in layer]
    theta0 = np.concatenate([part.ravel() for part in parts])
    if not np.isfinite(theta0).all():
        raise ModelError("Weights must be finite numbers. Some are not.")
    theta0.setflags(write=False)
    kind = free_name(name, "network")
    fixed = dict(zip(FIXED, (tuple(len(layer) for layer in layers[:-1]), "none", shifts is not None, "normal", 0),
                     strict=True))  # fmt: skip
    wanted = {"activation": activation, "output": output, "loss": loss, "l2": float(l2)}
    Mlp.model_validate(wanted)  # its defaults are not looked at again
    model = kind_of(GivenMlp, kind, wanted, theta0=theta0, intake=Intake(inputs, outputs, task), text=text,
                    noun=f"{text} network", suited_data={"kind": kind}, **fixed)  # fmt: skip
    add_with_samples(model, samples_kind(kind, x, y, noun="samples of your data", task=task))
    return Scene.model_validate({"model": {"kind": kind}})


def _fit(layers: list[Array], shifts: list[Array] | None) -> None:
    for number, (before, after) in enumerate(pairwise(layers), start=1):
        if after.shape[1] != len(before):
            want = f"Weights {number + 1} must have {len(before):,} columns, the units of layer {number}"
            raise ModelError(f"{want}. Got {after.shape[1]:,}.")
    if shifts is None:
        return
    if len(shifts) != len(layers):
        raise ModelError(f"Biases must be {len(layers)}, one for each layer, or None. Got {len(shifts)}.")
    for number, (matrix, vector) in enumerate(zip(layers, shifts, strict=True), start=1):
        if len(vector) != len(matrix):
            raise ModelError(f"Biases {number} must be {len(matrix):,}, one for each unit. Got {len(vector):,}.")


def _samples(batch: Any, inputs: int, outputs: int) -> tuple[Array, Array, Literal["classes", "numbers"]]:
    """X (N, D) and y (N, K), and what the targets are."""
    if not isinstance(batch, tuple | list) or len(batch) != 2:
        raise ModelError(f"Batch must be two arrays, (x, y). Got {type(batch).__name__}.")
    x, given = _numbers("x", batch[0], 2), np.asarray(batch[1])
    task: Literal["classes", "numbers"] = "numbers"
    if given.ndim == 1 and given.dtype.kind in "iu" and outputs > 1:
        if given.size and not 0 <= given.min() <= given.max() < outputs:
            got = f"{given.min()} to {given.max()}"
            raise ModelError(f"Targets must be numbers of classes from 0 to {outputs - 1}. Got {got}.")
        y, task = one_hot(given.astype(np.intp), outputs), "classes"
    else:
        y = _numbers("y", given[:, None] if given.ndim == 1 else given, 2)
    if x.shape[1] != inputs or y.shape[1] != outputs or len(x) != len(y) or not len(x):
        want = f"Batch must be x of shape (N, {inputs}) and y of shape (N, {outputs}) or numbers of classes (N,)"
        raise ModelError(f"{want}. Got {x.shape} and {given.shape}.")
    return x, y, task


def _numbers(what: str, given: Any, axes: int) -> Array:
    try:
        found = np.array(np.asarray(given), dtype=np.float64)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ModelError(f"{what.capitalize()} must be numbers. Got {type(given).__name__}.") from error
    if found.ndim != axes or not found.size:
        shape = "a matrix" if axes == 2 else "a vector"
        raise ModelError(f"{what.capitalize()} must be {shape} of numbers. Got shape {found.shape}.")
    return found
