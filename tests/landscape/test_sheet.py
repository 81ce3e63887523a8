"""A surface as tiles: how long they are, in which order they come, and by what they are named."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import landscape as ls
from landscape import sheet
from landscape.errand import Errand
from landscape.sheet import MAX_TILES, Sheet, _cut

quickly = settings(derandomize=True, deadline=None, database=None, max_examples=100)
VALLEY = ls.lesson("valley")


def valley(columns=9, rows=7, a=(-1.0, 2.0), b=(-1.0, 1.0), precision="float64", name="valley"):
    errand = Errand(VALLEY, ls.Engine().slice(VALLEY))
    return Sheet(name, errand, np.linspace(*a, columns), np.linspace(*b, rows), precision)


def results(sheet):
    """What the tiles come to, by hand: x^2 + y^2."""
    for job in sheet.jobs:
        a, b, _ = sheet.coordinates(job.piece)
        yield job, {"loss": a**2 + b[:, None] ** 2}


@pytest.mark.parametrize(
    ("points", "work", "size"),
    [
        (1600, 1e3, 1600),  # 0.8 ms
        (1600, 1.2e4, 1600),  # 9.6 ms
        (1600, 1.4e4, 800),  # 11.2 ms, for two
        (1600, 1e5, 800),
        (1600, 2.6e5, 769),  # 100 ms
        (1600, 1e7, 20),
        (25, 7e5, 25),
        (25, 1e6, 13),
        (25, 5e6, 13),
        (1600, 1e9, 1),
        (65_536, 1e9, 16),  # as many tiles as there may be
        (4, 1e12, 1),
    ],
)
def test_a_tile_takes_a_tenth_of_a_second_at_most_and_there_are_two_where_it_is_worth_while(points, work, size):
    assert _cut(points, work) == size


@quickly
@given(st.integers(1, 65_536), st.floats(1, 1e10))
def test_tiles_are_short_and_not_too_many(points, work):
    size = _cut(points, work)
    assert size >= 1
    assert points / size <= MAX_TILES
    assert size * work <= max(2e8, work) or size == -(-points // MAX_TILES)
    if points > 1 and points * work > 2e7 + work:
        assert size <= -(-points // 2)
    elif points * work < 2e7:
        assert size == points
    if size < points // 2:  # more than two: then they are as long as they may be
        assert (size + 1) * work > 2e8


def test_the_surface_is_made_of_its_tiles_pass_by_pass(monkeypatch):
    monkeypatch.setattr(sheet, "TILE_SECONDS", 1e-9)
    lane = valley()
    shares, strides = [lane.share], []
    for job, result in results(lane):
        lane.put(job, result)
        shares.append(lane.share)
        surface = lane.surface()
        strides.append(surface.stride if surface else None)
        assert lane.surface() is surface
    assert lane.complete
    assert lane.kit is None  # nothing further can be made, and nothing is held for it
    assert list(dict.fromkeys(strides)) == [None, 4, 2, 1]
    first = strides.index(4)
    assert shares[: first + 1] == [-1] * (first + 1)
    assert (np.diff(shares[first + 1 :]) > 0).all()
    assert shares[-1] == pytest.approx(1)
    np.testing.assert_allclose(surface.loss, surface.a**2 + surface.b[:, None] ** 2)


def test_a_second_result_is_not_looked_at():
    lane = valley()
    for job, result in results(lane):
        lane.put(job, result)
        done = lane.done
        lane.put(job, {"loss": result["loss"] + 1})
        assert lane.done == done
    np.testing.assert_allclose(lane.surface().loss, lane.surface().a ** 2 + lane.surface().b[:, None] ** 2)


def test_keys_name_function_precision_and_place(monkeypatch):
    monkeypatch.setattr(sheet, "TILE_SECONDS", 1e-9)

    def keys(**changes):
        return {job.key for job in valley(**changes).jobs}

    here = keys()
    assert len(here) == len(valley().jobs) == 9 * 7
    assert keys() == here
    for other in ({"precision": "float32"}, {"name": "ravine"}, {"a": (-1.1, 2.3)}, {"b": (-1.2, 1.3)}):
        assert not keys(**other) & here
    assert here < keys(columns=17, rows=13)
    assert len(keys(columns=17, rows=9) & here) < len(here)


def test_a_tile_and_its_transpose_have_other_keys(monkeypatch):
    monkeypatch.setattr(sheet, "TILE_SECONDS", 1e-9)
    both = [valley(columns=9, rows=9, a=ends, b=other) for ends, other in (((0, 1), (2, 3)), ((2, 3), (0, 1)))]
    assert not {job.key for job in both[0].jobs} & {job.key for job in both[1].jobs}


def test_looking_ends_where_nothing_is_to_be_expected(monkeypatch):
    monkeypatch.setattr(sheet, "TILE_SECONDS", 1e-9)
    lane, known, asked = valley(), {}, []
    for number, (job, result) in enumerate(results(lane)):
        if number < 20 and number != 7:
            known[job.key] = result
    lane.look(lambda key: asked.append(key) or known.get(key))
    assert len(asked) == 20 + 4
    assert [job.number for job in lane.missing()] == [7, *range(20, 63)]
    assert not lane.complete
