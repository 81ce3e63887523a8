"""The one loop that runs an optimizer, and what it records."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from landscape.models.base import Array, Indices
from landscape.objective import Objective
from landscape.optimizers.base import Optimizer
from landscape.planes.base import Plane
from landscape.slice import Slice

RECORDS = 1000
"""Up to so many steps all are recorded; above, every ceil(steps / 1000)-th and the last."""

FLAT = 1e-6
"""A run has converged when the gradient of all samples is at most this long at its end."""

BLOWN_UP = 1e3
"""A run has diverged when its loss is so many times what it began with: its loss, or its gradient's length
where that is more, because a loss may begin next to zero."""


class Status(StrEnum):
    """How a path ended."""

    RUNNING = "RUNNING"
    CONVERGED = "CONVERGED"
    MAX_STEPS = "MAX_STEPS"
    DIVERGED = "DIVERGED"
    NON_FINITE = "NON_FINITE"


@dataclass(frozen=True, eq=False)
class Path:
    """One descent. All arrays are (T,) and end at the last finite step; float64 unless said.

    Attributes:
        run: index of the run in the scene.
        start: index of the start in the run.
        step: int64, the recorded steps, from 0.
        a: plane coordinate; of a run that trains everything, of its projection.
        b: the other one.
        loss: the true loss on the surface's samples.
        slice_loss: the surface's own function at (a, b).
        batch_loss: the loss on the samples that the next step uses.
        grad_norm: length of that batch's gradient in the trained parameters.
        lr: the learning rate of the next step.
        outside: share of the squared displacement that the plane does not show, 0..1; 0 at step 0.
        status: how it ended.
        message: the same as a sentence.
    """

    run: int
    start: int
    step: NDArray[np.int64]
    a: Array
    b: Array
    loss: Array
    slice_loss: Array
    batch_loss: Array
    grad_norm: Array
    lr: Array
    outside: Array
    status: Status
    message: str


class Walk(NamedTuple):
    """Where the descents of one run stand between two steps; leading axis S, one row per start."""

    step: int
    theta: Array
    """(S, D), D the trained parameters."""
    state: tuple[Array, ...]
    """The optimizer's."""
    died: NDArray[np.int64]
    """(S,), the step at which a start left the finite numbers, -1 while it is finite."""
    loss: Array
    """(S,), the last finite loss of a step's batch; NaN before the first."""


class Ground(Protocol):
    """What a run walks on: the plane's two coordinates, or all parameters."""

    samples: int
    shows_all: bool
    """Whether recorded positions are the trained parameters themselves."""

    def loss_and_gradient(self, theta: Array, batch: Indices | None) -> tuple[Array, Array]: ...
    def loss(self, theta: Array) -> Array: ...
    def where(self, theta: Array, start: Array) -> tuple[Array, Array]: ...


class InPlane:
    """Trains the two coordinates; the path lies on the surface exactly."""

    shows_all = True

    def __init__(self, slice_: Slice) -> None:
        self.samples = len(slice_.objective.samples.x)
        self.loss_and_gradient = slice_.loss_and_gradient
        self.loss = slice_.loss

    def where(self, theta: Array, start: Array) -> tuple[Array, Array]:
        """Plane coordinates (S, 2) and the share of the displacement outside the plane (S,)."""
        return theta, np.zeros(len(theta))


class InFull:
    """Trains all parameters; the plane shows the projection."""

    shows_all = False

    def __init__(self, objective: Objective, plane: Plane) -> None:
        self.samples = len(objective.samples.x)
        self.loss_and_gradient = objective.loss_and_gradient
        self.loss = objective.loss
        self._plane = plane

    def where(self, theta: Array, start: Array) -> tuple[Array, Array]:
        """Plane coordinates (S, 2) and the share of the displacement outside the plane (S,)."""
        moved = theta - start
        inside = self._plane.coordinates(moved)
        residual = moved - inside @ np.stack([self._plane.u, self._plane.v])  # (S, 2) @ (2, P)
        total = np.square(moved).sum(axis=-1)
        outside = np.divide(np.square(residual).sum(axis=-1), total, out=np.zeros_like(total), where=total > 0)
        return self._plane.project(theta), outside


def recorded(steps: int) -> NDArray[np.int64]:
    """The steps of a run that are recorded, (T,).

    Example:
        >>> recorded(2500)[[0, 1, -2, -1]]
        array([   0,    3, 2499, 2500])
    """
    stride = math.ceil(steps / RECORDS)
    return np.union1d(np.arange(0, steps + 1, stride), [steps]).astype(np.int64)


def batch_of(step: int, size: int | None, samples: int, seed: int) -> Indices | None:
    """The samples of a step: seeded, without repeats within an epoch; None for all.

    The last batch of an epoch may be smaller. Depends on the arguments alone, so that a run can be
    taken up at any step.
    """
    if size is None or size >= samples:
        return None
    epoch, place = divmod(step, math.ceil(samples / size))
    return _shuffled(samples, seed, epoch)[place * size : (place + 1) * size]


@lru_cache(maxsize=16)
def _shuffled(samples: int, seed: int, epoch: int) -> Indices:
    return np.random.default_rng((seed, epoch)).permutation(samples)


def begin(optimizer: Optimizer, theta: Array) -> Walk:
    """A run before its first step, from ``theta`` (S, D)."""
    return Walk(0, theta, tuple(optimizer.init(theta)), np.full(len(theta), -1), np.full(len(theta), np.nan))


