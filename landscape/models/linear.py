"""The linear model: least squares on features."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from landscape.models.base import Array, Blocks, split
from landscape.models.closed_form import solve
from landscape.models.least_squares import Init, LeastSquares, Reduction, Ridge, Rule, Scale, Seed, Start
from landscape.models.tail import PRODUCT


class Linear(LeastSquares):
    """Linear regression: predictions x W^T + b, squared errors summed over the outputs.

    ::

        sum     loss = sum_n |x_n W^T + b - y_n|^2  +  ridge * |W|^2
        mean    loss = sum_n |x_n W^T + b - y_n|^2 / N  +  ridge * |W|^2

    The first is the objective of scikit-learn's ``Ridge(alpha=ridge)``; the second is its objective divided by N for
    ``alpha = N ridge``, and has the same minimum. The bias is not penalised. Classes are taken as they come, as
    one-hot rows of numbers.

    The blocks are W (outputs, features) and b (outputs,).

    Source: A. E. Hoerl, R. W. Kennard, Ridge Regression, Technometrics 12 (1970).

    Example:
        >>> line, x, y = Linear(reduction="sum"), np.array([[0.0], [1.0], [2.0]]), np.array([[1.0], [3.0], [5.0]])
        >>> line.closed_form(x, y).round(12)
        array([2., 1.])
        >>> line.value_and_gradient(np.array([2.0, 0.0]), x, y)
        (array(3.), array([-6., -6.]))
    """

    noun: ClassVar[str] = "linear model"
    suited_data: ClassVar[Mapping[str, Any]] = {"kind": "diabetes"}

    kind: Literal["linear"] = "linear"
    bias: bool = Field(True, title="Bias", description="A constant for every output, beside the features.")
    ridge: Ridge = 0.0
    reduction: Reduction = "mean"
    init: Init = "normal"
    scale: Scale = 0.1
    seed: Seed = 0

    def words(self, inputs: int, outputs: int) -> str:
        return f"a linear model of {inputs:,} feature{'s' if inputs > 1 else ''}"

    @property
    def rule(self) -> Rule:
        return Rule(self.reduction, self.ridge)

    @property
    def start(self) -> Start:
        return Start(self.init, self.seed, self.scale)

    def blocks(self, inputs: int, outputs: int) -> Blocks:
        weights = {"W": (outputs, inputs)}
        return weights | {"b": (outputs,)} if self.bias else weights

    def biases(self) -> frozenset[str]:
        return frozenset({"b"}) if self.bias else frozenset()

    def penalised(self, inputs: int, outputs: int) -> slice:
        return slice(inputs * outputs)

    def predict(self, theta: Array, x: Array) -> Array:
        """Predictions: (..., P) and (N, D) -> (..., N, K)."""
        outputs = theta.shape[-1] // (x.shape[-1] + self.bias)
        parts = split(theta, self.blocks(x.shape[-1], outputs))
        found: Array = x @ np.swapaxes(parts["W"], -1, -2)  # (N, D) @ (..., D, K) -> (..., N, K)
        if self.bias:
            found += parts["b"][..., None, :]
        return found

    def pull_back(self, delta: Array, x: Array) -> Array:
        outputs = delta.shape[-1]
        lead, count = delta.shape[:-2], (x.shape[-1] + self.bias) * outputs
        gradient = np.empty((*lead, count), np.result_type(delta, x))
        into = split(gradient, self.blocks(x.shape[-1], outputs))
        np.matmul(np.swapaxes(delta, -1, -2), x, out=into["W"])  # (..., K, N) @ (N, D) -> (..., K, D)
        if self.bias:
            delta.sum(axis=-2, out=into["b"])
        return gradient

    def closed_form(self, x: Array, y: Array) -> Array:
        """The parameters (P,) of least loss, by orthogonal factorisation; of several the one of least norm of W.

        Args:
            x: (N, D) samples.
            y: (N, K) targets.
        """
        alpha = self.ridge / self.rule.share(len(x))
        weights, bias = solve(x, y, alpha, intercept=self.bias)
        return np.concatenate([weights.ravel(), bias]) if self.bias else weights.ravel()

    def work(self, inputs: int, outputs: int) -> int:
        return max(1, inputs * outputs // PRODUCT) + 2 * outputs
