"""The polynomial of one input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from landscape.models.base import Array, Blocks, Intake
from landscape.models.closed_form import solve
from landscape.models.least_squares import Init, LeastSquares, Reduction, Ridge, Rule, Scale, Seed, Start
from landscape.part import refusal


class Polynomial(LeastSquares):
    """Polynomial regression: predictions c_0 + c_1 t + ... + c_d t^d, with t = x (raw) or t = 2 x - 1 (scaled).

    ::

        sum     loss = sum_n (prediction_n - y_n)^2  +  ridge * (c_1^2 + ... + c_d^2)
        mean    loss = sum_n (prediction_n - y_n)^2 / N  +  ridge * (c_1^2 + ... + c_d^2)

    The first is the objective of scikit-learn's ``Ridge(alpha=ridge)`` on the powers of t; the second is its objective
    divided by N for ``alpha = N ridge``. The intercept c_0 is not penalised. Both bases have the same polynomials,
    but not the same surface: scaled turns inputs in [0, 1] into [-1, 1], where the powers are less alike. Nor has the
    ridge the same solution in both, as it is on the coefficients of one of them.

    The block is c (degree + 1,).

    Source: C. M. Bishop, Pattern Recognition and Machine Learning (Springer 2006), section 1.1.

    Example:
        >>> parabola, x = Polynomial(degree=2), np.array([[0.0], [1.0], [2.0]])
        >>> parabola.predict(np.array([1.0, 0.0, 3.0]), x)[:, 0]
        array([ 1.,  4., 13.])
        >>> parabola.closed_form(x, np.array([[1.0], [4.0], [13.0]])).round(9) + 0.0
        array([1., 0., 3.])
    """

    noun: ClassVar[str] = "polynomial"
    suited_data: ClassVar[Mapping[str, Any]] = {"kind": "sine"}

    kind: Literal["polynomial"] = "polynomial"
    degree: int = Field(4, ge=1, le=20, title="Degree", description="The highest power of the input.")
    basis: Literal["raw", "scaled"] = Field(
        "raw",
        title="Basis",
        description="What is raised to powers. raw: the input x; scaled: 2 x - 1. A ridge depends on it.",
    )
    ridge: Ridge = 0.0
    reduction: Reduction = "mean"
    init: Init = "normal"
    scale: Scale = 0.1
    seed: Seed = 0

    def words(self, inputs: int, outputs: int) -> str:
        return f"a polynomial of degree {self.degree}"

    @property
    def rule(self) -> Rule:
        return Rule(self.reduction, self.ridge)

    @property
    def start(self) -> Start:
        return Start(self.init, self.seed, self.scale)

    def check(self, intake: Intake) -> None:
        for count, what in ((intake.inputs, "input"), (intake.outputs, "target")):
            if count != 1:
                raise refusal("data", f"Data must have one {what} for a polynomial. Got {count:,}.", count)

    def blocks(self, inputs: int, outputs: int) -> Blocks:
        return {"c": (self.degree + 1,)}

    def penalised(self, inputs: int, outputs: int) -> slice:
        return slice(1, None)

    def predict(self, theta: Array, x: Array) -> Array:
        """Predictions: (..., degree + 1) and (N, 1) -> (..., N, 1)."""
        found: Array = theta @ self.powers(x).T  # (..., d + 1) @ (d + 1, N) -> (..., N)
        return found[..., None]

    def pull_back(self, delta: Array, x: Array) -> Array:
        found: Array = delta[..., 0] @ self.powers(x)  # (..., N) @ (N, d + 1) -> (..., d + 1)
        return found

    def powers(self, x: Array) -> Array:
        """1, t, ..., t^degree of samples (N, 1): (N, degree + 1), of the width of ``x``."""
        powers = np.empty((len(x), self.degree + 1), x.dtype)
        powers[:, 0] = 1
        powers[:, 1:] = x if self.basis == "raw" else 2 * x - 1
        return np.multiply.accumulate(powers, axis=1, out=powers)

    def closed_form(self, x: Array, y: Array) -> Array:
        """The parameters (degree + 1,) of least loss, by orthogonal factorisation of columns of length 1.

        How far they can be trusted depends on the condition number of those columns. For 30 even inputs in [0, 1] and
        no ridge it is 3e2, 1e11 and 2e15 of degree 4, 15 and 20 in the raw basis, 7, 2e5 and 3e7 in the scaled one:
        of a coefficient's sixteen digits about so many powers of ten are lost. The loss is still the least one to six
        digits of degree 15 in the raw basis, but no longer of degree 20, whose coefficients of 1e13 cancel.

        Args:
            x: (N, 1) samples.
            y: (N, 1) targets.
        """
        powers = self.powers(x)[:, 1:]
        length = np.linalg.norm(powers - powers.mean(axis=0), axis=0)
        scale = 1.0 / np.where(length > 0, length, 1.0)
        alpha = self.ridge / self.rule.share(len(x))
        weights, intercept = solve(powers, y, alpha, intercept=True, scale=scale)
        return np.concatenate([intercept, weights[0]])

    def work(self, inputs: int, outputs: int) -> int:
        return 2 * self.degree + 4
