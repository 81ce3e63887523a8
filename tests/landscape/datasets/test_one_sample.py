import numpy as np
import pytest
from pydantic import ValidationError

from landscape.datasets.one_sample import OneSample


@pytest.mark.parametrize("seed", [0, 1, 2**32 - 1])
def test_it_is_drawn_as_it_is_written_down(seed):
    random = np.random.RandomState(seed)
    bits, label = random.randint(0, 2, 6), random.randint(0, 2)
    x, y, image = OneSample(seed=seed).load()
    assert x.tolist() == [[*bits, 1]]
    assert y.tolist() == [[1 - label, label]]
    assert image is None


def test_all_values_and_both_classes_come_up():
    drawn = [OneSample(seed=seed).load() for seed in range(200)]
    x, y = np.concatenate([one.x for one in drawn]), np.concatenate([one.y for one in drawn])
    assert np.all(x[:, 6] == 1)
    assert np.abs(x[:, :6].mean(axis=0) - 0.5).max() < 5 * 0.5 / np.sqrt(200)
    assert abs(y[:, 0].mean() - 0.5) < 5 * 0.5 / np.sqrt(200)


def test_there_is_only_one():
    with pytest.raises(ValidationError, match=r"Samples must be at most 1\. Got 2\."):
        OneSample(samples=2)
    assert OneSample().words == "one random sample of seven zeros and ones"
