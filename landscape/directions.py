"""Other directions than the two of a scene's plane: columns of its matrix, or weights; and the scene over them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydantic_core import PydanticCustomError

from landscape.grid import Grid
from landscape.planes import address
from landscape.planes.address import Address
from landscape.planes.columns import Columns
from landscape.planes.weights import Weights
from landscape.scene import Scene

Direction = int | Address
"""A column of the plane's matrix, or a weight."""

MOST = 12
"""Directions that are looked at together; a matrix or a model of no more is looked at whole."""

FEW = 6
"""Of a larger one: those of the plane, and the nearest to them."""

FINEST = 60
"""Points along an axis of a pair at most: many of them are drawn side by side."""


def directions(scene: Scene, several: Sequence[Sequence[str | int]] = ()) -> tuple[Direction, ...]:
    """The directions that a scene's profiles and pairs are taken along.

    Args:
        scene: whose plane says of what kind they are.
        several: those that are wanted, as a link writes them: ``("W3", 0, 19)`` a weight, ``(3,)`` a column of the
            plane's matrix. None: all where there are no more than ``MOST``; else the plane's own and their
            neighbours, of weights those into the same unit.

    Returns:
        Nothing where the plane is neither of weights nor of columns.

    Raises:
        ValueError: there are too many, one is wanted twice, or is not there.

    Example:
        >>> import landscape as ls
        >>> directions(ls.lesson("svm-pairs"))
        (0, 1, 2, 3, 4, 5, 6)
        >>> directions(ls.lesson("valley"))
        (('x',), ('y',))
    """
    plane = scene.plane
    if not isinstance(plane, Columns | Weights):
        return ()
    if not several:
        return _columns(scene, plane) if isinstance(plane, Columns) else _weights(scene, plane)
    if len(several) > MOST:
        raise ValueError(f"Directions of profiles and pairs must be at most {MOST}. Got {len(several)}.")
    wanted = tuple(_column(scene, plane, one) if isinstance(plane, Columns) else _weight(scene, one) for one in several)
    for one in wanted:
        if wanted.count(one) > 1:
            raise ValueError(f"Directions of profiles and pairs must differ. Got {direction_name(scene, one)} twice.")
    return wanted


def direction_name(scene: Scene, direction: Direction) -> str:
    """What a direction is called on a picture: "W[:,3]", "W3[5,250]"."""
    if isinstance(direction, int):
        assert isinstance(scene.plane, Columns)
        return f"{scene.plane.matrix}[:,{direction}]"
    return address.show(direction)


def over(scene: Scene, first: Direction, second: Direction | None = None) -> Scene:
    """The very scene over one or two other directions, for its surface: its runs are left as they are.

    A profile is taken over the scene's range of a. The first direction of a pair goes over the range of a, the second
    over that of b, or of a where the scene's plane is a line; with no more than ``FINEST`` points an axis.
    """
    plane = scene.plane.model_copy(update={"first": first, "second": second})
    grid = scene.grid
    if second is None:
        return scene.model_copy(update={"plane": plane, "grid": grid.model_copy(update={"b": None})})
    columns, rows = grid.resolution if grid.b is not None else (grid.resolution[0],) * 2
    pair: dict[str, object] = {"b": grid.b or grid.a, "resolution": (_thinned(columns), _thinned(rows))}
    return scene.model_copy(update={"plane": plane, "grid": Grid.model_copy(grid, update=pair)})


def _thinned(count: int) -> int:
    """Points of a coarser grid; of 2 n - 1 points n, which are points of both."""
    while count > FINEST:
        count = (count + 1) // 2
    return count


def _columns(scene: Scene, plane: Columns) -> tuple[int, ...]:
    count = scene.blocks[plane.matrix][1]
    return tuple(range(count)) if count <= MOST else _near([plane.first, plane.second], count)


def _weights(scene: Scene, plane: Weights) -> tuple[Address, ...]:
    blocks = scene.blocks
    if scene.parameters <= MOST:
        return tuple((name, *map(int, place)) for name, shape in blocks.items() for place in np.ndindex(*shape))
    name, *place = plane.first
    others: list[Address] = []
    if place:
        into = (name, *place[:-1])
        own = [int(one[-1]) for one in plane.chosen if one[:-1] == into]
        few = FEW - len(plane.chosen) + len(own)
        others = [(*into, last) for last in _near(own, blocks[str(name)][-1], few)]
    found = {*plane.chosen, *others}
    return tuple(sorted(found, key=lambda one: address.flat_index(one, blocks)))


def _near(chosen: Sequence[int | None], count: int, few: int = FEW) -> tuple[int, ...]:
    """The chosen ones of ``count`` and those nearest to them, in order."""
    known = [one for one in chosen if one is not None]
    about = {one + apart for one in known for apart in range(-few, few + 1)} & set(range(count))
    return tuple(sorted(sorted(about, key=lambda one: (min(abs(one - other) for other in known), one))[:few]))


def _column(scene: Scene, plane: Columns, wanted: Sequence[str | int]) -> int:
    count = scene.blocks[plane.matrix][1]
    text = ",".join(map(str, wanted)).strip()
    if not text.isdecimal() or not int(text) < count:
        want = f"Directions of profiles and pairs must be columns of {plane.matrix}, 0 to {count - 1}"
        raise ValueError(f"{want}. Got {text[:40] or 'nothing'}.")
    return int(text)


def _weight(scene: Scene, wanted: Sequence[str | int]) -> Address:
    title = "Directions of profiles and pairs"
    try:
        weight = address.read(list(wanted), title)
    except PydanticCustomError as error:
        raise ValueError(error.message()) from None
    if fault := address.fault(weight, title, scene.blocks):
        raise ValueError(fault)
    return weight
