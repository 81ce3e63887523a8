"""The one loop that runs an optimizer."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from landscape.batches import batch_of
from landscape.ground import Ground
from landscape.manner import Manner
from landscape.models.base import Array
from landscape.optimizers.base import Optimizer
from landscape.oracle import StepOracle
from landscape.schedules import Constant, Schedule

RECORDS = 1000
"""Up to so many steps all are recorded; above, every ceil(steps / 1000)-th and the last."""

STRETCH = 256
STRETCH_FLOATS = 1 << 14
"""So many steps at most, of so many trained numbers together, are walked before they are looked at."""

LIGHT = 1e4
"""Multiplications of a step's losses below which they are cheaper later, in one batch of points for many steps."""

NEVER = np.iinfo(np.int64).max
"""A step that no run takes."""


class Walk(NamedTuple):
    """Where the descents of one run stand between two steps; leading axis S, one row per start."""

    step: int
    theta: Array
    """(S, D), D the trained parameters."""
    state: tuple[Array, ...]
    """The optimizer's; it says nothing of a start that has died."""
    died: NDArray[np.int64]
    """(S,), the step at which a start left the finite numbers, -1 while it is finite."""
    loss: Array
    """(S,), the last finite loss of a step's batch; NaN before the first."""
    evaluations: NDArray[np.int64]
    """(S,), how many losses, or losses with their gradients, each start has been asked for."""
    spent: int = -1
    """The step at which that was all there was to spend, -1 before."""


class Seen(NamedTuple):
    """Recorded steps, R of them, for whoever says what is kept of them."""

    theta: Array
    """(R, S, D)."""
    batch_loss: Array
    """(R, S), the loss of the samples that the next step uses."""
    grad_norm: Array
    """(R, S), the length of its gradient."""
    step: NDArray[np.int64]
    """(R,), which they are."""
    lr: Array
    """(R,), the rate of the step that follows."""
    evaluations: Array
    """(R, S), of each start before that step."""
    slope: Array
    """(R, S, D), the gradient of that batch's loss."""
    momentum: Array | None
    """(R, S, D), what the optimizer has gathered before that step; None where it gathers none."""


Record = Callable[[Seen], Mapping[str, Array]]


def recorded(steps: int) -> NDArray[np.int64]:
    """The steps of a run that are recorded, (T,).

    Example:
        >>> recorded(2500)[[0, 1, -2, -1]]
        array([   0,    3, 2499, 2500])
    """
    stride = math.ceil(steps / RECORDS)
    return np.union1d(np.arange(0, steps + 1, stride), [steps]).astype(np.int64)


class _Trail(NamedTuple):
    """A stretch as it was walked, K steps."""

    thetas: list[Array]
    """(S, D) before each step."""
    slopes: list[Array]
    """(S, D) there."""
    values: list[Array]
    """(S,) there; none where losses are found apart."""
    states: list[Any]
    """The optimizer's, before each step."""
    evaluations: list[NDArray[np.int64]]
    """(S,) before each step."""
    walk: Walk
    """Behind the last step, as far as the positions tell of it."""


