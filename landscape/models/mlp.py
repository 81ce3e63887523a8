"""The fully connected network (multi-layer perceptron)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, ClassVar, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from landscape.models.base import Array, Blocks, Model, Restriction, Shape, Width, outputs_of, size, spans, split
from landscape.models.dropout import Mask, masks, seed_of_step
from landscape.models.losses import Head, LossName, OutputName
from landscape.models.over_plane import Flat
from landscape.models.propagation import backward, forward
from landscape.models.tail import CALL, PRODUCT
from landscape.part import refusal

NORM = 8
"""Multiplications in place that take as long as normalising a number."""

STEEPEST = 1e100
"""Factors of the weights above this, of a temperature next to zero, leave no room for sums of squares."""


class Mlp(Model):
    """Fully connected network: h_0 = x; z_l = h_{l-1} W_l^T + b_l; h_l = activation(z_l); loss on the last z.

    With batch normalisation ``h_l = activation(g_l hat(z_l) + s_l)``, hat over the samples in view
    (:class:`~.normalisation.Normalised`): the loss of one sample then depends on the others, and a bias b_l in
    front of it, which may still be asked for, changes nothing. Gains g_l begin at 1, shifts s_l at 0.

    With dropout p the values of a hidden layer are multiplied by its mask / (1 - p) ("inverted dropout"); a mask is
    of units, the same for all samples, so that each mask is one network with one landscape. Where it leaves out all
    units of a layer the outputs are constant; nothing is repaired. PyTorch's ``Dropout`` draws for each sample.

    The loss is the mean over the samples of the sum over the outputs, plus ``l2 / 2`` times the sum of
    the squared weights (biases excluded). Gradients by back-propagation (Rumelhart, Hinton & Williams 1986,
    Nature 323). PyTorch's ``MSELoss`` also divides by the number of outputs; this does not.

    The blocks are W1 (first hidden, inputs), b1, g1, s1, W2, ...: rows = to, columns = from.

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
    activation: Literal["sigmoid", "tanh", "relu", "leaky_relu", "identity", "step"] = Field(
        "sigmoid",
        title="Activation",
        json_schema_extra={"more": True},
        description="What each hidden unit does to its sum. The gradient of step is zero: "
        "in all layers in front of it gradient methods stand still.",
    )
    norm: Literal["none", "batch"] = Field(
        "none",
        title="Normalisation",
        json_schema_extra={"more": True},
        description="batch: each hidden unit's sum is centred and scaled by its mean and variance over the samples.",
    )
    dropout: float = Field(
        0.0,
        ge=0,
        le=0.9,
        title="Dropout",
        json_schema_extra={"more": True},
        description="Probability of each hidden unit to be left out; those kept count for more in return.",
    )
    mask: Literal["fixed", "every step"] = Field(
        "fixed",
        title="Mask",
        json_schema_extra={"more": True},
        description="Whether the same units are left out always, or others at every step of a training run.",
    )
    mask_seed: int = Field(
        0,
        ge=0,
        le=2**32 - 1,
        title="Mask seed",
        json_schema_extra={"more": True},
        description="Draws which hidden units are left out.",
    )
    output: OutputName = Field(
        "sigmoid",
        title="Output",
        json_schema_extra={"more": True},
        description="What each output unit does to its sum.",
    )
    temperature: float = Field(
        1.0,
        gt=0,
        le=100,
        title="Temperature",
        json_schema_extra={"more": True, "scale": "log"},
        description="What the sums are divided by in front of softmax: below 1 its outputs are sharper, above flatter.",
    )
    loss: LossName = Field(
        "squared_error",
        title="Loss",
        json_schema_extra={"more": True},
        description="Mean over the samples of the sum over the outputs.",
    )
    bias: bool = Field(
        False,
        title="Biases",
        json_schema_extra={"more": True},
        description="A bias for every unit; in front of a normalisation it changes nothing.",
    )
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
        if self.temperature != 1.0 and self.output != "softmax":
            got = f"Temperature other than 1 needs softmax outputs. Got {self.output}."
            raise refusal("temperature", got, self.temperature)
        return self

    def words(self, inputs: int, outputs: int) -> str:
        widths = "-".join(map(str, (inputs, *self.hidden, outputs)))
        changes = ["batch normalisation"] if self.norm == "batch" else []
        if self.dropout:
            changes.append(f"{100 * self.dropout:.6g} % of its hidden units dropped")
        extra = " with " + " and ".join(changes) if changes and self.hidden else ""
        return f"a {widths} {self.activation.replace('_', ' ')} network{extra}"

    def loss_words(self) -> str:
        heat = f" at temperature {self.temperature:.6g}" if self.temperature != 1.0 else ""
        return self.loss.replace("_", " ") + heat + (" and penalty" if self.l2 else "")

    @property
    def head(self) -> Head:
        """The output function with the loss on it."""
        return Head(self.output, self.loss, self.temperature)

    @property
    def splits(self) -> bool:
        return self.norm == "none"

    def at_step(self, step: int) -> Self:
        """With "every step" and dropout, this network with the mask that ``mask_seed`` and ``step`` draw."""
        if self.mask == "fixed" or not self.dropout:
            return self
        return self.model_copy(update={"mask": "fixed", "mask_seed": seed_of_step(self.mask_seed, step)})

    def masks(self) -> list[Mask]:
        """Of each hidden layer (H,), which units are kept; :func:`.dropout.masks`."""
        return masks(self.hidden, self.dropout, self.mask_seed)

    def blocks(self, inputs: int, outputs: int) -> Blocks:
        widths = (inputs, *self.hidden, outputs)
        named: dict[str, Shape] = {}
        for layer, (fan_in, fan_out) in enumerate(pairwise(widths), start=1):
            named[f"W{layer}"] = (fan_out, fan_in)
            if self.bias:
                named[f"b{layer}"] = (fan_out,)
            if self.norm == "batch" and layer <= len(self.hidden):
                named |= {f"g{layer}": (fan_out,), f"s{layer}": (fan_out,)}
        return named

    def biases(self) -> frozenset[str]:
        """All blocks but the matrices: biases, and of batch normalisation gains and shifts."""
        return frozenset(name for name in self.blocks(1, 1) if name[0] != "W")

    def initial(self, inputs: int, outputs: int) -> Array:
        """Drawn by ``numpy.random.RandomState(seed).randn(*shape)`` block by block in order.

        ``normal`` takes every block as drawn, biases too. ``xavier`` (Glorot & Bengio 2010) and ``he``
        (He et al. 2015) scale each matrix and set the biases to zero. Gains are 1 and shifts 0; neither is drawn.
        """
        random = np.random.RandomState(self.seed)
        blocks = self.blocks(inputs, outputs).items()
        return np.concatenate([self._begun(name[0], shape, random).ravel() for name, shape in blocks])

    def _begun(self, role: str, shape: Shape, random: np.random.RandomState) -> Array:
        if role in "gs":
            return np.full(shape, float(role == "g"))
        block = np.asarray(random.randn(*shape))
        if self.init == "normal":
            return block
        if role == "b":
            return np.zeros_like(block)
        fan_out, fan_in = shape
        variance = 2.0 / fan_in if self.init == "he" else 2.0 / (fan_in + fan_out)
        return block * math.sqrt(variance)

    @property
    def says_shares(self) -> bool:
        return self.output != "identity"

    @property
    def sees_others(self) -> bool:
        return self.norm == "batch" and bool(self.hidden)

    def predict(self, theta: Array, x: Array) -> Array:
        return self._said(theta, x, None)

    def predict_among(self, theta: Array, x: Array, samples: Array) -> Array:
        if not self.sees_others:
            return self.predict(theta, x)
        return self._said(theta, np.concatenate([samples, x]), len(samples))[..., len(samples) :, :]

    def _said(self, theta: Array, x: Array, first: int | None) -> Array:
        """The outputs (..., N, K); normalised by so many samples at the head, or by all."""
        blocks = self.blocks(x.shape[-1], outputs_of(self, theta.shape[-1], x.shape[-1]))
        parts = _used(split(theta, blocks), self._factors(theta.dtype.type))
        with np.errstate(over="ignore", invalid="ignore"):
            return self.head.outputs(forward(parts, self.activation, x, first).z)

    def value(self, theta: Array, x: Array, y: Array) -> Array:
        blocks = self.blocks(x.shape[-1], y.shape[-1])
        parts = _used(split(theta, blocks), self._factors(theta.dtype.type))
        z = forward(parts, self.activation, x).z
        return np.asarray(self.head.per_sample(z, y).mean(axis=-1) + self._penalty(theta, blocks))

    def value_and_gradient(self, theta: Array, x: Array, y: Array) -> tuple[Array, Array]:
        blocks = self.blocks(x.shape[-1], y.shape[-1])
        whole, factors, head = split(theta, blocks), self._factors(theta.dtype.type), self.head
        parts = _used(whole, factors)
        there = forward(parts, self.activation, x)
        loss = head.per_sample(there.z, y).mean(axis=-1) + self._penalty(theta, blocks)

        gradient = np.empty_like(theta)  # of its width too
        into = split(gradient, blocks)
        backward(there, head.delta(there.z, y) / len(x), parts, self.activation, into)
        for name, factor in factors.items():
            into[name] *= factor
        if self.l2:
            for name in blocks.keys() - self.biases():
                into[name] += self.l2 * whole[name]
        return np.asarray(loss), gradient

    def work(self, inputs: int, outputs: int) -> int:
        widths = (inputs, *self.hidden, outputs)
        products = sum(fan_in * fan_out // PRODUCT + CALL * fan_out for fan_in, fan_out in pairwise(widths))
        return products + (NORM * sum(self.hidden) if self.norm == "batch" else 0)

    def restrict(self, origin: Array, u: Array, v: Array, x: Array, y: Array) -> Iterator[Restriction]:
        """See :mod:`landscape.models.ways`; with batch normalisation none: every sample moves all others.

        Dropout and temperature are factors of the weights. A step's grids always have 64 bits: where a sum is
        rounded across zero, its unit jumps.
        """
        if self.norm == "batch":
            return iter(())
        blocks = self.blocks(x.shape[-1], y.shape[-1])
        head, single = Head(self.output, self.loss), self.activation != "step"
        factors = self._factor_of_each(blocks)
        if factors is not None and factors.max() > STEEPEST:
            return iter(())
        flat = Flat(blocks, self.activation, head, self.l2, factors, single)
        return flat.over_plane(origin, u, v, x, y)

    def _factors(self, dtype: Width) -> dict[str, Array]:
        """What dropout multiplies matrices by: the column of a hidden unit by its mask / (1 - p)."""
        if not self.dropout:
            return {}
        kept = enumerate(self.masks(), start=2)
        return {f"W{layer}": (mask / (1.0 - self.dropout)).astype(dtype) for layer, mask in kept}

    def _factor_of_each(self, blocks: Blocks) -> Array | None:
        """What dropout and temperature multiply each parameter by, (P,); None without them."""
        if not self.dropout and self.temperature == 1.0:
            return None
        each = np.ones(size(blocks))
        parts, last = split(each, blocks), str(len(self.hidden) + 1)
        for name, factor in self._factors(np.float64).items():
            parts[name] *= factor
        with np.errstate(over="ignore"):
            for name in (name for name in parts if name[1:] == last):
                parts[name] /= self.temperature
        return each

    def _penalty(self, theta: Array, blocks: Blocks) -> Array | float:
        if not self.l2:
            return 0.0
        squares = sum(np.square(theta[..., span]).sum(axis=-1) for name, _, span in spans(blocks) if name[0] == "W")
        return np.asarray(0.5 * self.l2 * squares)


def _used(whole: dict[str, Array], factors: dict[str, Array]) -> dict[str, Array]:
    """The blocks as the samples meet them."""
    return whole | {name: whole[name] * factor for name, factor in factors.items()} if factors else whole
