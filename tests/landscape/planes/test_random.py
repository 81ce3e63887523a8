import numpy as np
import pytest
from pydantic import ValidationError

from landscape.models.base import size, split
from landscape.planes import Random

BLOCKS = {"W1": (7, 5), "b1": (7,), "W2": (4, 7), "b2": (4,), "K": (3, 2, 2), "s": (6,)}
BIASES = frozenset({"b1", "b2"})
THETA0 = np.random.RandomState(9).randn(size(BLOCKS)) * np.linspace(0.1, 30, size(BLOCKS))


def blocks_of(plane):
    return [split(direction, BLOCKS) for direction in (plane.u, plane.v)]


def drawn(seed):
    draw = np.random.RandomState(seed)
    return [split(draw.randn(size(BLOCKS)), BLOCKS) for _ in range(2)]


def length(values):
    """By hand, in plain floats."""
    return sum(float(value) ** 2 for value in np.ravel(values)) ** 0.5


@pytest.mark.parametrize("seed", [0, 1, 2**32 - 1])
def test_filter_gives_each_unit_the_length_of_its_weights(seed):
    plane = Random(seed=seed, normalisation="filter").build(THETA0, BLOCKS, BIASES)
    weights = split(THETA0, BLOCKS)
    for direction, gaussian in zip(blocks_of(plane), drawn(seed), strict=True):
        for name in ("W1", "W2", "K"):
            for row, raw, weight in zip(direction[name], gaussian[name], weights[name], strict=True):
                assert length(row) == pytest.approx(length(weight), rel=1e-12)
                np.testing.assert_allclose(row, raw * length(weight) / length(raw), rtol=1e-12)
        np.testing.assert_allclose(
            direction["s"], gaussian["s"] * length(weights["s"]) / length(gaussian["s"]), rtol=1e-12
        )


def test_layer_gives_each_block_the_length_of_its_weights():
    plane = Random(seed=4, normalisation="layer").build(THETA0, BLOCKS, BIASES)
    weights = split(THETA0, BLOCKS)
    for direction, gaussian in zip(blocks_of(plane), drawn(4), strict=True):
        for name in BLOCKS.keys() - BIASES:
            factor = length(weights[name]) / length(gaussian[name])
            np.testing.assert_allclose(direction[name], gaussian[name] * factor, rtol=1e-12)


def test_none_is_left_as_drawn():
    plane = Random(seed=4, normalisation="none").build(THETA0, BLOCKS, BIASES)
    for direction, gaussian in zip(blocks_of(plane), drawn(4), strict=True):
        for name in BLOCKS.keys() - BIASES:
            np.testing.assert_array_equal(direction[name], gaussian[name])


@pytest.mark.parametrize("normalisation", ["none", "layer", "filter"])
def test_biases_are_zero_and_the_origin_is_theta0(normalisation):
    plane = Random(normalisation=normalisation).build(THETA0, BLOCKS, BIASES)
    np.testing.assert_array_equal(plane.origin, THETA0)
    for direction in blocks_of(plane):
        for name, block in direction.items():
            assert block.any() == (name not in BIASES)


@pytest.mark.parametrize("normalisation", ["layer", "filter"])
def test_where_the_weights_are_zero_the_directions_are(normalisation):
    weights = {name: block.copy() for name, block in split(THETA0, BLOCKS).items()}
    weights["W1"][2] = 0
    weights["W2"][:] = 0
    theta0 = np.concatenate([np.ravel(block) for block in weights.values()])
    plane = Random(normalisation=normalisation).build(theta0, BLOCKS, BIASES)
    for direction in blocks_of(plane):
        assert not direction["W2"].any()
        assert direction["W1"][2].any() == (normalisation == "layer")
        assert direction["W1"][3].any()


def test_another_seed_is_another_pair():
    one, same, other = (Random(seed=seed).build(THETA0, BLOCKS, BIASES) for seed in (3, 3, 4))
    np.testing.assert_array_equal(one.u, same.u)
    assert not np.array_equal(one.u, other.u)
    assert not np.array_equal(one.u, one.v)


def test_axis_titles_name_the_unit():
    titles = {name: Random(normalisation=name).axis_titles()[0] for name in ("none", "layer", "filter")}
    assert titles == {
        "none": "direction 1",
        "layer": "direction 1 (in layer norms)",
        "filter": "direction 1 (in filter norms)",
    }


def test_a_function_of_two_variables_is_refused():
    with pytest.raises(ValidationError) as caught:
        Random().check({"x": (), "y": ()})
    (line,) = caught.value.errors(include_url=False)
    assert line["msg"] == "A random plane needs a network: a function of x and y is looked at along x and y."
    assert line["loc"] == ("plane",)


@pytest.mark.parametrize(
    ("theta0", "blocks", "biases"),
    [
        (np.zeros(6), {"W1": (2, 3)}, frozenset()),  # no length to take
        (np.array([2.0, 0.5]), {"W1": (1, 1), "b1": (1,)}, frozenset({"b1"})),  # one weight
        (np.array([2.0, 0, 0, 0]), {"W1": (4, 1)}, frozenset()),  # one weight that is not zero
    ],
)
def test_directions_that_span_no_plane_are_refused(theta0, blocks, biases):
    with pytest.raises(ValidationError) as caught:
        Random(seed=5).build(theta0, blocks, biases)
    (line,) = caught.value.errors(include_url=False)
    assert line["msg"] == (
        "Seed 5 with normalisation filter gives two directions that are parallel or zero for this model's "
        "initial weights; choose another seed or normalisation."
    )
    assert line["loc"] == ("plane", "seed")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"seed": -1}, "Seed must be at least 0. Got -1."),
        ({"seed": 2**32}, "Seed must be at most 4294967295. Got 4294967296."),
        ({"normalisation": "unit"}, "Normalisation must be none, layer or filter. Got unit."),
    ],
)
def test_bounds(fields, message):
    with pytest.raises(ValidationError) as caught:
        Random(**fields)
    assert caught.value.errors()[0]["msg"] == message


def test_reads_text():
    assert Random(seed="7", normalisation="none") == Random(seed=7, normalisation="none")
