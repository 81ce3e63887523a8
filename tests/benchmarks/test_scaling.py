import numpy as np
import pytest

from benchmarks.scaling import EVALUATORS, Line, Sizes, exponent, figure, lines, rises, row

SIDES = Line("dense", "side", [Sizes(100, side, 500) for side in (10, 20, 40, 80, 160)], [])
WORK = np.array([sizes.work for sizes in SIDES.sizes], dtype=float)


def test_work_is_samples_times_points_times_hidden_units():
    assert Sizes(3, 10, 7).work == 3 * 100 * 7
    np.testing.assert_array_equal(WORK / WORK[0], [1, 4, 16, 64, 256])


@pytest.mark.parametrize(
    ("seconds", "slope", "verdict"),
    [
        (WORK, 1.0, False),
        (WORK**0.5, 0.5, False),
        (1e6 + WORK, None, False),
        (WORK**1.2, 1.2, True),
        (1e6 + WORK**1.5 / 1e4, None, True),  # constant at first, too steep at the end
    ],
)
def test_growth(seconds, slope, verdict):
    assert rises(SIDES, list(seconds)) is verdict
    if slope is not None:
        assert exponent(SIDES, list(seconds)) == pytest.approx(slope)


def test_a_row_says_what_was_doubled_and_how_time_grew():
    assert row(SIDES, [0.001, 0.002, 0.004, 0.008, 0.016]).split(" | ")[1:5] == [
        "side 10 to 160", "1, 2, 4, 8, 16", "256 x", "16 x",
    ]  # fmt: skip


def test_each_line_doubles_one_size_and_its_scenes_have_these_sizes():
    found = lines("digits")
    assert len(found) == 3 * len(EVALUATORS)
    for line in found:
        values = [getattr(sizes, line.doubled) for sizes in line.sizes]
        assert [value / values[0] for value in values] == [1, 2, 4, 8, 16]
        for sizes, scene in zip(line.sizes, line.scenes, strict=True):
            assert scene.grid.resolution == (sizes.side, sizes.side)
            assert scene.model.hidden == (50, sizes.hidden)
            assert scene.data is not None
            assert scene.data.samples == sizes.samples


def test_the_picture_shows_time_per_unit_of_work():
    drawn = figure([SIDES], [[1.0, 2.0, 8.0, 32.0, 128.0]])
    (trace,) = drawn.data
    np.testing.assert_allclose(trace.x, [1, 4, 16, 64, 256])
    np.testing.assert_allclose(trace.y, [1, 0.5, 0.5, 0.5, 0.5])
