"""Scenes as values: what they refuse and in which words, what they are equal to, what their digests hold."""

import itertools
import json

import pytest
from pydantic import ValidationError

import landscape as ls
from landscape.datasets import datasets
from landscape.models import models
from landscape.optimizers import optimizers

SMALL = {
    "model": {"kind": "mlp", "hidden": [4, 3], "seed": 1},
    "data": {"kind": "digits", "samples": 20},
    "plane": {"kind": "weights", "first": ["W3", 1, 0], "second": ["W3", 1, 2]},
    "grid": {"a": [-3, 3], "b": [-2, 2], "resolution": [5, 4]},
    "runs": [{"optimizer": {"kind": "momentum", "lr": 0.5}, "starts": [[1, 1], "initial"], "steps": 30}],
}
FUNCTION = {"model": {"kind": "function"}}


def scene(*changes, basis=SMALL):
    """The basis with changed parts: ("runs.0.batch", 5)."""
    fields = json.loads(json.dumps(basis))
    for key, value in changes:
        *parents, leaf = key.split(".")
        node = fields
        for parent in parents:
            node = node[int(parent)] if parent.isdecimal() else node.setdefault(parent, {})
        node[leaf] = value
    return ls.Scene.model_validate(fields)


@pytest.mark.parametrize(
    ("change", "place", "sentence"),
    [
        (("model.kind", "tree"), "model", f"Model must be one of {', '.join(models.names())}. Got tree."),
        (("model.hidden", [0]), "model.hidden.0", "Hidden layers must be at least 1. Got 0."),
        (("model.hidden", [4, "x"]), "model.hidden.1", "Hidden layers must be a whole number. Got x."),
        (("model.hidden", [2048, 2048]), "model.hidden",
         "Hidden layers make 4,345,856 weights; at most 2,000,000 are taken."),
        (("model.activation", "swish"), "model.activation",
         "Activation must be sigmoid, tanh, relu, leaky_relu, identity or step. Got swish."),
        (("model.seed", -1), "model.seed", "Seed must be at least 0. Got -1."),
        (("model.l2", -0.5), "model.l2", "L2 penalty must be at least 0. Got -0.5."),
        (("model.depth", 3), "model.depth", None),
        (("data", None), "data", None),
        (("data.kind", "cats"), "data", f"Dataset must be one of {', '.join(datasets.names())}. Got cats."),
        (("data.samples", 1798), "data.samples", "Samples must be at most 1797. Got 1798."),
        (("data.samples", 0), "data.samples", "Samples must be at least 1. Got 0."),
        (("plane.first", ["W9", 1, 0]), "plane.first",
         "First weight: there is no W9; this model has W1, W2, W3. Got W9,1,0."),
        (("plane.second", ["W3", 10, 0]), "plane.second", "Second weight W3[10,0]: to must be at most 9. Got 10."),
        (("plane.second", ["W3", 1, 0]), "plane.second",
         "Second weight must differ from the first. Got W3[1,0] twice."),
        (("grid.a", [3, 3]), "grid.a", None),
        (("grid.b", [-2e9, 0]), "grid.b", None),
        (("grid.a", [0]), "grid.a.1", "Range of a needs one more value. Got 0."),
        (("grid.a", ["x", 1]), "grid.a.0", "Range of a must be a number. Got x."),
        (("grid.resolution", [1, 5]), "grid.resolution.0", "Resolution must be at least 2. Got 1."),
        (("grid.resolution", [502, 5]), "grid.resolution.0", "Resolution must be at most 501. Got 502."),
        (("grid.resolution", [400, 400]), "grid.resolution",
         "Resolution must be at most 65536 points in all. Got 400 x 400."),
        (("runs.0.optimizer", {"kind": "sgdd"}), "runs.0.optimizer",
         f"Optimizer must be one of {', '.join(optimizers.names())}. Got sgdd."),
        (("runs.0.optimizer.lr", 0), "runs.0.optimizer.lr", "Learning rate must be greater than 0. Got 0."),
        (("runs.0.optimizer.beta", 1), "runs.0.optimizer.beta", "Momentum must be less than 1. Got 1."),
        (("runs.0.starts", [["left", 1]]), "runs.0.starts.0",
         "Starts must be two numbers a, b, or initial. Got left, 1."),
        (("runs.0.starts", ["12"]), "runs.0.starts.0", "Starts must be two numbers a, b, or initial. Got 12."),
        (("runs.0.starts", [[1, 2, 3]]), "runs.0.starts.0",
         "Starts must be two numbers a, b, or initial. Got 1, 2, 3."),
        (("runs.0.starts", [[1, 2e9]]), "runs.0.starts.0",
         "Starts must lie within -1,000,000,000 and 1,000,000,000. Got 1, 2000000000.0."),
        (("runs.0.starts", [[1, "nan"]]), "runs.0.starts.0", None),
        (("runs.0.starts", []), "runs.0.starts", None),
        (("runs.0.steps", 0), "runs.0.steps", "Steps must be at least 1. Got 0."),
        (("runs.0.steps", 100_001), "runs.0.steps", "Steps must be at most 100000. Got 100001."),
        (("runs.0.batch", 0), "runs.0.batch", "Batch size must be at least 1. Got 0."),
        (("runs.0.batch", 21), "runs.0.batch", "Batch size must be at most 20, the samples. Got 21."),
        (("runs.0.trains", "some"), "runs.0.trains", "Trains must be plane or all. Got some."),
        (("runs", SMALL["runs"] * 5), "runs", None),
        (("colour", 1), "colour", "Colour is not a field of Scene; it has model, data, plane, grid, runs, race."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(change, place, sentence):
    """Without a sentence here, the sentence must at least name what was got or the bound."""
    with pytest.raises(ValidationError) as caught:
        scene(change)
    (line,) = caught.value.errors()
    assert ".".join(map(str, line["loc"])) == place
    message = line["msg"]
    if sentence is not None:
        assert message == sentence
    assert message[0].isupper()
    assert message.endswith(".")
    assert "Value error" not in message
    assert "Input should" not in message


@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        (("data", {"kind": "digits"}), "data", "Data must be none"),
        (("plane", {"kind": "random"}), "plane", "A random plane needs a network"),
        (("plane", {"first": ["z"]}), "plane.first", "there is no z; this model has x, y"),
        (("runs", [{"batch": 3}]), "runs.0.batch", "Batch size must be none: a function has no samples. Got 3."),
    ],
)
def test_what_does_not_suit_a_function(change, place, words):
    with pytest.raises(ValidationError) as caught:
        scene(change, basis=FUNCTION)
    (line,) = caught.value.errors()
    assert ".".join(map(str, line["loc"])) == place
    assert words in line["msg"]


def test_cross_entropy_and_identity_are_refused_at_the_loss():
    with pytest.raises(ValidationError) as caught:
        scene(("model.loss", "cross_entropy"), ("model.output", "identity"))
    (line,) = caught.value.errors()
    assert line["loc"] == ("model", "loss")
    assert line["msg"] == "Loss cross_entropy needs sigmoid or softmax outputs. Got identity."


def test_every_wrong_field_is_said_at_once():
    with pytest.raises(ValidationError) as caught:
        scene(("model.seed", -1), ("grid.a", [1, 0]), ("runs.0.steps", 0))
    assert [line["loc"] for line in caught.value.errors()] == [
        ("model", "seed"), ("grid", "a"), ("runs", 0, "steps"),
    ]  # fmt: skip


def test_the_sizes_of_design_are_admitted():
    assert scene(("grid.resolution", [101, 501])).grid.resolution == (101, 501)


def test_a_scene_can_be_made_in_every_way():
    want = scene()
    assert ls.Scene(**SMALL) == want
    assert ls.Scene.model_validate(want) == want
    assert ls.Scene.model_validate(want.model_dump()) == want
    assert ls.Scene.model_validate_json(want.model_dump_json()) == want
    assert ls.Scene(model=want.model, data=want.data, plane=want.plane, grid=want.grid, runs=want.runs) == want
    with pytest.raises(ValidationError, match="Self is not a field of Scene"):
        ls.Scene.model_validate({"self": 1})


def test_values_are_frozen_hashable_and_equal():
    one, other = scene(), scene()
    assert one == other
    assert hash(one) == hash(other)
    assert len({one, other, scene(("model.seed", 2))}) == 2
    with pytest.raises(ValidationError, match="frozen"):
        one.grid = other.grid


def digests(scene):
    runs = tuple(scene.run_digest(index) for index in range(len(scene.runs)))
    return (scene.objective_digest, scene.slice_digest, scene.surface_digest, *runs)


def test_equal_scenes_have_equal_digests_also_with_a_minus_before_zero():
    one = scene(("grid.a", [0.0, 3]), ("runs.0.starts", [[0.0, -0.0]]))
    other = scene(("grid.a", [-0.0, 3]), ("runs.0.starts", [[-0.0, 0]]))
    assert one == other
    assert hash(one) == hash(other)
    assert digests(one) == digests(other)
    assert one.to_query() == other.to_query()


@pytest.mark.parametrize(
    ("change", "kept"),
    [  # objective, slice, surface, run
        (("model.seed", 2), (False, False, False, False)),
        (("data.samples", 21), (False, False, False, False)),
        (("plane.second", ["W3", 1, 1]), (True, False, False, False)),
        (("grid.resolution", [6, 4]), (True, True, False, True)),
        (("grid.a", [-3, 4]), (True, True, False, True)),
        (("runs.0.optimizer.lr", 0.6), (True, True, True, False)),
        (("runs.0.optimizer", {"kind": "adam", "lr": 0.5}), (True, True, True, False)),
        (("runs.0.starts", [[1, 1]]), (True, True, True, False)),
        (("runs.0.steps", 31), (True, True, True, False)),
        (("runs.0.batch", 5), (True, True, True, False)),
        (("runs.0.trains", "all"), (True, True, True, False)),
        (("runs.0.seed", 5), (True, True, True, False)),
    ],
)
def test_a_digest_holds_what_its_numbers_depend_on(change, kept):
    same = tuple(one == other for one, other in zip(digests(scene()), digests(scene(change)), strict=True))
    assert same == kept


def test_a_run_that_trains_everything_does_not_hold_the_plane_unless_it_starts_there():
    planes = [SMALL["plane"], {"kind": "random", "seed": 1}]

    def run_digests(starts, trains):
        return {
            scene(("plane", plane), ("runs.0.trains", trains), ("runs.0.starts", starts)).run_digest(0)
            for plane in planes
        }

    assert len(run_digests(["initial"], "all")) == 1
    assert len(run_digests([[1, 1]], "all")) == 2
    assert len(run_digests(["initial", [1, 1]], "all")) == 2
    assert len(run_digests(["initial"], "plane")) == 2


def test_no_two_of_many_scenes_share_a_digest():
    changes = [
        [("model.hidden", value) for value in ([4, 3], [43], [4, 3, 3])],
        [("grid.a", value) for value in ([-3, 3], [-33, 3], [-3, 33])],
        [("grid.b", value) for value in ([-2, 2], [-2, 22])],
        [("plane", {"kind": "random", "seed": value}) for value in (1, 11)],
    ]
    found = {digests(scene(*change))[2] for change in itertools.product(*changes)}
    assert len(found) == 3 * 3 * 2 * 2


def test_blocks_are_those_of_the_model():
    assert dict(scene().blocks) == {"W1": (4, 64), "W2": (3, 4), "W3": (10, 3)}
    assert dict(scene(basis=FUNCTION).blocks) == {"x": (), "y": ()}


def test_runs_that_would_hold_too_many_numbers_are_refused():
    wide = {"kind": "mlp", "hidden": [2000, 400]}  # 932,000 weights
    runs = [{"trains": "all", "starts": ["initial", [0, 0], [1, 1]]}, {"trains": "all", "starts": ["initial"]}]
    with pytest.raises(ValidationError, match="move 3,728,000 numbers, weights times starts; at most 3,000,000"):
        ls.Scene.model_validate({"model": wide, "data": {"kind": "digits"}, "runs": runs})
    assert ls.Scene.model_validate({"model": wide, "data": {"kind": "digits"}, "runs": runs[:1]})
    in_plane = [{"trains": "plane", "starts": [[0, 0]] * 8}]
    assert ls.Scene.model_validate({"model": wide, "data": {"kind": "digits"}, "runs": in_plane})


def test_no_more_numbers_than_there_is_room_for(tmp_path, monkeypatch):
    monkeypatch.setenv("LANDSCAPE_DATA", str(tmp_path))
    with pytest.raises(ValidationError, match=r"Samples must be at most 16,276 of 3,072 numbers each\. Got 20,000\."):
        ls.Scene.model_validate({"data": {"kind": "cifar10", "samples": 20_000}})


def test_samples_that_see_each_other_are_fewer():
    normalised = {"model": {"norm": "batch"}, "data": {"kind": "mnist", "samples": 60_000}}
    with pytest.raises(ValidationError, match="Samples must be at most 17,857 here, for all go through the 560 units"):
        ls.Scene.model_validate(normalised)
    assert ls.Scene.model_validate(normalised | {"model": {}}).data.samples == 60_000
