"""The values of a CSV file: what is a number, and what says that a value is not known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

MISSING = frozenset({"", "na", "n/a", "nan", "null", "?", "-"})
"""What says that a value is not known, in capitals or not."""

PIECE = 20_000
"""Values that are turned into numbers at a time, so that other threads have their turn."""


def is_missing(text: str) -> bool:
    """Whether a value says that it is not known.

    Example:
        >>> is_missing(" NA "), is_missing("0")
        (True, False)
    """
    return text.strip().lower() in MISSING


def number(text: str) -> float | None:
    """A number with a decimal point or comma; None for words and what is missing.

    Example:
        >>> number("1,5"), number("1_000"), number("-")
        (1.5, None, None)
    """
    try:
        return None if "_" in text or is_missing(text) else float(text.replace(",", "."))
    except ValueError:
        return None


def numbers(texts: Sequence[str], decimal: Literal[".", ","]) -> NDArray[np.float64] | None:
    """All values as numbers (n,), NaN where missing; None where one is no number.

    Example:
        >>> numbers(["1,5", "NA"], ","), numbers(["1,5"], ".")
        (array([1.5, nan]), None)
    """
    found = np.empty(len(texts))
    for start in range(0, len(texts), PIECE):
        piece = texts[start : start + PIECE]
        letters = "".join(piece)
        if "_" in letters or (decimal == "," and "." in letters):  # Python alone reads 1_000 as a number
            return None
        if decimal == ",":
            piece = [text.replace(",", ".") for text in piece]
        try:
            found[start : start + PIECE] = np.fromiter(map(float, piece), np.float64, len(piece))
        except ValueError:
            try:
                found[start : start + PIECE] = [np.nan if is_missing(text) else float(text) for text in piece]
            except ValueError:
                return None
    return found


def have_points(texts: Sequence[str]) -> bool:
    """Whether some of the values have a point."""
    return any("." in "".join(texts[start : start + PIECE]) for start in range(0, len(texts), PIECE))
