import numpy as np
import pytest
from pydantic import ValidationError

from landscape.datasets.line import Line


def test_the_points_are_drawn_as_it_is_written_down():
    random = np.random.RandomState(7)
    t = random.uniform(0, 10, 10_000)
    u = random.uniform(0, 1, 10_000)
    e = random.normal(0, 1, 10_000)
    x, y, image = Line(seed=7).load()
    np.testing.assert_array_equal(x, np.stack((t, np.ones(10_000)), axis=1)[:45])
    np.testing.assert_allclose(y[:, 0], (3.5 * t + 7 + 6 * (u + e))[:45], rtol=1e-15)
    assert image is None
    assert Line().samples == 45


def test_five_are_the_first_of_forty_five():
    np.testing.assert_array_equal(Line(samples=5).load().y, Line(samples=45).load().y[:5])


@pytest.mark.parametrize("split", ["train", "test"])
def test_least_squares_finds_slope_and_intercept_with_the_noises_mean(split):
    x, y, _ = Line(samples=10_000, split=split).load()
    (slope, intercept), *_ = np.linalg.lstsq(x, y[:, 0])
    # noise 6 (u + e): mean 3, variance 36 (1/12 + 1) = 39; standard errors sqrt(39 / 10000 / var t), twice that
    assert slope == pytest.approx(3.5, abs=5 * 0.022)
    assert intercept == pytest.approx(10, abs=5 * 0.125)
    residual = y[:, 0] - x @ (slope, intercept)
    assert residual.var() == pytest.approx(39, rel=0.1)
    assert x[:, 0].min() >= 0
    assert x[:, 0].max() < 10


def test_a_test_is_drawn_by_another_stream_of_the_seed():
    t = np.random.RandomState([7, 1]).uniform(0, 10, 10_000)
    np.testing.assert_array_equal(Line(seed=7, split="test").load().x[:, 0], t[:45])


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"samples": 10_001}, "Samples must be at most 10000. Got 10001."),
        ({"seed": -1}, "Seed must be at least 0. Got -1."),
        ({"split": "all"}, "Split must be train or test. Got all."),
    ],
)
def test_a_bad_field_is_refused_with_a_sentence(fields, sentence):
    with pytest.raises(ValidationError) as caught:
        Line(**fields)
    assert [error["msg"] for error in caught.value.errors()] == [sentence]
