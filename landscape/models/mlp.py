"""The fully connected network (multi-layer perceptron)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, ClassVar, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from landscape.models.activations import ACTIVATIONS
from landscape.models.base import Array, Blocks, Model, Restriction, Shape, address, spans, split, two_parameters
from landscape.models.losses import Head, LossName, OutputName
from landscape.models.network import Entry, Network
from landscape.models.tail import CALL, PRODUCT, Layer
from landscape.models.ways import of_any_plane, of_two_parameters
from landscape.part import refusal


class Mlp(Model):
    """Fully connected network: h_0 = x; z_l = h_{l-1} W_l^T + b_l; h_l = activation(z_l); loss on the last z.

    The loss is the mean over the samples of the sum over the outputs, plus ``l2 / 2`` times the sum of
    the squared weights (biases excluded). Gradients by back-propagation (Rumelhart, Hinton & Williams 1986,
    Nature 323). PyTorch's ``MSELoss`` also divides by the number of outputs; this does not.

    The blocks are W1 (first hidden, inputs), b1, W2, ...: rows = to, columns = from.

    Example:
        >>> net = Mlp(hidden=(3,), output="identity")
        >>> dict(net.blocks(inputs=4, outputs=2))
        {'W1': (3, 4), 'W2': (2, 3)}
    """

    noun: ClassVar[str] = "fully connected network"

    kind: Literal["mlp"] = "mlp"
    hidden: tuple[Annotated[int, Field(ge=1, le=2048)], ...] = Field(
        (50, 500),
        max_length=8,
        title="Hidden layers",
        description="Units in each hidden layer, from the input on: 50, 500. Empty: none.",
    )
    activation: Literal["sigmoid", "tanh", "relu", "leaky_relu", "identity"] = Field(
        "sigmoid",
        title="Activation",
        json_schema_extra={"more": True},
        description="What each hidden unit does to its sum.",
    )
    output: OutputName = Field(
        "sigmoid",
        title="Output",
        json_schema_extra={"more": True},
        description="What each output unit does to its sum.",
    )
    loss: LossName = Field(
        "squared_error",
        title="Loss",
        json_schema_extra={"more": True},
        description="Mean over the samples of the sum over the outputs.",
    )
    bias: bool = Field(False, title="Biases", json_schema_extra={"more": True}, description="A bias for every unit.")
    init: Literal["normal", "xavier", "he"] = Field(
        "normal",
        title="Initial weights",
        json_schema_extra={"more": True},
        description="normal: variance 1; xavier: 2 / (in + out); he: 2 / in.",
    )
    seed: int = Field(
        85, ge=0, le=2**32 - 1, title="Seed", json_schema_extra={"more": True}, description="Draws the initial weights."
    )
    l2: float = Field(
        0.0,
        ge=0,
        le=1e6,
        title="L2 penalty",
        json_schema_extra={"more": True},
        description="Adds this half times the sum of the squared weights.",
    )

    @model_validator(mode="after")
    def _has_probabilities(self) -> Self:
        if self.loss == "cross_entropy" and self.output == "identity":
            raise refusal("loss", "Loss cross_entropy needs sigmoid or softmax outputs. Got identity.", self.loss)
        return self

    def words(self, inputs: int, outputs: int) -> str:
        widths = "-".join(map(str, (inputs, *self.hidden, outputs)))
        return f"a {widths} {self.activation.replace('_', ' ')} network"

    def loss_words(self) -> str:
        return self.loss.replace("_", " ") + (" and penalty" if self.l2 else "")

    @property
    def head(self) -> Head:
        """The output function with the loss on it."""
        return Head(self.output, self.loss)

    def blocks(self, inputs: int, outputs: int) -> Blocks:
        widths = (inputs, *self.hidden, outputs)
        named: dict[str, Shape] = {}
        for layer, (fan_in, fan_out) in enumerate(pairwise(widths), start=1):
            named[f"W{layer}"] = (fan_out, fan_in)
            if self.bias:
                named[f"b{layer}"] = (fan_out,)
        return named

    def biases(self) -> frozenset[str]:
        return frozenset(f"b{layer}" for layer in range(1, len(self.hidden) + 2)) if self.bias else frozenset()

    def initial(self, inputs: int, outputs: int) -> Array:
        """Drawn by ``numpy.random.RandomState(seed).randn(*shape)`` block by block in order.

        ``normal`` takes every block as drawn, biases too. ``xavier`` (Glorot & Bengio 2010) and ``he``
        (He et al. 2015) scale each matrix and set the biases to zero.
        """
        random = np.random.RandomState(self.seed)
        drawn = {name: random.randn(*shape) for name, shape in self.blocks(inputs, outputs).items()}
        return np.concatenate([self._scaled(block).ravel() for block in drawn.values()])

    def _scaled(self, block: Array) -> Array:
        if self.init == "normal":
            return block
        if block.ndim == 1:
            return np.zeros_like(block)
        fan_out, fan_in = block.shape
        variance = 2.0 / fan_in if self.init == "he" else 2.0 / (fan_in + fan_out)
        return block * math.sqrt(variance)

    def value(self, theta: Array, x: Array, y: Array) -> Array:
        blocks = self.blocks(x.shape[-1], y.shape[-1])
        sums, _ = self._forward(split(theta, blocks), x)
        return np.asarray(self.head.per_sample(sums[-1], y).mean(axis=-1) + self._penalty(theta, blocks))

    def value_and_gradient(self, theta: Array, x: Array, y: Array) -> tuple[Array, Array]:
        blocks = self.blocks(x.shape[-1], y.shape[-1])
        parts = split(theta, blocks)
        sums, values = self._forward(parts, x)
        loss = self.head.per_sample(sums[-1], y).mean(axis=-1) + self._penalty(theta, blocks)

        gradient = np.empty_like(theta)  # of its width too
        into = split(gradient, blocks)
        slope = ACTIVATIONS[self.activation].slope
        delta = self.head.delta(sums[-1], y) / len(x)  # (..., N, K), of the mean
        for layer in range(len(sums), 0, -1):
            # (..., K, N) @ (..., N, H) -> (..., K, H)
            np.matmul(np.swapaxes(delta, -1, -2), values[layer - 1], out=into[f"W{layer}"])
            if self.bias:
                delta.sum(axis=-2, out=into[f"b{layer}"])
            if layer > 1:  # (..., N, K) @ (..., K, H) -> (..., N, H)
                delta = delta @ parts[f"W{layer}"]
                delta *= slope(values[layer - 1])
        if self.l2:
            for name in blocks.keys() - self.biases():
                into[name] += self.l2 * parts[name]
        return np.asarray(loss), gradient

    def work(self, inputs: int, outputs: int) -> int:
        widths = (inputs, *self.hidden, outputs)
        return sum(fan_in * fan_out // PRODUCT + CALL * fan_out for fan_in, fan_out in pairwise(widths))

    def restrict(self, origin: Array, u: Array, v: Array, x: Array, y: Array) -> Iterator[Restriction]:
        """See :mod:`landscape.models.ways`."""
        blocks = self.blocks(x.shape[-1], y.shape[-1])
        penalty = float(self._penalty(origin, blocks))
        network = Network(self._layers(origin, blocks), self.activation, self.head, x, y, self.l2, penalty)
        dense = of_any_plane(network, self._layers(u, blocks), self._layers(v, blocks))
        pair = two_parameters(origin, u, v)
        if pair is None:
            return dense
        return of_two_parameters(network, [_entry(index, blocks) for index in pair], dense)

    def _layers(self, theta: Array, blocks: Blocks) -> list[Layer]:
        parts = split(theta, blocks)
        numbers = range(1, len(self.hidden) + 2)
        return [(parts[f"W{number}"], parts[f"b{number}"] if self.bias else None) for number in numbers]

    def _forward(self, parts: dict[str, Array], x: Array) -> tuple[list[Array], list[Array]]:
        """The sums z_1..z_L, and the values h_0..h_{L-1} that go into them."""
        activation = ACTIVATIONS[self.activation].value
        sums: list[Array] = []
        values = [x]
        last = len(self.hidden) + 1
        for layer in range(1, last + 1):
            z = values[-1] @ np.swapaxes(parts[f"W{layer}"], -1, -2)  # (N, D) @ (..., D, H) -> (..., N, H)
            if self.bias:
                z += parts[f"b{layer}"][..., None, :]
            sums.append(z)
            if layer < last:
                values.append(activation(z))
        return sums, values

    def _penalty(self, theta: Array, blocks: Blocks) -> Array | float:
        if not self.l2:
            return 0.0
        squares = sum(np.square(theta[..., span]).sum(axis=-1) for name, _, span in spans(blocks) if name[0] == "W")
        return np.asarray(0.5 * self.l2 * squares)


def _entry(index: int, blocks: Blocks) -> Entry:
    """Where the parameter at a flat place enters."""
    name, indices = address(index, blocks)
    return Entry(int(name[1:]), indices[0], indices[1] if name[0] == "W" else None)
