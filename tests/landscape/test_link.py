"""Links: exact round trips, and everything that cannot be read is named while the rest is read."""

import warnings
from urllib.parse import parse_qsl, quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import landscape as ls
from landscape.link import MAX_LINK, overlay, read_query, revise, to_query

quickly = settings(derandomize=True, deadline=None, database=None, max_examples=150)
seeds = st.integers(0, 2**32 - 1)
inside = st.floats(-1e9, 1e9)


def floats(low, high):
    return st.floats(low, high, exclude_min=low == 0, allow_subnormal=True)


OPTIMIZERS = st.one_of(
    st.fixed_dictionaries({"kind": st.just("gradient_descent"), "lr": floats(0, 1e3)}),
    st.fixed_dictionaries({"kind": st.just("momentum"), "lr": floats(0, 1e3), "beta": st.floats(0, 0.999)}),
    st.fixed_dictionaries(
        {"kind": st.just("adam"), "lr": floats(0, 1e3), "beta1": st.floats(0, 0.99), "eps": floats(0, 1)}
    ),
    st.just({"kind": "momentum"}),
    st.just({}),
)


RANGES = st.tuples(inside, inside).filter(lambda ends: ends[0] != ends[1]).map(sorted)


@st.composite
def addresses(draw, widths, bias):
    layer = draw(st.integers(1, len(widths) - 1))
    to = draw(st.integers(0, widths[layer] - 1))
    if bias and draw(st.booleans()):
        return [f"b{layer}", to]
    return [f"W{layer}", to, draw(st.integers(0, widths[layer - 1] - 1))]


@st.composite
def scenes(draw):
    """Any valid scene: fields given or left to their defaults."""
    samples = None
    if draw(st.booleans()):
        fields = {"model": {"kind": "function", "name": draw(st.sampled_from(["valley", "ravine", "false_minima"]))}}
        if draw(st.booleans()):
            fields["plane"] = {"kind": "weights", "first": ["y"], "second": ["x"]}
    else:
        hidden = draw(st.lists(st.integers(1, 30), max_size=3))
        output = draw(st.sampled_from(["sigmoid", "softmax", "identity"]))
        losses = ["squared_error"] if output == "identity" else ["squared_error", "cross_entropy"]
        model = {
            "kind": "mlp",
            "hidden": hidden,
            "activation": draw(st.sampled_from(["sigmoid", "tanh", "relu", "leaky_relu", "identity"])),
            "output": output,
            "loss": draw(st.sampled_from(losses)),
            "bias": draw(st.booleans()),
            "init": draw(st.sampled_from(["normal", "xavier", "he"])),
            "seed": draw(seeds),
            "l2": draw(st.just(0.0) | floats(0, 1e6)),
        }
        samples = draw(st.integers(1, 1797))
        data = draw(st.sampled_from([{"kind": "digits"}, {"kind": "mnist"}, {"kind": "mnist", "split": "test"}])) | {
            "samples": samples,
            "sample_seed": draw(st.none() | seeds),
        }
        fields = {"model": model, "data": data}
        widths = (64 if data["kind"] == "digits" else 784, *hidden, 10)
        first = draw(addresses(widths, model["bias"]))
        second = draw(addresses(widths, model["bias"]).filter(lambda address: address != first))
        normalisation = st.sampled_from(["none", "layer", "filter"])
        fields["plane"] = draw(
            st.just({"kind": "weights", "first": first, "second": second})
            | st.fixed_dictionaries({"kind": st.just("random"), "seed": seeds, "normalisation": normalisation})
        )
    if draw(st.booleans()):
        resolution = draw(st.tuples(st.integers(2, 501), st.integers(2, 130)))
        fields["grid"] = {"a": draw(RANGES), "b": draw(RANGES), "resolution": resolution}
    start = st.just("initial") | st.tuples(inside, inside)
    run = st.fixed_dictionaries(
        {"optimizer": OPTIMIZERS, "starts": st.lists(start, min_size=1, max_size=2)},
        optional={
            "steps": st.integers(1, 100_000),
            "trains": st.sampled_from(["plane", "all"]),
            "seed": seeds,
            "batch": st.integers(1, samples) if samples else st.none(),
        },
    )
    if draw(st.booleans()):
        fields["runs"] = draw(st.lists(run, max_size=3))
    return ls.Scene.model_validate(fields)