class _Oracle:
    """Answers an optimizer for one step's batch; where it stands, without computing twice."""

    def __init__(self, ground: Ground, batch: Indices | None, theta: Array) -> None:
        self._ground, self._batch, self._theta = ground, batch, theta
        self.value, self.slope = ground.loss_and_gradient(theta, batch)

    def gradient(self, theta: Array) -> Array:
        return self.slope if theta is self._theta else self._ground.loss_and_gradient(theta, self._batch)[1]

    def loss(self, theta: Array) -> Array:
        return self.value if theta is self._theta else self._ground.loss_and_gradient(theta, self._batch)[0]


def advance(
    optimizer: Optimizer,
    ground: Ground,
    walk: Walk,
    stop: int,
    *,
    steps: int,
    batch: int | None,
    seed: int,
    start: Array,
) -> tuple[Walk, dict[str, Array]]:
    """Walk on to step ``stop``.

    Args:
        optimizer: the rule.
        ground: what it walks on.
        walk: where it stands.
        stop: the step to reach; at ``steps`` the end itself is recorded too.
        steps: of the whole run.
        batch: samples per step; None for all.
        seed: of the batches.
        start: (S, D), where the run began.

    Returns:
        The walk at ``stop``, and the records of the recorded steps in between: each (S, R), NaN where a
        start was no longer finite; and ``end_norm`` (S,), the gradient of all samples, once the end is reached.
    """
    wanted = recorded(steps)
    until = steps + 1 if stop >= steps else stop
    wanted = wanted[(wanted >= walk.step) & (wanted < until)]
    rows: list[dict[str, Array]] = []
    thetas: list[Array] = []
    state_type: Any = type(optimizer.init(walk.theta))
    end_norm = np.full(len(walk.theta), np.nan)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        while walk.step < until:
            if ((walk.died >= 0) & (walk.died < walk.step)).all():  # nobody is left to walk or to be recorded
                walk = walk._replace(step=min(stop, steps))
                break
            oracle = _Oracle(ground, batch_of(walk.step, batch, ground.samples, seed), walk.theta)
            walk = _bury(walk, np.isfinite(oracle.slope).all(axis=-1) & np.isfinite(oracle.value))
            walk = walk._replace(loss=np.where(np.isfinite(oracle.value), oracle.value, walk.loss))
            if len(rows) < len(wanted) and walk.step == wanted[len(rows)]:
                rows.append(_record(oracle, walk, ground, start, optimizer.lr, full=batch is None))
                if ground.shows_all:
                    thetas.append(walk.theta)
            if walk.step == steps:
                end_norm = np.linalg.norm(ground.loss_and_gradient(walk.theta, None)[1], axis=-1)
                break
            delta, state = optimizer.step(oracle, walk.theta, state_type(*walk.state), optimizer.lr)
            moved = walk.theta + delta
            walk = _bury(walk, np.isfinite(moved).all(axis=-1))
            theta = np.where((walk.died < 0)[:, None], moved, walk.theta)
            walk = walk._replace(step=walk.step + 1, theta=theta, state=tuple(state))
        records = {name: np.stack([row[name] for row in rows], axis=1) for name in rows[0]} if rows else {}
        if rows and ground.shows_all:  # one batch of points is cheaper than a point a step
            records["loss"] = np.where(np.isnan(records["batch_loss"]), np.nan, ground.loss(np.stack(thetas, axis=1)))
    if until > steps:
        records["end_norm"] = end_norm
    return walk, records


def _bury(walk: Walk, finite: Any) -> Walk:
    """Note the starts that have just left the finite numbers: ``finite`` (S,) bool."""
    return walk._replace(died=np.where((walk.died < 0) & ~finite, walk.step, walk.died))


def _record(oracle: _Oracle, walk: Walk, ground: Ground, start: Array, lr: float, *, full: bool) -> dict[str, Array]:
    gone = (walk.died >= 0) & ((walk.died < walk.step) | ~np.isfinite(oracle.value))
    ab, outside = ground.where(walk.theta, start)
    row = {
        "a": ab[:, 0],
        "b": ab[:, 1],
        "batch_loss": oracle.value,
        "grad_norm": np.linalg.norm(oracle.slope, axis=-1),
        "lr": np.full(len(ab), lr),
        "outside": outside,
    }
    if not ground.shows_all:
        row["loss"] = oracle.value if full else ground.loss(walk.theta)
    return {name: np.where(gone, np.nan, value) for name, value in row.items()}


def verdict(losses: Array, first_norm: float, died: int, steps: int, end_norm: float) -> tuple[Status, str]:
    """How a finished descent ended.

    Args:
        losses: (T,) finite losses, the first and the last of the descent among them.
        first_norm: length of the gradient at its beginning.
        died: the step at which it left the finite numbers, or -1.
        steps: of the whole run.
        end_norm: length of the gradient of all samples at its end.
    """
    scale = max(abs(losses[0]), first_norm, 1e-12) if losses.size else np.inf
    grown = losses.size > 0 and losses[-1] > BLOWN_UP * scale
    if died >= 0 and grown:
        return Status.DIVERGED, f"Diverged: at step {died:,} the numbers grew beyond all bounds. Try a smaller rate."
    if died >= 0:
        return Status.NON_FINITE, f"Stopped at step {died:,}: the loss or its gradient is not a finite number there."
    if grown:
        return Status.DIVERGED, f"Diverged: after {steps:,} steps the loss is {losses[-1]:.3g}. Try a smaller rate."
    if end_norm <= FLAT:
        return Status.CONVERGED, f"Converged: gradient norm {end_norm:.2g} after {steps:,} steps."
    return Status.MAX_STEPS, f"Took all {steps:,} steps; gradient norm {end_norm:.2g}."
