"""Pieces of a scene: text and back, and sentences for everything that is wrong."""

from typing import Annotated, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field, ValidationError, model_validator

from landscape.part import Part, accepts_none, flatten, refusal, to_text, tuple_depth, unflatten


class Inner(Part):
    kind: Literal["inner"] = "inner"
    size: float = Field(1.0, gt=0, lt=10, title="Size")


class Outer(Part):
    number: int = Field(3, ge=1, le=9, title="Number")
    ratio: float = 0.5
    on: bool = Field(False, title="On")
    word: Literal["one", "two"] = Field("one", title="Word")
    some: int | None = Field(None, title="Some")
    pair: tuple[float, float] = Field((0.0, 1.0), title="Pair")
    items: tuple[Annotated[int, Field(ge=1)], ...] = Field((), max_length=3, title="Items")
    points: tuple[tuple[float, float], ...] = Field((), title="Points")
    inner: Inner = Field(default_factory=Inner, title="Inner")
    inners: tuple[Inner, ...] = ()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5.0, "5"), (-15.0, "-15"), (0.1, "0.1"), (-0.0, "0"), (1e300, "1e+300"), (1e15, "1000000000000000.0"),
        (7, "7"), (True, "true"), (False, "false"), (None, "none"), ((), "none"), ((50, 500), "50,500"),
        (((-9.0, 15.0), (1.0, 2.0)), "-9,15;1,2"), ("word", "word"), (("W3", 5, 250), "W3,5,250"),
    ],
)  # fmt: skip
def test_text_forms(value, text):
    assert to_text(value) == text


@settings(derandomize=True, deadline=None, database=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_keep_every_bit(number):
    assert float(to_text(number)) == number


@pytest.mark.parametrize(
    ("annotation", "depth", "none"),
    [
        (float, 0, False),
        (tuple[int, ...], 1, False),
        (tuple[tuple[float, float], ...], 2, False),
        (tuple[int, ...] | None, 1, True),
        (Annotated[tuple[float, float] | Literal["x"], "note"], 1, False),
        (None, 0, True),
    ],
)
def test_annotations_are_understood(annotation, depth, none):
    assert tuple_depth(annotation) == depth
    assert accepts_none(annotation) == none


@pytest.mark.parametrize(
    "part",
    [
        Outer(),
        Outer(number=4, ratio=-1e-300, on=True, word="two", some=5, pair=(1, 2), items=(7,), points=((1, 2),)),
        Outer(points=((1, 2), (3, 4)), items=(1, 2, 3), inner=Inner(size=2), inners=(Inner(), Inner(size=3))),
    ],
)
def test_text_and_back(part):
    flat = flatten(part)
    assert all(isinstance(value, str) for value in flat.values())
    assert Outer.model_validate(unflatten(flat)) == part


def test_keys_are_dotted_in_the_order_of_the_fields():
    part = Outer(inners=(Inner(), Inner(size=3)))
    assert list(flatten(part, "x."))[-6:] == [
        "x.inner.kind", "x.inner.size", "x.inners.0.kind", "x.inners.0.size", "x.inners.1.kind", "x.inners.1.size",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("flat", "nested"),
    [
        ({"a": "1", "b.c": "2"}, {"a": "1", "b": {"c": "2"}}),
        ({"r.10.x": "c", "r.2.x": "b", "r.1.x": "a"}, {"r": [{"x": "a"}, {"x": "b"}, {"x": "c"}]}),
        ({"a": "1", "a.b": "2"}, {"a": {"b": "2"}}),
        ({"a.b": "2", "a": "1"}, {"a": {"b": "2"}}),
        ({"r.0": "x", "r.y": "z"}, {"r": {"0": "x", "y": "z"}}),
        ({"r." + "9" * 5000: "x"}, {"r": {"9" * 5000: "x"}}),
        ({"": "1", ".": "2"}, {"": {"": "2"}}),
    ],
)
def test_unflatten(flat, nested):
    assert unflatten(flat) == nested


@pytest.mark.parametrize(
    ("fields", "place", "sentence"),
    [
        ({"number": 0}, ("number",), "Number must be at least 1. Got 0."),
        ({"number": 10}, ("number",), "Number must be at most 9. Got 10."),
        ({"number": "four"}, ("number",), "Number must be a whole number. Got four."),
        ({"number": 1.5}, ("number",), "Number must be a whole number. Got 1.5."),
        ({"number": ""}, ("number",), "Number must be a whole number. Got nothing."),
        ({"number": "x" * 99}, ("number",), f"Number must be a whole number. Got {'x' * 37}...."),
        ({"ratio": "much"}, ("ratio",), "Ratio must be a number. Got much."),
        ({"ratio": float("nan")}, ("ratio",), "Ratio must be a finite number. Got nan."),
        ({"ratio": "inf"}, ("ratio",), "Ratio must be a finite number. Got inf."),
        ({"on": "perhaps"}, ("on",), "On must be true or false. Got perhaps."),
        ({"word": "three"}, ("word",), "Word must be one or two. Got three."),
        ({"pair": 5}, ("pair",), "Pair must be a list. Got 5."),
        ({"items": "0"}, ("items", 0), "Items must be at least 1. Got 0."),
        ({"items": "1,2,3,4"}, ("items",), "Items takes this many values at most: 3. Got [1, 2, 3, 4]."),
        ({"inner": 5}, ("inner",), "Inner must be described by its fields. Got 5."),
        ({"inner": {"size": 0}}, ("inner", "size"), "Size must be greater than 0. Got 0."),
        ({"inner": {"size": "10"}}, ("inner", "size"), "Size must be less than 10. Got 10."),
        ({"colour": 1}, ("colour",), "Colour is not a field of Outer; it has number, ratio, on, word, some, pair, "
         "items, points, inner, inners."),
    ],
)  # fmt: skip
def test_sentences(fields, place, sentence):
    with pytest.raises(ValidationError) as caught:
        Outer.model_validate(fields)
    (line,) = caught.value.errors()
    assert line["loc"] == place
    if sentence.startswith("Items takes"):
        assert line["msg"].startswith("Items takes this many values at most: 3.")
    else:
        assert line["msg"] == sentence


def test_a_list_of_which_all_is_refused_is_not_also_called_too_short():
    class Few(Part):
        items: tuple[Annotated[int, Field(ge=1)], ...] = Field(min_length=1, title="Items")

    for value in ("0", ("0", "0")):
        with pytest.raises(ValidationError) as caught:
            Few(items=value)
        assert {line["msg"] for line in caught.value.errors()} == {"Items must be at least 1. Got 0."}
    with pytest.raises(ValidationError, match="Items needs this many values at least: 1"):
        Few(items=())


def test_refusals_lie_at_the_door_of_their_field():
    class Judge(Part):
        inner: Inner = Field(default_factory=Inner)

        @model_validator(mode="after")
        def _judge(self):
            raise refusal("inner.size", "Size is not to my taste. Got 1.", self.inner.size)

    with pytest.raises(ValidationError) as caught:
        Judge()
    (line,) = caught.value.errors()
    assert (line["loc"], line["msg"], line["input"]) == (("inner", "size"), "Size is not to my taste. Got 1.", 1.0)


def test_parts_are_frozen_and_hash():
    part = Outer(points=((1, 2),), inners=(Inner(),))
    assert hash(part) == hash(Outer(points=((1, 2),), inners=(Inner(),)))
    with pytest.raises(ValidationError, match="frozen"):
        part.number = 4
