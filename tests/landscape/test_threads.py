"""Work spread over threads: in order, once each, errors told, no waiting for oneself."""

import threading

import pytest

from landscape import threads
from landscape.threads import alone, cores, spread


@pytest.fixture(autouse=True)
def two_cores(monkeypatch):
    monkeypatch.setattr(threads, "cores", lambda: 2)


def test_there_is_at_least_one_core():
    assert cores() >= 1


@pytest.mark.parametrize("count", [0, 1, 2, 3, 100])
def test_results_come_in_order_and_each_piece_is_taken_once(count):
    taken = []

    def double(piece):
        taken.append(piece)
        return 2 * piece

    assert spread(double, range(count)) == [2 * piece for piece in range(count)]
    assert sorted(taken) == list(range(count))


def test_two_pieces_are_at_work_at_once():
    """Each waits for the other: with one thread this would never end."""
    meeting = threading.Barrier(2, timeout=30)
    spread(lambda _: meeting.wait(), range(2))


def test_what_spreads_inside_a_piece_stays_in_its_thread():
    def inner(_):
        return threading.get_ident()

    def outer(_):
        return threading.get_ident(), spread(inner, range(5))

    for mine, theirs in spread(outer, range(8)):
        assert set(theirs) == {mine}


def test_alone_is_alone_and_ends():
    with alone():
        assert set(spread(lambda _: threading.get_ident(), range(20))) == {threading.get_ident()}
    meeting = threading.Barrier(2, timeout=30)
    spread(lambda _: meeting.wait(), range(2))


def test_an_error_reaches_the_caller_when_the_others_have_ended():
    ended = []

    def fail(piece):
        if piece == 0:
            raise ValueError("piece 0")
        ended.append(piece)

    with pytest.raises(ValueError, match="piece 0"):
        spread(fail, range(2))
    assert spread(abs, [-1, 2]) == [1, 2]
