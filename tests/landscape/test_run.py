"""A run whose method asks for losses alone, or takes a few numbers only: what it refuses, and what becomes of it."""

import numpy as np
import pytest
from pydantic import ValidationError

import landscape as ls
from landscape.optimizers import optimizers
from landscape.run import WITHOUT_GRADIENTS
from landscape.running import RunWork

SEARCHES = [name for name in optimizers.names() if not optimizers[name].uses_gradient]
every_search = pytest.mark.parametrize("kind", SEARCHES)
MEANINGLESS = [
    ("gradient", "centred", "Gradient must be analytic: {} asks for losses alone. Got centred."),
    ("clip_value", 2.0, "Clip entries must be none: {} asks for losses alone. Got 2."),
    ("clip_norm", 0.5, "Clip length must be none: {} asks for losses alone. Got 0.5."),
    ("noise", 0.1, "Gradient noise must be 0: {} asks for losses alone. Got 0.1."),
    ("schedule", {"kind": "cosine"}, "Schedule must be constant: {} has no learning rate. Got cosine."),
    ("schedule", {"warmup": 5}, "Schedule must be constant: {} has no learning rate. Got a warm-up of 5 steps."),
]
meaningless = pytest.mark.parametrize(("field", "value", "sentence"), MEANINGLESS)


def scene(run, **fields):
    return ls.Scene.model_validate({"model": {"kind": "function", "name": "ravine"}, "runs": [run]} | fields)


def test_there_are_two_searches():
    assert SEARCHES == ["random_search", "local_search"]


@every_search
@meaningless
def test_what_says_nothing_is_refused(kind, field, value, sentence):
    with pytest.raises(ValidationError) as caught:
        scene({"optimizer": {"kind": kind}, field: value})
    (line,) = caught.value.errors()
    assert line["msg"] == sentence.format(optimizers[kind].noun)
    assert line["loc"] == ("runs", 0, field)


@every_search
@meaningless
def test_what_says_nothing_gives_way_to_a_search_that_is_chosen(kind, field, value, sentence):
    revision = ls.revise(scene({field: value}), {"runs.0.optimizer.kind": kind})
    assert revision.errors == {}
    assert revision.notices == [f"{sentence.format(optimizers[kind].noun)} The default takes its place."]
    assert revision.scene.runs[0].optimizer.kind == kind


@every_search
def test_a_search_lets_every_idle_field_be(kind):
    run = ls.Run(optimizer={"kind": kind})
    assert run.idle == WITHOUT_GRADIENTS <= type(run).model_fields.keys()
    assert ls.Run().idle == frozenset()


@every_search
def test_a_search_has_no_rate_to_sweep_and_no_end_to_gather(kind):
    searched = scene({"optimizer": {"kind": kind}, "starts": [[1, 1]]})
    with pytest.raises(ValueError, match=rf"Rates are those of a method that has one\. Got {optimizers[kind].noun}"):
        ls.sweep(searched)
    with pytest.raises(ValueError, match=rf"follow gradients to an end\. Got {optimizers[kind].noun}, which has none"):
        ls.basins(searched)


@every_search
def test_a_search_that_ends_higher_is_not_told_of_a_rate(kind):
    """On one sample a step what is lower there may be far higher on all, and then nobody speaks of rates."""
    model = {"kind": "linear", "init": "zeros"}
    run = {"optimizer": {"kind": kind, "scale": 1000}, "starts": [[2, 4]], "steps": 300, "batch": 1, "seed": 5}
    blown = ls.Scene.model_validate({"model": model, "data": {"kind": "line", "samples": 45}, "runs": [run]})
    (path,) = ls.descend(blown)
    assert path.status is ls.Status.DIVERGED
    assert path.message == f"Diverged: after 300 steps the loss is {path.loss[-1]:.3g}."
    explained = ls.explain(ls.Engine().slice(blown), blown, path)
    assert (explained.rate, explained.bound, explained.holds) == (None, None, None)