# --- round trips ------------------------------------------------------------------------------------------


@quickly
@given(scenes())
def test_every_scene_comes_back_exactly(scene):
    text = scene.to_query()
    again, notices = read_query(text)
    assert notices == []
    assert again == scene
    assert hash(again) == hash(scene)
    assert again.surface_digest == scene.surface_digest
    runs = range(len(scene.runs))
    assert [again.run_digest(index) for index in runs] == [scene.run_digest(index) for index in runs]
    assert again.to_query() == text  # canonical
    assert len(text) <= MAX_LINK // 2
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert ls.Scene.from_query("?" + text) == scene


@quickly
@given(scenes(), scenes())
def test_two_scenes_have_one_text_only_when_they_are_equal(one, other):
    assert (one.to_query() == other.to_query()) == (one == other)


@quickly
@given(scenes(), st.randoms(use_true_random=False))
def test_the_order_of_the_keys_does_not_matter(scene, dice):
    pairs = parse_qsl(scene.to_query(), keep_blank_values=True)
    dice.shuffle(pairs)
    assert read_query(urlencode(pairs)) == (scene, [])


@pytest.mark.parametrize("name", ls.lessons())
def test_every_lesson_comes_back_exactly(name):
    assert ls.Scene.from_query(ls.lesson(name).to_query()) == ls.lesson(name)
    assert ls.Scene.from_query(f"lesson={name}") == ls.lesson(name)


def test_only_differences_are_written():
    default = ls.Scene()
    assert default.to_query() == ""
    assert read_query("") == read_query("?") == (default, [])
    for key, value in {
        "model.seed": "7", "data.samples": "50", "grid.a": "-1,2.5", "runs.0.optimizer.lr": "0.3",
        "runs.0.steps": "12", "runs.0.starts": "1,2;initial", "plane.kind": "random", "runs": "none",
    }.items():  # fmt: skip
        scene = ls.Scene.from_query(f"{key}={value}")
        assert to_query(scene) == f"{key}={value}"
        assert scene != default


def test_a_text_that_people_can_read():
    text = "model.kind=function&model.name=ravine&runs.0.optimizer.lr=0.09"
    scene = ls.Scene.from_query(text)
    assert (scene.model.kind, scene.model.name, scene.runs[0].optimizer.lr) == ("function", "ravine", 0.09)
    assert scene.to_query() == text


def test_minus_zero_is_zero():
    one = ls.Scene.from_query("runs.0.starts=-0.0,0&grid.a=-0.0,1")
    other = ls.Scene.from_query("runs.0.starts=0,0&grid.a=0,1")
    assert one == other
    assert one.to_query() == other.to_query()


def test_a_lesson_is_a_basis():
    scene = ls.Scene.from_query("runs.0.optimizer.lr=0.05&lesson=ravine")
    assert scene.runs[0].optimizer.lr == 0.05
    assert scene.runs[0].starts == ls.lesson("ravine").runs[0].starts
    assert scene.model == ls.lesson("ravine").model


def test_the_view_is_passed_over():
    text = "view.epoch=5&view.colours=%FF&model.seed=3&view.=x"
    assert read_query(text) == read_query("model.seed=3")
    assert read_query(text)[1] == []


# --- kinds take with them what only suited the old one -----------------------------------------------------


def test_another_model_brings_its_own_parts():
    scene = ls.Scene.from_query("model.kind=function")
    assert scene == ls.Scene.model_validate({"model": {"kind": "function"}})
    back = revise(scene, {"model.kind": "mlp"})
    assert back.scene == ls.Scene()


@pytest.mark.parametrize(
    "text",
    [
        "runs.0.optimizer.kind=adam&model.kind=function",
        "model.kind=function&runs.0.optimizer.kind=adam",
        "runs.0.optimizer.kind=adam&plane.kind=random",
        "lesson=valley&runs.0.optimizer.kind=adam&plane.kind=random&model.kind=mlp",
    ],
)
def test_kinds_may_be_named_in_any_order(text):
    scene = ls.Scene.from_query(text)
    assert scene.runs[0].optimizer.kind == "adam"
    for key, value in parse_qsl(text):
        if key in ("model.kind", "plane.kind"):
            assert getattr(scene, key.split(".")[0]).kind == value


