"""The plane of two weights, or the line of one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field, ValidationInfo, field_validator

from landscape.models.base import Blocks
from landscape.part import field_title, refusal
from landscape.planes import address
from landscape.planes.address import Address
from landscape.planes.base import Array, Plane, PlaneKind

FIRST, SECOND = ("W3", 0, 19), ("W3", 0, 120)
"""The default weights, where a model has them. ``tools/choose_scene.py`` finds them."""


class Weights(PlaneKind):
    """The plane of two weights: its coordinates are the two weights' values, all others stay.

    With e_i the unit vector of weight i::

        origin = theta with zeros at the two weights,  u = e_first,  v = e_second

    Without a second weight it is a line: the loss as a function of one weight.

    Example:
        >>> theta, blocks = np.array([5.0, 6, 7]), {"W": (1, 2), "b": (1,)}
        >>> plane = Weights(first=("W", 0, 1), second=("b", 0)).build(theta, blocks, frozenset({"b"}))
        >>> plane.lift([-1, 2])
        array([ 5., -1.,  2.])
    """

    noun: ClassVar[str] = "two weights"

    kind: Literal["weights"] = "weights"
    first: Address = Field(
        FIRST,
        title="First weight",
        json_schema_extra={"text": "address"},
        description="Along the first axis: matrix, to, from, counted from 0.",
    )
    second: Address | None = Field(
        SECOND,
        title="Second weight",
        json_schema_extra={"text": "address"},
        description="Along the second axis: matrix, to, from, counted from 0. None: a curve over the first weight.",
    )

    @field_validator("first", "second", mode="before")
    @classmethod
    def _read_address(cls, value: Any, info: ValidationInfo) -> Address | None:
        if value is None and info.field_name == "second":
            return None
        return address.read(value, field_title(cls, str(info.field_name)))

    @classmethod
    def suited(cls, blocks: Blocks) -> Mapping[str, Any]:
        """The default weights where this model has them, else two in the middle of its last matrix."""
        if not address.fault(FIRST, "", blocks) and not address.fault(SECOND, "", blocks):
            return {"first": FIRST, "second": SECOND}
        matrices = [(name, shape) for name, shape in blocks.items() if len(shape) > 1]
        vectors = [(name, shape) for name, shape in blocks.items() if shape]
        name, shape = (matrices or vectors or list(blocks.items()))[-1]
        if not shape:
            first, *others = blocks
            return {"first": (first,), "second": (others[0],) if others else None}
        *before, last = shape
        zeros = (name, *[0] * len(before))
        if last > 1:
            middle = min(_central(last), last - 2)  # images are blank at their edges
            return {"first": (*zeros, middle), "second": (*zeros, middle + 1)}
        if before and before[0] > 1:
            return {"first": (*zeros, 0), "second": (name, 1, *[0] * len(before))}
        return {"first": (*zeros, 0), "second": None}

    @property
    def axes(self) -> int:
        return 1 if self.second is None else 2

    @property
    def chosen(self) -> tuple[Address, ...]:
        """The weights that are looked at, one or two."""
        return (self.first,) if self.second is None else (self.first, self.second)

    def check(self, blocks: Blocks) -> None:
        for name, place in zip(("first", "second"), self.chosen, strict=False):
            if fault := address.fault(place, field_title(type(self), name), blocks):
                raise refusal(f"plane.{name}", fault, place)
        if self.first == self.second:
            twice = f"Second weight must differ from the first. Got {address.show(self.first)} twice."
            raise refusal("plane.second", twice, self.second)

    def flat_indices(self, blocks: Blocks) -> tuple[int, ...]:
        """Where the weights lie in the flat parameter vector, one or two.

        Raises:
            pydantic.ValidationError: as :meth:`check`.
        """
        self.check(blocks)
        return tuple(address.flat_index(place, blocks) for place in self.chosen)

    def build(self, theta: Array, blocks: Blocks, biases: frozenset[str]) -> Plane:
        origin, directions = np.array(theta, dtype=np.float64), np.zeros((2, theta.size))
        for direction, place in zip(directions, self.flat_indices(blocks), strict=False):
            origin[place], direction[place] = 0, 1
        return Plane(origin, *directions)

    def words(self, parameters: int) -> str:
        names = [address.show(place) for place in self.chosen]
        if parameters == len(names):
            return f"over {' and '.join(names)}"
        which = "two of its" if len(names) == 2 else "one of its"
        trained = "" if self.origin == "initial" else " trained"
        return f"over {which} {parameters:,}{trained} weights, {' and '.join(names)}"

    def hides(self, parameters: int) -> str:
        count = len(self.chosen)
        if parameters == count:
            return f"The whole function: it has no other variable{'s' if count == 2 else ''} than {_these(count)}."
        two, move = ("two", "move") if count == 2 else ("one", "moves")
        return (
            f"A slice: {two} of {parameters:,} weights {move}, the others keep their {self.origin} values."
            " What is a valley here may be a slope in another direction."
        )

    def axis_titles(self) -> tuple[str, str]:
        return address.show(self.first), "" if self.second is None else address.show(self.second)


def _these(count: int) -> str:
    return "these two" if count == 2 else "this one"


def _central(count: int) -> int:
    """The middle of ``count`` inputs, be they in a row or the pixels of a square image.

    Example:
        >>> divmod(_central(64), 8)
        (4, 4)
    """
    side = math.isqrt(count)
    return count // 2 + (side // 2 if side * side == count else 0)
