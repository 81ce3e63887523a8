"""A table's columns as inputs and targets: which are taken, how, and what is left out and why."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from landscape.datasets.csv_table import Column, Sheet
from landscape.errors import DataCorrupt

MOST_WORDS = 10
"""Different words of a column that is an input at most: each becomes an input of its own, 0 or 1."""

MOST_CLASSES = 50
"""Different values of a target of classes at most."""

FEW = 10
"""Different whole numbers up to which a target is taken for classes."""

FEWEST_ROWS = 5
"""Rows of a table at least: four to train on, one to test on."""

TargetAs = Literal["detected", "classes", "numbers"]


class Design(NamedTuple):
    """Inputs and targets of the rows in which nothing that is taken is missing.

    Attributes:
        x: (n, D) float64, as the file has them; read-only.
        y: (n,) float64: numbers, or the numbers of classes; read-only.
        measured: (D,) which inputs are numbers of the file, and not 0 or 1 for a word.
        inputs: names of the inputs: "size", "colour = red".
        classes: what the classes are called, in the order of their numbers; empty where y is numbers.
        kinds: of each column, what it is: "number", "3 words", "left out".
        notes: sentences that say what is left out and why.
        incomplete: rows that are left out because something is missing in them.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    measured: NDArray[np.bool_]
    inputs: tuple[str, ...]
    classes: tuple[str, ...]
    kinds: tuple[str, ...]
    notes: tuple[str, ...]
    incomplete: int


def last_target(sheet: Sheet) -> int:
    """The last column, counted from 1, that can be a target; the last one where none can."""
    for place in range(len(sheet.columns), 0, -1):
        try:
            designed(sheet, place)
        except DataCorrupt:
            continue
        return place
    return len(sheet.columns)


def designed(sheet: Sheet, target: int, target_as: TargetAs = "detected") -> Design:
    """The inputs and targets of a table.

    Numbers are inputs as they are; a column of up to ``MOST_WORDS`` words becomes as many inputs of 0 and 1. Left
    out are columns that are the same in every row, that miss more than half of their values, and those of more words.
    Rows in which something is missing are left out then.

    Args:
        sheet: the table.
        target: the column to be predicted, counted from 1.
        target_as: "detected": classes where it holds words or at most ``FEW`` different whole numbers.

    Raises:
        DataCorrupt: with a sentence: there is no such column, it cannot be predicted, or nothing is left.
    """
    if not 1 <= target <= len(sheet.columns):
        raise DataCorrupt(f"Target must be a column from 1 to {len(sheet.columns)}. Got {target}.")
    aim = sheet.columns[target - 1]
    if why := _refused(aim):
        raise DataCorrupt(f"{aim.name} cannot be predicted: {why}. Choose another target.")
    reasons = {place: _left_out(column) for place, column in enumerate(sheet.columns) if place != target - 1}
    taken = [place for place, why in reasons.items() if not why]
    if not taken:
        first = next(iter(reasons))
        more = len(reasons) - 1
        others = f" So {'is' if more == 1 else 'are'} {more:,} more." if more else ""
        why = f"{sheet.columns[first].name} is left out: {reasons[first]}.{others}"
        raise DataCorrupt(f"No column is left to predict {aim.name} from. {why}")
    whole = aim.known.copy()
    for place in taken:
        whole &= sheet.columns[place].known
    if (count := int(whole.sum())) < FEWEST_ROWS:
        raise DataCorrupt(f"Only {count} rows have nothing missing; at least {FEWEST_ROWS} are needed.")
    y, classes = _targets(aim, whole, target_as)
    blocks = [_names(sheet.columns[place]) for place in taken]
    x = np.zeros((count, sum(map(len, blocks))))  # 200 MB at most, and at no time twice
    measured = np.zeros(x.shape[1], dtype=bool)
    at = 0
    for place, names in zip(taken, blocks, strict=True):
        column = sheet.columns[place]
        if column.numbers is not None:
            x[:, at], measured[at] = column.numbers[whole], True
        else:
            assert column.codes is not None
            x[np.arange(count), at + column.codes[whole]] = 1.0
        at += len(names)
    notes = [f"{sheet.columns[place].name} is left out: {why}." for place, why in reasons.items() if why]
    incomplete = len(whole) - count
    if incomplete:
        notes.append(f"{incomplete:,} {'rows are' if incomplete > 1 else 'row is'} left out: something is missing.")
    for array in (x, y, measured):
        array.setflags(write=False)
    return Design(
        x, y, measured, tuple(name for names in blocks for name in names), classes,
        tuple("left out" if reasons.get(place) else kind(column) for place, column in enumerate(sheet.columns)),
        tuple(notes), incomplete,
    )  # fmt: skip


def kind(column: Column) -> str:
    """What a column holds, in words."""
    return "number" if column.numbers is not None else f"{len(column.words):,} words"


def _refused(column: Column) -> str:
    """Why a column cannot be a target, as the end of a sentence; empty where it can."""
    if why := column.odd or _poor(column):
        return why
    if len(column.words) > MOST_CLASSES:
        return f"it has {len(column.words):,} different words, and at most {MOST_CLASSES} classes are told apart"
    return ""


def _left_out(column: Column) -> str:
    """Why a column is no input; empty where it is one."""
    if why := column.odd or _poor(column):
        return why
    if len(column.words) > MOST_WORDS:
        return f"it has {len(column.words):,} different words, more than {MOST_WORDS}"
    return ""


def _poor(column: Column) -> str:
    count = len(column.known)
    if 2 * column.missing > count:
        return f"{column.missing:,} of its {count:,} values are missing"
    if len(column.words) == 1 or (
        column.numbers is not None and np.nanmin(column.numbers) == np.nanmax(column.numbers)
    ):
        return "it is the same in every row"
    return ""


def _targets(
    column: Column, whole: NDArray[np.bool_], target_as: TargetAs
) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """The targets of the rows that are taken, and the names of their classes."""
    if column.codes is not None:
        if target_as == "numbers":
            raise DataCorrupt(f"{column.name} holds words, which can be predicted as classes only.")
        found, y = np.unique(column.codes[whole], return_inverse=True)
        classes = tuple(column.words[code] for code in found)
    else:
        assert column.numbers is not None
        numbers = column.numbers[whole]
        found, places = np.unique(numbers, return_inverse=True)
        few = len(found) <= FEW and 2 * len(found) <= len(numbers) and bool((found == np.round(found)).all())
        if target_as == "numbers" or (target_as == "detected" and not few):
            if len(found) == 1:
                raise DataCorrupt(f"{column.name} is the same in every row that is left: nothing is to be predicted.")
            return numbers.copy(), ()
        y, classes = places, tuple(f"{number:.6g}" for number in found)
        if len(classes) > MOST_CLASSES:
            raise DataCorrupt(
                f"{column.name} has {len(classes):,} different numbers; at most {MOST_CLASSES} classes are told apart."
            )
    if len(classes) == 1:
        raise DataCorrupt(f"{column.name} is {classes[0]!r} in every row that is left: nothing is to be predicted.")
    return y.astype(np.float64), classes


def _names(column: Column) -> list[str]:
    """What a column's inputs are called: one of numbers, one for each word."""
    return [column.name] if column.numbers is not None else [f"{column.name} = {word}" for word in column.words]