def test_another_optimizer_keeps_the_starts_and_not_the_rate():
    basis = ls.Scene.from_query("runs.0.optimizer.lr=7&runs.0.starts=1,2&runs.0.steps=5")
    scene = revise(basis, {"runs.0.optimizer.kind": "adam"}).scene
    run = scene.runs[0]
    assert run.optimizer == type(run.optimizer)()
    assert (run.optimizer.kind, run.starts, run.steps) == ("adam", ((1.0, 2.0),), 5)


def test_overlay_replaces_a_list_by_its_items_and_back():
    flat = {"runs.0.steps": "1", "runs.1.steps": "2"}
    assert overlay(flat, {"runs": "none"}) == {"runs": "none"}
    assert overlay({"runs": "none"}, {"runs.0.steps": "5"}) == {"runs.0.steps": "5"}


# --- what cannot be read ----------------------------------------------------------------------------------

UNREADABLE = {
    "model.nmae=x": "Nmae is not a field",
    "nonsense=1": "Nonsense is not a field of Scene",
    "self=1": "Self is not a field of Scene",
    "=x": "is not a field of Scene",
    ".kind=x": "is not a field of Scene",
    "model.kind=tree": "Model must be one of mlp, linear, polynomial, classifier, convnet",
    "model.kind.x=1": "Model must be one of mlp, linear, polynomial, classifier, convnet",
    "model.kind.0=mlp": "Model must be one of mlp, linear, polynomial, classifier, convnet",
    "model=mlp": "Model must be described by its fields",
    "data.kind=cats": "must be one of digits, mnist",
    "data=none": "Data must be given",
    "plane.kind=0": "must be one of weights, random",
    "plane.first=W3": "needs 2 indices",
    "grid.a=1": "Range of a",
    "grid.a=2,1": "must rise",
    "grid=none": "Grid must be described by its fields",
    "grid.resolution=40": "Resolution",
    "runs.0.steps=many": "Steps must be a whole number. Got many.",
    "runs.0.steps=": "Steps must be a whole number. Got nothing.",
    "runs.0.steps=0": "Steps must be at least 1. Got 0.",
    "runs.7.steps=0": "Steps must be at least 1. Got 0.",
    "runs.x=1": "Runs must be a list",
    "runs.0=1": "Run must be described by its fields",
    f"runs.{'9' * 5000}.steps=1": "Runs must be a list",
    "runs.0.optimizer.kind=sgdd": "Optimizer must be one of",
    "runs.0.optimizer.lr=-1": "Learning rate must be greater than 0. Got -1.",
    "runs.0.optimizer.beta=0.5": "Beta is not a field of GradientDescent",
    "runs.0.starts=1,2;3": "Starts must be two numbers",
    "runs.0.batch=5000": "Batch size must be at most",
    "lesson=unknown": "There is no lesson 'unknown'",
    "model.seed=%FF%FE": "Seed must be a whole number",
}


@pytest.mark.parametrize(("text", "words"), UNREADABLE.items(), ids=lambda value: value[:30])
def test_what_cannot_be_read_is_named_and_the_rest_is_read(text, words):
    scene, notices = read_query(text)
    assert scene == ls.Scene()
    (notice,) = notices
    assert words in notice
    key = text.partition("=")[0]
    assert (key if len(key) <= 40 else key[:37]) in notice
    assert notice.endswith(" takes its place.")
    other = "data.sample_seed=4" if key == "grid" else "grid.b=-3,4"
    for both in (f"{text}&{other}", f"{other}&{text}"):
        scene, notices = read_query(both)
        assert scene == ls.Scene.from_query(other) != ls.Scene()
        assert len(notices) == 1
        assert words in notices[0]


def test_from_query_warns_of_each():
    with pytest.warns(ls.LinkWarning) as caught:
        scene = ls.Scene.from_query("model.seed=x&nonsense=1&data.samples=50")
    assert scene == ls.Scene.from_query("data.samples=50")
    assert sorted(str(warning.message)[:8] for warning in caught) == ["model.se", "nonsense"]
    assert {warning.filename for warning in caught} == {__file__}