@dataclass(frozen=True)
class Descent:
    """An optimizer on a ground: the one loop that runs it.

    The loop does what a step needs and no more. What is recorded, and whether all of it is finite, is found
    afterwards for a stretch of steps at once. A start that leaves the finite numbers stays at its last finite
    place, and the others go on as if nothing had happened.

    Attributes:
        optimizer: the rule.
        ground: what it walks on.
        steps: of the whole run.
        batch: samples per step; None for all.
        seed: of the batches.
        schedule: what the optimizer's rate is multiplied by.
        manner: how gradients are found and treated.
        limit: evaluations at which the run ends, at the next step that is recorded; None: after its steps.
    """

    optimizer: Optimizer
    ground: Ground
    steps: int
    batch: int | None
    seed: int
    schedule: Schedule = field(default_factory=Constant)
    manner: Manner = field(default_factory=Manner)
    limit: int | None = None

    @property
    def full(self) -> bool:
        """Whether every step uses all samples."""
        return self.batch is None or self.batch >= self.ground.samples

    @property
    def tells(self) -> bool:
        """Whether a step's own loss is the true one, on all samples."""
        return self.full and not self.ground.varies

    def begin(self, theta: Array) -> Walk:
        """Before the first step, from ``theta`` (S, D)."""
        unknown, never = np.full(len(theta), np.nan), np.full(len(theta), -1)
        return Walk(0, theta, self.optimizer.init(theta), never, unknown, np.zeros(len(theta), dtype=np.int64))

    def advance(self, walk: Walk, stop: int, record: Record) -> tuple[Walk, dict[str, Array]]:
        """Walk on to step ``stop``; at ``steps`` the end itself is seen too.

        Args:
            walk: where it stands. Not changed.
            stop: the step to reach.
            record: says what to keep of recorded steps, by name, (R, S) each.

        Returns:
            The walk at ``stop``, and what was kept of the recorded steps in between: each (S, R), NaN where a start
            was no longer finite; nothing where nobody was left to walk.
        """
        until = self.steps + 1 if stop >= self.steps else stop
        length = min(STRETCH, max(1, STRETCH_FLOATS // walk.theta.size))
        wanted = recorded(self.steps)
        kept: list[Mapping[str, Array]] = []
        state_type: Any = type(self.optimizer.init(walk.theta[:0]))
        walk = walk._replace(state=state_type(*walk.state))
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            while walk.step < until and walk.spent < 0 and (walk.died < 0).any():
                steps = range(walk.step, min(walk.step + length, until))
                at = wanted[(wanted >= steps.start) & (wanted < steps.stop)]
                walk, rows = self._stretch(walk, steps, at, record)
                kept += [rows] if rows else []
        records = {name: np.concatenate([rows[name] for rows in kept]).T for name in kept[0]} if kept else {}
        return walk._replace(step=min(stop, self.steps)), records

    def _stretch(
        self, walk: Walk, steps: range, at: NDArray[np.int64], record: Record
    ) -> tuple[Walk, dict[str, Array]]:
        """The walk behind ``steps``, and what is kept of the recorded ones ``at``: (R, S) each."""
        trail = self._trail(walk, steps)
        found = stacked(trail.values) if trail.values else self.ground.loss(stacked(trail.thetas))
        value = np.asarray(found, dtype=np.float64)  # (K, S)
        slope = stacked(trail.slopes)
        norm = lengths(slope)  # (K, S)
        sound: NDArray[np.bool_] = np.isfinite(norm)
        if not sound.all():  # the square of a finite number may be infinite
            sound = np.asarray(np.isfinite(slope).all(axis=-1))
        after = _settled(trail, steps.start, value, sound & np.isfinite(value))
        at = at[at < steps.start + len(value)]
        if not at.size:
            return after, {}
        rows = at - steps.start
        gone = (after.died >= 0) & (after.died < at[:, None]) | ~np.isfinite(value[rows])
        thetas, counts = stacked([trail.thetas[row] for row in rows]), np.array(trail.evaluations, dtype=float)[rows]
        slopes = slope if len(rows) == len(slope) else slope[rows]
        gathered = self.gathered([trail.states[row] for row in rows])
        seen = Seen(thetas, value[rows], norm[rows], at, self.rates(at), counts, slopes, gathered)
        return after, {name: np.where(gone, np.nan, values) for name, values in record(seen).items()}

    def gathered(self, states: Sequence[Any]) -> Array | None:
        """The optimizer's momentum before each of R steps, (R, S, D), or None."""
        momenta = [self.optimizer.momentum(state) for state in states]
        found = [momentum for momentum in momenta if momentum is not None]
        return stacked(found) if found else None

    def rates(self, steps: NDArray[np.integer]) -> Array:
        """The learning rates of steps (R,); NaN of a method that has none."""
        return self.optimizer.rate * self.schedule.factor(steps, self.steps)

    def _trail(self, walk: Walk, steps: range) -> _Trail:
        """Step by step, as far as anybody walks."""
        apart = self.tells and self.ground.in_plane and self.ground.work * len(walk.theta) <= LIGHT
        oracle = StepOracle(self.manner, walk.evaluations, apart=apart, varies=not self.tells)
        trail, rates = _Trail([], [], [], [], [], walk), self.rates(np.array(steps)).tolist()
        theta, died = walk.theta, walk.died
        state: Any = walk.state
        dead = np.flatnonzero(died >= 0)
        spent, stride = walk.spent, math.ceil(self.steps / RECORDS)
        for step in steps:
            batch = None if self.full else batch_of(step, self.batch, self.ground.samples, self.seed)
            oracle.stand(self.ground.at_step(step), theta, batch, step)
            trail.thetas.append(theta)
            trail.states.append(state)
            trail.evaluations.append(oracle.evaluations)
            trail.slopes.append(oracle.slope)
            if oracle.value is not None:
                trail.values.append(oracle.value)
            if self.limit is not None and oracle.evaluations[died < 0].max() >= self.limit and step % stride == 0:
                spent = step
            if step == self.steps or spent >= 0:
                break
            delta, state = self.optimizer.step(oracle, theta, state, rates[step - steps.start])
            moved = theta + delta
            del delta  # as long as theta, and the next step needs the room
            if dead.size:
                moved[dead] = theta[dead]
            if not math.isfinite(np.vdot(moved, moved)):
                lost = ~np.isfinite(moved).all(axis=-1)
                moved[lost] = theta[lost]
                died = np.where(lost, step, died)
                dead = np.flatnonzero(died >= 0)
            theta = moved
            if dead.size == len(theta):
                break
        end = Walk(steps.start + len(trail.thetas), theta, state, died, walk.loss, oracle.evaluations, spent)
        return trail._replace(walk=end)


def _settled(trail: _Trail, first: int, value: Array, sound: NDArray[np.bool_]) -> Walk:
    """Behind a stretch from step ``first``: whoever was not ``sound`` (K, S) at a step stays where it was then."""
    walk = trail.walk
    if sound.all() and (walk.died < 0).all():
        return walk._replace(loss=value[-1])
    end = np.where(walk.died < 0, NEVER, walk.died)
    end = np.minimum(end, np.where(sound.all(axis=0), NEVER, first + sound.argmin(axis=0)))
    theta = walk.theta
    for row in np.flatnonzero((first <= end) & (end < NEVER)):
        theta = theta.copy()
        theta[row] = trail.thetas[end[row] - first][row]
    steps = np.arange(len(value))[:, None]  # (K, 1)
    last = np.where(np.isfinite(value) & (first + steps <= end), steps, -1).max(axis=0)  # (S,)
    loss = np.where(last < 0, walk.loss, value[last, np.arange(last.size)])
    return walk._replace(theta=theta, died=np.where(end < NEVER, end, -1), loss=loss)


def stacked(arrays: Sequence[Array]) -> Array:
    """K arrays as one (K, ...), without a copy of a single one."""
    return arrays[0][None] if len(arrays) == 1 else np.concatenate(arrays).reshape(len(arrays), *arrays[0].shape)


def lengths(vectors: Array) -> Array:
    """Lengths (...) of vectors (..., D), as float64."""
    return np.asarray(np.sqrt(np.vecdot(vectors, vectors)), dtype=np.float64)
