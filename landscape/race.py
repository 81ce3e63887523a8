"""What the runs of a scene have in common, so that they may be compared: starts, batches, and what they may spend.

A run may be tied to the first one: then it has the first one's starts, its batches in the same order, and as much to
spend. A tied field of a run is not its own: it is nowhere written, and follows the first run wherever that goes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydantic import Field

from landscape.batches import samples_seen, steps_within
from landscape.part import Part, refusal, to_text

if TYPE_CHECKING:
    from landscape.run import Run

MOST_STEPS = 100_000
"""Of a run."""

TIED: Mapping[str, tuple[str, ...]] = {
    "starts": ("starts",),
    "batches": ("batch", "seed"),
    "budget": ("steps", "evaluations"),
}
"""The fields of a run that each field of a race is about."""


class Race(Part):
    """What the runs of a scene have in common. Fields that are not given say how the given runs are.

    Example:
        >>> import landscape as ls
        >>> scene = ls.Scene.model_validate({"model": {"kind": "function"}, "runs": [
        ...     {"starts": [[-1, 1]], "steps": 20}, {"optimizer": {"kind": "adam"}}]})
        >>> scene.race.starts, scene.runs[1].starts, scene.runs[1].steps
        ('same', ((-1.0, 1.0),), 20)
    """

    starts: Literal["same", "own"] = Field(
        "same", title="Starts", description="same: every run begins where the first one does; own: where it says."
    )
    batches: Literal["same", "own"] = Field(
        "same",
        title="Batches",
        description="same: every run uses the first one's batches, in the same order; own: its own size and seed.",
    )
    budget: Literal["steps", "epochs", "samples", "evaluations", "own"] = Field(
        "steps",
        title="Equal budget in",
        description="What each run may spend as much of; an evaluation is of the loss, alone or with its gradient."
        " own: each takes its own steps.",
    )
    amount: int | None = Field(
        None,
        ge=1,
        le=10**9,
        title="Budget",
        description="How much each run may spend; none: what the steps of the first one make.",
    )


def suited(race: Race, runs: Sequence[Run]) -> Race:
    """A race whose fields that are not given are as the runs are: tied where no run says otherwise."""
    given = {name: getattr(race, name) for name in race.model_fields_set}
    for field, names in TIED.items():
        alike = all(_agrees(run, runs[0], name) for run in runs[1:] for name in names)
        if field not in given and not alike:
            given[field] = "own"
    race = Race(**given)
    if race.budget == "own" and race.amount is not None:
        raise refusal(
            "race.amount", f"Budget must be none where each run has its own. Got {race.amount:,}.", race.amount
        )
    return race


def tied(race: Race, runs: Sequence[Run], samples: int, trained: Sequence[int]) -> tuple[Run, ...]:
    """The runs as the race has them.

    Args:
        race: what they have in common.
        runs: as they were given.
        samples: N, how many there are; 1 of a function.
        trained: how many numbers each run trains.

    Raises:
        pydantic.ValidationError: a run says otherwise of what is tied, or would take too many steps.
    """
    made: list[Run] = []
    for number, (given, count) in enumerate(zip(runs, trained, strict=True)):
        fields = [name for field in ("starts", "batches") if getattr(race, field) == "same" for name in TIED[field]]
        run = _taken(given, {name: getattr(made[0], name) for name in fields}, number) if made else given
        budget = _budget(race, run, made[0] if made else None, samples, count, trained[0])
        made.append(_taken(run, budget, number))
    return tuple(made)


def price(run: Run, trained: int) -> int | None:
    """The evaluations of a step of a run that trains so many numbers; None where its own search decides."""
    gradient = {"analytic": 1, "forward": trained + 1, "centred": 2 * trained}[run.gradient]
    return run.optimizer.price(trained, gradient)


def follows(key: str, flat: Mapping[str, str]) -> bool:
    """Whether a field of a run is not its own.

    Args:
        key: dotted name: "runs.1.steps".
        flat: the scene's, with the fields of its race.

    Example:
        >>> import landscape as ls
        >>> flat = ls.flatten(ls.Scene.from_query("runs.1.optimizer.kind=adam"))
        >>> follows("runs.1.starts", flat), follows("runs.0.starts", flat), follows("runs.1.trains", flat)
        (True, False, False)
    """
    rule = rule_over(key)
    if rule is None or flat.get(rule, "own") == "own":
        return False
    first = key.split(".")[1] == "0"
    return not first or (rule == "race.budget" and flat.get("race.amount", "none") != "none")


def rule_over(key: str) -> str | None:
    """The field of the race that a field of a run may be tied by: "race.starts" of "runs.1.starts"; or None."""
    match key.split("."):
        case ["runs", number, name] if number.isdecimal():
            return next((f"race.{field}" for field, names in TIED.items() if name in names), None)
    return None


def _agrees(run: Run, first: Run, name: str) -> bool:
    """Whether a run says of a field what the first one does, or nothing."""
    return name not in run.model_fields_set or getattr(run, name) == getattr(first, name)


def _taken(run: Run, fields: Mapping[str, Any], number: int) -> Run:
    """A run with tied fields; it must not say otherwise itself."""
    for name, value in fields.items():
        if name in run.model_fields_set and getattr(run, name) != value:
            title, got = type(run).model_fields[name].title, to_text(getattr(run, name))
            raise refusal(
                f"runs.{number}.{name}",
                f"{title} of run {number + 1} must be {to_text(value)}, as the race has it. Got {got}.",
                got,
            )
    return run.model_copy(update=dict(fields)) if fields else run


def _budget(
    race: Race, run: Run, first: Run | None, samples: int, trained: int, trained_first: int
) -> dict[str, int | None]:
    """The steps and evaluations of a run as the race has them; nothing where the run itself says.

    Without an amount the first run says (``first`` is None for itself), and the others may spend as much.
    """
    if race.budget == "own" or (first is None and race.amount is None):
        return {}
    first = first or run
    if race.budget == "steps":
        limit = None if race.amount else first.evaluations
        return _payable(race, run, race.amount or first.steps, limit)
    if race.budget == "evaluations":
        amount = race.amount or first.evaluations or first.steps * (price(first, trained_first) or 1)
        cost = price(run, trained)
        return _payable(race, run, amount // (cost or 1), None if cost else amount)
    seen = int(samples_seen(np.array([first.steps]), first.batch, samples)[0])
    if race.amount is not None:
        seen = race.amount * (samples if race.budget == "epochs" else 1)
    return _payable(race, run, steps_within(seen, run.batch, samples), None)


def _payable(race: Race, run: Run, steps: int, evaluations: int | None) -> dict[str, int | None]:
    noun = run.optimizer.noun
    if steps < 1:
        raise refusal("race.amount", f"Budget must suffice for one step of {noun}. Got {race.amount} {race.budget}.")
    if steps > MOST_STEPS:
        raise refusal("race.amount", f"Budget must make at most {MOST_STEPS:,} steps. Got {steps:,} of {noun}.")
    return {"steps": steps, "evaluations": evaluations}
