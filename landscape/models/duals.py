"""What a formula is evaluated with: plain values, or dual numbers, which carry their slopes along."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol, TypeVar

import numpy as np

from landscape.models.base import Array
from landscape.models.derivatives import Rule

T = TypeVar("T")

Slope = Array | float | None
"""A derivative along one variable; None: it is 0 by construction, so that infinity times it is 0 too."""


class Algebra(Protocol[T]):
    """Numbers of some kind, and how rules act on them."""

    def constant(self, value: float) -> T:
        """A number that depends on nothing."""

    def apply(self, rule: Rule, arguments: Sequence[T]) -> T:
        """The outcome of a rule."""


class Values:
    """Plain numbers: float64 arrays. Constants are float64 too, so that powers of them overflow to infinity."""

    def constant(self, value: float) -> Array:
        return np.asarray(value, dtype=np.float64)

    def apply(self, rule: Rule, arguments: Sequence[Array]) -> Array:
        return np.asarray(rule.value(*arguments))


class Dual(NamedTuple):
    """A value with its derivatives: v + s_1 e_1 + ... + s_P e_P with e_i e_j = 0.

    Attributes:
        value: (...).
        slopes: along each of the P variables, (...) or what broadcasts to it.
    """

    value: Array
    slopes: tuple[Slope, ...]


class Duals:
    """Dual numbers over P variables (forward-mode differentiation; W. K. Clifford 1873, R. E. Wengert 1964)::

        f(u, v)  ->  value f,  slope_i = df/du u_i + df/dv v_i

    Args:
        count: P.

    Example:
        >>> from landscape.models.derivatives import RULES
        >>> algebra, three = Duals(1), Dual(np.array(3.0), (1.0,))
        >>> float(algebra.apply(RULES["**"], [three, algebra.constant(2.0)]).slopes[0])
        6.0
    """

    def __init__(self, count: int) -> None:
        self.count = count

    def constant(self, value: float) -> Dual:
        return Dual(np.asarray(value, dtype=np.float64), (None,) * self.count)

    def apply(self, rule: Rule, arguments: Sequence[Dual]) -> Dual:
        values = [argument.value for argument in arguments]
        value = np.asarray(rule.value(*values))
        slopes: list[Slope] = [None] * self.count
        for partial, argument in zip(rule.partials, arguments, strict=True):
            if all(slope is None for slope in argument.slopes):
                continue
            factor = partial(value, *values)
            for index, inner in enumerate(argument.slopes):
                if inner is not None:
                    term, so_far = factor * inner, slopes[index]
                    slopes[index] = term if so_far is None else so_far + term
        return Dual(value, tuple(slopes))
