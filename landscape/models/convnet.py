"""The small convolutional network: one convolution, one pooling, one dense layer."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import ClassVar, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from landscape.chunks import pieces
from landscape.models.base import Array, Blocks, Intake, Model, Restriction, outputs_of, split, two_parameters
from landscape.models.convolution import (
    Picture,
    PoolingName,
    by_filter,
    convolve,
    dense,
    picture,
    pool,
    pool_back,
    windows,
)
from landscape.models.losses import Head, LossName, OutputName
from landscape.models.output_pair import of_output_pair
from landscape.models.portions import portion
from landscape.models.tail import CALL, PRODUCT
from landscape.models.touched_filters import TouchedFilters
from landscape.models.ways import ROOM
from landscape.part import refusal


class Convnet(Model):
    """Convolution, activation, pooling, dense layer (LeCun et al. 1998, Proc. IEEE 86, much simplified)::

        s_f = sum_c K1_fc * x_c + b1_f     3 x 3, stride 1, no padding; * is cross-correlation, as in PyTorch
        h_f = pool(activation(s_f))        2 x 2, stride 2; a last odd row and column are left out
        z   = W2 (h_1, ..., h_k) + b2      filter by filter, row by row; loss on z

    The loss is the mean over the samples of the sum over the outputs. Samples are square images of one or three
    channels, channel by channel and row by row, at least 4 x 4. Of equal largest values in a window the first in
    reading order takes the derivative, as in PyTorch.

    The blocks are K1 (filters, C, 3, 3), b1 (filters), W2 (outputs, filters p), b2 (outputs) with p the pixels of a
    pooled image. Patches are made for as many samples at once as hold about 2 MB, so that memory does not grow with
    the samples.

    Example:
        >>> net = Convnet(filters=2, bias=False)
        >>> dict(net.blocks(inputs=64, outputs=10))  # 8 x 8 -> 6 x 6 -> 3 x 3
        {'K1': (2, 1, 3, 3), 'W2': (10, 18)}
    """

    noun: ClassVar[str] = "convolutional network"

    kind: Literal["convnet"] = "convnet"
    filters: int = Field(4, ge=1, le=32, title="Filters", description="Filters of 3 x 3 taps on each channel.")
    activation: Literal["sigmoid", "tanh", "relu", "leaky_relu", "identity"] = Field(
        "relu", title="Activation", json_schema_extra={"more": True}, description="What is done to each filter's sums."
    )
    pooling: PoolingName = Field(
        "max",
        title="Pooling",
        description="What is kept of each 2 x 2 square of a filtered image: its mean or its maximum.",
    )
    output: OutputName = Field(
        "softmax",
        title="Output",
        json_schema_extra={"more": True},
        description="What each output unit does to its sum.",
    )
    loss: LossName = Field(
        "cross_entropy",
        title="Loss",
        json_schema_extra={"more": True},
        description="Mean over the samples of the sum over the outputs.",
    )
    bias: bool = Field(
        True,
        title="Biases",
        json_schema_extra={"more": True},
        description="A bias for every filter and every output unit.",
    )
    init: Literal["normal", "xavier", "he"] = Field(
        "he",
        title="Initial weights",
        json_schema_extra={"more": True},
        description="normal: variance 1; xavier: 2 / (in + out); he: 2 / in.",
    )
    seed: int = Field(
        85, ge=0, le=2**32 - 1, title="Seed", json_schema_extra={"more": True}, description="Draws the initial weights."
    )

    @model_validator(mode="after")
    def _has_probabilities(self) -> Self:
        if self.loss == "cross_entropy" and self.output == "identity":
            raise refusal("loss", "Loss cross_entropy needs sigmoid or softmax outputs. Got identity.", self.loss)
        return self

    def words(self, inputs: int, outputs: int) -> str:
        filters = "one filter of 3 x 3" if self.filters == 1 else f"{self.filters} filters of 3 x 3"
        return f"a {self.activation.replace('_', ' ')} network of {filters} with {self.pooling} pooling"

    def loss_words(self) -> str:
        return self.loss.replace("_", " ")

    @property
    def head(self) -> Head:
        """The output function with the loss on it."""
        return Head(self.output, self.loss)

    def check(self, intake: Intake) -> None:
        image = intake.image
        if image is None:
            raise refusal(
                "data", "Data must be images: a convolutional network slides over rows and columns. Got none."
            )
        if math.prod(image) != intake.inputs or picture(intake.inputs) != (image[0], image[1]) or image[1] != image[2]:
            got = f"{image[1]} x {image[2]} in {image[0]} channels, {intake.inputs} numbers"
            raise refusal(
                "data", f"Data must be square images of 1 or 3 channels, at least 4 x 4, and nothing else. Got {got}."
            )

        if self.loss == "cross_entropy" and intake.task != "classes":
            raise refusal("model.loss", "Loss cross_entropy needs samples of classes. Got numbers.", self.loss)

    def blocks(self, inputs: int, outputs: int) -> Blocks:
        """See the class.

        Raises:
            pydantic.ValidationError: so many numbers are no square image of one or three channels.
        """
        image = _picture(inputs)
        named: dict[str, tuple[int, ...]] = {"K1": (self.filters, image.channels, 3, 3), "b1": (self.filters,)}
        named |= {"W2": (outputs, self.filters * image.pooled), "b2": (outputs,)}
        return {name: shape for name, shape in named.items() if self.bias or name[0] != "b"}

    def biases(self) -> frozenset[str]:
        return frozenset({"b1", "b2"}) if self.bias else frozenset()

    def initial(self, inputs: int, outputs: int) -> Array:
        """Drawn by ``numpy.random.RandomState(seed).randn(*shape)`` block by block in order.

        ``normal`` takes every block as drawn, biases too. ``xavier`` (Glorot & Bengio 2010) and ``he`` (He et al.
        2015) scale filters and matrix and set the biases to zero; a filter's in is 9 C, its out 9 filters.
        """
        random = np.random.RandomState(self.seed)
        drawn = {name: random.randn(*shape) for name, shape in self.blocks(inputs, outputs).items()}
        return np.concatenate([self._scaled(block).ravel() for block in drawn.values()])

    def _scaled(self, block: Array) -> Array:
        if self.init == "normal":
            return block
        if block.ndim == 1:
            return np.zeros_like(block)
        taps = math.prod(block.shape[2:])
        fan_out, fan_in = block.shape[0] * taps, block.shape[1] * taps
        variance = 2.0 / fan_in if self.init == "he" else 2.0 / (fan_in + fan_out)
        return block * math.sqrt(variance)

    @property
    def says_shares(self) -> bool:
        return self.output != "identity"

    def predict(self, theta: Array, x: Array) -> Array:
        flat, outputs = theta.reshape(-1, theta.shape[-1]), outputs_of(self, theta.shape[-1], x.shape[-1])
        said, blocks = np.empty((len(flat), len(x), outputs), theta.dtype), self.blocks(x.shape[-1], outputs)
        with np.errstate(over="ignore", invalid="ignore"):
            for some, rows, patches in self._cut(len(flat), x):
                parts = split(flat[some], blocks)
                said[some, rows] = self.head.outputs(self._outputs(parts, self._pooled(parts, patches)[1]))
        return said.reshape(*theta.shape[:-1], len(x), outputs)

    def value(self, theta: Array, x: Array, y: Array) -> Array:
        flat = theta.reshape(-1, theta.shape[-1])
        total = np.zeros(len(flat), theta.dtype)
        with np.errstate(over="ignore", invalid="ignore"):
            for some, rows, patches in self._cut(len(flat), x):
                parts = split(flat[some], self.blocks(x.shape[-1], y.shape[-1]))
                z = self._outputs(parts, self._pooled(parts, patches)[1])
                total[some] += self.head.per_sample(z, y[rows]).sum(axis=-1)
        return np.asarray((total / len(x)).reshape(theta.shape[:-1]), dtype=theta.dtype)

    def value_and_gradient(self, theta: Array, x: Array, y: Array) -> tuple[Array, Array]:
        flat, blocks = theta.reshape(-1, theta.shape[-1]), self.blocks(x.shape[-1], y.shape[-1])
        total, gradient = np.zeros(len(flat), theta.dtype), np.zeros(flat.shape, theta.dtype)
        with np.errstate(over="ignore", invalid="ignore"):
            for some, rows, patches in self._cut(len(flat), x):
                parts, into = split(flat[some], blocks), split(gradient[some], blocks)
                sums, h = self._pooled(parts, patches)
                z = self._outputs(parts, h)
                total[some] += self.head.per_sample(z, y[rows]).sum(axis=-1)
                delta = self.head.delta(z, y[rows]) / len(x)  # (M, n, K), of the mean
                # (M, k, p, n) @ (M, 1, n, K) -> (M, k, p, K)
                by_filter(into["W2"], self.filters)[...] += np.swapaxes(h, -1, -2) @ delta[:, None]
                # (M, 1, n, K) @ (M, k, K, p) -> (M, k, n, p)
                down = delta[:, None] @ np.swapaxes(by_filter(parts["W2"], self.filters), -1, -2)
                down = pool_back(down, h, sums, self.activation, self.pooling)  # (M, k, 4, n, p)
                taps = down.reshape(-1, patches[0].size) @ patches.reshape(len(patches), -1).T  # (M k, 9 C)
                into["K1"] += taps.reshape(into["K1"].shape)
                if self.bias:
                    into["b1"] += down.sum(axis=(-3, -2, -1))
                    into["b2"] += delta.sum(axis=-2)
        loss = (total / len(x)).reshape(theta.shape[:-1])
        return np.asarray(loss, dtype=theta.dtype), gradient.reshape(theta.shape)

    def work(self, inputs: int, outputs: int) -> int:
        image = _picture(inputs)
        taps, places = 9 * image.channels, 4 * image.pooled
        activations = self.filters * (image.pooled if self.pooling == "max" else places)
        products = self.filters * (taps * places + image.pooled * outputs) // PRODUCT
        return (taps + self.filters) * places + products + CALL * (activations + outputs)

    def restrict(self, origin: Array, u: Array, v: Array, x: Array, y: Array) -> Iterator[Restriction]:
        """Two parameters of the dense layer see constant pooled values, :mod:`landscape.models.output_pair`.

        Over any plane the filters' sums are linear in (a, b), :mod:`landscape.models.touched_filters`.
        """
        image, blocks = _picture(x.shape[-1]), self.blocks(x.shape[-1], y.shape[-1])
        parts = [split(vector, blocks) for vector in (origin, u, v)]
        pair = two_parameters(origin, u, v)
        yield from of_output_pair(pair, blocks, parts[0], lambda: self._features(parts[0], x), self.head, y)
        if TouchedFilters.bytes_of(parts, image, len(x)) <= ROOM:
            yield TouchedFilters(parts, image, self.activation, self.pooling, self.head, x, y)

    def _features(self, parts: dict[str, Array], x: Array) -> Array:
        """What goes into the dense layer, (N, k p)."""
        h = np.empty((len(x), self.filters, _picture(x.shape[-1]).pooled))
        with np.errstate(over="ignore", invalid="ignore"):
            for _, rows, patches in self._cut(1, x):
                h[rows] = np.swapaxes(self._pooled(parts, patches)[1], 0, 1)  # (k, n, p) -> (n, k, p)
        return h.reshape(len(x), -1)

    def _cut(self, vectors: int, x: Array) -> Iterator[tuple[slice, slice, Array]]:
        """Parameter vectors and samples in pieces that hold memory down, with the samples' patches."""
        image = _picture(x.shape[-1])
        floats = 4 * image.pooled * max(self.filters, -(-9 * image.channels // vectors))
        points, samples = portion(vectors, len(x), floats)
        for rows in pieces(len(x), samples):
            patches = windows(x[rows], image)
            for some in pieces(vectors, points):
                yield some, rows, patches

    def _pooled(self, parts: dict[str, Array], patches: Array) -> tuple[Array, Array]:
        """The filters' sums (..., k, 4, n, p) and the pooled values (..., k, n, p)."""
        sums = convolve(parts["K1"], parts.get("b1"), patches)
        return sums, pool(sums, self.activation, self.pooling)

    def _outputs(self, parts: dict[str, Array], h: Array) -> Array:
        """The outputs' sums z, (..., n, K)."""
        z = dense(h, by_filter(parts["W2"], self.filters))
        if self.bias:
            z += parts["b2"][..., None, :]
        return z


def _picture(inputs: int) -> Picture:
    found = picture(inputs)
    if found is None:
        got = f"samples of {inputs} numbers" if inputs else "none"
        raise refusal("data", f"Data must be square images of 1 or 3 channels, at least 4 x 4. Got {got}.")
    return found
