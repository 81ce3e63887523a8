"""A typed formula as a tree, and the walk over it: nothing of what is typed is ever run.

The text is taken apart by :mod:`landscape.models.tokens` and put in order by :mod:`landscape.models.grammar`, both
of which know arithmetic alone. Python's parser sees tokens in their canonical spelling and is asked for one thing, the
tree that says what binds how tightly; of that tree the walker takes what is listed here and refuses the rest.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple, TypeVar

from landscape.models.derivatives import CONSTANTS, FUNCTIONS, MANY, RULES, VARIABLES
from landscape.models.duals import Algebra
from landscape.models.grammar import in_order
from landscape.models.tokens import Fault, tokens

T = TypeVar("T")


class Operation(NamedTuple):
    """A rule and what it is applied to.

    Attributes:
        name: of the rule.
        arguments: one or two.
    """

    name: str
    arguments: tuple[Tree, ...]


Tree = float | str | Operation
"""A number, a variable's name, or an operation."""

_BINARY: Mapping[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}


class Expression(NamedTuple):
    """A formula that has been read.

    Attributes:
        tree: what is evaluated.
        variables: those that occur in it, x before y.
        work: multiplications that take as long as one value, about.
    """

    tree: Tree
    variables: tuple[str, ...]
    work: int


@lru_cache(maxsize=512)
def read(text: str) -> Expression:
    """The formula that a text says.

    Args:
        text: at most 200 characters, of at most 100 numbers, names and operations.

    Raises:
        Fault: with the column, counted from 1 in characters, and what is wrong there.

    Example:
        >>> read("x^2 + 10 * y^2").variables
        ('x', 'y')
        >>> read("x.__class__")
        Traceback (most recent call last):
        landscape.models.tokens.Fault: column 2: a point stands inside a number only.
    """
    found = in_order(tokens(text), len(text.rstrip()) + 1)
    spelt = " ".join(token.text for token in found)
    tree = walk(ast.parse(spelt, mode="eval").body)
    leaves = set(_leaves(tree))
    variables = tuple(name for name in VARIABLES if name in leaves)
    if not variables:
        raise Fault(1, "neither x nor y occurs, so that there is nothing to walk on.")
    return Expression(tree, variables, sum(_work(tree)))


def walk(node: ast.AST) -> Tree:
    """What a node of Python's syntax tree says, if it is arithmetic.

    Raises:
        Fault: it is anything else.
    """
    match node:
        case ast.Constant(value=float() as value):
            return value
        case ast.Name(id=name) if name in CONSTANTS:
            return CONSTANTS[name]
        case ast.Name(id=name) if name in VARIABLES:
            return name
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return walk(operand)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return Operation("negative", (walk(operand),))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return Operation(_BINARY[type(op)], (walk(left), walk(right)))
        case ast.Call(func=ast.Name(id=name), args=[_, *_] as given, keywords=[]) if name in FUNCTIONS:
            first, *others = [walk(argument) for argument in given]
            if name in MANY and others:
                for other in others:
                    first = Operation(name, (first, other))
                return first
            if len(given) == len(RULES[name].partials):
                return Operation(name, (first, *others))
    raise Fault(getattr(node, "col_offset", 0) + 1, "only arithmetic is known here.")


def evaluate(tree: Tree, algebra: Algebra[T], variables: Mapping[str, T]) -> T:
    """What a tree comes to.

    Args:
        tree: of an expression.
        algebra: what it is evaluated with.
        variables: the numbers that x and y stand for.
    """
    match tree:
        case float():
            return algebra.constant(tree)
        case str():
            return variables[tree]
        case Operation(name, arguments):
            return algebra.apply(RULES[name], [evaluate(argument, algebra, variables) for argument in arguments])


def _leaves(tree: Tree) -> Iterator[Tree]:
    if isinstance(tree, Operation):
        for argument in tree.arguments:
            yield from _leaves(argument)
    else:
        yield tree


def _work(tree: Tree) -> Iterator[int]:
    if isinstance(tree, Operation):
        yield RULES[tree.name].work
        for argument in tree.arguments:
            yield from _work(argument)
