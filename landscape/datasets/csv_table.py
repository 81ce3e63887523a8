"""The rows of a CSV file as columns: numbers, or words; with their names, and what is missing in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from landscape.datasets.csv_text import Header, read_rows
from landscape.datasets.csv_values import have_points, is_missing, number, numbers
from landscape.errors import DataCorrupt

LARGEST = 1e100
"""Numbers beyond it are refused: their squares would leave what 64 bits hold."""

LONGEST_NAME = 40
"""Letters of a column's name that are kept."""

SHOWN = 5
"""First rows that are kept as they stand."""


class Column(NamedTuple):
    """A column of n values.

    Attributes:
        name: from the header, or "column 3".
        numbers: (n,) float64, NaN where missing; None for words.
        codes: (n,) which of the words each value is, -1 where missing; None for numbers.
        words: the different ones, sorted; empty for numbers.
        missing: how many values are.
        odd: a sentence where most values are numbers and some are not, so that it is neither; else empty.
    """

    name: str
    numbers: NDArray[np.float64] | None
    codes: NDArray[np.intp] | None
    words: tuple[str, ...]
    missing: int
    odd: str = ""

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which values are not missing, (n,)."""
        if self.numbers is not None:
            return ~np.isnan(self.numbers)
        assert self.codes is not None
        return self.codes >= 0


class Sheet(NamedTuple):
    """A file as columns of equal length.

    Attributes:
        columns: at least two.
        lines: the line in which each row begins, (n,).
        header: whether the first row names the columns.
        separator: between values.
        first: the first rows as they stand.
    """

    columns: tuple[Column, ...]
    lines: list[int]
    header: bool
    separator: str
    first: tuple[tuple[str, ...], ...]


def read_sheet(data: bytes, header: Header = "detected") -> Sheet:
    r"""A CSV file as columns.

    Decimal commas are taken where the separator is none, and no column has decimal points.

    Args:
        data: the file.
        header: whether the first row names the columns. "detected": it does where it holds no number, and some
            column holds numbers below it, or no column holds its name again.

    Raises:
        DataCorrupt: with a sentence that names the line.

    Example:
        >>> sheet = read_sheet(b"size;kind\n1,5;a\n-;b\n2;a\n")
        >>> [column.name for column in sheet.columns], sheet.columns[0].numbers.tolist(), sheet.columns[1].words
        (['size', 'kind'], [1.5, nan, 2.0], ('a', 'b'))
    """
    rows = read_rows(data, header)
    if (width := len(rows.columns)) < 2:
        raise DataCorrupt(
            "The file has one column only; a table needs a target and a column to predict it from."
            " Values are parted by commas, semicolons, tabs or vertical bars."
        )
    if not rows.lines:
        raise DataCorrupt("The file has a header and no rows.")
    points = [numbers(column, decimal=".") for column in rows.columns]
    comma = rows.separator != "," and not any(
        found is not None and have_points(column) for column, found in zip(rows.columns, points, strict=True)
    )
    columns = tuple(
        _column(name, column, found, rows.lines, comma=comma)
        for name, column, found in zip(_names(rows.header or [""] * width), rows.columns, points, strict=True)
    )
    first = zip(*(column[:SHOWN] for column in rows.columns), strict=True)
    return Sheet(columns, rows.lines, rows.header is not None, rows.separator, tuple(first))


def _names(header: Sequence[str]) -> list[str]:
    """Names of columns, each once and none empty."""
    names: list[str] = []
    for place, text in enumerate(header, start=1):
        plain = " ".join(text.split())[:LONGEST_NAME] or f"column {place}"
        name, count = plain, 1
        while name in names:
            count += 1
            name = f"{plain} ({count})"
        names.append(name)
    return names


def _column(
    name: str, texts: list[str], found: NDArray[np.float64] | None, lines: Sequence[int], *, comma: bool
) -> Column:
    if found is None and comma:
        found = numbers(texts, decimal=",")
    if found is not None:
        large = np.flatnonzero(np.abs(np.nan_to_num(found, nan=0.0)) > LARGEST)
        if large.size:
            line, got = lines[int(large[0])], texts[int(large[0])].strip()
            raise DataCorrupt(f"Line {line}, {name}: a number must be finite and at most 1e100. Got {got[:40]}.")
        return Column(name, found, None, (), int(np.isnan(found).sum()))
    marks = [text.strip() for text in texts]
    words = sorted({mark for mark in marks if not is_missing(mark)})
    places = {word: place for place, word in enumerate(words)}
    codes = np.array([places.get(mark, -1) for mark in marks], dtype=np.intp)
    missing = int((codes < 0).sum())
    return Column(name, None, codes, tuple(words), missing, _odd(words, marks, lines))


def _odd(words: Sequence[str], marks: Sequence[str], lines: Sequence[int]) -> str:
    """A sentence for a column of which at least half the values are numbers, but not all."""
    strange = {word for word in words if number(word) is None}
    counts = Counter(marks)
    count = sum(counts[word] for word in strange)
    total = sum(counts[word] for word in words)
    if not words or 2 * count > total:
        return ""
    if not strange:
        place = next(place for place, mark in enumerate(marks) if "," in mark)
        return f"it has a decimal comma in line {lines[place]}, where other columns have points or commas part values"
    place = next(place for place, mark in enumerate(marks) if mark in strange)
    what = "value is no number" if count == 1 else "values are no numbers, the first"
    return f"{count:,} {what}, in line {lines[place]}: {marks[place][:40]!r}"
