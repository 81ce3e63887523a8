"""The order in which the tokens of a formula may stand, and what is said where they do not."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple

from landscape.models.derivatives import CONSTANTS, FUNCTIONS, MANY, VARIABLES
from landscape.models.tokens import Fault, Token, shorter

MOST_NODES = 100
"""Numbers, names and operations of a formula."""

DEEPEST = 40
"""Parentheses inside parentheses."""

OPERAND = "a number, x, y or a function"

KNOWN = ", ".join(chain(VARIABLES, CONSTANTS, FUNCTIONS))

_ELSEWHERE = {
    "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arctan2": "atan2", "lg": "log10", "maximum": "max",
    "minimum": "min", "fabs": "abs",
}  # fmt: skip
"""What functions are called in other places."""

_NUMERALS = ("none", "one", "two", "three", "four", "five")


class Bracket(NamedTuple):
    """An open parenthesis: where it stands, whose arguments it holds, and how many have been begun."""

    column: int
    function: Token | None
    arguments: int = 1


def in_order(tokens: Iterable[Token], end: int) -> list[Token]:
    """The tokens, if they make a formula.

    Args:
        tokens: in their order, at least one.
        end: the column behind the last character.

    Raises:
        Fault: at the first token that cannot stand where it stands.

    Example:
        >>> from landscape.models.tokens import tokens
        >>> in_order(tokens("2x"), 3)
        Traceback (most recent call last):
        landscape.models.tokens.Fault: column 2: write 2*x.
    """
    found: list[Token] = []
    open_: list[Bracket] = []
    before: Token | None = None
    nodes = 0
    for token in tokens:
        if token.kind == "name" and not (_is_value(token) or token.text in FUNCTIONS):
            raise Fault(token.column, _unknown(token.text))
        nodes += token.kind in ("number", "name", "operator")
        if nodes > MOST_NODES:
            raise Fault(token.column, f"a formula has at most {MOST_NODES} numbers, names and operations.")
        complete = before is not None and (before.kind in ("number", ")") or _is_value(before))
        if before is not None and before.text in FUNCTIONS and token.kind != "(":
            raise Fault(*_uncalled(before, token))
        if _begins(token):
            if complete:
                raise Fault(token.column, _unjoined(before, token))
        elif not complete and not _is_sign(token) and not _is_empty(before, token):
            raise Fault(token.column, f"{OPERAND} is missing before `{token.written}`.")
        if token.kind == "(":
            if len(open_) == DEEPEST:
                raise Fault(token.column, f"parentheses stand at most {DEEPEST} deep inside each other.")
            open_.append(Bracket(token.column, before if before and before.text in FUNCTIONS else None))
        elif token.kind == ")":
            _close(open_, before, token)
        elif token.kind == ",":
            if not open_ or open_[-1].function is None:
                raise Fault(token.column, "a comma stands between the arguments of a function; decimals have a point.")
            open_[-1] = open_[-1]._replace(arguments=open_[-1].arguments + 1)
        found.append(token)
        before = token
    assert before is not None
    if before.text in FUNCTIONS:
        raise Fault(end, f"`(` is missing after `{before.written}`.")
    if before.kind in ("operator", "(", ","):
        raise Fault(end, f"{OPERAND} is missing at the end.")
    if open_:
        raise Fault(open_[-1].column, "`(` is never closed.")
    return found


def _unknown(name: str) -> str:
    near = _ELSEWHERE.get(name.lower(), name.lower())
    if near in (*VARIABLES, *CONSTANTS, *FUNCTIONS):
        return f"`{name}` is not known: write {near}."
    if set(name) <= set(VARIABLES):
        return f"`{shorter(name)}` is not known: write {shorter('*'.join(name))}."
    return f"`{shorter(name)}` is not known. Known are {KNOWN}."


def _is_value(token: Token) -> bool:
    return token.text in VARIABLES or token.text in CONSTANTS


def _begins(token: Token) -> bool:
    """Whether a token begins a number or what stands for one."""
    return token.kind in ("number", "name", "(")


def _is_sign(token: Token) -> bool:
    return token.text in ("+", "-")


def _is_empty(before: Token | None, token: Token) -> bool:
    """Whether a pair of parentheses closes at once; what is wrong with it is said elsewhere."""
    return token.kind == ")" and before is not None and before.kind == "("


def _uncalled(function: Token, token: Token) -> tuple[int, str]:
    if token.kind in ("number", "name"):
        return token.column, f"write {function.written}({shorter(token.written)})."
    return token.column, f"`(` is missing after `{function.written}`."


def _unjoined(before: Token | None, token: Token) -> str:
    """Two values side by side."""
    assert before is not None
    if before.kind == token.kind == "number":
        return f"an operator is missing before `{shorter(token.written)}`."
    left, right = ("(...)" if side.kind in ("(", ")") else shorter(side.written) for side in (before, token))
    return f"write {left}*{right}."


def _close(open_: list[Bracket], before: Token | None, token: Token) -> None:
    if not open_:
        raise Fault(token.column, "`)` closes nothing.")
    bracket = open_.pop()
    empty = _is_empty(before, token)
    if bracket.function is None:
        if empty:
            raise Fault(token.column, f"{OPERAND} is missing before `)`.")
        return
    name, count = bracket.function.written, 0 if empty else bracket.arguments
    wanted = len(FUNCTIONS[bracket.function.text].partials)
    if name in MANY and count < wanted:
        raise Fault(bracket.function.column, f"`{name}` takes two arguments or more. Got {_NUMERALS[count]}.")
    if name not in MANY and count != wanted:
        got = _NUMERALS[count] if count < len(_NUMERALS) else str(count)
        takes = f"{_NUMERALS[wanted]} argument{'s' if wanted > 1 else ''}"
        raise Fault(bracket.function.column, f"`{name}` takes {takes}. Got {got}.")
