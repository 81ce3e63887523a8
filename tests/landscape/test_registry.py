"""Kinds by name, built in or added while the program runs."""

from typing import Literal

import pytest
from pydantic import Field, ValidationError

from landscape.part import Part
from landscape.registry import Registry


class Cat(Part):
    kind: Literal["cat"] = "cat"
    lives: int = Field(9, ge=1, title="Lives")


class Dog(Part):
    kind: Literal["dog"] = "dog"


class OtherDog(Part):
    kind: Literal["dog"] = "dog"
    tail: bool = True


def pets():
    return Registry("pet", Cat)


def test_reads_mappings_and_parts_and_takes_the_first_kind_by_default():
    registry = pets()
    assert registry.read({}) == Cat()
    assert registry.read({"kind": "cat", "lives": "7"}) == Cat(lives=7)
    assert registry.read(Cat(lives=3)) == Cat(lives=3)
    assert registry.names() == ["cat"]
    assert list(registry) == [Cat]
    assert registry["cat"] is Cat


@pytest.mark.parametrize("kind", ["bird", "", 5, None, {"x": 1}, ["cat"], ("cat",)])
def test_unknown_kinds_are_refused_in_a_sentence(kind):
    with pytest.raises(ValueError, match=r"^Pet must be one of cat\. Got "):
        pets().read({"kind": kind})


@pytest.mark.parametrize("data", [None, "cat", 5, ["cat"]])
def test_what_is_no_part_is_refused_in_a_sentence(data):
    with pytest.raises(ValueError, match=rf"^Pet must be described by its fields\. Got {str(data)[:3].strip('[')}|\["):
        pets().read(data)


def test_bounds_are_those_of_the_kind():
    with pytest.raises(ValidationError, match="Lives must be at least 1"):
        pets().read({"lives": 0})


def test_a_kind_can_be_added_and_replaced_and_has_a_new_token_each_time():
    registry = pets()
    assert registry.token(Cat) == ""
    registry.add(Dog)
    first = registry.token(Dog)
    assert registry.read({"kind": "dog"}) == Dog()
    registry.add(OtherDog)
    assert registry.read({"kind": "dog"}) == OtherDog()
    assert registry.token(Dog) == first  # whoever still holds one keeps its own results
    registry.add(OtherDog)
    tokens = {first, registry.token(OtherDog), registry.token(Cat)}
    assert len(tokens) == 3
    assert registry.names() == ["cat", "dog"]


def test_built_in_kinds_stay():
    class Impostor(Part):
        kind: Literal["cat"] = "cat"

    with pytest.raises(ValueError, match="pet 'cat' is built in and cannot be replaced"):
        pets().add(Impostor)


def test_a_kind_needs_its_name():
    class Nameless(Part):
        kind: str

    with pytest.raises(TypeError, match=r"Nameless\.kind needs a default"):
        pets().add(Nameless)
