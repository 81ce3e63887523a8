"""Where descents begin: at a place of the plane, at the initial parameters, on a lattice, or at the best of a cube.

==============================  =======================================================================
``(-9, 15)``, text ``-9,15``    a place of the plane; on a line one number
``"initial"``                   the model's initial parameters
``Lattice((41, 41))``,          every crossing of so many lines over the shown ranges: one start that
text ``lattice,41,41``          is walked for the ends alone, and shows basins of attraction
``Cube(3, 1.0, 4)``,            the vertex of least loss of a cube in so many weights around the initial
text ``cube,3,1,4``             ones: see :class:`~landscape.cube.Cube`
==============================  =======================================================================
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from landscape.cube import Cube, read_cube
from landscape.part import complaint, to_text
from landscape.reading import got, whole

REACH = 1e9
"""Coordinates beyond this are refused."""

MAX_STARTS = 10_000
"""Of a lattice."""


@dataclass(frozen=True)
class Lattice:
    """Starts at every crossing of ``resolution[0]`` lines along a and ``resolution[1]`` along b; on a line the first.

    Example:
        >>> str(Lattice())
        'lattice,41,41'
    """

    resolution: tuple[int, int] = (41, 41)
    kind: Literal["lattice"] = "lattice"

    def __str__(self) -> str:
        return f"{self.kind},{to_text(self.resolution)}"


Begin = tuple[float, ...] | Literal["initial"] | Lattice | Cube


def read_start(value: Any) -> Begin:
    """A start from any of its forms: numbers, text, fields, or itself.

    Raises:
        PydanticCustomError: a sentence that says what is wanted and what was got.

    Example:
        >>> read_start("lattice, 21"), read_start(["3", "4.5"])
        (Lattice(resolution=(21, 21), kind='lattice'), (3.0, 4.5))
    """
    if isinstance(value, Lattice):
        return _lattice(value.resolution)
    if isinstance(value, Cube):
        return read_cube([value.per_axis, value.half_width, value.axes, value.block])
    if isinstance(value, Mapping):
        return _from_fields(value)
    items = value.split(",") if isinstance(value, str) else value if isinstance(value, list | tuple) else ()
    name = items[0].strip().lower() if items and isinstance(items[0], str) else None
    if name == "initial" and len(items) == 1:
        return "initial"
    if name == "cube":
        return read_cube(items[1:])
    return _lattice(items[1:]) if name == "lattice" else _place(value)


Start = Annotated[Begin, BeforeValidator(read_start)]


def _place(value: Any) -> tuple[float, ...]:
    try:
        place = tuple(map(float, value if isinstance(value, list | tuple) else ()))  # text and sets have no places
        if not 1 <= len(place) <= 2:
            raise ValueError
    except (TypeError, ValueError):
        raise complaint(f"Starts must be two numbers a, b, or initial. Got {got(value)}.") from None
    if any(map(math.isnan, place)):
        raise complaint(f"Starts must be finite numbers. Got {got(value)}.")
    if not all(abs(coordinate) <= REACH for coordinate in place):
        raise complaint(f"Starts must lie within {-REACH:,.0f} and {REACH:,.0f}. Got {got(value)}.")
    return place


_FIELDS = {"lattice": ("resolution",), "cube": ("per_axis", "half_width", "axes", "block")}


def _from_fields(value: Mapping[Any, Any]) -> Lattice | Cube:
    kind = value.get("kind")
    if kind not in _FIELDS or value.keys() - {"kind", *_FIELDS[kind]}:
        kinds = "kind lattice, with a resolution, or of kind cube, with per_axis, half_width, axes and block"
        raise complaint(f"Starts with fields must be of {kinds}. Got {got(dict(value))}.")
    if kind == "cube":
        return read_cube([value.get(name, getattr(Cube, name)) for name in _FIELDS[kind]])
    given = value.get("resolution", Lattice.resolution)
    return _lattice(given if isinstance(given, list | tuple) else [given])


def _lattice(numbers: Sequence[Any]) -> Lattice:
    """One number counts for both axes; none is the default."""
    counts = whole(numbers) if numbers else list(Lattice.resolution)
    if counts is None or len(counts) > 2 or min(counts) < 2:
        wanted = "Starts of a lattice must be two whole numbers, lines along a and along b, each 2 or more"
        raise complaint(f"{wanted}. Got {got(numbers)}.")
    resolution = (counts[0], counts[-1])
    if math.prod(resolution) > MAX_STARTS:
        raise complaint(f"Starts of a lattice must be at most {MAX_STARTS:,} in all. Got {counts[0]} x {counts[-1]}.")
    return Lattice(resolution)
