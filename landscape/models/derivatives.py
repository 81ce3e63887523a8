"""What a typed formula may do: operations and functions, each with its value and its partial derivatives.

All are elementwise. Where an operation has no derivative one is stated here: 0 for ``abs`` and ``relu`` at 0 and for
``hypot`` at (0, 0), subgradients; the mean of the two where the arguments of ``min`` or ``max`` are equal, a
subgradient of ``max``; 0 for ``sign`` and ``floor`` at their steps.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from landscape.models.base import Array

Partial = Callable[..., Any]


class Rule(NamedTuple):
    """An operation on one or two arguments.

    Attributes:
        value: of the arguments.
        partials: the derivative along each argument, given the value and the arguments.
        work: multiplications that take as long, about.
    """

    value: Callable[..., Any]
    partials: tuple[Partial, ...]
    work: int = 30


def _sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


def _along_base(x: Array, y: Array) -> Array:
    """Of x^y: y x^(y - 1), and 0 where y is, though x be 0 too."""
    return np.where(y == 0, 0.0, y * np.power(x, y - 1))


def _along_exponent(f: Array, x: Array) -> Array:
    """Of x^y: x^y ln x, and 0 where x^y is, though ln x be infinite."""
    return np.where(f == 0, 0.0, f * np.log(x))


def _share(chosen: Callable[..., Any]) -> tuple[Partial, Partial]:
    """Of the lower or the higher of two: 1 where it is chosen, 1/2 where they are equal."""
    return (
        lambda f, x, y: np.where(x == y, 0.5, chosen(x, y)),
        lambda f, x, y: np.where(x == y, 0.5, chosen(y, x)),
    )


ARITHMETIC: Mapping[str, Rule] = {
    "+": Rule(np.add, (lambda f, x, y: 1.0, lambda f, x, y: 1.0), 1),
    "-": Rule(np.subtract, (lambda f, x, y: 1.0, lambda f, x, y: -1.0), 1),
    "*": Rule(np.multiply, (lambda f, x, y: y, lambda f, x, y: x), 1),
    "/": Rule(np.divide, (lambda f, x, y: 1 / y, lambda f, x, y: -f / y), 2),
    "**": Rule(np.power, (lambda f, x, y: _along_base(x, y), lambda f, x, y: _along_exponent(f, x)), 10),
    "negative": Rule(np.negative, (lambda f, x: -1.0,), 1),
}
"""Of two arguments, and the change of sign."""

FUNCTIONS: Mapping[str, Rule] = {
    "sin": Rule(np.sin, (lambda f, x: np.cos(x),)),
    "cos": Rule(np.cos, (lambda f, x: -np.sin(x),)),
    "tan": Rule(np.tan, (lambda f, x: 1 + f * f,)),
    "asin": Rule(np.arcsin, (lambda f, x: 1 / np.sqrt((1 - x) * (1 + x)),)),
    "acos": Rule(np.arccos, (lambda f, x: -1 / np.sqrt((1 - x) * (1 + x)),)),
    "atan": Rule(np.arctan, (lambda f, x: 1 / (1 + x * x),)),
    "atan2": Rule(np.arctan2, (lambda f, y, x: x / (x * x + y * y), lambda f, y, x: -y / (x * x + y * y))),
    "sinh": Rule(np.sinh, (lambda f, x: np.cosh(x),)),
    "cosh": Rule(np.cosh, (lambda f, x: np.sinh(x),)),
    "tanh": Rule(np.tanh, (lambda f, x: 1 / np.square(np.cosh(x)),)),
    "exp": Rule(np.exp, (lambda f, x: f,)),
    "log": Rule(np.log, (lambda f, x: 1 / x,)),
    "ln": Rule(np.log, (lambda f, x: 1 / x,)),
    "log2": Rule(np.log2, (lambda f, x: 1 / (x * math.log(2)),)),
    "log10": Rule(np.log10, (lambda f, x: 1 / (x * math.log(10)),)),
    "sqrt": Rule(np.sqrt, (lambda f, x: 0.5 / f,), 4),
    "abs": Rule(np.abs, (lambda f, x: np.sign(x),), 1),
    "sign": Rule(np.sign, (lambda f, x: 0.0,), 1),
    "floor": Rule(np.floor, (lambda f, x: 0.0,), 1),
    "min": Rule(np.minimum, _share(np.less), 1),
    "max": Rule(np.maximum, _share(np.greater), 1),
    "hypot": Rule(
        np.hypot, (lambda f, x, y: np.where(f == 0, 0.0, x / f), lambda f, x, y: np.where(f == 0, 0.0, y / f))
    ),
    "relu": Rule(lambda x: np.maximum(x, 0.0), (lambda f, x: np.greater(x, 0.0),), 1),
    "sigmoid": Rule(_sigmoid, (lambda f, x: f * _sigmoid(-x),)),
    "softplus": Rule(lambda x: np.logaddexp(0.0, x), (lambda f, x: _sigmoid(x),), 60),
}
"""By the names under which they are called, in the order in which they are named to people."""

MANY = frozenset({"min", "max"})
"""Functions that take two arguments or more."""

CONSTANTS: Mapping[str, float] = {"pi": math.pi, "e": math.e}

VARIABLES = ("x", "y")

RULES: Mapping[str, Rule] = {**ARITHMETIC, **FUNCTIONS}
