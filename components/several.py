"""The directions of profiles and pairs that the reader chose, as long as the scene has them."""

from __future__ import annotations

from landscape import Scene, directions

Several = tuple[tuple[str, ...], ...]
"""Weights or columns, as an address writes them."""


def fault(scene: Scene, several: Several) -> str | None:
    """Why a scene has no such directions, or None where it has.

    Example:
        >>> from landscape import lesson
        >>> fault(lesson("svm-pairs"), (("7",),))
        'Directions of profiles and pairs must be columns of W, 0 to 6. Got 7.'
    """
    try:
        directions(scene, several)
    except ValueError as error:
        return str(error)
    return None


def suited(scene: Scene, several: Several) -> Several:
    """What was chosen, where the scene has all of it; else nothing, for those that suit it."""
    return several if directions(scene) and fault(scene, several) is None else ()
