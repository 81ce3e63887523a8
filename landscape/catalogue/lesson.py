"""What a lesson is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Lesson(NamedTuple):
    """A named scene.

    Attributes:
        title: what the menu says.
        fields: the scene's fields, those that differ from the defaults.
        beside: fields of a second scene that the first is compared with; None where it stands alone.
    """

    title: str
    fields: Mapping[str, Any]
    beside: Mapping[str, Any] | None = None
