"""A run of a scene cut into chunks that can be computed one by one, taken up anywhere, and joined to paths.

Where the true losses cost many times what the steps cost (small batches of many samples) the run is walked twice, so
that its positions do not wait: a first lap records everything but the losses, a second one the losses alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from enum import StrEnum
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from landscape.batches import samples_seen
from landscape.container import pack, unpack
from landscape.descent import RECORDS, Descent, Record, Seen, Walk, lengths, recorded
from landscape.ground import Ground, InFull, InPlane, OnLine
from landscape.models.base import Array, spans
from landscape.objective import rows_per
from landscape.path import ADVICE, Path, Status, verdict
from landscape.race import price
from landscape.run import Run
from landscape.slice import Slice

FIRST = 101
"""Steps of the first chunk at most, so that the first hundred of every run are there before any goes on."""

CHUNK_SECONDS = 0.05
"""What a chunk should take, by a careful guess of the machine's speed."""

MAX_CHUNKS = 4000
"""Of one lap: a new process looks for each of them in the cache."""

KEYFRAMES = 32
KEYFRAME_BYTES = 4 << 20
"""Full states of one run that are kept: in number, and in bytes together."""

MOMENTS = 32
MOMENT_BYTES = 8 << 20
"""Steps of one run whose parameters alone are kept, for whoever wants to know what the model does there: in number,
and in bytes of all starts together, but always the first and the last."""

STEP_OVERHEAD = 1e5
"""What a step costs at least, in multiplications: its calls, between 20 and 75 microseconds of them."""

SEARCHED = 2
"""Evaluations of a step, about, where a search of its own decides."""

LAPS = 8.0
"""Losses that cost so many times what the steps cost have a lap of their own."""

PLACES = ("a", "b", "batch_loss", "grad_norm", "lr", "outside", "evaluations")
LOSSES = ("loss", "slice_loss")
MOMENTUM = ("momentum_a", "momentum_b")
NORM = "norm/"
"""Before a block's name: the length of its part of the gradient."""
MOMENT, MOMENT_STEP = "moment", "moment_step"
"""Records of a run that trains everything: its parameters (S, R, P), in its precision, at R steps (R,)."""

Records = Mapping[str, NDArray[Any]]
Moment = tuple[NDArray[np.int64], Array]
"""Steps (R,) and the parameters there, (R, S, P)."""


class Lap(StrEnum):
    """What a chunk records."""

    ONLY = "only"
    """Everything: there is no other lap."""
    PLACES = "places"
    """Everything but the losses."""
    LOSSES = "losses"
    """The losses alone."""


class Chunk(NamedTuple):
    """The steps ``[begins, ends)`` of run ``run``; the last chunk of a lap sees the end too.

    Attributes:
        number: its place among the run's chunks.
        lap: what it records.
        work: multiplications, about.
    """

    run: int
    number: int
    begins: int
    ends: int
    lap: Lap
    work: float


