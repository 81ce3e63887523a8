"""What models share whose predictions are linear in the parameters: squared errors, a ridge, the solution."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np
from pydantic import Field

from landscape.models.base import Array, Blocks, Model, Restriction, size
from landscape.models.quadratic import Quadratic

Reduction = Annotated[
    Literal["mean", "sum"],
    Field(
        title="Reduction",
        json_schema_extra={"more": True},
        description="Whether the samples' squared errors are averaged or summed.",
    ),
]
Ridge = Annotated[
    float,
    Field(
        ge=0,
        le=1e12,
        title="Ridge",
        description="Adds this times the sum of the squared coefficients, without the intercept.",
    ),
]
Init = Annotated[
    Literal["normal", "zeros"],
    Field(
        title="Initial coefficients",
        json_schema_extra={"more": True},
        description="normal: drawn, with the standard deviation given by the scale; zeros: all zero.",
    ),
]
Scale = Annotated[
    float,
    Field(
        gt=0,
        le=1e6,
        title="Initial scale",
        json_schema_extra={"more": True, "scale": "log"},
        description="Standard deviation of the initial coefficients that are drawn.",
    ),
]
Seed = Annotated[
    int,
    Field(
        ge=0,
        le=2**32 - 1,
        title="Seed",
        json_schema_extra={"more": True},
        description="Draws the initial coefficients.",
    ),
]


class Rule(NamedTuple):
    """How errors become a loss."""

    reduction: Literal["mean", "sum"]
    ridge: float

    def share(self, samples: int) -> float:
        """The factor of the sum of so many samples' squared errors."""
        return 1.0 / samples if self.reduction == "mean" else 1.0


class Start(NamedTuple):
    """How the initial coefficients come about."""

    init: Literal["normal", "zeros"]
    seed: int
    scale: float

    def draw(self, blocks: Blocks) -> Array:
        """``scale * numpy.random.RandomState(seed).randn(*shape)`` block by block in order, or zeros: (P,)."""
        count = size(blocks)
        return self.scale * np.random.RandomState(self.seed).randn(count) if self.init == "normal" else np.zeros(count)


class LeastSquares(Model):
    """Base of the models whose predictions are linear in the parameters.

    With e the errors (N, K) of the predictions and w the parameters but the intercepts::

        loss = (1 / N, or 1 where the reduction is a sum) * sum of e^2  +  ridge * sum of w^2

    Where samples are summed, a part of the samples has a part of the errors but the whole penalty, so that such a
    loss does not split. A subclass declares its fields, :attr:`rule`, :attr:`start`, :meth:`predict` and its
    transpose, and which parameters the ridge is on.
    """

    @property
    def rule(self) -> Rule:
        """How errors become a loss."""
        raise NotImplementedError

    @property
    def start(self) -> Start:
        """How the initial coefficients come about."""
        raise NotImplementedError

    @property
    def sums(self) -> bool:
        return self.rule.reduction == "sum"

    @property
    def splits(self) -> bool:
        return not self.sums

    @property
    def suited_run(self) -> Mapping[str, Any]:
        """A sum's gradient is as many times as long as there are samples."""
        return {"optimizer": {"kind": "gradient_descent", "lr": 1e-4 if self.sums else 0.1}}

    def predict(self, theta: Array, x: Array) -> Array:
        """Predictions (..., N, K) of parameters (..., P) for samples (N, D), linear in the parameters."""
        raise NotImplementedError

    def pull_back(self, delta: Array, x: Array) -> Array:
        """The transpose of :meth:`predict`: (..., N, K) -> (..., P), a new array."""
        raise NotImplementedError

    def penalised(self, inputs: int, outputs: int) -> slice:
        """Where the parameters are that the ridge is on."""
        raise NotImplementedError

    def loss_words(self) -> str:
        error = "sum of squared errors" if self.sums else "squared error"
        return error + (" and penalty" if self.rule.ridge else "")

    def initial(self, inputs: int, outputs: int) -> Array:
        return self.start.draw(self.blocks(inputs, outputs))

    def value(self, theta: Array, x: Array, y: Array) -> Array:
        with np.errstate(over="ignore", invalid="ignore"):
            return self._loss(self.predict(theta, x) - y, theta[..., self._penalised(x, y)])

    def value_and_gradient(self, theta: Array, x: Array, y: Array) -> tuple[Array, Array]:
        with np.errstate(over="ignore", invalid="ignore"):
            error, penalised = self.predict(theta, x) - y, self._penalised(x, y)
            weights = theta[..., penalised]
            loss = self._loss(error, weights)
            error *= 2.0 * self.rule.share(len(x))
            gradient = self.pull_back(error, x)
            if self.rule.ridge:
                gradient[..., penalised] += 2.0 * self.rule.ridge * weights
        return loss, gradient

    def restrict(self, origin: Array, u: Array, v: Array, x: Array, y: Array) -> Iterator[Restriction]:
        """Predictions are linear, so that the loss over a plane is a quadratic: :class:`~.quadratic.Quadratic`."""
        along = np.stack([u, v, origin])
        with np.errstate(over="ignore", invalid="ignore"):
            columns = self.predict(along, x)  # (3, N, K)
            columns[2] -= y
            penalties = math.sqrt(self.rule.ridge) * along[:, self._penalised(x, y)].T  # (S, 3)
        yield Quadratic(np.moveaxis(columns, 0, -1), penalties, self.rule.reduction == "mean")

    def _loss(self, error: Array, weights: Array) -> Array:
        squares = np.einsum("...k,...k->...", error, error).sum(axis=-1)
        loss = self.rule.share(error.shape[-2]) * squares
        if self.rule.ridge:
            loss = loss + self.rule.ridge * np.square(weights).sum(axis=-1)
        return np.asarray(loss)

    def _penalised(self, x: Array, y: Array) -> slice:
        return self.penalised(x.shape[-1], y.shape[-1])
