"""Pieces cover everything once; chunks are joined in order."""

import numpy as np
import pytest

from landscape.chunks import CHUNK_FLOATS, in_chunks, pieces


@pytest.mark.parametrize(("count", "length"), [(0, 3), (1, 3), (3, 3), (10, 3), (5, 0), (5, 100)])
def test_pieces_cover_the_range_in_order(count, length):
    found = list(pieces(count, length))
    assert [n for piece in found for n in range(count)[piece]] == list(range(count))
    assert all(1 <= piece.stop - piece.start <= max(1, length) for piece in found)


@pytest.mark.parametrize("floats", [1, 1 << 16, 1 << 30])
def test_chunks_are_joined_in_order(floats):
    points = np.random.RandomState(2).randn(3, 50, 2)
    np.testing.assert_array_equal(
        in_chunks(lambda p: p[:, 0] - p[:, 1], points, floats), points[..., 0] - points[..., 1]
    )


def test_a_chunk_holds_no_more_numbers_than_it_may():
    seen = []
    in_chunks(lambda p: seen.append(len(p)) or np.zeros(len(p)), np.zeros((100, 2)), CHUNK_FLOATS // 8)
    assert seen == [8] * 12 + [4]
