"""Every bound of every declared field, from both sides, through every door: each refusal is a sentence for people."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple
from urllib.parse import parse_qsl, urlencode

import pytest
from pydantic import ValidationError

import landscape as ls
from landscape.datasets import datasets
from landscape.datasets.base import Dataset
from landscape.models import models
from landscape.optimizers import optimizers
from landscape.part import Part, to_text
from landscape.planes import planes
from landscape.schedules import schedules
from tests.landscape.declared import Shape, fields

JARGON = re.compile(r"Input|type=|url|pydantic|[Vv]alue error|Assertion|valid (string|list|integer)|Keys|None|\[|\{\w")


class Wrong(NamedTuple):
    """A value that a field must refuse.

    Attributes:
        value: as Python has it.
        bound: what the sentence must name as the bound; empty where there is none.
        text: as a link has it; None where its text would be another value.
    """

    value: Any
    bound: str = ""
    text: str | None = None


def wrong(value: Any, bound: float | str = "") -> Wrong:
    """A value whose text is as wrong as itself."""
    text = ",".join(map(to_text, value)) if isinstance(value, list) else to_text(value)
    return Wrong(value, bound if isinstance(bound, str) else to_text(float(bound)), text)


LONG = 10**5000
"""More digits than Python writes."""


def wrongs(shape: Shape, default: Any) -> Iterator[Wrong]:
    """Values that a field must refuse: beyond its bounds, of another type, not finite, empty, unknown."""
    if shape.base is not object:
        yield Wrong({"a": 1})
    if not shape.optional:
        yield Wrong(None)
    if shape.base in (int, float):
        yield from beyond(shape)
        yield from map(wrong, ("four", "", "nan", "inf", "1,2", [1, 2], math.nan, math.inf, -math.inf))
        if shape.base is int:
            yield wrong(1.5)
        if shape.most is not None:
            yield Wrong(LONG)
    elif shape.base is bool:
        yield from map(wrong, ("perhaps", "", 2, 0.5, [1, 2], math.nan))
    elif shape.base is Literal:
        listed = " or ".join([", ".join(map(str, shape.choices[:-1])), str(shape.choices[-1])]).removeprefix(" or ")
        yield from (wrong(value, listed) for value in ("unknown", "", 5, [1, 2], math.nan))
    elif shape.base is str:
        yield from map(Wrong, (5, [1, 2], math.nan, True))
    elif shape.base is tuple:
        yield from wrong_lists(shape, default)
    else:
        yield from OWN_RULES[shape.text]


def beyond(shape: Shape) -> Iterator[Wrong]:
    """The nearest number beyond each bound, and one further away."""
    for bound, is_open, far in ((shape.least, shape.open_below, -1), (shape.most, shape.open_above, 1)):
        if bound is not None:
            nearest = bound + far if shape.base is int else math.nextafter(bound, far * math.inf)
            yield wrong(bound if is_open else nearest, bound)
            yield wrong(bound + far, bound)


def wrong_lists(shape: Shape, default: tuple[Any, ...]) -> Iterator[Wrong]:
    """Lists of which one item is wrong, that are too short or too long, and what is no list."""
    yield from map(Wrong, (5, math.nan, True))
    yield from map(wrong, ("word", [[1], 2]))
    for place, item in enumerate(shape.items):
        for value, bound, text in wrongs(item, None):
            if value is not LONG and not isinstance(value, list | str | None):
                others = list(default)
                others[place] = value
                yield Wrong(others, bound, None if text is None else ",".join(map(to_text, others)))
    if not shape.repeats:
        yield wrong(list(default[:-1]))
        yield wrong([*default, default[0]], str(len(default)))
        yield wrong("")
    if shape.longest is not None:
        yield wrong([default[0]] * (shape.longest + 1), str(shape.longest))
    if shape.fewest:
        yield wrong([default[0]] * (shape.fewest - 1), str(shape.fewest))


OWN_RULES = {
    "": [Wrong(5), Wrong("word"), Wrong([1, 2]), Wrong(math.nan), Wrong({"kind": "unknown"}, "one of")],
    "address": [
        *map(wrong, (5, "", math.nan, [3, 3], ["W1", 1.5, 0], ["W1", "x"], ["W1", math.nan])),
        Wrong([]), Wrong(["W1", [1]]),
    ],
    "lines": [
        *(Wrong(value) for value in (5, math.nan, [5], [["x", "y"]], [[1, 2, 3]], [[]], [None])),
        Wrong([], "1", ""), Wrong([[1, 2]] * 9, "8", ";".join(["1,2"] * 9)),
        Wrong([[1, math.nan]], "finite", "1,nan"), Wrong([[2e9, 1]], "1,000,000,000", "2e9,1"),
    ],
}  # fmt: skip
"""By the way the field is written: what a validator of its own must refuse. Without one it is a part of a part."""


class Door(NamedTuple):
    """A part in its scene.

    Attributes:
        cls: the part.
        place: where it stands in the scene.
        kind: the fields that choose it.
    """

    cls: type[Part]
    place: tuple[str | int, ...]
    kind: dict[str, Any]

    @property
    def prefix(self) -> str:
        """Of its keys in a link."""
        return "".join(f"{step}." for step in self.place)

    @property
    def link(self) -> dict[str, str]:
        """The keys that choose it."""
        return {self.prefix + name: kind for name, kind in self.kind.items()}

    def scene(self, **given: Any) -> dict[str, Any]:
        """The fields of a scene in which the part has these fields."""
        nested: Any = {**self.kind, **given}
        for step in reversed(self.place):
            nested = [nested] if step == 0 else {step: nested}
        return dict(nested)


HOMES = (
    (models, ("model",)),
    (datasets, ("data",)),
    (planes, ("plane",)),
    (optimizers, ("runs", 0, "optimizer")),
    (schedules, ("runs", 0, "schedule")),
)
DOORS = [
    Door(cls, place, {"kind": kind}) for home, place in HOMES for kind, cls in zip(home.names(), home, strict=True)
]
DOORS += [Door(ls.Grid, ("grid",), {}), Door(ls.Run, ("runs", 0), {})]
FIELDS = [(door, name) for door in DOORS for name, _, _ in fields(door.cls)]
every_field = pytest.mark.parametrize(("door", "name"), FIELDS, ids=[f"{door.cls.__name__}-{n}" for door, n in FIELDS])


def tried(door: Door, name: str) -> list[Wrong]:
    """All that a field must refuse."""
    field, shape = next((field, shape) for found, field, shape in fields(door.cls) if found == name)
    found = list(wrongs(shape, field.get_default(call_default_factory=True)))
    if issubclass(door.cls, Dataset) and name == "samples" and shape.most is None:
        available = door.cls().available
        found.append(wrong(available + 1, str(available)))
    return found


def title(door: Door, name: str) -> str:
    declared = door.cls.model_fields[name].title
    assert declared, f"{door.cls.__name__}.{name} has no title"
    return declared


def faults(message: str, named: str, one: Wrong) -> list[str]:
    """What is wrong with a sentence that refuses a value."""
    found = [
        ("does not begin with its title", message.startswith(named)),
        ("has no full stop", message.endswith(".")),
        ("has jargon", not JARGON.search(message.partition(" Got ")[0])),
        (f"does not name the bound {one.bound}", one.bound in message),
        ("does not say what was got", any(f"Got {got}" in message for got in shown(one.value))),
    ]
    return [f"{words}: {message!r}" for words, fine in found if not fine]


def shown(value: Any) -> list[str]:
    """The ways in which a value may be shown: as a whole, cut off, or the item of a list that is wrong."""
    match value:
        case None:
            return ["none.", "None."]
        case dict():
            return ["fields.", "{", *(f"{inner}." for inner in value.values())]
        case list():
            whole = ", ".join(map(to_text, value))
            return (
                ["nothing."]
                if not value
                else [
                    whole[:37],
                    whole.replace(", ", ","),
                    f"{value}.",
                    *(way for item in value for way in shown(item)),
                ]
            )
        case str():
            listed = value.replace(",", ", ").replace(";", "; ")
            return [value[:37], listed[:37], *value.split(",")] if value.strip() else ["nothing."]
        case int() if value == LONG:
            return ["a number of more than 4,000 digits."]
    return [f"{to_text(value)}.", f"{value}."]


@every_field
def test_a_part_refuses_it_in_a_sentence(door: Door, name: str) -> None:
    found: list[str] = []
    for one in tried(door, name):
        try:
            taken = door.cls.model_validate({name: one.value})
        except ValidationError as error:
            lines = error.errors(include_url=False)
            found += [
                fault for line in lines for fault in faults(line["msg"], title(door, name), one._replace(bound=""))
            ]
            found += [f"lies at {line['loc']}: {line['msg']}" for line in lines if line["loc"][:1] != (name,)]
            if not any(one.bound in line["msg"] for line in lines):
                found.append(f"nobody names the bound {one.bound}: {lines[0]['msg']}")
        else:
            found.append(f"{one} is taken: {taken}")
    assert not found, "\n".join(found)


@every_field
def test_a_scene_says_where_it_is(door: Door, name: str) -> None:
    found: list[str] = []
    for one in tried(door, name):
        with pytest.raises(ValidationError) as caught:
            ls.Scene.model_validate(door.scene(**{name: one.value}))
        for line in caught.value.errors(include_url=False):
            found += faults(line["msg"], title(door, name), one._replace(bound=""))
            if line["loc"][: len(door.place) + 1] != (*door.place, name):
                found.append(f"lies at {line['loc']}: {line['msg']}")
    assert not found, "\n".join(found)


@every_field
def test_a_link_says_it_under_the_field_and_passes_over_it(door: Door, name: str) -> None:
    found: list[str] = []
    scene, key = ls.Scene.model_validate(door.scene()), door.prefix + name
    link = dict(parse_qsl(scene.to_query())) | door.link
    without, _ = ls.read_query(urlencode({kept: text for kept, text in link.items() if kept != key}))
    for one in tried(door, name):
        if one.text is None:
            continue
        revision = ls.revise(scene, {key: one.text})
        if revision.scene is not None or list(revision.errors) != [key]:
            found.append(f"{key}={one.text} gives {revision.errors}")
            continue
        sentence = revision.errors[key]
        asked = one._replace(value=one.text)
        found += faults(sentence, title(door, name), asked)
        read, notices = ls.read_query(urlencode(link | {key: one.text}))
        if read != without or not any(sentence in notice and notice.startswith(key) for notice in notices):
            found.append(f"{key}={one.text} in a link: {notices}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("door", DOORS, ids=[door.cls.__name__ for door in DOORS])
def test_what_is_no_field_is_named(door: Door) -> None:
    for given in ({"nmae": 1}, {"nmae": math.nan}):
        with pytest.raises(ValidationError) as caught:
            door.cls.model_validate(given)
        (line,) = caught.value.errors(include_url=False)
        assert line["loc"] == ("nmae",)
        assert line["msg"] == f"Nmae is not a field of {door.cls.__name__}; it has {', '.join(door.cls.model_fields)}."


@pytest.mark.parametrize("value", [5, "word", [1, 2], math.nan, None, True])
@pytest.mark.parametrize("door", DOORS, ids=[door.cls.__name__ for door in DOORS])
def test_what_is_no_part_is_refused(door: Door, value: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        door.cls.model_validate(value)
    (line,) = caught.value.errors(include_url=False)
    assert not faults(line["msg"], f"{door.cls.__name__} must be described by its fields. Got", Wrong(value))


@pytest.mark.parametrize(("home", "place"), HOMES, ids=[place[-1] for _, place in HOMES])
@pytest.mark.parametrize("kind", ["unknown", "", "5", "nan"])
def test_unknown_kinds_name_those_that_there_are(home: Any, place: tuple[str | int, ...], kind: str) -> None:
    key = "".join(f"{step}." for step in place) + "kind"
    revision = ls.revise(ls.Scene(), {key: kind})
    names, got = ", ".join(home.names()), kind or "nothing"
    assert revision.errors == {key: f"{home.noun.capitalize()} must be one of {names}. Got {got}."}
    read, notices = ls.read_query(urlencode({key: kind}))
    assert read == ls.Scene()
    assert revision.errors[key] in notices[0]


BLOCKS = [(door, name) for door in DOORS for name, _, shape in fields(door.cls) if shape.text == "block"]


@pytest.mark.parametrize(("door", "name"), BLOCKS, ids=[f"{door.cls.__name__}-{name}" for door, name in BLOCKS])
@pytest.mark.parametrize("value", ["", "W9", "nan"])
def test_blocks_that_are_not_there_are_refused(door: Door, name: str, value: str) -> None:
    scene, key = ls.Scene.model_validate(door.scene()), door.prefix + name
    sentence = ls.revise(scene, {key: value}).errors[key]
    assert not faults(sentence, title(door, name), wrong(value, "one of W1, W2, W3"))
