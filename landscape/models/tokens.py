"""The tokens of a typed formula: numbers, names and signs, each with the column where it stands.

Whatever is no arithmetic is refused here, before anything else sees the text: no quotation mark, no bracket
but the round ones, no comparison, no assignment, no attribute.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

LONGEST = 200
"""Characters of a formula, blanks at its ends not counted."""

LETTERS = {"π": "pi"}
"""Signs that stand for a name."""

OPERATORS = {
    "+": "+", "-": "-", "*": "*", "/": "/", "**": "**", "^": "**",
    "−": "-", "–": "-", "·": "*", "⋅": "*", "∙": "*", "×": "*", "∗": "*", "÷": "/", "∕": "/",
}  # fmt: skip
"""As they may be typed, and as they are read."""

_RAISED = dict(zip("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789", strict=True))
_RAISED_NUMBER = re.compile("⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_NUMBER = re.compile(r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")

_INSTEAD = {
    "=": "`=` has no place here: write the right-hand side alone.",
    "|": "`|` is not known here: write abs(x).",
    "√": "`√` is not known here: write sqrt(x).",
    ".": "a point stands inside a number only.",
    ";": "`;` is not known here: arguments are separated by a comma.",
    "[": "`[` is not known here: write ( and ).",
    "]": "`]` is not known here: write ( and ).",
    "{": "`{` is not known here: write ( and ).",
    "}": "`}` is not known here: write ( and ).",
}


class Fault(ValueError):
    """What is wrong with a formula, and where.

    Attributes:
        column: the character that is at fault, counted from 1; one behind the last where something is missing there.
        message: a sentence that begins with a small letter.
    """

    def __init__(self, column: int, message: str) -> None:
        super().__init__(f"column {column}: {message}")
        self.column, self.message = column, message


class Token(NamedTuple):
    """A number, a name or a sign.

    Attributes:
        kind: "number", "name", "operator", or the sign itself: "(", ")", ",".
        text: as it is read: "**" for "^", "pi" for "π", a number in full digits.
        column: where it stands, counted from 1.
        written: as it was typed.
    """

    kind: str
    text: str
    column: int
    written: str


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a formula in their order, read as they are asked for. Blanks say nothing.

    Args:
        text: as it was typed; columns are counted in it, those of blanks before it too.

    Raises:
        Fault: it is too long, empty, or holds something that is no token.

    Example:
        >>> [token.text for token in tokens("2·x² − sin(y)")]
        ['2.0', '*', 'x', '**', '2.0', '-', 'sin', '(', 'y', ')']
    """
    length, before = len(text.strip()), len(text) - len(text.lstrip())
    if length > LONGEST:
        raise Fault(before + LONGEST + 1, f"a formula has at most {LONGEST} characters. Got {length:,}.")
    if not length:
        raise Fault(1, "nothing is written. Write x^2 + y^2, for instance.")
    yield from _tokens(text.rstrip(), before)


def _tokens(text: str, place: int) -> Iterator[Token]:
    raised_before = False
    while place < len(text):
        char, column = text[place], place + 1
        if char == "\t" or unicodedata.category(char) == "Zs":
            place += 1
            continue
        token, raised = None, _RAISED_NUMBER.match(text, place)
        if raised:
            yield Token("operator", "**", column, raised[0])
            yield from _exponent(raised[0], column)
            place = raised.end()
        elif number := _NUMBER.match(text, place):
            token = Token("number", _digits(number[0], column), column, number[0])
        elif char in LETTERS:
            token = Token("name", LETTERS[char], column, char)
        elif char == "_" or char.isalpha():
            name = _name(text, place)
            token = Token("name", name, column, name)
        elif (sign := text[place : place + 2]) in OPERATORS or (sign := char) in OPERATORS:
            token = Token("operator", OPERATORS[sign], column, sign)
        elif char in ("(", ")", ","):
            token = Token(char, char, column, char)
        else:
            raise Fault(column, _unknown(char))
        if raised_before and (raised or (token and token.text == "**")):
            raise Fault(column, "write ( and ) around what is raised to another power.")  # x²^3 is read in two ways
        if token:
            yield token
            place += len(token.written)
        raised_before = bool(raised)


def _exponent(raised: str, column: int) -> Iterator[Token]:
    """The tokens of a number that is written small and high."""
    digits = "".join(map(_RAISED.__getitem__, raised))
    if digits.startswith("-"):
        yield Token("operator", "-", column, raised)
    yield Token("number", _digits(digits.removeprefix("-"), column), column, raised)


def _digits(number: str, column: int) -> str:
    """A number as Python writes it, so that it is read back bit by bit."""
    value = float(number)
    if math.isinf(value):
        raise Fault(column, f"`{shorter(number)}` is beyond the largest number, 1.8e308.")
    return repr(value)


def _name(text: str, place: int) -> str:
    end = place + 1
    while end < len(text) and (text[end] == "_" or text[end].isalnum()) and text[end] not in (*_RAISED, *LETTERS):
        end += 1
    return text[place:end]


def _unknown(char: str) -> str:
    if char in _INSTEAD:
        return _INSTEAD[char]
    if len(char.splitlines()) == 1 and not char.splitlines()[0]:
        return "a formula is one line."
    shown = f"`{char}`" if char.isprintable() else f"the character U+{ord(char):04X}"
    return f"{shown} is not known here. Known signs are + - * / ^ ( ) and a comma."


def shorter(text: str) -> str:
    """At most twenty characters of what was typed, to stand in a sentence."""
    return text if len(text) <= 20 else text[:17] + "..."
