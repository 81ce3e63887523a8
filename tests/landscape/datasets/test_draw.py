import numpy as np
import pytest

from landscape.datasets.draw import draw


def test_without_a_seed_the_first_ones_in_order():
    assert draw(4, 10, None).tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("samples", [1, 7, 1797])
def test_a_draw_is_without_replacement_and_in_range(samples):
    chosen = draw(samples, 1797, 5)
    assert len(set(chosen.tolist())) == samples
    assert 0 <= chosen.min() <= chosen.max() < 1797


def test_equal_seeds_draw_equally_and_others_do_not():
    assert draw(50, 1797, 5).tolist() == draw(50, 1797, 5).tolist()
    assert draw(50, 1797, 5).tolist() != draw(50, 1797, 6).tolist()
    assert draw(50, 1797, 0).tolist() != draw(50, 1797, None).tolist()


def test_more_samples_of_a_seed_extend_its_draw():
    assert draw(80, 1797, 5)[:50].tolist() == draw(50, 1797, 5).tolist()


def test_every_place_is_equally_likely():
    counts = sum(np.bincount(draw(5, 20, seed), minlength=20) for seed in range(4000))
    # each count is binomial(4000, 1/4): mean 1000, standard deviation 27.4
    assert np.abs(counts - 1000).max() < 5 * 27.4
