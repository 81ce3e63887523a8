import numpy as np

import landscape as ls
from landscape.optimizers import LocalSearch
from tests.landscape.optimizers.told import Told, walk


def test_defaults():
    assert LocalSearch().scale == 0.1


def test_four_steps_by_hand():
    # from 4, scale 2: back by 2 is worse; on by 7 is better; back by 2 is as high on the other side; back by 1 is 10
    thetas = walk(LocalSearch(scale=2), Told(-1, 3.5, -1, -0.5), [4], 4)
    np.testing.assert_array_equal(thetas[:, 0], [4, 4, 11, 11, 10])


def test_one_loss_a_step_and_one_for_the_start():
    oracle = Told(-1, 3, 1, -0.5)
    walk(LocalSearch(scale=2), oracle, [[4], [9]], 4)
    np.testing.assert_array_equal(oracle.asked, [5, 5])
    varying = Told(-1, 3, 1, -0.5, varies=True)
    walk(LocalSearch(scale=2), varying, [[4], [9]], 4)
    np.testing.assert_array_equal(varying.asked, [8, 8])


def test_starts_try_the_same_steps_each_from_where_it_stands():
    thetas = walk(LocalSearch(scale=1), Told(2, -3), [[4], [13]], 2)
    np.testing.assert_array_equal(thetas[..., 0], [[4, 13], [6, 13], [6, 10]])


def test_a_path_is_the_random_steps_of_its_seed_that_go_down():
    """Through a scene: numpy's own generator, seeded by the run's seed, the step, and 1."""
    run = {"optimizer": {"kind": "local_search", "scale": 0.2}, "starts": [[-1.8, 0.6]], "steps": 40, "seed": 5}
    (path,) = ls.descend(ls.Scene.model_validate({"model": {"kind": "function", "name": "ravine"}, "runs": [run]}))
    x, y, want = -1.8, 0.6, []
    for step in range(41):
        want.append((x, y, x**2 + 10 * y**2))
        u, v = 0.2 * np.random.default_rng((5, step, 1)).standard_normal(2)
        if (x + u) ** 2 + 10 * (y + v) ** 2 < x**2 + 10 * y**2:
            x, y = x + u, y + v
    np.testing.assert_allclose(np.stack([path.a, path.b, path.loss], axis=-1), want, rtol=1e-12)
    assert len(set(path.loss.tolist())) > 10
    np.testing.assert_array_equal(path.evaluations, [0, *range(2, 42)])


def test_on_mini_batches_both_places_are_measured_on_the_steps_own():
    scene = ls.Scene.model_validate(
        {
            "data": {"samples": 20},
            "model": {"hidden": [4]},
            "runs": [{"optimizer": {"kind": "local_search"}, "starts": ["initial"], "steps": 90, "batch": 1}],
        }
    )
    (path,) = ls.descend(scene)
    np.testing.assert_array_equal(path.evaluations, 2 * np.arange(91))
    moved = (np.diff(path.a) != 0) | (np.diff(path.b) != 0)
    assert 3 < moved.sum() < 90
    assert (np.diff(path.loss)[moved] > 0).any()  # down on the batch, up on all samples
