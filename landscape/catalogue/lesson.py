"""What a lesson is."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple


class Lesson(NamedTuple):
    """A named scene.

    Attributes:
        title: what the menu says.
        fields: the scene's fields, those that differ from the defaults.
        beside: fields of a second scene that the first is compared with; None where it stands alone.
        view: how the page looks at it when it is opened: names of its fields, those that differ from the defaults.
    """

    title: str
    fields: Mapping[str, Any]
    beside: Mapping[str, Any] | None = None
    view: Mapping[str, str] = MappingProxyType({})
