"""What every piece of a scene has in common: a frozen, validated value that also reads text.

A piece declares a field's default, bounds, title, unit and help *once*, in pydantic's
``Field``. Controls, links, messages and conformance tests are derived from that declaration.

A value's text form, used alike in links and in the page's fields:

=====================  ======================================
``5.0``                ``5``
``True``               ``true``
``None`` and ``()``    ``none``
``(50, 500)``          ``50,500``
``((-9, 15), (1, 2))`` ``-9,15;1,2``
=====================  ======================================
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Any, Self, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ModelWrapValidatorHandler, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

PHRASED = "phrased"
"""Error type of a message that is already a sentence for people."""


def complaint(message: str) -> PydanticCustomError:
    """An error for use in validators whose message is shown as it stands.

    Args:
        message: a whole sentence that names the field, the bound and what was got.
    """
    return PydanticCustomError(PHRASED, "{message}", {"message": message})


def refusal(field: str, message: str, value: Any = None) -> ValidationError:
    """An error to raise in a validator that looks at several fields, laid at the door of one of them.

    Args:
        field: dotted name of the field that the user would change: "first", "runs.0.batch".
        message: as for :func:`complaint`.
        value: what was got.
    """
    place = tuple(int(step) if step.isdecimal() else step for step in field.split("."))
    return ValidationError.from_exception_data("scene", [{"type": complaint(message), "loc": place, "input": value}])


class Part(BaseModel):
    """A frozen piece of a scene. Unknown fields, NaN and infinities are refused.

    Raises:
        pydantic.ValidationError: with one sentence for each field that breaks its bounds.

    Example:
        >>> from pydantic import Field
        >>> class Ball(Part):
        ...     radius: float = Field(1.0, gt=0, title="Radius")
        >>> Ball(radius="2").radius
        2.0
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @model_validator(mode="wrap")
    @classmethod
    def _read(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        if isinstance(data, Mapping):
            data = {key: _from_text(cls.model_fields.get(key), value) for key, value in data.items()}
        try:
            return handler(data)
        except ValidationError as error:
            raise _phrased(cls, error) from None

    def like(self, before: Part) -> Self:
        """The same with what ``before`` has that is no field and is not written: whose a table is."""
        return self


def tuple_depth(annotation: Any) -> int:
    """How many tuples deep a type is: 0 for ``float``, 1 for ``tuple[int, ...]``, 2 for a tuple of tuples."""
    origin = get_origin(annotation)
    if origin is tuple:
        return 1 + max((tuple_depth(inner) for inner in get_args(annotation)), default=0)
    if origin is Union or origin is types.UnionType:
        return max(tuple_depth(inner) for inner in get_args(annotation))
    if hasattr(annotation, "__metadata__"):
        return tuple_depth(get_args(annotation)[0])
    return 0


def as_typed(field: FieldInfo) -> bool:
    """Whether a field's text is its own to read, blanks and commas too, so that it can point at a column of it."""
    return isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get("text") == "formula"


def accepts_none(annotation: Any) -> bool:
    """Whether ``None`` is one of a type's values."""
    return annotation is None or annotation is type(None) or any(map(accepts_none, get_args(annotation)))


def to_text(value: Any) -> str:
    """A value's text form (see the module's table); floats keep every bit.

    Example:
        >>> to_text((0.1, -15.0))
        '0.1,-15'
    """
    match value:
        case None | ():
            return "none"
        case bool():
            return "true" if value else "false"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case tuple() if any(isinstance(item, tuple) for item in value):
            return ";".join(to_text(item) for item in value)
        case tuple():
            return ",".join(to_text(item) for item in value)
        case _:
            return str(value)


def flatten(part: Part, prefix: str = "") -> dict[str, str]:
    """A part as dotted keys with text values, in the order of declaration.

    Example:
        >>> flatten(scene)["model.hidden"]                         # doctest: +SKIP
        '50,500'
    """
    flat: dict[str, str] = {}
    for name, field in type(part).model_fields.items():
        value, key = getattr(part, name), prefix + name
        if isinstance(value, Part):
            flat |= flatten(value, key + ".")
        elif isinstance(value, tuple) and value and isinstance(value[0], Part):
            for index, item in enumerate(value):
                flat |= flatten(item, f"{key}.{index}.")
        elif value and tuple_depth(field.annotation) == 2:
            flat[key] = ";".join(to_text(item) for item in value)
        else:
            flat[key] = to_text(value)
    return flat


def unflatten(flat: Mapping[str, str]) -> dict[str, Any]:
    """Dotted keys as nested dictionaries; numbered keys become lists. Inverse of :func:`flatten`."""
    root: dict[str, Any] = {}
    for key, value in flat.items():
        *parents, leaf = key.split(".")
        node = root
        for parent in parents:
            below = node.setdefault(parent, {})
            if not isinstance(below, dict):  # "data=none&data.kind=digits": the longer key says more
                below = node[parent] = {}
            node = below
        node.setdefault(leaf, value)
    return {key: _numbered_as_list(value) for key, value in root.items()}


def _numbered_as_list(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    inner = {key: _numbered_as_list(value) for key, value in node.items()}
    if inner and all(key.isdecimal() and len(key) < 10 for key in inner):
        return [inner[key] for key in sorted(inner, key=int)]
    return inner


def _from_text(field: FieldInfo | None, value: Any) -> Any:
    """Text for a tuple or an optional field, split into what pydantic expects; anything else without its blanks."""
    if field is None or not isinstance(value, str) or as_typed(field):
        return value
    text, depth = value.strip(), tuple_depth(field.annotation)
    if text.lower() == "none" and (depth or accepts_none(field.annotation)):
        return None if accepts_none(field.annotation) else ()
    if depth == 2:
        return [_items(group) for group in text.replace("\n", ";").split(";") if group.strip()]
    return _items(text) if depth == 1 else text


def _items(text: str) -> list[str]:
    return [item.strip() for item in text.split(",")] if text.strip() else []


def field_title(cls: type[BaseModel], name: str) -> str:
    """The title of a field as people read it: its own, or its name in words."""
    field = cls.model_fields.get(name)
    return field.title if field is not None and field.title else name.replace("_", " ").capitalize()


def _phrased(cls: type[BaseModel], error: ValidationError) -> ValidationError:
    """The same errors with sentences for messages."""
    lines: list[InitErrorDetails] = []
    errors = error.errors(include_url=False)
    for line in errors:
        place = line["loc"]
        if line["type"] == "too_short" and any(e["loc"][: len(place)] == place != e["loc"] for e in errors):
            continue  # pydantic does not count the values that it has refused already
        message = line["msg"] if line["type"] == PHRASED else _sentence(cls, line)
        lines.append({"type": complaint(message), "loc": line["loc"], "input": line["input"]})
    return ValidationError.from_exception_data(error.title, lines)


_BOUNDS = {
    "greater_than": ("gt", "must be greater than"),
    "greater_than_equal": ("ge", "must be at least"),
    "less_than": ("lt", "must be less than"),
    "less_than_equal": ("le", "must be at most"),
    "literal_error": ("expected", "must be"),
    "too_short": ("min_length", "needs this many values at least:"),
    "too_long": ("max_length", "takes this many values at most:"),
}


_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "string": "text",
    "finite": "a finite number",
    "tuple": "a list",
    "model_type": "described by its fields",
}


def _sentence(cls: type[BaseModel], line: ErrorDetails) -> str:
    """One sentence: the field's title, the bound, and what was got."""
    kind, got = line["type"], _shown(line["input"])
    title = field_title(cls, str(line["loc"][0])) if line["loc"] else cls.__name__
    if kind in _BOUNDS:
        bound, words = _BOUNDS[kind]
        limit = to_text(line.get("ctx", {})[bound]).replace("'", "")
        return f"{title} {words} {limit}. Got {got}."
    if kind == "extra_forbidden":
        return f"{title} is not a field of {cls.__name__}; it has {', '.join(cls.model_fields)}."
    if kind == "missing":
        return f"{title} needs one more value. Got {got}." if len(line["loc"]) > 1 else f"{title} is missing."
    for start, words in _KINDS.items():
        if kind.startswith(start):
            return f"{title} must be {words}. Got {got}."
    return f"{title}: {line['msg']}. Got {got}."


LONGEST = 10**4000
"""Whole numbers from here on are not written out: Python itself refuses to."""


def _shown(value: Any) -> str:
    """What was got, short enough to stand in a sentence."""
    if isinstance(value, Mapping):
        return "fields"
    if isinstance(value, int) and abs(value) >= LONGEST:
        return "a number of more than 4,000 digits"
    if isinstance(value, list | tuple):
        lines = any(isinstance(item, list | tuple) for item in value)
        text = ("; " if lines else ", ").join(map(_shown, value))
    else:
        text = to_text(value)
    if not text.strip():
        return "nothing"
    return text if len(text) <= 40 else text[:37] + "..."
