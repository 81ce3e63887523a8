"""The samples that are kept between two scenes."""

import numpy as np
import pytest

from landscape.datasets import newest as module
from landscape.datasets.base import Samples
from landscape.datasets.newest import Newest


def counted(count, made):
    def make():
        made.append(count)
        return Samples(np.arange(count * 2.0).reshape(count, 2), np.ones((count, 1)), (1, 2))

    return make


def test_fewer_of_the_same_draw_are_its_beginning():
    newest, made = Newest(), []
    newest.samples("a", 9, counted(9, made))
    x, y, image = newest.samples("a", 4, counted(4, made))
    np.testing.assert_array_equal(x, np.arange(8.0).reshape(4, 2))
    assert (len(y), image, made) == (4, (1, 2), [9])
    assert len(newest.samples("a", 10, counted(10, made)).x) == 10
    assert made == [9, 10]


def test_another_draw_takes_the_place_of_the_first():
    newest, made = Newest(), []
    for key in ("a", "b", "a"):
        newest.samples(key, 3, counted(3, made))
    assert made == [3, 3, 3]


def test_a_view_never_keeps_a_huge_array_in_memory(monkeypatch):
    monkeypatch.setattr(module, "SHARED_BYTES", 9 * 16 - 1)
    newest, made = Newest(), []
    newest.samples("a", 9, counted(9, made))
    assert newest.samples("a", 4, counted(4, made)).x.base.nbytes == 4 * 16
    assert made == [9, 4]


def test_what_reading_raises_reaches_the_caller_and_the_next_one_reads_anew():
    newest, made = Newest(), []

    def fails():
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        newest.samples("a", 3, fails)
    assert len(newest.samples("a", 3, counted(3, made)).x) == 3
