"""Pairs whose picture moves; and the sentence for those whose picture does not."""

import numpy as np
import pytest

import landscape as ls
from landscape.suggest import liveliness


def digits(*address, **fields):
    plane = {"plane": {"kind": "weights", "first": address[0], "second": address[1]}} if address else {}
    model = {"kind": "mlp", "hidden": [12, 9], "seed": 3}
    return ls.Scene.model_validate(
        {"model": model, "data": {"kind": "digits", "samples": 30}, "runs": []} | plane | fields
    )


ENGINE = ls.Engine()


def test_a_suggested_surface_moves():
    for seed in range(4):
        scene = ls.suggest_pair(ENGINE, digits(), seed)
        surface = ENGINE.surface(scene.model_copy(update={"grid": ls.Grid(a=(-9, 9), b=(-9, 9), resolution=(9, 9))}))
        assert np.ptp(surface.loss) > 1e-3 * surface.loss.max()
        first, second = scene.plane.first, scene.plane.second
        assert first[:2] == second[:2]  # into one unit
        assert first[2] < second[2]
        assert scene == ls.Scene.model_validate(scene.model_dump())  # a valid scene


def test_the_same_seed_suggests_the_same_pair_and_others_suggest_others():
    pairs = [ls.suggest_pair(ENGINE, digits(), seed).plane for seed in (0, 0, 1, 2, 3)]
    assert pairs[0] == pairs[1]
    assert len(set(pairs)) > 1


def test_nothing_but_the_plane_changes():
    scene = digits()
    suggested = ls.suggest_pair(ENGINE, scene, 1)
    assert suggested.model_copy(update={"plane": scene.plane}) == scene


def test_a_function_has_no_weights_to_choose_from():
    with pytest.raises(ValueError, match="no matrix with two weights"):
        ls.suggest_pair(ENGINE, ls.lesson("valley"))


def test_a_flat_picture_is_not_lively_and_a_wavy_one_is_livelier_than_a_slope():
    x = np.linspace(0, 4 * np.pi, 9)
    flat, slope, waves = np.full((9, 9), 3.0), np.add.outer(x, x), np.add.outer(np.sin(x * 0.8), np.sin(x * 0.8))
    slope = 10 + slope * np.ptp(waves) / np.ptp(slope)
    waves = waves + 10
    assert liveliness(flat) == liveliness(flat + 1e-12 * slope) == 0
    assert 0 < liveliness(slope) < liveliness(waves)
    broken = waves.copy()
    broken[3, 3] = np.nan
    assert liveliness(broken) == 0


def why(scene):
    return ls.why_constant(ENGINE.slice(scene), scene)


def test_a_blank_pixel_is_named():
    """Pixel 0 is blank in every digit; pixel 39, the end of row 4, is so in the first thirty."""
    x = ls.objective(digits()).samples.x
    assert not x[:, [0, 39]].any()
    both = why(digits(("W1", 2, 0), ("W1", 2, 39)))
    for words in ("W1[2,0] and W1[2,39] cannot", "0 (row 0, column 0)", "39 (row 4, column 7)", "all 30 samples"):
        assert words in both
    assert x[:, 20].any()
    one = why(digits(("W1", 2, 0), ("W1", 2, 20)))
    assert one.startswith("W1[2,0] cannot move the loss: pixel 0 (row 0, column 0) is blank in all 30 samples")
    assert "W1[2,20]" not in one


def test_what_is_blank_is_constant():
    surface = ENGINE.surface(digits(("W1", 2, 0), ("W1", 2, 39)))
    assert np.ptp(surface.loss) == 0


@pytest.mark.parametrize(
    "scene",
    [
        digits(("W1", 2, 20), ("W1", 2, 21)),
        digits(("W2", 2, 0), ("W2", 2, 1)),
        digits(plane={"kind": "random"}),
        ls.lesson("valley"),
    ],
)
def test_lively_pairs_need_no_reason(scene):
    assert why(scene) is None
