from itertools import combinations

import numpy as np
import pytest

import landscape as ls
from landscape.slice import Slice
from tools.choose_scene import main
from tools.screening import COARSE, depths, last_layer, network, strict_minima, unit_loss

THREE_VALLEYS = np.array([
    [9, 9, 9, 9, 9, 9, 9],
    [9, 1, 4, 2, 7, 3, 9],
    [9, 9, 9, 9, 9, 9, 0],
])  # fmt: skip


def test_depths_by_hand():
    """Water rises: the pools of 2 and 1 meet at 4, those of 3 and 1 at 7, that of 1 and the 0 outside at 9."""
    expected = [((9 - 1) / 9, (1, 1)), ((7 - 3) / 9, (1, 5)), ((4 - 2) / 9, (1, 3))]
    walled = np.array([[9] * 9, [9, 9, *THREE_VALLEYS[1, 1:6], 9, 9], [9] * 8 + [0]])
    assert depths(walled) == [(pytest.approx(depth), (row, column + 1)) for depth, (row, column) in expected]


def test_a_minimum_beside_a_lower_border_is_none():
    assert np.argwhere(strict_minima(THREE_VALLEYS)).tolist() == [[1, 1], [1, 3]]


def test_of_two_equal_minima_none_hides_the_other():
    flat = np.full((3, 7), 5)
    flat[1] = [5, 1, 5, 3, 5, 1, 5]
    assert sorted(depths(flat)) == [(0.5, (1, 3)), (1.0, (1, 1)), (1.0, (1, 5))]


def test_the_sieve_sees_the_loss_itself():
    """All outputs' losses less one output's are constant over that output's weights."""
    scene = network(7, 60, (4, 30, 31))
    objective = ls.objective(scene)
    signal, last = last_layer(objective)
    sieve = unit_loss(signal, last[4], objective.samples.y[:, 4], 30, 31)
    rest = Slice(objective, ls.plane(scene)).grid(COARSE, COARSE) - sieve
    assert np.ptp(sieve) > 0.01
    np.testing.assert_allclose(rest, rest.mean(), rtol=0, atol=1e-6)


def test_one_pair_alone(capsys):
    (found,) = main(["--only", "85", "0", "19", "120"])
    scene, (run,) = found.scene, found.scene.runs
    span = max(np.ptp(scene.grid.a), np.ptp(scene.grid.b))
    assert scene.model.seed == 85
    assert (scene.plane.first, scene.plane.second) == (("W3", 0, 19), ("W3", 0, 120))
    assert len(found.minima) == len(run.starts) == 3
    assert all(point.kind == "minimum" and point.grad_norm < 1e-10 for point in found.minima)
    places = np.array([(point.a, point.b) for point in found.minima])
    assert all(np.linalg.norm(p - q) > 0.15 * span for p, q in combinations(places, 2))
    assert all(0 < np.linalg.norm(p - q) <= 0.08 * span for p, q in combinations(np.array(run.starts), 2))
    for path, place in zip(ls.descend(scene), places, strict=True):
        assert np.linalg.norm(place - (path.a[-1], path.b[-1])) < 0.05
    printed = capsys.readouterr().out
    assert all(f"({a:.6f}, {b:.6f})" in printed for a, b in places)
    assert scene == ls.Scene(), "the default scene is no longer what the search finds"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("--only 85 10 19 120", "First weight W3[10,19]: to must be at most 9. Got 10."),
        ("--only 85 0 19 19", "Second weight must differ from the first. Got W3[0,19] twice."),
        ("--samples 5000", "Samples must be at most 1797. Got 5000."),
    ],
)
def test_refuses_what_is_not_there(arguments, sentence, capsys):
    with pytest.raises(SystemExit):
        main(arguments.split())
    assert capsys.readouterr().err.strip().endswith(sentence)
