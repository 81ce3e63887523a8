"""The catalogue: named scenes, each opened by ``/?lesson=<id>``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from landscape.catalogue import concepts, functions, lecture, mnist_network, one_sample, regression
from landscape.catalogue.lesson import Lesson
from landscape.scene import Scene

_GROUPS: Mapping[str, Mapping[str, Lesson]] = {
    "The digits network": mnist_network.LESSONS,
    "Functions": functions.LESSONS,
    "A classifier with one sample": one_sample.LESSONS,
    "A linear classifier on images": lecture.LESSONS,
    "A line through points": regression.LESSONS,
    "One idea each": concepts.LESSONS,
}
"""In gallery order."""

_CATALOGUE = {name: lesson for group in _GROUPS.values() for name, lesson in group.items()}


def lessons() -> list[str]:
    """The ids of the lessons, in gallery order."""
    return list(_CATALOGUE)


def lesson_groups() -> dict[str, list[str]]:
    """The same ids by what they are about, in the same order."""
    return {title: list(group) for title, group in _GROUPS.items() if group}


def lesson_title(name: str) -> str:
    """What the menu calls a lesson."""
    return _CATALOGUE[name].title


@cache
def lesson(name: str) -> Scene:
    """The scene of a lesson.

    Raises:
        KeyError: there is no such lesson; :func:`lessons` lists them.

    Example:
        >>> lesson("ravine").model.name
        'ravine'
    """
    return Scene.model_validate(dict(_known(name).fields))


@cache
def lesson_beside(name: str) -> Scene | None:
    """The scene that a lesson is compared with, or None where it stands alone.

    Raises:
        KeyError: there is no such lesson.
    """
    fields = _known(name).beside
    return None if fields is None else Scene.model_validate(dict(fields))


def lesson_view(name: str) -> Mapping[str, str]:
    """How a lesson is looked at when it is opened: fields of the page's view that differ from its defaults.

    Raises:
        KeyError: there is no such lesson.

    Example:
        >>> lesson_view("misleading-gradient")
        {'arrows': 'step', 'step': '0'}
    """
    return dict(_known(name).view)


def _known(name: str) -> Lesson:
    if name not in _CATALOGUE:
        raise KeyError(f"There is no lesson {name!r}. There are {', '.join(_CATALOGUE)}.")
    return _CATALOGUE[name]
