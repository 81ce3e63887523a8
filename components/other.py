"""The second scene that is shown beside the first: what differs in it, and what is offered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from pydantic import ValidationError

from components.controls.table import completed
from components.link import View
from landscape import Race, Revision, Scene, revise

Changes = tuple[tuple[str, ...], ...]
"""Fields that differ, each its dotted name and the values that its text has between commas."""

MORE = 10
"""How many times as many samples are compared with."""


def other(scene: Scene, view: View) -> Revision:
    """The second scene, over the same plane unless its difference is the plane; nobody walks in it.

    Returns:
        Its ``scene``, or None where what differs does not fit, with ``errors`` that say why.

    Example:
        >>> from landscape import lesson
        >>> other(lesson("batch-surface"), View(other=(("data.samples", "45"),))).scene.data.samples
        45
    """
    read = completed(scene, named(view.other or usual(scene)))  # another target of a table has other sizes
    if read.errors:
        return Revision(None, read.errors, [])
    revision = revise(scene, read.changes)
    if revision.scene is None:
        return revision
    second = revision.scene
    runs = second.runs if second.plane.origin == "trained" else ()  # whose end the plane goes through
    if second.origin_run is not None and runs:
        runs = (runs[second.origin_run].model_copy(update={"starts": ("initial",)}),)
    return revision._replace(scene=second.model_copy(update={"runs": runs, "race": Race()}))


def named(changes: Changes) -> Mapping[str, str]:
    """What differs as a link names it.

    Example:
        >>> named((("data.samples", "45"), ("plane.first", "W", "0", "1")))
        {'data.samples': '45', 'plane.first': 'W,0,1'}
    """
    return {key: ",".join(values) for key, *values in changes}


def usual(scene: Scene) -> Changes:
    """What is compared where nobody says what: the other split, or more samples, or fewer; nothing where none are.

    Example:
        >>> usual(Scene())
        (('data.split', 'test'), ('data.samples', '100'))
    """
    return split(scene) or more(scene) or fewer(scene)


def split(scene: Scene) -> Changes:
    """The samples for testing beside those for training, or the other way round, as many as there are."""
    if scene.data is None or (field := type(scene.data).model_fields.get("split")) is None:
        return ()
    wanted = "train" if getattr(scene.data, "split", "") == "test" else "test"
    if wanted not in get_args(field.annotation):
        return ()
    try:
        there = type(scene.data).model_validate(scene.data.model_dump(exclude={"samples"}) | {"split": wanted})
    except ValidationError:
        return ()
    return (("data.split", wanted), ("data.samples", str(min(scene.data.samples, there.available))))


def more(scene: Scene) -> Changes:
    """Ten times the samples, or all that there are."""
    if scene.data is None or scene.data.samples >= scene.data.available:
        return ()
    return (("data.samples", str(min(MORE * scene.data.samples, scene.data.available))),)


def fewer(scene: Scene) -> Changes:
    """A tenth of the samples."""
    if scene.data is None or scene.data.samples < MORE:
        return ()
    return (("data.samples", str(scene.data.samples // MORE)),)


def suits(scene: Scene) -> bool:
    """Whether there is anything to compare with, over two axes."""
    return scene.grid.b is not None and bool(usual(scene))
