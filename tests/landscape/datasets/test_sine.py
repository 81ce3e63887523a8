import numpy as np
import pytest
from pydantic import ValidationError

from landscape.datasets.sine import Sine


def test_thirty_sorted_points_twenty_to_train_and_ten_to_test():
    random = np.random.RandomState(3)
    x = np.sort(random.uniform(0, 1, 30))
    y = np.sin(2 * np.pi * x) + 0.1 * random.normal(0, 1, 30)
    train, test = Sine(seed=3).load(), Sine(seed=3, split="test").load()
    np.testing.assert_array_equal(np.concatenate([train.x, test.x])[:, 0], x)
    np.testing.assert_allclose(np.concatenate([train.y, test.y])[:, 0], y, rtol=1e-15)
    assert (len(train.x), len(test.x)) == (20, 10)
    assert train.x.max() < test.x.min()


def test_without_noise_it_is_the_sine():
    x, y, _ = Sine(noise=0).load()
    np.testing.assert_allclose(y, np.sin(2 * np.pi * x), rtol=1e-15)


def test_the_noise_is_as_large_as_it_says():
    rest = [Sine(seed=seed).load().y - Sine(seed=seed, noise=0).load().y for seed in range(100)]
    assert np.std(rest) == pytest.approx(0.1, rel=0.1)  # 2,000 of them: standard error 1.6 %


def test_fewer_points_are_those_on_the_left():
    np.testing.assert_array_equal(Sine(samples=4).load().x, np.sort(Sine().load().x, axis=0)[:4])


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"samples": 21}, "Samples must be at most 20. Got 21."),
        ({"samples": 11, "split": "test"}, "Samples must be at most 10 for the test split. Got 11."),
        ({"noise": "nan"}, "Noise must be a finite number. Got nan."),
    ],
)
def test_a_bad_field_is_refused_with_a_sentence(fields, sentence):
    with pytest.raises(ValidationError) as caught:
        Sine(**fields)
    assert [error["msg"] for error in caught.value.errors()] == [sentence]
