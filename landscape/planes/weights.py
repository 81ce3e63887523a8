"""The plane of two weights."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field, ValidationInfo, field_validator

from landscape.models.base import Blocks
from landscape.part import field_title, refusal
from landscape.planes import address
from landscape.planes.address import Address
from landscape.planes.base import Array, Plane, PlaneKind


class Weights(PlaneKind):
    """The plane of two weights: its coordinates are the two weights' values, all others stay.

    With e_i the unit vector of weight i::

        origin = theta0 with zeros at the two weights,  u = e_first,  v = e_second

    Example:
        >>> theta0, blocks = np.array([5.0, 6, 7]), {"W": (1, 2), "b": (1,)}
        >>> plane = Weights(first=("W", 0, 1), second=("b", 0)).build(theta0, blocks, frozenset({"b"}))
        >>> plane.lift([-1, 2])
        array([ 5., -1.,  2.])
    """

    noun: ClassVar[str] = "two weights"

    kind: Literal["weights"] = "weights"
    first: Address = Field(
        ("W3", 0, 19),
        title="First weight",
        json_schema_extra={"text": "address"},
        description="Along the first axis: matrix, to, from, counted from 0.",
    )
    second: Address = Field(
        ("W3", 0, 120),
        title="Second weight",
        json_schema_extra={"text": "address"},
        description="Along the second axis: matrix, to, from, counted from 0.",
    )

    @field_validator("first", "second", mode="before")
    @classmethod
    def _read_address(cls, value: Any, info: ValidationInfo) -> Address:
        return address.read(value, field_title(cls, str(info.field_name)))

    def check(self, blocks: Blocks) -> None:
        for name in ("first", "second"):
            place = getattr(self, name)
            if fault := address.fault(place, field_title(type(self), name), blocks):
                raise refusal(f"plane.{name}", fault, place)
        if self.first == self.second:
            twice = f"Second weight must differ from the first. Got {address.show(self.first)} twice."
            raise refusal("plane.second", twice, self.second)

    def flat_indices(self, blocks: Blocks) -> tuple[int, int]:
        """Where the two weights lie in the flat parameter vector.

        Raises:
            pydantic.ValidationError: as :meth:`check`.
        """
        self.check(blocks)
        return address.flat_index(self.first, blocks), address.flat_index(self.second, blocks)

    def build(
        self,
        theta0: Array,
        blocks: Blocks,
        biases: frozenset[str],
    ) -> Plane:
        origin, u, v = np.array(theta0, dtype=np.float64), np.zeros(theta0.size), np.zeros(theta0.size)
        first, second = self.flat_indices(blocks)
        origin[[first, second]] = 0
        u[first] = v[second] = 1
        return Plane(origin, u, v)

    def words(self, parameters: int) -> str:
        first, second = self.axis_titles()
        return f"over two of its {parameters:,} weights, {first} and {second}" if parameters > 2 else "over x and y"

    def hides(self, parameters: int) -> str:
        if parameters == 2:
            return "The whole function: it has no other variables than these two."
        return (
            f"A slice: two of {parameters:,} weights move, the others keep their initial values."
            " What is a valley here may be a slope in another direction."
        )

    def axis_titles(self) -> tuple[str, str]:
        return address.show(self.first), address.show(self.second)
