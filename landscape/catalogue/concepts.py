"""Networks and fits, one idea each, tied to a landscape."""

from __future__ import annotations

from collections.abc import Mapping

from landscape.catalogue.lesson import Lesson

LESSONS: Mapping[str, Lesson] = {}