@pytest.mark.parametrize("lr", [2.5, 3.0])
def test_of_newtons_method_no_bound_is_claimed(lr):
    """At a rate above 2 it leaves a bowl in ever longer steps; the bound of gradient descent is none of its own."""
    run = {"optimizer": {"kind": "newton", "lr": lr}, "starts": [[-1.8, 0.6]], "steps": 400}
    (path,) = ls.descend(scene(run))
    assert path.status is ls.Status.DIVERGED
    explained = ls.explain(ls.Engine().slice(scene(run)), scene(run), path)
    assert (explained.bound, explained.holds, explained.rate) == (None, None, lr)
    assert ls.rates_that_hold([path], [explained]) == {}


@pytest.mark.parametrize(
    ("optimizer", "model", "sentence"),
    [
        ({"kind": "newton"}, {},
         "Trains must be plane: Newton's method takes at most 300 trained numbers here. Got 33,200."),
        ({"kind": "lbfgs", "history": 100}, {"hidden": [1000, 100]},
         "Trains must be plane: L-BFGS takes at most 90,000 trained numbers here. Got 165,000."),
    ],
)  # fmt: skip
def test_too_many_numbers_are_refused(optimizer, model, sentence):
    fields = {"model": model, "plane": {"kind": "random"}}
    with pytest.raises(ValidationError) as caught:
        ls.Scene.model_validate(fields | {"runs": [{"optimizer": optimizer, "trains": "all"}]})
    (line,) = caught.value.errors()
    assert (line["loc"], line["msg"]) == (("runs", 0, "trains"), sentence)
    plane = ls.Scene.model_validate(fields | {"runs": [{"optimizer": optimizer, "trains": "plane"}]})
    assert "runs.0.trains" in ls.revise(plane, {"runs.0.trains": "all"}).errors


def test_who_asks_for_more_is_cut_into_shorter_chunks():
    """A chunk is what is computed at a time: of Newton's method on 74 numbers one 149th as many steps."""
    fields = {"model": {"hidden": [1]}, "data": {"samples": 100}, "plane": {"kind": "random"}}
    lengths = []
    for kind in ("gradient_descent", "newton"):
        made = ls.Scene.model_validate(
            fields | {"runs": [{"optimizer": {"kind": kind}, "trains": "all", "steps": 100_000}]}
        )
        assert made.parameters == 74
        lengths.append(RunWork(0, made.runs[0], ls.Engine().slice(made)).chunks[1].ends)
    assert lengths[1] < lengths[0] / 10


def test_newton_trains_a_small_network_and_counts_its_hessian():
    fields = {"model": {"hidden": [2], "bias": True, "activation": "tanh"}, "data": {"kind": "xor", "samples": 40}}
    newton = {"kind": "newton", "lr": 0.5, "saddle_free": True, "damping": 1e-3}
    run = {"optimizer": newton, "trains": "all", "steps": 40}
    made = ls.Scene.model_validate(fields | {"plane": {"kind": "random"}, "runs": [run]})
    (path,) = ls.descend(made)
    np.testing.assert_array_equal(path.evaluations, (1 + 2 * made.parameters) * np.arange(41))
    assert path.loss[-1] < 0.5 * path.loss[0]


def test_starts_of_a_line_search_pay_each_for_itself():
    """One start whose every first length goes down, beside one that has to shorten its steps."""
    run = {"optimizer": {"kind": "lbfgs"}, "starts": [[-1.2, 1.0], [1.0, 1.0]], "steps": 30}
    made = ls.Scene.model_validate({"model": {"kind": "function", "name": "rosenbrock"}, "runs": [run]})
    together, alone = ls.descend(made), ls.descend(made.model_copy(update={"runs": (
        made.runs[0].model_copy(update={"starts": ((-1.2, 1.0),)}),)}))  # fmt: skip
    np.testing.assert_array_equal(together[0].evaluations, alone[0].evaluations)
    assert together[0].evaluations[-1] > 60
    np.testing.assert_array_equal(together[1].evaluations, 2 * np.arange(31))  # it stands at the minimum
