"""The part of a plane that is drawn."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, field_validator

from landscape.models.base import Array
from landscape.part import Part, complaint
from landscape.start import REACH

Range = tuple[float, float]


class Grid(Part):
    """The part of the plane that is drawn: ``linspace(lo, hi, n)`` on each axis, both ends included."""

    a: Range = Field((-1.0, 1.0), title="Range of a", description="From and to, along the first axis.")
    b: Range | None = Field(
        (-1.0, 1.0),
        title="Range of b",
        description="From and to, along the second axis; none where the plane is a line.",
    )
    resolution: tuple[Annotated[int, Field(ge=2, le=501)], Annotated[int, Field(ge=2, le=501)]] = Field(
        (60, 60), title="Resolution", json_schema_extra={"more": True}, description="Grid points along a and along b."
    )

    precision: Literal["auto", "float64", "float32"] = Field(
        "auto",
        title="Surface precision",
        json_schema_extra={"more": True},
        description="float32 is quicker and is used only where a probe shows an error below a millionth;"
        " auto: only where a single point takes milliseconds.",
    )

    @field_validator("a", "b")
    @classmethod
    def _rises(cls, value: Range | None, info: Any) -> Range | None:
        if value is not None and not -REACH <= value[0] < value[1] <= REACH:
            raise complaint(
                f"Range of {info.field_name} must rise, within {-REACH:,.0f} and {REACH:,.0f}."
                f" Got {value[0]:g} to {value[1]:g}."
            )
        return value

    @property
    def shape(self) -> tuple[int, int]:
        """How many points there are along a and along b: one along b where the plane is a line."""
        return self.resolution if self.b is not None else (self.resolution[0], 1)

    @property
    def coordinates(self) -> tuple[Array, Array]:
        """The coordinates along a (A,) and along b (B,)."""
        a = np.linspace(*self.a, self.resolution[0])
        return a, np.zeros(1) if self.b is None else np.linspace(*self.b, self.resolution[1])

    @field_validator("resolution")
    @classmethod
    def _is_payable(cls, value: tuple[int, int]) -> tuple[int, int]:
        if value[0] * value[1] > 65_536:
            raise complaint(f"Resolution must be at most 65536 points in all. Got {value[0]} x {value[1]}.")
        return value