def test_an_over_long_link_is_cut_between_two_keys():
    """Half a value would be another value."""
    filler = "view.x=" + "a" * (MAX_LINK - 7 - len("&data.samples=1"))
    scene, notices = read_query(f"{filler}&data.samples=15&model.seed=3")
    assert scene == ls.Scene()
    assert len(notices) == 1
    assert f"longer than {MAX_LINK} characters" in notices[0]
    scene, notices = read_query("data.samples=15&" + "a" * MAX_LINK)
    assert scene.data.samples == 15
    assert len(notices) == 1


def named(key, notices):
    return any((key if len(key) <= 40 else key[:37] + "...") in notice for notice in notices)


STEPS = st.sampled_from(
    ["model", "data", "plane", "grid", "runs", "0", "1", "7", "kind", "optimizer", "lr", "starts", "first", "hidden",
     "a", "steps", "seed", "x", "", "-1", "²", "٣", "lesson", "self", "batch", "name", "samples"]
)  # fmt: skip
VALUES = st.one_of(
    st.sampled_from(
        ["none", "mlp", "function", "weights", "random", "adam", "momentum", "digits", "mnist", "valley", "1,2",
         "1,2;3,4", "W3,5,250", "x", "0", "5", "-1", "1e400", "nan", "", ";", ",", "9" * 400, "initial", "ravine",
         "true"]
    ),
    st.text(max_size=12),
)  # fmt: skip
PAIRS = st.lists(st.tuples(st.lists(STEPS, min_size=1, max_size=5).map(".".join), VALUES), max_size=6)


@settings(quickly, max_examples=400)
@given(PAIRS)
def test_almost_right_links_never_raise(pairs):
    scene, notices = read_query(urlencode(pairs))
    assert read_query(scene.to_query()) == (scene, [])
    known = {key.rsplit(".", count)[0] for key in ls.flatten(scene) for count in range(key.count(".") + 1)}
    for key, _ in pairs:
        last = dict(pairs)
        if key not in known and not any(other != key and other.startswith(key + ".") for other in last):
            assert named(key, notices) or key in ("lesson",) or "runs." in key, (key, notices)


@quickly
@given(st.text(max_size=300) | st.binary(max_size=300).map(lambda raw: raw.decode("latin-1")))
def test_garbage_never_raises(text):
    scene, notices = read_query(text)
    assert isinstance(scene, ls.Scene)
    keys = [key for key, _ in parse_qsl(text.removeprefix("?"), keep_blank_values=True) if not key.startswith("view.")]
    fields = {"model", "lesson", *ls.flatten(scene)}  # the name of a field by itself may empty it
    assert all(named(key, notices) for key in keys if key not in fields)


def test_lone_surrogates_never_raise():
    scene, notices = read_query("\ud800=1&model.seed=\udfff")
    assert scene == ls.Scene()
    assert len(notices) == 2


@quickly
@given(
    scenes(),
    st.lists(st.sampled_from(["zz", "model.zz", "grid.zz", "plane.zz.y", "", ".", "view", "Model.seed"]), unique=True),
    st.text(max_size=8),
    st.randoms(use_true_random=False),
)
def test_garbage_spoils_nothing_of_the_rest(scene, keys, value, dice):
    pairs = parse_qsl(scene.to_query(), keep_blank_values=True) + [(key, value) for key in keys]
    dice.shuffle(pairs)
    again, notices = read_query(urlencode(pairs))
    assert again == scene
    assert len(notices) == len(keys)
    assert all(named(key, notices) for key in keys)


# --- changes ----------------------------------------------------------------------------------------------


def test_an_error_is_said_at_the_changed_key_only():
    revision = revise(ls.Scene(), {"model.seed": "5", "runs.0.steps": "0", "grid.a": "3,1"})
    assert revision.scene is None
    assert revision.errors.keys() == {"runs.0.steps", "grid.a"}
    assert revision.errors["runs.0.steps"] == "Steps must be at least 1. Got 0."
    assert "must rise" in revision.errors["grid.a"]


def test_an_error_in_a_list_is_said_at_the_key_that_was_written():
    """With runs.0 and runs.5 the second run is runs.5."""
    revision = revise(ls.Scene(), {"runs.5.steps": "0", "model.seed": "5"})
    assert revision.errors.keys() == {"runs.5.steps"}


