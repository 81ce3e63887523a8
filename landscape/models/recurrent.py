"""The simple recurrent network (Elman)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from landscape.chunks import pieces
from landscape.models.activations import ACTIVATIONS
from landscape.models.base import Array, Blocks, Intake, Model, Restriction, outputs_of, split, two_parameters
from landscape.models.losses import Head, LossName, OutputName
from landscape.models.output_pair import of_output_pair
from landscape.models.portions import portion
from landscape.models.tail import CALL, PRODUCT
from landscape.part import refusal


class Recurrent(Model):
    """Simple recurrent network (Elman 1990, Cognitive Science 14): the same weights at every step::

        h_0 = 0;  h_t = activation(Wx x_t + Wh h_{t-1} + b), t = 1..T;  z = Wo h_T + bo, loss on z

    The loss is the mean over the samples of the sum over the outputs. A sample's D numbers are its T = D / features
    steps one after the other. Gradients by back-propagation through time (Werbos 1990, Proc. IEEE 78): the derivative
    in h_t holds the factor slope(h_t) Wh once for every later step, so that it vanishes or explodes with T; the walls
    that come of it are those of Pascanu, Mikolov & Bengio 2013 (arXiv:1211.5063, figure 6). Numbers that overflow
    become inf and nan. At the kink of (leaky) ReLU the derivative from the left is taken.

    The blocks are Wx (hidden, features), Wh (hidden, hidden), b (hidden), Wo (outputs, hidden), bo (outputs); rows =
    to, columns = from. ``torch.nn.RNN`` has two biases at each step; here is one, their sum.

    Example:
        >>> net = Recurrent(hidden=3, features=2)
        >>> dict(net.blocks(inputs=20, outputs=1))  # ten steps
        {'Wx': (3, 2), 'Wh': (3, 3), 'b': (3,), 'Wo': (1, 3), 'bo': (1,)}
    """

    noun: ClassVar[str] = "recurrent network"
    suited_data: ClassVar[Mapping[str, Any]] = {"kind": "memory"}

    kind: Literal["recurrent"] = "recurrent"
    hidden: int = Field(8, ge=1, le=64, title="Hidden units", description="Units that remember from step to step.")
    features: int = Field(2, ge=1, le=4096, title="Features", description="Numbers that come in at each step.")
    activation: Literal["tanh", "relu", "sigmoid", "leaky_relu", "identity"] = Field(
        "tanh", title="Activation", description="What each hidden unit does to its sum."
    )
    gain: float = Field(
        1.0,
        ge=0,
        le=100,
        title="Recurrent gain",
        description="Scales the initial recurrent matrix: its largest eigenvalue has about this size.",
    )
    output: OutputName = Field(
        "identity",
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
    bias: bool = Field(
        True, title="Biases", json_schema_extra={"more": True}, description="A bias for every hidden and output unit."
    )
    init: Literal["normal", "identity"] = Field(
        "normal",
        title="Initial weights",
        json_schema_extra={"more": True},
        description="Of the recurrent matrix: normal: variance gain squared / units; identity: gain on the diagonal.",
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
        steps, units = inputs // self.features, "unit" if self.hidden == 1 else "units"
        kind = self.activation.replace("_", " ")
        return f"a recurrent network of {self.hidden} {kind} {units} over {steps} {'step' if steps == 1 else 'steps'}"

    def loss_words(self) -> str:
        return self.loss.replace("_", " ")

    @property
    def head(self) -> Head:
        """The output function with the loss on it."""
        return Head(self.output, self.loss)

    def check(self, intake: Intake) -> None:
        if intake.inputs % self.features:
            raise refusal(
                "model.features",
                f"Features must divide the {intake.inputs} numbers of a sample into whole steps. Got {self.features}.",
                self.features,
            )
        if self.loss == "cross_entropy" and intake.task != "classes":
            raise refusal("model.loss", "Loss cross_entropy needs samples of classes. Got numbers.", self.loss)

    def blocks(self, inputs: int, outputs: int) -> Blocks:
        units = self.hidden
        named: dict[str, tuple[int, ...]] = {"Wx": (units, self.features), "Wh": (units, units), "b": (units,)}
        named |= {"Wo": (outputs, units), "bo": (outputs,)}
        return {name: shape for name, shape in named.items() if self.bias or name[0] != "b"}

    def biases(self) -> frozenset[str]:
        return frozenset({"b", "bo"}) if self.bias else frozenset()

    def initial(self, inputs: int, outputs: int) -> Array:
        """Drawn by ``numpy.random.RandomState(seed).randn(*shape)`` matrix by matrix in order, divided by sqrt(in).

        Wh is multiplied by ``gain`` besides, which is about its spectral radius then (the circular law; of few units
        it scatters); ``init="identity"`` makes it ``gain`` times the identity (Le, Jaitly & Hinton 2015,
        arXiv:1504.00941, with ReLU). Biases are zero.
        """
        random = np.random.RandomState(self.seed)
        found = []
        for name, shape in self.blocks(inputs, outputs).items():
            block = random.randn(*shape) / math.sqrt(shape[-1]) if name[0] == "W" else np.zeros(shape)
            if name == "Wh":
                block = self.gain * (np.eye(self.hidden) if self.init == "identity" else block)
            found.append(block.ravel())
        return np.concatenate(found)

    @property
    def says_shares(self) -> bool:
        return self.output != "identity"

    def predict(self, theta: Array, x: Array) -> Array:
        flat, outputs = theta.reshape(-1, theta.shape[-1]), outputs_of(self, theta.shape[-1], x.shape[-1])
        said, blocks = np.empty((len(flat), len(x), outputs), theta.dtype), self.blocks(x.shape[-1], outputs)
        with np.errstate(over="ignore", invalid="ignore"):
            for some, rows in self._cut(len(flat), x):
                parts = split(flat[some], blocks)
                states = self._states(parts, self._steps(x[rows]))
                said[some, rows] = self.head.outputs(self._outputs(parts, states[:, -1]))
        return said.reshape(*theta.shape[:-1], len(x), outputs)

    def value(self, theta: Array, x: Array, y: Array) -> Array:
        flat, blocks = theta.reshape(-1, theta.shape[-1]), self.blocks(x.shape[-1], y.shape[-1])
        total = np.zeros(len(flat), theta.dtype)
        with np.errstate(over="ignore", invalid="ignore"):
            for some, rows in self._cut(len(flat), x):
                parts = split(flat[some], blocks)
                z = self._outputs(parts, self._states(parts, self._steps(x[rows]))[:, -1])
                total[some] += self.head.per_sample(z, y[rows]).sum(axis=-1)
        return np.asarray((total / len(x)).reshape(theta.shape[:-1]), dtype=theta.dtype)

    def value_and_gradient(self, theta: Array, x: Array, y: Array) -> tuple[Array, Array]:
        flat, blocks = theta.reshape(-1, theta.shape[-1]), self.blocks(x.shape[-1], y.shape[-1])
        total, gradient = np.zeros(len(flat), theta.dtype), np.zeros(flat.shape, theta.dtype)
        with np.errstate(over="ignore", invalid="ignore"):
            for some, rows in self._cut(len(flat), x):
                parts, into, steps = split(flat[some], blocks), split(gradient[some], blocks), self._steps(x[rows])
                states = self._states(parts, steps)
                z = self._outputs(parts, states[:, -1])
                total[some] += self.head.per_sample(z, y[rows]).sum(axis=-1)
                delta = self.head.delta(z, y[rows]) / len(x)  # (M, n, K), of the mean
                into["Wo"] += np.swapaxes(delta, -1, -2) @ states[:, -1]  # (M, K, n) @ (M, n, H)
                if self.bias:
                    into["bo"] += delta.sum(axis=-2)
                self._through_time(delta @ parts["Wo"], parts["Wh"], states, steps, into)
        loss = (total / len(x)).reshape(theta.shape[:-1])
        return np.asarray(loss, dtype=theta.dtype), gradient.reshape(theta.shape)

    def _through_time(self, delta: Array, matrix: Array, states: Array, steps: Array, into: dict[str, Array]) -> None:
        """Add the gradients of Wx, Wh and b, from the derivative in h_T, (M, n, H)."""
        slope = ACTIVATIONS[self.activation].slope
        down = np.empty_like(states[:, 1:])  # (M, T, n, H), derivatives in the sums
        for t in range(len(steps) - 1, -1, -1):
            np.multiply(delta, slope(states[:, t + 1]), out=down[:, t])
            delta = down[:, t] @ matrix  # (M, n, H) @ (M, H, H)
        rows = np.swapaxes(down.reshape(len(down), -1, self.hidden), -1, -2)  # (M, H, T n)
        into["Wx"] += rows @ steps.reshape(-1, self.features)
        into["Wh"] += rows @ states[:, :-1].reshape(len(down), -1, self.hidden)
        if self.bias:
            into["b"] += rows.sum(axis=-1)

    def work(self, inputs: int, outputs: int) -> int:
        products = (inputs // self.features) * self.hidden * (self.features + self.hidden) + self.hidden * outputs
        sums = (inputs // self.features) * self.hidden  # each written, added to, read and kept besides
        return products // PRODUCT + (CALL + 4) * sums + CALL * outputs

    def restrict(self, origin: Array, u: Array, v: Array, x: Array, y: Array) -> Iterator[Restriction]:
        """Two parameters of the output layer see a constant h_T, :mod:`landscape.models.output_pair`."""
        blocks = self.blocks(x.shape[-1], y.shape[-1])
        parts = split(origin, blocks)
        yield from of_output_pair(
            two_parameters(origin, u, v), blocks, parts, lambda: self._last(origin, x, y), self.head, y
        )

    def _last(self, theta: Array, x: Array, y: Array) -> Array:
        """h_T of all samples, (N, H)."""
        parts, h = split(theta[None], self.blocks(x.shape[-1], y.shape[-1])), np.empty((len(x), self.hidden))
        with np.errstate(over="ignore", invalid="ignore"):
            for _, rows in self._cut(1, x):
                h[rows] = self._states(parts, self._steps(x[rows]))[0, -1]
        return h

    def _cut(self, vectors: int, x: Array) -> Iterator[tuple[slice, slice]]:
        """Parameter vectors and samples in pieces that hold memory down."""
        points, samples = portion(vectors, len(x), (x.shape[-1] // self.features + 1) * self.hidden)
        for rows in pieces(len(x), samples):
            for some in pieces(vectors, points):
                yield some, rows

    def _steps(self, x: Array) -> Array:
        """Samples (n, D) step by step: (T, n, features)."""
        return np.ascontiguousarray(np.swapaxes(x.reshape(len(x), -1, self.features), 0, 1))

    def _states(self, parts: dict[str, Array], steps: Array) -> Array:
        """h_0..h_T at parameters with one leading axis, (M, T + 1, n, H)."""
        function, back = ACTIVATIONS[self.activation].value, np.swapaxes(parts["Wh"], -1, -2)
        length, samples, _ = steps.shape
        states = np.zeros((len(back), length + 1, samples, self.hidden), steps.dtype)
        into = states[:, 1:]  # (T n, F) @ (M, F, H) -> (M, T n, H)
        into[...] = (steps.reshape(-1, self.features) @ np.swapaxes(parts["Wx"], -1, -2)).reshape(into.shape)
        if self.bias:
            into += parts["b"][:, None, None, :]
        for t in range(length):
            if t > 0:  # h_0 is zero
                into[:, t] += states[:, t] @ back  # (M, n, H) @ (M, H, H)
            into[:, t] = function(into[:, t])
        return states

    def _outputs(self, parts: dict[str, Array], h: Array) -> Array:
        """The outputs' sums z, (M, n, K), from h_T (M, n, H)."""
        z: Array = h @ np.swapaxes(parts["Wo"], -1, -2)
        if self.bias:
            z += parts["bo"][..., None, :]
        return z
