"""What is sent in 32 bits and what in 64: no picture may show steps that the numbers do not have."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.wire import encode, narrow
from landscape.container import unpack

SHARE = 1e-4
"""Of what the values span: farther no value may be moved."""


def moved(array: np.ndarray) -> float:
    """The farthest that a finite value is moved, as a share of the span."""
    finite = np.isfinite(array)
    sent = narrow(array).astype(np.float64)
    assert np.isfinite(sent[finite]).all()
    span = array[finite].max() / 2 - array[finite].min() / 2
    return float(abs(sent[finite] / 2 - array[finite] / 2).max() / span)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        pytest.param([0.0, 1.0], np.float32, id="ordinary"),
        pytest.param([-15.0, 17.0], np.float32, id="a grid"),
        pytest.param([2.5693, 2.5556], np.float32, id="a hundredth"),
        pytest.param([4.76, 4.76 + 1e-6], np.float64, id="a millionth"),
        pytest.param([-4.76, -4.76 - 1e-6], np.float64, id="a millionth below zero"),
        pytest.param([1e9, 1e9 + 1], np.float64, id="one in a thousand million"),
        pytest.param([0.0, 1e39], np.float64, id="huge"),
        pytest.param([0.0, 1e300], np.float64, id="very huge"),
        pytest.param([-1e39, 0.0], np.float64, id="huge below zero"),
        pytest.param([0.0, 1e38], np.float32, id="large"),
        pytest.param([1e-20, 2e-20], np.float32, id="small"),
        pytest.param([2.5, 2.5, 2.5], np.float32, id="constant"),
        pytest.param([0.1], np.float32, id="one"),
        pytest.param([], np.float32, id="none"),
        pytest.param([np.nan, np.nan], np.float32, id="nothing finite"),
        pytest.param([np.nan, 0.0, 1.0, np.inf, -np.inf], np.float32, id="holes do not count"),
        pytest.param([np.nan, 4.76, 4.76 + 1e-6], np.float64, id="nor do they hide"),
        pytest.param([1e-50, 2e-50], np.float64, id="tiny"),
        pytest.param([1e-40, 1.0001e-40, 1.0002e-40], np.float64, id="below the normal ones"),
        pytest.param([1e-50, 1e-50], np.float64, id="constant and tiny"),
        pytest.param([0.0, 0.0], np.float32, id="nought"),
        pytest.param([1.0, 1e-60, 0.0], np.float32, id="down to nothing"),
        pytest.param([-1.7e308, 1.7e308], np.float64, id="both ends"),
    ],
)
def test_how_wide_numbers_are_sent(values: list[float], kind: type) -> None:
    array = np.array(values, dtype=np.float64)
    sent = narrow(array)
    assert sent.dtype == kind
    assert sent.shape == array.shape
    np.testing.assert_array_equal(sent, array.astype(kind))


def test_whole_numbers_are_sent_too() -> None:
    sent = narrow(np.arange(5, dtype=np.int64))
    np.testing.assert_array_equal(sent, np.arange(5, dtype=np.float32), strict=True)


def test_bytes_are_sent_as_bytes() -> None:
    sent = narrow(np.array([0, 255], dtype=np.uint8))
    np.testing.assert_array_equal(sent, np.array([0, 255], dtype=np.uint8), strict=True)


def test_where_the_border_lies() -> None:
    """Rounding moves by 2**-24 of the value at most: 64 bits from a span of 2**-24 / 1e-4 = 5.96e-4 of it on."""
    assert narrow(np.array([1.0, 1 - 5.9e-4])).dtype == np.float64
    assert narrow(np.array([1.0, 1 - 6.0e-4])).dtype == np.float32


@settings(derandomize=True, deadline=None, database=None, max_examples=300)
@given(
    st.floats(-1e290, 1e290).filter(lambda floor: floor == 0 or abs(floor) > 1e-290),
    st.floats(1e-12, 1e12),
    st.lists(st.floats(0, 1), min_size=2, max_size=30),
    st.lists(st.sampled_from([np.nan, np.inf, -np.inf]), max_size=3),
)
def test_no_value_is_moved_by_more_than_a_ten_thousandth_of_the_span(
    floor: float, share: float, shares: list[float], holes: list[float]
) -> None:
    """A floor, and above it heights of ``share`` times its size: from far below its last digit to far above it."""
    heights = floor + np.array([0.0, 1.0, *shares]) * share * (abs(floor) or 1.0)
    if np.ptp(heights) == 0:
        heights[0] = np.nextafter(heights[0], np.inf)  # as near as two numbers can be
    assert moved(np.array([*heights, *holes])) <= SHARE


@pytest.mark.parametrize(
    "scale", [1e-300, 1e-50, 1e-44, 1e-40, 1e-37, 1e-30, 1e-10, 1.0, 1e10, 1e37, 3e38, 4e38, 1e100, 1e307]
)
def test_of_any_size(scale: float) -> None:
    generator = np.random.default_rng(0)
    for width in (1.0, 1e-2, 1e-3, 1e-4, 1e-6, 1e-12):
        assert moved(scale * (1 - width * generator.random(200))) <= SHARE


def test_the_same_array_is_sent_once() -> None:
    array, twin = np.arange(4.0), np.arange(4.0)
    data = encode({"updates": [{"x": [array], "y": [array]}, {"x": [array]}], "paths": [{"a": array, "b": twin}]}, {})
    assert int.from_bytes(data[:4], "little") == len(data) - 4
    meta, arrays = unpack(data[4:])
    assert len(arrays) == 2, "one for the array, one for another that is equal to it"
    first, second = meta["updates"]
    assert first["x"][0] == first["y"][0] == second["x"][0] == meta["paths"][0]["a"] != meta["paths"][0]["b"]
    for name in (meta["paths"][0]["a"]["$"], meta["paths"][0]["b"]["$"]):
        np.testing.assert_array_equal(arrays[name], array)


def test_arrays_that_come_and_go_are_not_taken_for_each_other() -> None:
    data = encode({"updates": [{"x": [np.full(50, number)]} for number in range(200)]}, {})
    meta, arrays = unpack(data[4:])
    assert len(arrays) == 200
    for number, update in enumerate(meta["updates"]):
        np.testing.assert_array_equal(arrays[update["x"][0]["$"]], np.full(50, number))


def test_words_come_through_as_they_are() -> None:
    props = {"card": {"children": ["±1 <b> \u2011 😀", None, True, 1.5]}}
    meta, arrays = unpack(encode({"error": "It's broken.", "done": True}, props)[4:])
    assert (meta["error"], meta["done"], meta["props"], arrays) == ("It's broken.", True, props, {})
    assert (meta["updates"], meta["paths"], meta["title"]) == ([], None, None)
