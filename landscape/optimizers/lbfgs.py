"""L-BFGS, limited-memory BFGS."""

from __future__ import annotations

from typing import ClassVar, Literal, NamedTuple

import numpy as np
from pydantic import Field

from landscape.optimizers.base import Array, Optimizer, Oracle

ENOUGH = 1e-4
"""Share of the fall that the slope promises by which a step must go down (Armijo's condition)."""

TRIES = 30
"""Losses that a line search asks for at most: the last step is 2^-29 of the first."""

ROUNDING = 4.0
"""A loss that is so many units of its last digit higher is not higher."""

BENT = 1e-8
"""Cosine between a step and the change of the gradient below which the two tell of no curvature."""

MEMORY = 9_000_000
"""Numbers of all descents, times what is remembered of each."""


class LBFGS(Optimizer):
    """L-BFGS (Liu and Nocedal 1989): Newton's direction, guessed from what the last steps did to the gradient.

    With ``g`` the gradient of the batch's loss ``f`` at ``theta``, and of the last ``history`` steps the moves
    ``s`` and the changes of the gradient ``y``, newest last, ``rho = 1 / (s y)``::

        q <- g;        from the newest to the oldest:  a = rho (s q);  q <- q - a y
        q <- (s y) / (y y) q, of the newest
                       from the oldest to the newest:  q <- q + (a - rho (y q)) s
        theta <- theta - t q,  t the first of lr, lr/2, lr/4, ... with f(theta - t q) <= f(theta) - 1e-4 t (g q)

    One gradient a step, and a loss for each ``t`` that is tried. Without a memory the first step is at most ``lr``
    long, all entries together. A pair with ``s y`` next to zero or below is not remembered, and where none of 30
    lengths goes down the step is zero. It is meant for all samples: in mini-batches ``y`` is mostly the difference
    of the batches. ``torch.optim.LBFGS`` takes the same directions, but without a line search, or with
    ``strong_wolfe``, and several of these steps in each of its own; its history is 100 by default.

    Source: D. C. Liu, J. Nocedal, On the limited memory BFGS method for large scale optimization, Mathematical
    Programming 45 (1989) 503-528; J. Nocedal, S. J. Wright, Numerical Optimization (2006), algorithms 3.1 and 7.4.

    Example:
        >>> import numpy as np
        >>> class Bowl:  # theta^2 / 2
        ...     def loss(self, theta, where=None): return (theta**2).sum(-1) / 2
        ...     def loss_and_gradient(self, theta): return self.loss(theta), theta
        >>> walker, theta = LBFGS(), np.array([2.0, -4.0])
        >>> state = walker.init(theta)
        >>> for _ in range(2):
        ...     delta, state = walker.step(Bowl(), theta, state, lr=walker.lr)
        ...     theta = theta + delta
        >>> bool(abs(theta).max() < 1e-12)
        True
    """

    noun: ClassVar[str] = "L-BFGS"

    kind: Literal["lbfgs"] = "lbfgs"
    lr: float = Field(
        1.0,
        gt=0,
        le=1e3,
        title="Learning rate",
        description="The share of its own step that is tried first; 1 near a minimum. It is halved until it goes down.",
        json_schema_extra={"scale": "log"},
    )
    history: int = Field(10, ge=1, le=100, title="History", description="How many of the last steps are remembered.")

    class State(NamedTuple):
        """What is remembered from step to step."""

        moves: Array
        """(..., H, P), s: steps that were taken, the newest last; zeros where there are none yet."""
        changes: Array
        """(..., H, P), y: what they did to the gradient."""
        move: Array
        """(..., P), the last step."""
        gradient: Array
        """(..., P), the gradient before it."""

    def price(self, trained: int, gradient: int) -> None:
        """Its line search decides."""

    def most(self, starts: int) -> int:
        return MEMORY // (self.history * starts)

    def init(self, theta: Array) -> State:
        memory = np.zeros((*theta.shape[:-1], self.history, theta.shape[-1]), dtype=theta.dtype)
        return self.State(memory, memory.copy(), np.zeros_like(theta), np.zeros_like(theta))

    def step(self, oracle: Oracle, theta: Array, state: NamedTuple, lr: float) -> tuple[Array, NamedTuple]:
        moves, changes, move, before = state
        value, gradient = oracle.loss_and_gradient(theta)
        change = gradient - before
        lengths = np.sqrt(np.vecdot(move, move) * np.vecdot(change, change))
        told = np.asarray(np.vecdot(move, change) > BENT * lengths)[..., None, None]
        moves = np.where(told, np.concatenate([moves[..., 1:, :], move[..., None, :]], axis=-2), moves)
        changes = np.where(told, np.concatenate([changes[..., 1:, :], change[..., None, :]], axis=-2), changes)
        way = -_straightened(gradient, moves, changes)
        delta = _searched(oracle, theta, value, np.asarray(np.vecdot(gradient, way)), way, lr)
        return delta, self.State(moves, changes, delta, gradient)


def _straightened(gradient: Array, moves: Array, changes: Array) -> Array:
    """The two-loop recursion: the guessed inverse Hessian times the gradient, (..., P)."""
    inner = np.vecdot(moves, changes)  # (..., H); zero of what is not there
    rho = np.divide(1, inner, out=np.zeros_like(inner), where=inner > 0)
    q, shares = gradient, [np.empty(0)] * moves.shape[-2]
    for pair in reversed(range(len(shares))):
        shares[pair] = rho[..., pair] * np.vecdot(moves[..., pair, :], q)
        q = q - shares[pair][..., None] * changes[..., pair, :]
    bend, total = np.vecdot(changes[..., -1, :], changes[..., -1, :]), np.abs(gradient).sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        flatness = np.where(bend > 0, inner[..., -1] / bend, 1 / np.maximum(1, total))  # the latter without a memory
    q = q * flatness[..., None]
    for pair, share in enumerate(shares):
        q = q + (share - rho[..., pair] * np.vecdot(changes[..., pair, :], q))[..., None] * moves[..., pair, :]
    return np.asarray(q)


def _searched(oracle: Oracle, theta: Array, value: Array, slope: Array, way: Array, lr: float) -> Array:
    """The first of the steps (..., P) along ``way`` that goes down far enough; zero where none does."""
    length = np.full(slope.shape, lr, dtype=theta.dtype)
    open_ = np.isfinite(value)
    slack = ROUNDING * np.finfo(theta.dtype).eps * np.abs(value)
    for _ in range(TRIES):
        there = oracle.loss(theta + length[..., None] * way, open_)
        open_ = open_ & ~(there <= value + ENOUGH * length * slope + slack)
        if not open_.any():
            break
        length = np.where(open_, length / 2, length)
    return np.asarray(np.where(open_, 0, length)[..., None] * way, dtype=theta.dtype)
