"""What fields declare, read from their declarations, so that tests of every field know a new one by themselves."""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal, Union, get_args, get_origin

import annotated_types as rules
from pydantic import BeforeValidator, PlainValidator
from pydantic.fields import FieldInfo

from landscape.part import Part

OWN = (BeforeValidator, PlainValidator)


@dataclass(frozen=True)
class Shape:
    """The values that a type takes.

    Attributes:
        base: int, float, bool, str, Literal or tuple; object where a validator of its own decides.
        optional: whether None is a value.
        choices: of a Literal.
        least: the lower bound; ``open_below`` where it is not a value itself.
        most: the upper bound; ``open_above`` where it is not a value itself.
        items: of a tuple: of each place, or of all places where it ``repeats``.
        fewest: items of a tuple that repeats.
        longest: the same at most.
        text: how the field is written, where it says so: "address", "block", "lines".
    """

    base: Any
    optional: bool = False
    choices: tuple[Any, ...] = ()
    least: float | None = None
    open_below: bool = False
    most: float | None = None
    open_above: bool = False
    items: tuple[Shape, ...] = ()
    repeats: bool = False
    fewest: int = 0
    longest: int | None = None
    text: str = ""


def fields(cls: type[Part]) -> Iterator[tuple[str, FieldInfo, Shape]]:
    """Each field of a part but its kind, with what it takes."""
    for name, field in cls.model_fields.items():
        if name != "kind":
            extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
            found = replace(shape(field.annotation, field.metadata), text=str(extra.get("text", "")))
            yield name, field, replace(found, base=object) if found.text in ("address", "lines") else found


def shape(annotation: Any, metadata: Any = ()) -> Shape:
    """A type with the rules that stand beside it."""
    if hasattr(annotation, "__metadata__"):
        inner, *beside = get_args(annotation)
        nested = [rule for one in beside for rule in (one.metadata if isinstance(one, FieldInfo) else [one])]
        return shape(inner, [*nested, *metadata])
    if any(isinstance(rule, OWN) for rule in metadata) or annotation is Any:
        return Shape(object)
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        kinds = [each for each in inside if each is not type(None)]
        one = shape(kinds[0], metadata) if len(kinds) == 1 else Shape(object)
        return replace(one, optional=len(kinds) < len(inside))
    if origin is Literal:
        return Shape(Literal, choices=inside)
    if origin is tuple:
        repeats = inside[-1] is Ellipsis
        items = tuple(shape(each) for each in (inside[:-1] if repeats else inside))
        return _ruled(Shape(tuple, items=items, repeats=repeats), metadata)
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return Shape(object)
    return _ruled(Shape(annotation), metadata)


def _ruled(found: Shape, metadata: Any) -> Shape:
    for rule in metadata:
        match rule:
            case rules.Ge(bound):
                found = replace(found, least=bound)
            case rules.Gt(bound):
                found = replace(found, least=bound, open_below=True)
            case rules.Le(bound):
                found = replace(found, most=bound)
            case rules.Lt(bound):
                found = replace(found, most=bound, open_above=True)
            case rules.MinLen(count):
                found = replace(found, fewest=count)
            case rules.MaxLen(count):
                found = replace(found, longest=count)
            case _:
                raise TypeError(f"Not known to these tests: {rule!r}.")
    return found
