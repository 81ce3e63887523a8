"""What is kept ready: the newest things, in number and in bytes, what is shared counted once."""

from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape.shelf import Shelf

names = st.sampled_from("abcdefgh")
steps = st.lists(st.tuples(st.sampled_from(["put", "get", "drop", "room"]), names, st.integers(0, 60)), max_size=60)
quickly = settings(derandomize=True, deadline=None, database=None, max_examples=100)


def shelf(count=100, limit=100):
    """Of lists of (place, size) pairs, each of which says itself what it holds."""
    return Shelf(count, limit, lambda thing: [(interned(place), size) for place, size in thing])


PLACES = {}


def interned(place):
    """One and the same object for a place."""
    return PLACES.setdefault(place, [place])


def kept(shelf):
    return "".join(shelf._things)


def test_what_was_not_put_is_not_there():
    assert shelf().get("a") is None


def test_the_least_recently_used_goes_first():
    few = shelf(count=2)
    few.put("a", [])
    few.put("b", [])
    few.get("a")
    few.put("c", [])
    assert kept(few) == "ac"


def test_the_newest_stays_whatever_its_size():
    few = shelf(limit=100)
    few.put("a", [("a", 60)])
    few.put("b", [("b", 1000)])
    assert kept(few) == "ab"  # beside the newest there are 60
    few.put("c", [("c", 1)])
    assert kept(few) == "c"  # b is too large beside another one, and a went before it
    few.put("d", [("d", 500)])
    assert kept(few) == "cd"


def test_what_several_hold_counts_once():
    few = shelf(limit=100)
    for name in "abcdef":
        few.put(name, [("samples", 90), (name, 2)])
    few.put("g", [("g", 2)])
    assert kept(few) == "bcdefg"  # 90 + 5 * 2 beside the newest


def test_room_is_made_at_the_cost_of_the_newest_too():
    few = shelf(limit=100)
    few.put("a", [("a", 60)])
    few.put("b", [("b", 101)])
    few.make_room()
    assert kept(few) == ""
    few.put("c", [("c", 100)])
    few.make_room()
    assert kept(few) == "c"


def test_a_thing_that_grows_lighter_is_weighed_anew():
    few = Shelf(100, 100, lambda thing: [(thing, len(thing))])
    heavy = [0] * 90
    few.put("a", heavy)
    few.put("b", [0] * 50)
    del heavy[10:]
    few.put("c", [0] * 50)
    assert kept(few) == "abc"  # 10 and 50 beside the newest


class Model:
    """The rules, by the letter and slowly."""

    def __init__(self, count, limit):
        self.count, self.limit, self.things = count, limit, OrderedDict()

    def held(self, spared):
        return sum(
            {place: size for thing in self.things.values() for place, size in thing if place not in spared}.values()
        )

    def put(self, name, thing):
        self.things.pop(name, None)
        self.things[name] = thing
        while len(self.things) > 1 and (len(self.things) > self.count or self.held(dict(thing)) > self.limit):
            self.things.popitem(last=False)

    def room(self):
        while self.things and (len(self.things) > self.count or self.held({}) > self.limit):
            self.things.popitem(last=False)

    def get(self, name):
        if name in self.things:
            self.things.move_to_end(name)
        return self.things.get(name)


@quickly
@given(steps, st.integers(1, 6), st.integers(0, 150))
def test_it_does_as_the_rules_say(steps, count, limit):
    real, model = shelf(count, limit), Model(count, limit)
    for what, name, size in steps:
        thing = [(name, size), ("shared" + str(size % 3), 20 * (size % 3))]
        match what:
            case "put":
                real.put(name, thing)
                model.put(name, thing)
            case "get":
                assert real.get(name) == model.get(name)
            case "drop":
                real.drop(name)
                model.things.pop(name, None)
            case "room":
                real.make_room()
                model.room()
        assert kept(real) == "".join(model.things)


def test_many_threads_at_once():
    few = Shelf(10, 1000, lambda thing: [(thing, 10)])

    def work(seed):
        for number in range(300):
            few.put((seed, number % 7), object())
            few.get((seed, (number + 1) % 7))
            if number % 50 == 0:
                few.make_room()
            few.drop((seed, number % 5))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert len(few._things) <= 10


@pytest.mark.parametrize("count", [1, 3])
def test_putting_again_replaces(count):
    few = shelf(count=count)
    few.put("a", [("old", 1)])
    few.put("a", [("new", 2)])
    assert few.get("a") == [("new", 2)]
