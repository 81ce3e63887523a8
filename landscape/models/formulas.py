"""What a function of one or two variables is: its value, its gradient, and what is known of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from landscape.models.base import Array

Range = tuple[float, float]


class Minimum(NamedTuple):
    """A local minimum: exact, or the digits of it that are published, rounded or cut off."""

    point: tuple[float, ...]
    """Where it is."""
    value: float
    """f there."""


class Formula(NamedTuple):
    """A function of x and y, or of x alone, and where to look at it."""

    value: Callable[..., Array]
    """f(x, y), or f(x), elementwise."""
    gradient: Callable[..., tuple[Array, ...]]
    """(df/dx, df/dy), or (df/dx,), elementwise."""
    text: str
    """As people read it."""
    domain: tuple[Range, Range]
    """Where it is worth looking at: (lowest, highest) x and y; of one variable the second range says nothing."""
    start: tuple[float, ...]
    """(x, y), or (x,), where a descent begins."""
    source: str
    """Paper or book: where it was published, or where its shape is treated."""
    minima: tuple[Minimum, ...] = ()
    """What is known of its minima, the lowest first. None: it has none."""
    rate: float = 0.1
    """The learning rate of a descent that shows it."""
    steps: int = 50
    """How many steps that descent takes."""
    work: int = 4
    """Multiplications that take as long as one value, about."""


def around_zero(reach: float) -> tuple[Range, Range]:
    """The square of points no farther from (0, 0) than ``reach`` along either axis."""
    return (-reach, reach), (-reach, reach)


BOTTOM = (Minimum((0.0, 0.0), 0.0),)
"""A single minimum of value 0 at (0, 0)."""