class RunWork:
    """The work of one run.

    Args:
        index: of the run in its scene.
        run: optimizer, starts, steps.
        slice_: the function on the plane.
        corner: the parameters that a cube start stands for, (P,).
        keeps_end: whether the parameters and the loss at its end are recorded, and no other losses, for nobody looks at
            them.

    Attributes:
        start: (S, D), where it begins, in the precision it is walked in.
        chunks: the pieces, in order; each needs the state that the one before it leaves.
        work: multiplications per step, about.
    """

    def __init__(
        self, index: int, run: Run, slice_: Slice, *, corner: Array | None = None, keeps_end: bool = False
    ) -> None:
        self._keeps_end = keeps_end
        plane, theta0 = slice_.plane, slice_.objective.theta0
        self.index, self.run, self._slice = index, run, slice_
        origin = plane.project(theta0)
        ab = np.array([(*start, 0.0)[:2] if isinstance(start, tuple) else origin for start in run.places])
        self._ground: Ground
        if run.trains == "plane":
            line = plane.is_line
            self._ground, self.start = (OnLine(slice_), ab[:, :1]) if line else (InPlane(slice_), ab)
        else:
            self.start = np.empty((len(ab), theta0.size), dtype=run.precision)
            for row, (start, at) in enumerate(zip(run.places, ab, strict=True)):
                if isinstance(start, tuple):
                    self.start[row] = plane.lift(at)
                else:
                    self.start[row] = theta0 if start == "initial" or corner is None else corner
            self._ground = InFull(slice_.objective, plane, self.start)
        self._descent = Descent(
            run.optimizer, self._ground, run.steps, run.batch, run.seed, run.schedule, run.manner, run.evaluations
        )
        self.chunks = self._cut()
        self.work = sum(chunk.work for chunk in self.chunks) / run.steps
        state_bytes = self.start.nbytes + sum(array.nbytes for array in run.optimizer.init(self.start))
        kept = min(KEYFRAMES, KEYFRAME_BYTES // state_bytes)
        self._spacing = math.ceil(len(self.chunks) / max(1, kept))
        self._moments = moments(run.steps, MOMENT_BYTES // self.start.nbytes)

    def _cut(self) -> list[Chunk]:
        """The chunks of all laps."""
        run, tells, starts = self.run, self._descent.tells, len(self.start)
        share = 1.0 if run.batch is None else min(1.0, run.batch / self._ground.samples)
        asked = price(run, self.start.shape[1]) or SEARCHED
        walking = STEP_OVERHEAD + starts * 3 * asked * share * self._ground.work
        loss = 0.0 if tells else self._ground.work  # of all samples the gradient's own loss is the true one
        telling = starts * (loss + (0.0 if self._ground.in_plane else self._slice.work)) * min(1.0, RECORDS / run.steps)
        works = {Lap.ONLY: walking + telling}
        if self._keeps_end:
            works = {Lap.PLACES: walking}
        elif telling > LAPS * walking:
            works = {Lap.PLACES: walking, Lap.LOSSES: walking + telling}
        chunks: list[Chunk] = []
        for lap, work in works.items():
            length = max(rows_per(CHUNK_SECONDS, work), math.ceil(run.steps / MAX_CHUNKS))
            bounds = [0, *range(min(FIRST, length), run.steps, length), run.steps]
            for begins, ends in pairwise(bounds):
                chunks.append(Chunk(self.index, len(chunks), begins, ends, lap, (ends - begins) * work))
        return chunks

    def is_keyframe(self, index: int) -> bool:
        """Whether the state before chunk ``index`` is worth keeping: not where a lap begins, and not at the end."""
        return 0 < index < len(self.chunks) and self.chunks[index].begins > 0 and index % self._spacing == 0

    def begin(self, chunk: Chunk | None = None) -> Walk:
        """The state before the first chunk of a lap, ``chunk`` or any: all begin alike."""
        return self._descent.begin(self.start)

    def walk(self, chunk: Chunk, walk: Walk) -> tuple[Walk, Records]:
        """Walk one chunk on from the state before it: the state before the next one, and its records (S, R) each."""
        kept: list[Moment] = []
        before = walk.spent
        walk, series = self._descent.advance(walk, chunk.ends, self._record(chunk.lap, kept))
        if chunk.lap is Lap.LOSSES:
            return walk, series
        records: dict[str, NDArray[Any]] = {**series, "died": walk.died, "last": walk.loss}
        records["spent"] = np.array(walk.spent)
        if before < 0 <= walk.spent and self._keeps_moments and walk.spent not in self._moments:
            kept.append((np.array([walk.spent]), walk.theta[None]))
        if kept:
            steps, thetas = (np.concatenate(arrays) for arrays in zip(*kept, strict=True))
            records |= {MOMENT_STEP: steps, MOMENT: np.swapaxes(thetas, 0, 1)}
        if chunk.ends < self.run.steps:
            return walk, records
        if self._keeps_end:
            records |= {"end": walk.theta, "end_loss": self._end_loss(walk)}
        records["end_norm"] = self._end_norm(walk, series)
        return (walk if chunk.lap is Lap.ONLY else self.begin()), records

    @property
    def _keeps_moments(self) -> bool:
        """Whether anybody will want to know the parameters: those of a run in the plane follow from its places."""
        return not self._keeps_end and not self._ground.in_plane

    def _record(self, lap: Lap, moments: list[Moment]) -> Record:
        """What is kept of recorded steps in a lap; to ``moments`` are added those of which the parameters are."""

        def record(seen: Seen) -> dict[str, Array]:
            if self._keeps_moments and lap is not Lap.LOSSES:
                rows = np.flatnonzero(np.isin(seen.step, self._moments))
                moments.extend([(seen.step[rows], seen.theta[rows])] if rows.size else [])
            a, b, outside = self._ground.where(seen.theta)
            kept = {} if lap is Lap.LOSSES else {
                "a": a, "b": b, "batch_loss": seen.batch_loss, "grad_norm": seen.grad_norm,
                "lr": _each(seen.lr, a), "outside": outside, "evaluations": seen.evaluations,
            }  # fmt: skip
            if lap is not Lap.LOSSES and seen.momentum is not None:
                kept |= dict(zip(MOMENTUM, np.moveaxis(self._ground.along(seen.momentum), -1, 0), strict=True))
            if lap is not Lap.LOSSES and not self._keeps_end:
                kept |= self._block_norms(seen)
            if lap is not Lap.PLACES:
                kept["loss"] = seen.batch_loss if self._descent.tells else self._ground.loss(seen.theta)
                in_plane = self._ground.in_plane
                kept["slice_loss"] = kept["loss"] if in_plane else self._slice.loss(np.stack([a, b], axis=-1))
            return kept

        return record

    def _block_norms(self, seen: Seen) -> dict[str, Array]:
        """Of a run that trains everything: how long each block's part of the gradient is."""
        if self._ground.in_plane:
            return {}
        blocks = spans(self._slice.objective.blocks)
        return {NORM + name: lengths(seen.slope[..., span]) for name, _, span in blocks}

    def _end_loss(self, walk: Walk) -> Array:
        """The true losses (S,) at the end; NaN where nobody came to it."""
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            return np.where(walk.died >= 0, np.nan, self._ground.loss(walk.theta))

    def _end_norm(self, walk: Walk, series: Mapping[str, Array]) -> Array:
        """Lengths (S,) of the gradients of all samples at the end; NaN where nobody came to it."""
        if (walk.died >= 0).all():
            return np.full(len(walk.died), np.nan)
        if self._descent.tells and "grad_norm" in series:
            return series["grad_norm"][:, -1]
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            return lengths(self._ground.gradient(walk.theta, None))

    def paths(self, done: Sequence[Records]) -> list[Path]:
        """The paths of all starts, from the records of the chunks that are done, first to last."""
        steps = recorded(self.run.steps)
        joined = {}
        for name in self._names():
            parts = [records[name] for records in done if name in records]
            joined[name] = np.concatenate(parts, axis=1) if parts else np.empty((len(self.start), 0))
        return [self._path(start, steps, joined, done) for start in range(len(self.start))]

    def _names(self) -> tuple[str, ...]:
        """Of all series of a path."""
        blocks = () if self._ground.in_plane or self._keeps_end else tuple(self._slice.objective.blocks)
        return PLACES + LOSSES + MOMENTUM + tuple(NORM + name for name in blocks)

    def _path(self, start: int, steps: NDArray[np.int64], joined: Records, done: Sequence[Records]) -> Path:
        series = {name: values[start] for name, values in joined.items()}
        alive = np.asarray(np.isfinite([series[name] for name in PLACES if name != "lr"]).all(axis=0))
        for name in LOSSES:  # they may be behind
            known = series[name][: alive.size]
            alive[: known.size] &= np.isfinite(known)
            series[name] = np.append(known, np.full(alive.size - known.size, np.nan))
        count = alive.size if alive.all() else int(np.argmin(alive))
        momentum = np.stack([series.pop(name) for name in MOMENTUM], axis=-1)[:count]  # of some methods (0, 2)
        momentum = _locked(momentum if momentum.size else np.full((count, 2), np.nan))
        series = {name: _locked(values[:count]) for name, values in series.items()}
        if len(done) < len(self.chunks):
            status, message = Status.RUNNING, self._under_way(len(done))
        else:
            status, message = self._verdict(start, steps[: alive.size], count, series, done)
        whole = {
            "momentum": momentum,
            "step": _locked(steps[:count]),
            "evaluations": series.pop("evaluations").astype(np.int64),
        }
        seen = _locked(samples_seen(whole["step"], self.run.batch, self._ground.samples))
        whole["evaluations"].setflags(write=False)
        norms = {name.removeprefix(NORM): series.pop(name) for name in list(series) if name.startswith(NORM)}
        return Path(
            run=self.index, start=start, samples_seen=seen, status=status, message=message, block_norms=norms,
            **whole, **series,
        )  # fmt: skip

    def _under_way(self, done: int) -> str:
        """Where a run stands, in a sentence."""
        reached = self.chunks[done - 1].ends if done else 0
        if self.chunks[max(0, done - 1)].lap is Lap.LOSSES:
            return f"Took all {self.run.steps:,} steps; the loss is known up to step {reached:,}."
        return f"At step {reached:,} of {self.run.steps:,}."

    def _verdict(
        self, start: int, steps: NDArray[np.int64], count: int, series: Records, done: Sequence[Records]
    ) -> tuple[Status, str]:
        """How a start ended, of whose recorded ``steps`` the first ``count`` are finite."""
        end = next(records for records in done if "end_norm" in records)
        losses, died = series["loss"], int(end["died"][start])
        if died >= 0:  # between two records it may have grown out of all bounds
            losses = np.append(losses, end["last"][start])
        elif count < steps.size:  # only the loss on all samples is not finite
            died = int(steps[count])
        norm = float(series["grad_norm"][0]) if count else np.nan
        spent = int(end["spent"])
        taken = self.run.steps if spent < 0 else spent
        status, message = verdict(losses, norm, died, taken, float(end["end_norm"][start]), spent=spent >= 0)
        return status, message if self.run.optimizer.uses_gradient else message.removesuffix(ADVICE)


def _each(values: Array, like: Array) -> Array:
    """One value for every start: (R,) -> (R, S)."""
    return np.repeat(values[:, None], like.shape[1], axis=1)


def _locked(array: NDArray[Any]) -> NDArray[Any]:
    array = array.copy()
    array.setflags(write=False)
    return array


def moments(steps: int, most: int) -> NDArray[np.int64]:
    """The recorded steps of a run at which its parameters are kept: evenly, first and last with them, rising.

    Args:
        steps: of the run.
        most: so many at most; never less than those two.

    Example:
        >>> moments(10, 4), moments(2, 1)
        (array([ 0,  3,  7, 10]), array([0, 2]))
    """
    known = recorded(steps)
    count = max(2, min(MOMENTS, most, len(known)))
    return evenly(known, count)


def evenly(known: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """So many of ``known`` (T,), evenly among them, the first and the last with them.

    Example:
        >>> evenly(np.arange(101), 5), evenly(np.arange(3), 5)
        (array([  0,  25,  50,  75, 100]), array([0, 1, 2]))
    """
    places = np.linspace(0, len(known) - 1, min(count, len(known))).round().astype(int)
    chosen: NDArray[np.int64] = known[places]
    return chosen


def pack_walk(walk: Walk) -> bytes:
    """A state as bytes."""
    arrays = {"theta": walk.theta, "died": walk.died.astype(np.int64), "loss": walk.loss}
    arrays |= {"evaluations": walk.evaluations, "spent": np.array(walk.spent)}
    arrays |= {f"state{number}": np.asarray(array) for number, array in enumerate(walk.state)}
    return pack({"step": walk.step, "states": len(walk.state)}, arrays)


def unpack_walk(data: bytes) -> Walk:
    """Inverse of :func:`pack_walk`."""
    meta, arrays = unpack(data)
    state = tuple(arrays[f"state{number}"] for number in range(meta["states"]))
    counts = arrays["evaluations"], int(arrays["spent"])
    return Walk(meta["step"], arrays["theta"], state, arrays["died"], arrays["loss"], *counts)
