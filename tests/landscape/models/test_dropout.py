"""Masks: their share, what they depend on, and that they are the same for everybody."""

import numpy as np
import pytest

from landscape.models.dropout import masks, seed_of_step


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_each_unit_is_left_out_with_its_probability(share):
    count = 100_000
    (mask,) = masks((count,), share, seed=3)
    assert abs((~mask).mean() - share) < 5 * np.sqrt(share * (1 - share) / count)
    left_out = np.mean([[not kept for kept in masks((4,), share, seed)[0]] for seed in range(4000)], axis=0)
    np.testing.assert_allclose(left_out, share, atol=5 * np.sqrt(share * (1 - share) / 4000))


def test_units_and_layers_are_independent():
    drawn = np.array([np.concatenate(masks((2, 2), 0.5, seed)) for seed in range(4000)], dtype=float)
    correlation = np.corrcoef(drawn.T) - np.eye(4)
    assert np.abs(correlation).max() < 5 / np.sqrt(4000)


def test_the_same_seed_is_the_same_mask_and_a_larger_share_leaves_out_more():
    first, again = masks((30, 20), 0.3, 5), masks((30, 20), 0.3, 5)
    more = masks((30, 20), 0.6, 5)
    for one, other, fewer in zip(first, again, more, strict=True):
        np.testing.assert_array_equal(one, other)
        assert (fewer <= one).all()
    assert any((a != b).any() for a, b in zip(first, masks((30, 20), 0.3, 6), strict=True))


def test_nothing_dropped_keeps_all():
    assert [mask.all() for mask in masks((9, 1), 0.0, 2**32 - 1)] == [True, True]
    assert masks((), 0.5, 0) == []


def test_a_step_has_a_seed_of_its_own():
    seeds = {seed_of_step(seed, step) for seed in range(30) for step in range(30)}
    assert len(seeds) == 900
    assert all(0 <= seed < 2**32 for seed in seeds)
    assert seed_of_step(7, 11) == seed_of_step(7, 11) != seed_of_step(11, 7)
