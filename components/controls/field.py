"""A control from the declaration of a field: its title, help, bounds and choices stand in one place, the model."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Literal, get_args, get_origin

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component
from pydantic.fields import FieldInfo

from components.ids import field as field_id
from components.link import whole_letters
from landscape import Scene

DEBOUNCE = 700
"""Milliseconds without typing after which a value is taken; Enter and leaving the field take it at once."""

SHORT = 5
"""Letters of a block's name that have room beside its indices."""


def control(key: str, name: str, declared: FieldInfo, text: str, blocks: Mapping[str, tuple[int, ...]]) -> Component:
    """The control for one field.

    Args:
        key: dotted name as in a link.
        name: the field's own name, for want of a title.
        declared: its declaration.
        text: its value in text form.
        blocks: names and shapes of the model's blocks, for addresses of weights.
    """
    title = _title(declared, name)
    shared: dict[str, Any] = {
        "label": title,
        "description": declared.description,
        "size": "sm",
        "inputWrapperOrder": _ORDER,
    }
    choices = _choices(declared)
    if choices:
        return dmc.Select(id=field_id(key), value=text, data=choices, allowDeselect=False, **shared, **_SELECT)
    match (declared.json_schema_extra or {}).get("text"):
        case "address":
            optional = type(None) in get_args(declared.annotation)
            return _address(key, title, declared.description or "", text, blocks, optional=optional)
        case "block":
            return dmc.Select(id=field_id(key), value=text, data=list(blocks), allowDeselect=False, **shared, **_SELECT)
        case "lines":
            lines = text.replace(";", "\n").replace(",", ", ")
            return dmc.Textarea(
                id=field_id(key), value=lines, autosize=True, minRows=1, maxRows=6, debounce=DEBOUNCE, **shared
            )
        case "formula":
            return dmc.TextInput(
                id=field_id(key), value=text, debounce=DEBOUNCE, autoComplete="off", className="formula",
                inputProps={"spellCheck": False, "autoCapitalize": "none", "autoCorrect": "off"}, **shared,
            )  # fmt: skip
    shown = text.replace(",", ", ")
    return dmc.TextInput(id=field_id(key), value=shown, debounce=DEBOUNCE, autoComplete="off", **shared)


_ORDER = ["label", "input", "error", "description"]
_SELECT = {"comboboxProps": {"withinPortal": True}, "checkIconPosition": "right"}


def kind_control(key: str, title: str, kind: str, choices: list[dict[str, str]]) -> Component:
    """The choice between the kinds of a part."""
    return dmc.Select(
        id=field_id(key), label=title, value=kind, data=choices, allowDeselect=False, size="sm", **_SELECT
    )


def told(scene: Scene, key: str, text: str) -> str:
    """A field and its value in words, as the rail calls them.

    Example:
        >>> from landscape import lesson
        >>> told(lesson("random-plane"), "model.loss", "cross_entropy")
        'Loss: cross entropy'
    """
    part, _, name = key.partition(".")
    declared = getattr(type(getattr(scene, part, None)), "model_fields", {}).get(name)
    title = _title(declared, name.rsplit(".", maxsplit=1)[-1])
    labels = {} if declared is None else {choice["value"]: choice["label"] for choice in _choices(declared)}
    return f"{title}: {labels.get(text, text.replace(',', ', '))}"


def as_typed(scene: Scene) -> frozenset[str]:
    """The keys of fields whose blanks and commas are their own: messages point at columns of what was typed."""
    return frozenset(
        f"model.{name}"
        for name, declared in type(scene.model).model_fields.items()
        if (declared.json_schema_extra or {}).get("text") == "formula"
    )


def texts(values: list[Any], ids: list[dict[str, Any]], verbatim: Collection[str] = ()) -> dict[str, str]:
    """The text form of each field on the page, its parts joined, in no fixed order.

    Args:
        values: as the controls report them; None for an emptied one.
        ids: of the same controls.
        verbatim: keys of fields whose text stays as it was typed.
    """
    parts: dict[str, dict[int, str]] = {}
    for value, place in zip(values, ids, strict=True):
        parts.setdefault(place["key"], {})[place["part"]] = whole_letters(value) if isinstance(value, str) else ""
    return {
        key: found[0] if key in verbatim and 0 in found else _joined([found[part] for part in sorted(found)])
        for key, found in parts.items()
    }


def _joined(parts: list[str]) -> str:
    kept = [part.strip() for number, part in enumerate(parts) if number == 0 or part.strip()]
    lines = [line.strip().replace(", ", ",") for line in ",".join(kept).splitlines()]
    return ";".join(",".join(item.strip() for item in line.split(",")) for line in lines if line)


def _title(declared: FieldInfo | None, name: str) -> str:
    return (declared.title if declared else None) or name.replace("_", " ").capitalize()


def _choices(declared: FieldInfo) -> list[dict[str, str]]:
    if declared.annotation is bool:
        return [{"value": "true", "label": "yes"}, {"value": "false", "label": "no"}]
    if get_origin(declared.annotation) is Literal:
        return [{"value": value, "label": value.replace("_", " ")} for value in get_args(declared.annotation)]
    return []


def _address(
    key: str, title: str, help_: str, text: str, blocks: Mapping[str, tuple[int, ...]], *, optional: bool
) -> Component:
    """Matrix, to and from side by side; all indices in one where some block has more of them."""
    names = ["none", *blocks] if optional else list(blocks)
    longest = max(map(len, names), default=0)
    inputs = _address_inputs(key, title, text, names, max(map(len, blocks.values()), default=0))
    return html.Fieldset(
        [html.Legend(title), html.Div(list(inputs), className=f"address{' long' * (longest > SHORT)}"),
         html.P(help_, className="help")],
        className="weight",
    )  # fmt: skip


def _address_inputs(key: str, title: str, text: str, names: list[str], axes: int) -> Iterator[Component]:
    name, *indices = text.split(",")
    yield dmc.Select(
        id=field_id(key, 0), value=name, data=names, allowDeselect=False, size="sm", label="matrix", **_SELECT
    )
    words = ("to", "from") if axes == 2 else ("index",) if axes == 1 else ("indices",)
    texts = [*indices, "", ""] if len(words) == 2 else [", ".join(indices)]
    inputs = dict(zip(words, texts, strict=False))
    for part, (word, index) in enumerate(inputs.items(), start=1):
        yield dmc.TextInput(
            id=field_id(key, part), value=index, label=word, debounce=DEBOUNCE, size="sm", autoComplete="off",
            className=word, inputProps={"aria-label": f"{title}, {word}"},
        )  # fmt: skip
