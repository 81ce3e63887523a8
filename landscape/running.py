"""A run of a scene cut into chunks that can be computed one by one, taken up anywhere, and joined to paths."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from landscape.container import pack, unpack
from landscape.descent import RECORDS, Ground, InFull, InPlane, Path, Status, Walk, advance, begin, recorded, verdict
from landscape.objective import rows_per
from landscape.scene import Run
from landscape.slice import Slice

CHUNK_SECONDS = 0.05
"""What a chunk should take, by a careful guess of the machine's speed."""

MAX_CHUNKS = 400
"""Of one run: the page asks for all of them at every slice of time."""

KEYFRAMES = 64
KEYFRAME_BYTES = 4 << 20
"""Full states of one run that are kept: in number, and in bytes together."""

STEP_OVERHEAD = 2e5
"""What a step costs at least, in multiplications: the calls themselves."""

Records = Mapping[str, NDArray[Any]]


class Chunk(NamedTuple):
    """The steps ``[begins, ends)`` of run ``run``; the last chunk records the end too."""

    run: int
    number: int
    begins: int
    ends: int


class RunWork:
    """The work of one run.

    Args:
        index: of the run in its scene.
        run: optimizer, starts, steps.
        slice_: the function on the plane.

    Attributes:
        chunks: the pieces, in order; each needs the state that the one before it leaves.
        work: multiplications per step, about.
    """

    def __init__(self, index: int, run: Run, slice_: Slice) -> None:
        plane, theta0 = slice_.plane, slice_.objective.theta0
        self.index, self.run, self._slice = index, run, slice_
        origin = plane.project(theta0)
        ab = np.array([origin if start == "initial" else start for start in run.starts])
        self._ground: Ground
        if run.trains == "plane":
            self._ground, self.start = InPlane(slice_), ab
            cost = slice_.work
        else:
            self._ground = InFull(slice_.objective, plane)
            cost = slice_.objective.work
            self.start = np.stack(
                [theta0 if start == "initial" else plane.lift(at) for start, at in zip(run.starts, ab, strict=True)]
            )
        share = 1.0 if run.batch is None else min(1.0, run.batch / self._ground.samples)
        told = 0.0 if run.batch is None else min(1.0, RECORDS / run.steps)  # a record sees all the samples
        self.work = STEP_OVERHEAD + len(ab) * cost * (3 * share + told)
        length = max(rows_per(CHUNK_SECONDS, self.work), math.ceil(run.steps / MAX_CHUNKS))
        self.chunks = [
            Chunk(index, number, first, min(first + length, run.steps))
            for number, first in enumerate(range(0, run.steps, length))
        ]
        state_bytes = self.start.nbytes * (1 + len(run.optimizer.init(self.start)))
        kept = min(KEYFRAMES, max(1, KEYFRAME_BYTES // state_bytes))
        self._spacing = math.ceil(len(self.chunks) / kept)

    def is_keyframe(self, index: int) -> bool:
        """Whether the state before chunk ``index`` is worth keeping."""
        return index % self._spacing == 0

    def begin(self) -> Walk:
        """The state before the first chunk."""
        return begin(self.run.optimizer, self.start)

    def walk(self, chunk: Chunk, walk: Walk) -> tuple[Walk, Records]:
        """Walk one chunk on from the state before it: the state after it, and its records (S, R) each."""
        run = self.run
        walk, records = advance(
            run.optimizer, self._ground, walk, chunk.ends,
            steps=run.steps, batch=run.batch, seed=run.seed, start=self.start,
        )  # fmt: skip
        if "a" in records:
            with np.errstate(over="ignore", invalid="ignore"):
                on_slice = records["loss"] if self._ground.shows_all else self._slice.loss(_pairs(records))
            records["slice_loss"] = np.where(np.isnan(records["a"]), np.nan, on_slice)
        return walk, records | {"died": walk.died, "last": walk.loss}

    def paths(self, done: Sequence[Records]) -> list[Path]:
        """The paths of all starts, from the records of the chunks that are done, first to last."""
        steps = recorded(self.run.steps)
        joined = {
            name: np.concatenate([records[name] for records in done if name in records], axis=1)
            if any(name in records for records in done)
            else np.empty((len(self.start), 0))
            for name in ("a", "b", "loss", "slice_loss", "batch_loss", "grad_norm", "lr", "outside")
        }
        return [self._path(start, steps, joined, done) for start in range(len(self.start))]

    def _path(self, start: int, steps: NDArray[np.int64], joined: Records, done: Sequence[Records]) -> Path:
        alive = np.isfinite([values[start] for values in joined.values()]).all(axis=0)
        count = alive.size if alive.all() else int(np.argmin(alive))
        series = {name: _locked(values[start, :count]) for name, values in joined.items()}
        if len(done) == len(self.chunks):
            end, losses, died = done[-1], series["loss"], int(done[-1]["died"][start])
            if died >= 0:  # between two records it may have grown out of all bounds
                losses = np.append(losses, end["last"][start])
            elif count < alive.size:  # only the loss on all samples is not finite
                died = int(steps[count])
            norm = float(series["grad_norm"][0]) if count else np.nan
            status, message = verdict(losses, norm, died, self.run.steps, float(end["end_norm"][start]))
        else:
            reached = self.chunks[len(done) - 1].ends if done else 0
            status, message = Status.RUNNING, f"At step {reached:,} of {self.run.steps:,}."
        return Path(run=self.index, start=start, step=_locked(steps[:count]), status=status, message=message, **series)


def _pairs(records: Records) -> NDArray[np.float64]:
    return np.stack([records["a"], records["b"]], axis=-1)


def _locked(array: NDArray[Any]) -> NDArray[Any]:
    array = array.copy()
    array.setflags(write=False)
    return array


def pack_walk(walk: Walk) -> bytes:
    """A state as bytes."""
    arrays = {"theta": walk.theta, "died": walk.died.astype(np.int64), "loss": walk.loss}
    arrays |= {f"state{number}": np.asarray(array) for number, array in enumerate(walk.state)}
    return pack({"step": walk.step, "states": len(walk.state)}, arrays)


def unpack_walk(data: bytes) -> Walk:
    """Inverse of :func:`pack_walk`."""
    meta, arrays = unpack(data)
    state = tuple(arrays[f"state{number}"] for number in range(meta["states"]))
    return Walk(meta["step"], arrays["theta"], state, arrays["died"], arrays["loss"])
