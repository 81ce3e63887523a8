"""How long work takes: a guess at first, then the median of what was told."""

import numpy as np
import pytest

from landscape.objective import MULTIPLICATIONS_PER_SECOND
from landscape.pace import KEPT, Pace


def told(*rates):
    pace = Pace()
    for work, rate in enumerate(rates, start=1):
        pace.tell(1000.0 * work, 1000.0 * work * rate)
    return pace


def test_before_anything_is_told_it_is_the_careful_guess():
    assert Pace().seconds(2 * MULTIPLICATIONS_PER_SECOND) == pytest.approx(2.0)


def test_it_is_the_median_rate_of_the_last_pieces():
    rates = np.random.RandomState(0).uniform(1e-9, 1e-8, size=30)
    for count in range(1, 31):
        want = np.median(rates[max(0, count - KEPT) : count])
        assert told(*rates[:count]).seconds(5e6) == pytest.approx(5e6 * want, rel=1e-12)


def test_pieces_that_are_held_up_move_it_little():
    assert told(*[1e-9] * 5, 1e-3, 2e-3, 3e-3).seconds(1e9) == pytest.approx(1.0)


def test_a_lasting_change_is_followed():
    assert told(*[1e-9] * 20, *[4e-9] * KEPT).seconds(1e9) == pytest.approx(4.0)
