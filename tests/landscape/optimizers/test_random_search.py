import numpy as np

import landscape as ls
from landscape.optimizers import RandomSearch
from tests.landscape.optimizers.told import Told, walk


def test_defaults():
    assert RandomSearch().scale == 1e-4


def test_four_steps_by_hand():
    # from 4, scale 2: 2 is worse; 6 is better; 16 is as far away on the other side, and stays out; 12 is better
    thetas = walk(RandomSearch(scale=2), Told(1, 3, 7, 6), [4], 4)
    np.testing.assert_array_equal(thetas[:, 0], [4, 4, 6, 6, 12])


def test_one_loss_a_step_and_one_for_the_start():
    oracle = Told(1, 3, 7, 6)
    walk(RandomSearch(scale=2), oracle, [[4], [9]], 4)
    np.testing.assert_array_equal(oracle.asked, [5, 5])
    varying = Told(1, 3, 7, 6, varies=True)
    walk(RandomSearch(scale=2), varying, [[4], [9]], 4)
    np.testing.assert_array_equal(varying.asked, [8, 8])


def test_starts_differ_until_an_attempt_is_better_than_all_of_them():
    thetas = walk(RandomSearch(), Told(*np.array([3, 9.5, 4]) / 1e-4), [[4], [9]], 3)
    np.testing.assert_allclose(thetas[..., 0], [[4, 9], [4, 9], [9.5, 9.5], [9.5, 9.5]], rtol=1e-14)


def test_a_path_is_the_best_so_far_of_the_attempts_of_its_seed():
    """Through a scene: numpy's own generator, seeded by the run's seed, the step, and 1."""
    run = {"optimizer": {"kind": "random_search", "scale": 0.7}, "starts": [[-1.8, 0.6]], "steps": 40, "seed": 5}
    (path,) = ls.descend(ls.Scene.model_validate({"model": {"kind": "function", "name": "ravine"}, "runs": [run]}))
    best, height, want = (-1.8, 0.6), 1.8**2 + 10 * 0.6**2, []
    for step in range(41):
        want.append((*best, height))
        x, y = 0.7 * np.random.default_rng((5, step, 1)).standard_normal(2)
        if x**2 + 10 * y**2 < height:
            best, height = (x, y), x**2 + 10 * y**2
    np.testing.assert_allclose(np.stack([path.a, path.b, path.loss], axis=-1), want, rtol=1e-12)
    assert len(set(path.loss.tolist())) == 3
    np.testing.assert_array_equal(path.evaluations, [0, *range(2, 42)])
    assert np.isnan(path.lr).all()
