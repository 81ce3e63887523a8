"""Races: what the runs have in common, what they may spend, and what a link says of it."""

import numpy as np
import pytest
from pydantic import ValidationError

import landscape as ls
from landscape.link import read_query, revise
from landscape.optimizers import optimizers
from landscape.race import price

BOWL = {"model": {"kind": "function", "name": "ravine"}}
DIGITS = {"model": {"kind": "mlp", "hidden": [4]}, "data": {"kind": "digits", "samples": 100}}
ADAM = {"optimizer": {"kind": "adam"}}


def scene(*runs, basis=BOWL, **race):
    return ls.Scene.model_validate(basis | {"runs": list(runs)} | ({"race": race} if race else {}))


def test_runs_that_say_nothing_else_are_tied_to_the_first():
    made = scene({"starts": [[-1, 1], [2, 0]], "steps": 30}, ADAM)
    assert made.runs[1].starts == ((-1.0, 1.0), (2.0, 0.0))
    assert made.runs[1].steps == 30
    assert made.race == ls.Race()


def test_tied_batches_are_the_same_samples_in_the_same_order():
    made = scene({"batch": 7, "seed": 3, "steps": 20, "trains": "all"}, {"trains": "all"} | ADAM, basis=DIGITS)
    first, second = ls.descend(made)
    assert (made.runs[1].batch, made.runs[1].seed) == (7, 3)
    # the first step's batch is measured before anybody has moved: equal where it holds the same samples
    assert first.batch_loss[0] == second.batch_loss[0]
    assert first.samples_seen.tolist() == second.samples_seen.tolist()
    other = scene({"batch": 7, "seed": 3, "trains": "all"}, {"seed": 4, "trains": "all"} | ADAM, basis=DIGITS)
    assert other.race.batches == "own"
    one, two = ls.descend(other)
    assert one.batch_loss[0] != two.batch_loss[0]


def test_runs_that_differ_are_not_tied():
    made = scene({"starts": [[-1, 1]], "steps": 5}, {"starts": [[1, 1]], "steps": 9})
    assert made.race == ls.Race(starts="own", budget="own")
    assert made.runs[1].starts == ((1.0, 1.0),)
    assert made.runs[1].steps == 9


@pytest.mark.parametrize(
    ("race", "batches", "steps"),
    [
        ({"budget": "epochs"}, (10, 25), (40, 16)),  # four epochs of 100 samples
        ({"budget": "epochs", "amount": 3}, (10, 25), (30, 12)),
        ({"budget": "samples", "amount": 250}, (10, 25), (25, 10)),
        ({"budget": "samples", "amount": 259}, (10, None), (25, 2)),
        ({"budget": "evaluations", "amount": 12}, (10, 25), (12, 12)),
        ({"budget": "steps", "amount": 8}, (10, 25), (8, 8)),
        ({"budget": "own"}, (10, 25), (40, 17)),
    ],
)
def test_an_equal_budget_says_the_steps(race, batches, steps):
    last = {"steps": 17} if race["budget"] == "own" else {}
    first = {"batch": batches[0]} | ({} if "amount" in race else {"steps": 40})
    made = scene(first, {"batch": batches[1]} | last, basis=DIGITS, **race)
    assert tuple(run.steps for run in made.runs) == steps


def test_who_pays_more_for_a_step_takes_fewer():
    made = scene({"steps": 60}, {"gradient": "forward"}, {"gradient": "centred"}, budget="evaluations")
    assert [run.steps for run in made.runs] == [60, 20, 15]
    assert [path.evaluations[-1] for path in ls.descend(made)] == [60, 60, 60]


@pytest.mark.parametrize("kind", optimizers.names())
@pytest.mark.parametrize("gradient", ["analytic", "centred"])
def test_the_price_of_a_step_is_what_its_oracle_counts(kind, gradient):
    if gradient != "analytic" and not optimizers[kind].uses_gradient:
        pytest.skip(f"{kind} asks for no gradient")
    made = scene({"optimizer": {"kind": kind}, "steps": 4, "gradient": gradient, "starts": [[-0.5, 0.1]]})
    (path,) = ls.descend(made)
    known = price(made.runs[0], made.trained(0))
    if known is None:
        assert (np.diff(path.evaluations) >= 1).all()
    else:
        assert set(np.diff(path.evaluations).tolist()) == {known}


def test_a_run_ends_where_its_evaluations_are_spent():
    whole = scene({"steps": 40, "starts": [[-1, 1]]})
    short = scene({"steps": 40, "starts": [[-1, 1]], "evaluations": 15})
    (full,), (path,) = ls.descend(whole), ls.descend(short)
    assert path.step[-1] == path.evaluations[-1] == 15
    assert path.status is ls.Status.MAX_STEPS
    assert path.message.startswith("Spent its evaluations in 15 steps; gradient norm")
    np.testing.assert_array_equal(path.loss, full.loss[:16])


