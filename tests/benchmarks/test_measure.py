import itertools

import numpy as np
import pytest

from benchmarks import measure
from benchmarks.measure import Contender, Way, fastest, gap, gaps, interleaved, median_ratio, sampled, spread, turn


@pytest.fixture
def clock(monkeypatch):
    """Time goes on by what a test says, and by nothing else."""

    class Clock:
        now = 0.0

        def perf_counter(self):
            return self.now

        def sleep(self, seconds):
            self.now += seconds

    clock = Clock()
    monkeypatch.setattr(measure, "time", clock)
    return clock


def busy(clock, *seconds):
    """A contender's work that takes these times in turn, over and over."""
    times = itertools.cycle(seconds)

    def run():
        clock.now += next(times)

    return run


def test_neighbours_are_compared_and_not_medians(clock):
    """The machine is slow in the second round, for both."""
    theirs, ours = busy(clock, 2.0, 30.0, 4.0), busy(clock, 1.0, 10.0, 1.0)
    seconds = interleaved({"theirs": Contender(theirs), "ours": Contender(ours)}, 3)
    assert {name: pytest.approx(times) for name, times in seconds.items()} == {
        "theirs": [2.0, 30.0, 4.0],
        "ours": [1.0, 10.0, 1.0],
    }
    assert median_ratio(seconds["theirs"], seconds["ours"]) == pytest.approx(3.0)


def test_contenders_take_turns(clock):
    order = []

    def said(name):
        clock.now += 1
        order.append(name)

    interleaved({name: Contender(lambda name=name: said(name)) for name in "ab"}, 2)
    assert order == ["a", "b", "a", "b"]


def test_a_short_call_is_repeated_and_its_median_counts(clock):
    seconds, _ = turn(Contender(busy(clock, 0.01, 0.01, 0.01, 0.01, 0.3)))
    assert seconds == pytest.approx(0.01)


def test_a_part_of_the_work_is_scaled_to_the_whole(clock):
    assert turn(Contender(busy(clock, 2.0), share=1 / 100))[0] == pytest.approx(200.0)


@pytest.mark.parametrize(
    ("found", "expected", "apart"),
    [
        ([1.0, 2.0], [1.0, 2.0], 0.0),
        ([1.0, 2.2], [1.0, 2.0], 0.1),
        ([0.0, 1.0], [0.0, 1.0], 0.0),
        ([0.1, 1.0], [0.0, 1.0], np.inf),
        ([np.nan, 1.0], [np.nan, 1.0], np.inf),
        ([1.0], [1.0, 1.0], np.inf),
    ],
)
def test_gap(found, expected, apart):
    with np.errstate(divide="ignore"):
        assert gap(np.array(found), np.array(expected)) == pytest.approx(apart)


def test_results_are_compared_where_they_were_computed():
    ours = np.array([[1.0, 2.0], [3.0, 4.0]])
    found = gaps({
        "textbook": Contender(lambda: np.array([2.0, 4.0]), where=np.array([1, 3])),
        "torch": Contender(lambda: ours * 1.5),
        "floor": Contender(lambda: None),
        "ours": Contender(lambda: ours),
    })  # fmt: skip
    assert found == {"textbook": 0.0, "torch": pytest.approx(0.5)}


def test_places_are_spread_over_all_of_the_work():
    places = spread(1600, 16)
    assert (places[0], places[-1], len(np.unique(places))) == (0, 1599, 16)
    assert np.diff(places).max() - np.diff(places).min() <= 1
    assert spread(3, 16).tolist() == [0, 1, 2]


def test_the_faster_way_is_taken_on_as_many_places_as_fit_into_a_turn(clock):
    def way(each):
        def run(places):
            clock.now += each * len(places)
            return places.astype(float)

        return run

    chosen = sampled([Way("slow", way(0.5), 1), Way("quick", way(0.1), 4)], 1000, "points")
    begun = clock.now
    result = chosen.run()
    assert clock.now - begun == pytest.approx(measure.SAMPLE, rel=0.2)
    np.testing.assert_array_equal(result, chosen.where)
    assert chosen.share == pytest.approx(len(result) / 1000)
    assert chosen.note == f"quick, {len(result)} of 1,000 points"


def test_of_several_ways_the_fastest_is_taken_whatever_it_took_to_warm_up(clock):
    ways = {"cold": busy(clock, 2.5, 0.5), "warm": busy(clock, 1.0, 1.0), "slow": busy(clock, 9.0)}
    assert fastest(ways) == ("cold", ways["cold"])


def test_work_that_is_cheap_is_done_in_whole(clock):
    def run(places):
        clock.now += 1e-6 * len(places)
        return places

    chosen = sampled([Way("quick", run, 4)], 1000, "points")
    assert (chosen.share, chosen.note) == (1.0, "quick")