def test_what_is_not_changed_gives_way_with_a_notice():
    scene, errors, notices = revise(ls.Scene(), {"model.hidden": "6"})
    assert errors == {}
    assert scene.model.hidden == (6,)
    assert scene.plane.first[0] == "W2"  # there is no W3 any more
    assert any("there is no W3" in notice for notice in notices)
    assert all(notice.endswith("The default takes its place.") for notice in notices)


def test_fewer_samples_than_a_batch_take_the_batch_along():
    basis = ls.Scene.from_query("runs.0.batch=80&runs.0.optimizer.lr=3")
    scene, errors, notices = revise(basis, {"data.samples": "50"})
    assert errors == {}
    assert (scene.data.samples, scene.runs[0].batch) == (50, None)
    assert scene.runs[0].optimizer.lr == 3
    (notice,) = notices
    assert notice.startswith("Batch size must be at most 50, the samples. Got 80.")


def test_an_output_that_the_loss_does_not_admit_takes_the_loss_along():
    basis = ls.Scene.from_query("model.loss=cross_entropy&model.output=softmax")
    scene, errors, notices = revise(basis, {"model.output": "identity"})
    assert (errors, scene.model.output, scene.model.loss) == ({}, "identity", "squared_error")
    assert len(notices) == 1
    scene, errors, _ = revise(ls.Scene.from_query("model.output=identity"), {"model.loss": "cross_entropy"})
    assert scene is None
    assert errors == {"model.loss": "Loss cross_entropy needs sigmoid or softmax outputs. Got identity."}


@quickly
@given(scenes())
def test_no_change_changes_nothing(scene):
    assert revise(scene, {}) == (scene, {}, [])


def test_the_address_bar_may_escape_everything():
    scene = ls.Scene.from_query("plane.first=W3,1,0&runs.0.starts=1,2;3,4")
    text = "&".join(f"{key}={quote(value, safe='')}" for key, value in parse_qsl(scene.to_query()))
    assert ls.Scene.from_query(text) == scene


def test_another_function_brings_its_own_domain_start_and_rate():
    valley = ls.Scene.model_validate({"model": {"kind": "function"}, "grid": {"a": [-1, 1]}})
    for name in ("rosenbrock", "quartic", "plateau"):
        revision = ls.revise(valley, {"model.name": name})
        assert (revision.errors, revision.notices) == ({}, [])
        assert revision.scene == ls.Scene.model_validate({"model": {"kind": "function", "name": name}})
        assert revision.scene.to_query() == f"model.kind=function&model.name={name}"
        assert ls.Scene.from_query(revision.scene.to_query()) == revision.scene


def test_a_curves_runs_are_told_though_they_are_as_a_surfaces_would_be():
    curve = {"kind": "random", "directions": 1}
    run = {"starts": ["initial"], "steps": 200, "optimizer": {"kind": "gradient_descent", "lr": 0.5}}
    scene = ls.Scene.model_validate({"plane": curve, "runs": [run]})
    assert ls.Scene.from_query(scene.to_query()) == scene


def test_a_model_and_its_data_bring_the_plane_that_suits_both():
    scene, notices = ls.read_query("model.kind=classifier&data.kind=moons")
    assert notices == []
    assert scene == ls.Scene.model_validate({"model": {"kind": "classifier"}, "data": {"kind": "moons"}})
    assert ls.Scene.from_query(scene.to_query()) == scene


def test_further_runs_are_written_by_what_is_their_own_however_many_there_are():
    """Beside the default scene's three starts so many runs would be too many paths; the link is as short."""
    runs = [{"starts": [[1, 1]], "steps": 5}, {"optimizer": {"kind": "momentum", "lr": 0.5}},
            *({"optimizer": {"kind": kind}} for kind in ("adam", "lion", "radam", "nadam"))]  # fmt: skip
    scene = ls.Scene.model_validate({"runs": runs})
    query = to_query(scene)
    assert ls.Scene.from_query(query) == scene
    assert len(query) < 350
    assert not [key for key in query.split("&") if key.startswith("runs.2.") and "optimizer.kind" not in key]


def test_a_start_that_is_a_runs_own_is_written_even_where_it_is_the_initial_weights():
    scene = ls.Scene.model_validate({"runs": [{"starts": [[1, 1]]}, {"starts": ["initial"]}]})
    assert ls.Scene.from_query(to_query(scene)) == scene
