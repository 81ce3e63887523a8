"""The linear classifier: multiclass support vector machine and softmax regression."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from landscape.models.activations import softmax
from landscape.models.base import Array, Blocks, Intake, Model, Restriction, Shape, outputs_of, split
from landscape.models.hinge_scores import HingeScores
from landscape.models.linear_scores import PlanePenalty, plane_margins
from landscape.models.margins import MARGIN_LOSSES, MarginLossName
from landscape.models.softmax_scores import SoftmaxScores
from landscape.models.tail import CALL, PRODUCT
from landscape.part import refusal

ROOM = 256 << 20
"""Bytes that a way over a plane may keep."""


class Classifier(Model):
    """Linear classifier: scores ``s = x W^T + b``; the largest score is the class. c is the right one.

    ======================  ===================================================================================
    hinge                   ``sum_{j != c} max(0, s_j - s_c + delta)`` (Weston & Watkins 1999); where a term
                            has its kink, at exactly 0, its derivative is 0, the one from below
    cross_entropy           ``-log softmax(s)_c = log sum_j exp(s_j - s_c)``; ``delta`` plays no part
    ======================  ===================================================================================

    The loss is the mean over the samples plus the penalty on W: ``strength ||W||`` (frobenius, not squared; its
    gradient at W = 0 is taken to be 0), ``strength ||W||^2`` (l2) or none. Both losses are convex in W and b.

    The blocks are W (classes, inputs) and, with ``bias``, b (classes,); data may carry a column of ones instead.

    Example:
        >>> model = Classifier()
        >>> x, y = np.array([[1.0, 2.0]]), np.array([[0.0, 1.0, 0.0]])
        >>> float(model.value(np.array([1.0, 0, 0, 1, 0, 0]), x, y))  # scores 1, 2, 0; class 1
        0.0
        >>> float(model.value(np.array([1.0, 1, 0, 1, 0, 0]), x, y))  # scores 3, 2, 0: 3 - 2 + 1
        2.0
    """

    noun: ClassVar[str] = "linear classifier"

    kind: Literal["classifier"] = "classifier"
    loss: MarginLossName = Field(
        "hinge",
        title="Loss",
        description="hinge: the multiclass support vector machine; cross_entropy: softmax regression.",
    )
    delta: float = Field(
        1.0,
        ge=0,
        le=1e6,
        title="Margin",
        json_schema_extra={"more": True},
        description="By how much the right score must be above each other one to cost nothing (hinge).",
    )
    penalty: Literal["none", "frobenius", "l2"] = Field(
        "none",
        title="Penalty",
        description="frobenius: the norm of W, not squared; l2: its square.",
    )
    strength: float = Field(
        0.1,
        ge=0,
        le=1e6,
        title="Penalty strength",
        json_schema_extra={"more": True},
        description="The penalty is multiplied by this.",
    )
    bias: bool = Field(
        False,
        title="Biases",
        json_schema_extra={"more": True},
        description="A bias for every class; data with a column of ones need none.",
    )
    init: Literal["normal", "uniform"] = Field(
        "normal",
        title="Initial weights",
        json_schema_extra={"more": True},
        description="normal: mean 0, variance 1; uniform: from 0 to 1; both times the scale.",
    )
    scale: float = Field(
        0.001,
        ge=0,
        le=1e6,
        title="Initial scale",
        json_schema_extra={"more": True},
        description="The initial weights are multiplied by this.",
    )
    seed: int = Field(
        0, ge=0, le=2**32 - 1, title="Seed", json_schema_extra={"more": True}, description="Draws the initial weights."
    )

    @property
    def suited_run(self) -> Mapping[str, Any]:
        return {"optimizer": {"kind": "gradient_descent", "lr": 0.01}}

    def words(self, inputs: int, outputs: int) -> str:
        return f"a linear classifier of {outputs} classes"

    def loss_words(self) -> str:
        words = "multiclass hinge" if self.loss == "hinge" else "softmax cross-entropy"
        return words + (" and penalty" if self._strength else "")

    def check(self, intake: Intake) -> None:
        if intake.task != "classes":
            raise refusal("data", f"Data must have classes for a linear classifier. Got {intake.task}.", intake.task)
        if intake.outputs < 2:
            sentence = f"Data must have at least 2 classes for a linear classifier. Got {intake.outputs}."
            raise refusal("data", sentence, intake.outputs)

    def blocks(self, inputs: int, outputs: int) -> Blocks:
        named: dict[str, Shape] = {"W": (outputs, inputs)}
        if self.bias:
            named["b"] = (outputs,)
        return named

    def biases(self) -> frozenset[str]:
        return frozenset("b") if self.bias else frozenset()

    def initial(self, inputs: int, outputs: int) -> Array:
        """``scale`` times ``numpy.random.RandomState(seed).randn(K, D)``, or ``.rand(K, D)``; biases are 0."""
        random = np.random.RandomState(self.seed)
        drawn = random.randn(outputs, inputs) if self.init == "normal" else random.rand(outputs, inputs)
        return np.concatenate([self.scale * drawn.ravel(), np.zeros(outputs if self.bias else 0)])

    @property
    def says_shares(self) -> bool:
        return self.loss == "cross_entropy"

    @np.errstate(over="ignore", invalid="ignore")
    def predict(self, theta: Array, x: Array) -> Array:
        """The classes' probabilities under cross_entropy, their scores under hinge."""
        parts = split(theta, self.blocks(x.shape[-1], outputs_of(self, theta.shape[-1], x.shape[-1])))
        scores: Array = x @ np.swapaxes(parts["W"], -1, -2)  # (N, D) @ (..., D, K) -> (..., N, K)
        if self.bias:
            scores += parts["b"][..., None, :]
        return scores if self.loss == "hinge" else softmax(scores)

    @np.errstate(over="ignore", invalid="ignore")
    def value(self, theta: Array, x: Array, y: Array) -> Array:
        parts = split(theta, self.blocks(x.shape[-1], y.shape[-1]))
        losses = MARGIN_LOSSES[self.loss].value(self._margins(parts, x, y))
        return np.asarray(losses.mean(axis=-1) + self._penalty(parts["W"]))

    @np.errstate(over="ignore", invalid="ignore")
    def value_and_gradient(self, theta: Array, x: Array, y: Array) -> tuple[Array, Array]:
        blocks = self.blocks(x.shape[-1], y.shape[-1])
        parts, function = split(theta, blocks), MARGIN_LOSSES[self.loss]
        gradient = np.empty_like(theta)  # of its width too
        into = split(gradient, blocks)
        m = self._margins(parts, x, y)
        loss = function.value(m).mean(axis=-1) + self._penalty(parts["W"])
        delta = function.slope(m)  # (..., K, N), by the wrong scores; then by the right one
        delta -= y.T * delta.sum(axis=-2, keepdims=True)
        delta /= len(x)
        np.matmul(delta, x, out=into["W"])  # (..., K, N) @ (N, D) -> (..., K, D)
        if self.bias:
            delta.sum(axis=-1, out=into["b"])
        if self._strength:
            into["W"] += self._penalty_slope(parts["W"])
        return np.asarray(loss), gradient

    def work(self, inputs: int, outputs: int) -> int:
        return inputs * outputs // PRODUCT + CALL * outputs

    def restrict(self, origin: Array, u: Array, v: Array, x: Array, y: Array) -> Iterator[Restriction]:
        """See :mod:`landscape.models.linear_scores`."""
        blocks = self.blocks(x.shape[-1], y.shape[-1])
        if 3 * x.itemsize * y.size > ROOM:
            return
        parts = [split(theta, blocks) for theta in (origin, u, v)]
        weights = np.stack([part["W"] for part in parts])
        biases = np.stack([part["b"] for part in parts]) if self.bias else None
        margins = plane_margins(x, y, weights, biases)
        penalty = PlanePenalty(weights.reshape(3, -1), self._strength, squared=self.penalty == "l2")
        if self.loss == "hinge":
            margins[0] += self.delta
            yield HingeScores(margins, penalty)
        else:
            yield SoftmaxScores(margins, penalty)

    @property
    def _strength(self) -> float:
        return 0.0 if self.penalty == "none" else self.strength

    def _margins(self, parts: dict[str, Array], x: Array, y: Array) -> Array:
        """How far each score is above the right one, (..., K, N), with the hinge's delta; -inf for the right one."""
        scores = parts["W"] @ x.T  # (..., K, D) @ (D, N) -> (..., K, N)
        if self.bias:
            scores += parts["b"][..., None]
        rows, right = np.arange(len(y)), y.argmax(axis=-1)
        scores -= scores[..., right, rows][..., None, :]
        if self.loss == "hinge":
            scores += self.delta
        scores[..., right, rows] = -np.inf
        return np.asarray(scores)

    def _penalty(self, matrix: Array) -> Array | float:
        if not self._strength:
            return 0.0
        square = np.square(matrix).sum(axis=(-2, -1))
        return np.asarray(self._strength * (square if self.penalty == "l2" else np.sqrt(square)))

    def _penalty_slope(self, matrix: Array) -> Array:
        if self.penalty == "l2":
            return 2.0 * self._strength * matrix
        length = np.sqrt(np.square(matrix).sum(axis=(-2, -1), keepdims=True))
        return np.asarray(self._strength * matrix / np.where(length > 0, length, 1))
