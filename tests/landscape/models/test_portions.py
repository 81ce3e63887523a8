"""How parameter vectors and samples are cut, from the sizes alone."""

import itertools

from landscape.chunks import CHUNK_FLOATS
from landscape.models.portions import SAMPLES, portion


def test_a_portion_holds_what_a_chunk_holds():
    for points, samples, floats in itertools.product((1, 7, 5000), (1, 3, 100, 10**6), (1, 36, 2704, 10**4)):
        vectors, rows = portion(points, samples, floats)
        assert 1 <= vectors <= points
        assert 1 <= rows <= samples
        assert vectors * rows * floats <= CHUNK_FLOATS
        assert vectors == points or rows >= min(SAMPLES, samples)  # many vectors leave room for samples


def test_what_is_too_large_goes_one_by_one():
    assert portion(9, 9, CHUNK_FLOATS + 1) == (1, 1)


def test_a_few_of_both_go_at_once():
    assert portion(3, 5, 10) == (3, 5)