def test_evaluations_are_spent_across_chunks_and_a_new_process():
    """A long run of recorded strides; its state is kept, and taken up by an engine that knows nothing else."""
    made = scene({"steps": 5000, "evaluations": 2500, "trains": "all", "batch": 10}, basis=DIGITS)
    cache = ls.MemoryCache()
    engine = ls.Engine(cache)
    frame = engine.advance(made, 0.02)
    while not frame.done:
        frame = ls.Engine(cache).advance(made, 0.02)
    (path,) = frame.paths
    assert path.evaluations[-1] == 2500
    assert path.step[-1] == 2500
    assert path.status is ls.Status.MAX_STEPS


@pytest.mark.parametrize(
    ("runs", "race", "field", "words"),
    [
        ([{"steps": 3}, {"steps": 4}], {"budget": "steps"}, "runs.1.steps", "Steps of run 2 must be 3"),
        ([{"starts": [[0, 1]]}, {"starts": [[0, 2]]}], {"starts": "same"}, "runs.1.starts", "must be 0,1"),
        ([{"steps": 3}, {"steps": 4}], {"amount": 9}, "race.amount", "Budget must be none where each run has its own"),
        ([{}, ADAM], {"budget": "steps", "amount": 100_001}, "race.amount", "at most 100,000 steps. Got 100,001"),
        ([{"gradient": "centred"}], {"budget": "evaluations", "amount": 3}, "race.amount", "one step of gradient"),
        ([{}], {"amount": 0}, "race.amount", "Budget must be at least 1. Got 0."),
    ],
)  # fmt: skip
def test_a_race_that_cannot_be_run_is_refused(runs, race, field, words):
    with pytest.raises(ValidationError) as caught:
        scene(*runs, **race)
    line = caught.value.errors()[0]
    assert ".".join(map(str, line["loc"])) == field
    assert words in line["msg"]


def test_links_hold_no_tied_field():
    made = scene({"starts": [[-1, 1]], "steps": 30}, ADAM, ADAM | {"trains": "all"})
    query = made.to_query()
    assert "runs.1.starts" not in query
    assert "runs.2.steps" not in query
    assert "race" not in query
    assert ls.Scene.from_query(query) == made


@pytest.mark.parametrize(
    "race",
    [{"budget": "epochs", "amount": 3}, {"starts": "own"}, {"batches": "own", "budget": "samples"}, {"budget": "own"}],
)
def test_races_survive_a_link(race):
    made = scene({"batch": 10} | ({} if "amount" in race else {"steps": 40}), ADAM, basis=DIGITS, **race)
    assert ls.Scene.from_query(made.to_query()) == made


def test_a_link_that_gives_a_run_its_own_start_unties_it():
    made, notices = read_query("model.kind=function&runs.0.steps=5&runs.1.optimizer.kind=adam&runs.1.starts=1,1")
    assert not notices
    assert made.race.starts == "own"
    assert made.runs[1].starts == ((1.0, 1.0),)
    assert made.runs[1].steps == 5


def test_what_the_first_run_changes_the_tied_ones_change_too():
    made = scene({"starts": [[-1, 1]], "steps": 30}, ADAM)
    after = revise(made, {"runs.0.starts": "2,2", "runs.0.steps": "7"}).scene
    assert after.runs[1].starts == ((2.0, 2.0),)
    assert after.runs[1].steps == 7


def test_untied_and_tied_again():
    made = scene({"starts": [[-1, 1]]}, ADAM)
    untied = revise(made, {"race.starts": "own"}).scene
    assert untied.runs[1].starts == ((-1.0, 1.0),)
    moved = revise(untied, {"runs.1.starts": "3,0"}).scene
    assert moved.runs[0].starts == ((-1.0, 1.0),)
    assert moved.runs[1].starts == ((3.0, 0.0),)
    again = revise(moved, {"race.starts": "same"}).scene
    assert again.runs[1].starts == ((-1.0, 1.0),)


def test_another_unit_takes_the_amount_along_and_keeps_the_first_runs_steps():
    made = scene({"batch": 10}, ADAM, basis=DIGITS, budget="epochs", amount=3)
    after = revise(made, {"race.budget": "steps"}).scene
    assert after.race.amount is None
    assert [run.steps for run in after.runs] == [30, 30]


def test_another_function_brings_a_race_of_its_own():
    made = scene({"starts": [[-1, 1]], "steps": 4}, {"starts": [[1, 1]], "steps": 5})
    assert revise(made, {"model.name": "valley"}).scene.race == ls.Race()
