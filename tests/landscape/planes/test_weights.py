import numpy as np
import pytest
from pydantic import ValidationError

from landscape.models.base import split
from landscape.planes import Weights

BLOCKS = {"W1": (3, 2), "b1": (3,), "W2": (2, 3)}
THETA0 = np.arange(1.0, 16.0)  # W1 = 1..6, b1 = 7..9, W2 = 10..15
BIASES = frozenset({"b1"})


def test_by_hand():
    plane = Weights(first=("W2", 1, 0), second=("b1", 2)).build(THETA0, BLOCKS, BIASES)
    np.testing.assert_array_equal(plane.origin, [1, 2, 3, 4, 5, 6, 7, 8, 0, 10, 11, 12, 0, 14, 15])
    np.testing.assert_array_equal(np.flatnonzero(plane.u), [12])
    np.testing.assert_array_equal(np.flatnonzero(plane.v), [8])
    assert plane.u[12] == plane.v[8] == 1


def test_coordinates_are_the_two_weights():
    plane = Weights(first=("W1", 2, 1), second=("W1", 0, 1)).build(THETA0, BLOCKS, BIASES)
    np.testing.assert_array_equal(plane.project(THETA0), [6, 2])
    lifted = split(plane.lift(np.array([[-15.25, 17.5], [0.1, 0.2]])), BLOCKS)
    np.testing.assert_array_equal(lifted["W1"][:, 2, 1], [-15.25, 0.1])
    np.testing.assert_array_equal(lifted["W1"][:, 0, 1], [17.5, 0.2])
    np.testing.assert_array_equal(lifted["W1"][:, 1], [[3, 4], [3, 4]])
    np.testing.assert_array_equal(lifted["W2"], np.tile(THETA0[9:].reshape(2, 3), (2, 1, 1)))


def test_flat_indices():
    assert Weights(first=("W2", 1, 0), second=("b1", 2)).flat_indices(BLOCKS) == (12, 8)


@pytest.mark.parametrize("first", ["W2,1,0", ["W2", "1", "0"], ("W2", 1, 0), [" W2", "1 ", 0]])
def test_reads_text_and_lists(first):
    assert Weights(first=first).first == ("W2", 1, 0)


def test_a_function_of_two_variables():
    plane = Weights(first="x", second="y")
    built = plane.build(np.array([-1.8, 0.6]), {"x": (), "y": ()}, frozenset())
    np.testing.assert_array_equal(built.lift([3.0, 4.0]), [3, 4])
    assert plane.axis_titles() == ("x", "y")


def test_axis_titles():
    assert Weights(first="W3,5,250", second="b2,7").axis_titles() == ("W3[5,250]", "b2[7]")


@pytest.mark.parametrize(
    ("fields", "place", "message"),
    [
        ({"first": "W4,1,2"}, "first", "First weight: there is no W4; this model has W1, b1, W2. Got W4,1,2."),
        ({"first": "W2,10,2"}, "first", "First weight W2[10,2]: to must be at most 1. Got 10."),
        ({"second": "W2,1,3"}, "second", "Second weight W2[1,3]: from must be at most 2. Got 3."),
        ({"second": "b1,3"}, "second", "Second weight b1[3]: unit must be at most 2. Got 3."),
        ({"second": "W2,0,0"}, "second", "Second weight must differ from the first. Got W2[0,0] twice."),
    ],
)
def test_refuses_what_the_blocks_do_not_have(fields, place, message):
    plane = Weights(**({"first": "W2,0,0", "second": "W2,0,1"} | fields))
    for ask in (plane.check, plane.flat_indices, lambda blocks: plane.build(THETA0, blocks, BIASES)):
        with pytest.raises(ValidationError) as caught:
            ask(BLOCKS)
        (line,) = caught.value.errors(include_url=False)
        assert line["msg"] == message
        assert line["loc"] == ("plane", place)


@pytest.mark.parametrize("name", ["first", "second"])
def test_refuses_what_is_no_address(name):
    title = {"first": "First weight", "second": "Second weight"}[name]
    with pytest.raises(ValidationError) as caught:
        Weights(**{name: "W3,five,2"})
    (line,) = caught.value.errors(include_url=False)
    assert line["msg"] == f"{title}: its indices must be whole numbers. Got five."
    assert line["loc"] == (name,)
