"""What was given for a start, as whole numbers and as words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any


def whole(values: Sequence[Any]) -> list[int] | None:
    """Whole numbers below a million, or None where one is not.

    Example:
        >>> whole(["41", 31.0]), whole(["4.5"])
        ([41, 31], None)
    """
    numbers = []
    for value in values:
        try:
            number = float(str(value).strip()) if not isinstance(value, bool) else math.nan
        except ValueError:
            return None
        if not (number.is_integer() and abs(number) < 1e6):
            return None
        numbers.append(int(number))
    return numbers


def got(value: Any) -> str:
    """What was got, short enough to stand in a sentence."""
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return (text if len(text) <= 40 else text[:37] + "...") or "nothing"
