"""The schedules: each against its closed form, against torch, and in a run."""

import numpy as np
import pytest
from pydantic import ValidationError

import landscape as ls
from landscape.part import flatten, unflatten
from landscape.schedules import schedules

TOTAL = 40
STEPS = np.arange(TOTAL)
every_kind = pytest.mark.parametrize("kind", schedules.names())


def factors(fields, steps=STEPS, total=TOTAL):
    return schedules.read(fields).factor(steps, total)


@every_kind
def test_factors_are_shares_of_the_rate(kind):
    found = factors({"kind": kind})
    assert found.shape == (TOTAL,)
    assert found.dtype == np.float64
    assert ((found >= 0) & (found <= 1)).all()
    assert found.max() > 0.5


@every_kind
def test_a_part_of_a_run_has_the_same_factors(kind):
    warm = {"kind": kind, "warmup": 3}
    np.testing.assert_array_equal(factors(warm, STEPS[7:9]), factors(warm)[7:9])


@every_kind
def test_the_warm_up_rises_to_what_the_schedule_says(kind):
    plain, warm = factors({"kind": kind}), factors({"kind": kind, "warmup": 8})
    np.testing.assert_allclose(warm[:8], plain[:8] * np.arange(1, 9) / 8, rtol=1e-15)
    np.testing.assert_array_equal(warm[8:], plain[8:])


@every_kind
def test_is_a_value_and_says_what_it_is(kind):
    schedule = schedules.read({"kind": kind, "warmup": 2})
    assert schedules.read(unflatten(flatten(schedule))) == schedule
    assert hash(schedule) == hash(schedules.read({"kind": kind, "warmup": 2}))
    assert type(schedule).noun
    for name, field in type(schedule).model_fields.items():
        assert name == "kind" or (field.title and field.description.endswith(".")), name


def test_closed_forms():
    np.testing.assert_array_equal(factors({"kind": "constant"}), 1.0)
    halves = [0.5 ** (step // 7) for step in range(TOTAL)]
    np.testing.assert_allclose(factors({"kind": "step", "every": 7, "gamma": 0.5}), halves, rtol=1e-15)
    np.testing.assert_allclose(factors({"kind": "exponential", "gamma": 0.9}), [0.9**step for step in range(TOTAL)])
    cosine = [0.1 + 0.9 * (1 + np.cos(np.pi * step / TOTAL)) / 2 for step in range(TOTAL)]
    np.testing.assert_allclose(factors({"kind": "cosine", "lowest": 0.1}), cosine, rtol=1e-15)
    cycle = factors({"kind": "one_cycle", "rise": 0.25, "start": 10.0, "end": 100.0})
    np.testing.assert_allclose(cycle[[0, 9, -1]], [0.1, 1.0, 0.001], rtol=1e-12)
    assert (np.diff(cycle[:10]) > 0).all()
    assert (np.diff(cycle[9:]) < 0).all()


@pytest.mark.parametrize(
    ("fields", "name", "options"),
    [
        ({"kind": "step", "every": 7, "gamma": 0.5}, "StepLR", {"step_size": 7, "gamma": 0.5}),
        ({"kind": "exponential", "gamma": 0.9}, "ExponentialLR", {"gamma": 0.9}),
        ({"kind": "cosine", "lowest": 0.1}, "CosineAnnealingLR", {"T_max": TOTAL, "eta_min": 0.05}),
        (
            {"kind": "one_cycle", "rise": 0.25, "start": 10.0, "end": 100.0},
            "OneCycleLR",
            {"max_lr": 0.5, "total_steps": TOTAL, "pct_start": 0.25, "div_factor": 10.0, "final_div_factor": 100.0,
             "cycle_momentum": False},
        ),
    ],
)  # fmt: skip
def test_agrees_with_torch(fields, name, options):
    torch = pytest.importorskip("torch", reason="torch is not installed: nothing to compare with")
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.5)
    judge = getattr(torch.optim.lr_scheduler, name)(optimizer, **options)
    want = []
    for _ in range(TOTAL):
        want.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if len(want) < TOTAL:
            judge.step()
    np.testing.assert_allclose(0.5 * factors(fields), want, rtol=1e-9)


@every_kind
def test_a_run_takes_the_rates_it_says(kind):
    """On x^2 + 10 y^2 a step multiplies x by 1 - 2 lr and y by 1 - 20 lr."""
    scene = ls.Scene.model_validate(
        {
            "model": {"kind": "function", "name": "ravine"},
            "runs": [{"steps": 30, "optimizer": {"lr": 0.04}, "schedule": {"kind": kind, "warmup": 5}}],
        }
    )
    (path,) = ls.descend(scene)
    rates = 0.04 * scene.runs[0].schedule.factor(np.arange(31), 30)
    np.testing.assert_allclose(path.lr, rates, rtol=1e-15)
    np.testing.assert_allclose(path.a[1:], path.a[0] * np.cumprod(1 - 2 * rates[:-1]), rtol=1e-12)
    np.testing.assert_allclose(path.b[1:], path.b[0] * np.cumprod(1 - 20 * rates[:-1]), rtol=1e-10)
    assert ls.Scene.from_query(scene.to_query()) == scene


def test_bad_fields_are_refused_with_a_sentence():
    with pytest.raises(ValidationError) as caught:
        schedules.read({"kind": "step", "gamma": 2})
    assert caught.value.errors()[0]["msg"] == "Factor must be at most 1. Got 2."
    with pytest.raises(ValidationError, match="Schedule must be one of constant, step, exponential, cosine, one_cycle"):
        ls.Scene.model_validate({"runs": [{"schedule": {"kind": "linear"}}]})


@pytest.mark.parametrize(
    ("fields", "want"),
    [
        ({"kind": "constant"}, {}),
        ({"kind": "cosine"}, {}),
        ({"kind": "exponential", "warmup": 5}, {5: "the warm-up ends"}),
        ({"kind": "constant", "warmup": TOTAL}, {}),  # it does not end within the run
        ({"kind": "step", "every": 15}, dict.fromkeys([15, 30], "the rate falls")),
        ({"kind": "step", "every": 20, "warmup": 3}, {3: "the warm-up ends", 20: "the rate falls"}),
        ({"kind": "step", "every": 15, "gamma": 1}, {}),
        ({"kind": "step", "every": 1}, {}),  # at every step: nothing to point at
        ({"kind": "one_cycle", "rise": 0.5}, {19: "the rate is highest"}),
        ({"kind": "one_cycle", "rise": 0.01}, {}),  # it is highest from the beginning
    ],
)
def test_the_turns_of_a_rate(fields, want):
    assert schedules.read(fields).turns(TOTAL) == want


@every_kind
@pytest.mark.parametrize("warmup", [0, 6])
def test_where_a_rate_falls_or_is_highest_it_does(kind, warmup):
    fields = {"kind": kind, "warmup": warmup}
    found = factors(fields)
    for step, what in schedules.read(fields).turns(TOTAL).items():
        if what == "the rate falls":
            assert found[step] < found[step - 1]
        elif what == "the rate is highest":
            assert found[step] == found.max()
        else:
            assert found[step - 2] < found[step - 1]


@every_kind
def test_varies_says_whether_any_factor_is_not_one(kind):
    for warmup in (0, 4):
        schedule = schedules.read({"kind": kind, "warmup": warmup})
        assert schedule.varies == (schedule.factor(np.arange(1000), 1000) != 1).any()
