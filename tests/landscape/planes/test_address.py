import doctest

import numpy as np
import pytest

from landscape.planes import address

BLOCKS = {"W1": (4, 3), "b1": (4,), "K": (2, 3, 5), "x": (), "W2": (2, 4)}


def test_flat_index_counts_through_the_blocks():
    """Block after block, the last index fastest: the addresses in that order lie at 0, 1, 2, ..."""
    places = [(name, *indices) for name, shape in BLOCKS.items() for indices in np.ndindex(shape)]
    assert [address.flat_index(place, BLOCKS) for place in places] == list(range(12 + 4 + 30 + 1 + 8))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (["W3", "5", "250"], ("W3", 5, 250)),
        (("b2", 7), ("b2", 7)),
        (["x"], ("x",)),
        ([" W3", " 5 ", np.int64(2)], ("W3", 5, 2)),
        (["W3", "-1", "0"], ("W3", -1, 0)),
    ],
)
def test_reads(value, expected):
    got = address.read(value, "First weight")
    assert got == expected
    assert all(type(index) is int for index in got[1:])


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "First weight must be the name of a block and its indices, as in W1,0,3. Got nothing."),
        ([""], "First weight must be the name of a block and its indices, as in W1,0,3. Got nothing."),
        ([3, 5], "First weight must be the name of a block and its indices, as in W1,0,3. Got 3,5."),
        (7, "First weight must be the name of a block and its indices, as in W1,0,3. Got 7."),
        (["W3", "five"], "First weight: its indices must be whole numbers. Got five."),
        (["W3", 2.5], "First weight: its indices must be whole numbers. Got 2.5."),
        (["W3", True], "First weight: its indices must be whole numbers. Got true."),
        (["W3", ""], "First weight: its indices must be whole numbers. Got nothing."),
        (["W3", "9" * 5000], f"First weight: its indices must be whole numbers. Got {'9' * 40}."),
    ],
)
def test_refuses(value, message):
    with pytest.raises(ValueError, match=r"^First weight") as caught:
        address.read(value, "First weight")
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("place", "message"),
    [
        (("W4", 1, 2), "First weight: there is no W4; this model has W1, b1, K, x, W2. Got W4,1,2."),
        (("W1", 1), "First weight: W1 needs 2 indices: to, from. Got W1,1."),
        (("b1",), "First weight: b1 needs 1 index: unit. Got b1."),
        (("x", 0), "First weight: x takes no indices. Got x,0."),
        (("K", 1, 2), "First weight: K needs 3 indices: index 1, index 2, index 3. Got K,1,2."),
        (("W1", 10, 2), "First weight W1[10,2]: to must be at most 3. Got 10."),
        (("W1", 3, 3), "First weight W1[3,3]: from must be at most 2. Got 3."),
        (("W1", -1, 0), "First weight W1[-1,0]: to must be at least 0. Got -1."),
        (("b1", 4), "First weight b1[4]: unit must be at most 3. Got 4."),
        (("K", 1, 2, 5), "First weight K[1,2,5]: index 3 must be at most 4. Got 5."),
        (("W1", 3, 2), None),
        (("b1", 0), None),
        (("x",), None),
    ],
)
def test_says_what_is_wrong(place, message):
    assert address.fault(place, "First weight", BLOCKS) == message


def test_examples_run():
    outcome = doctest.testmod(address)
    assert outcome.attempted > 0
    assert outcome.failed == 0
