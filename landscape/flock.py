"""The walk of all starts of a lattice at once, cut into chunks like that of any run; only its end is recorded."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from landscape.basins import Basins, labelled
from landscape.chunks import pieces
from landscape.descent import Walk
from landscape.lane import Job
from landscape.models.base import Array
from landscape.objective import rows_per
from landscape.path import Path
from landscape.run import Run
from landscape.running import CHUNK_SECONDS, MAX_CHUNKS, STEP_OVERHEAD, Chunk, Lap, RunWork
from landscape.slice import Slice
from landscape.store import Records
from landscape.track import Track


class FlockWork(RunWork):
    """The work of walking from every crossing of ``a`` (A,) and ``b`` (B,).

    The starts go in flocks, one after another: as many together as take a step in no more time than a chunk has.

    Args:
        run: optimizer, schedule, steps, batch; it trains the plane's coordinates.
        slice_: the function on the plane.
        a: first coordinates of the starts.
        b: second coordinates; one where the plane is a line.
    """

    def __init__(self, run: Run, slice_: Slice, a: Array, b: Array) -> None:
        crossings = np.stack(np.meshgrid(a, b), axis=-1).reshape(-1, 2)  # (B A, 2)
        self._flocks: list[slice] = []  # of each chunk
        super().__init__(0, run.model_copy(update={"starts": tuple(map(tuple, crossings.tolist()))}), slice_)

    def _cut(self) -> list[Chunk]:
        share = 1.0 if self.run.batch is None else min(1.0, self.run.batch / self._ground.samples)
        each = 3 * share * self._ground.work
        chunks: list[Chunk] = []
        for flock in pieces(len(self.start), rows_per(CHUNK_SECONDS, each)):
            work = STEP_OVERHEAD + (flock.stop - flock.start) * each
            length = max(rows_per(CHUNK_SECONDS, work), math.ceil(self.run.steps / MAX_CHUNKS))
            for steps in pieces(self.run.steps, length):
                count = steps.stop - steps.start
                chunks.append(Chunk(0, len(chunks), steps.start, steps.stop, Lap.ONLY, count * work))
                self._flocks.append(flock)
        return chunks

    def begin(self, chunk: Chunk | None = None) -> Walk:
        """The state before the first chunk of a flock: of ``chunk``'s, or of the first."""
        return self._descent.begin(self.start[self._flocks[0 if chunk is None else chunk.number]])

    def walk(self, chunk: Chunk, walk: Walk) -> tuple[Walk, Records]:
        walk, _ = self._descent.advance(walk, chunk.ends, lambda seen: {})
        records: dict[str, NDArray[np.generic]] = {"died": walk.died}
        if chunk.ends < self.run.steps:
            return walk, records
        a, b, _ = self._ground.where(walk.theta[None])  # (1, F) each
        records["end"] = np.stack([a[0], b[0]], axis=-1)
        following = chunk.number + 1
        return (self.begin(self.chunks[following]) if following < len(self.chunks) else walk), records

    def paths(self, done: Sequence[Records]) -> list[Path]:
        """None: there are too many to be drawn."""
        return []


class Flock(Track):
    """The chunks of a lattice's walk, and the basins once all are there.

    Args:
        work: the walk.
        slice_: what it walks on.
        name: of its result.
        a: (A,), first coordinates of the starts.
        b: (B,), second coordinates.

    Attributes:
        basins: None while it is under way.
    """

    def __init__(self, work: FlockWork, slice_: Slice, name: str, a: Array, b: Array) -> None:
        self.basins: Basins | None = None
        self._a, self._b = a, b
        super().__init__(work, slice_, f"basins/{name}", "end")

    @property
    def share(self) -> float:
        """Behind surface and paths, which are looked at first."""
        return 1.0 + super().share

    def _take(self, job: Job[Chunk], result: Records) -> None:
        if "end" in result:
            super()._take(job, result)

    def _close(self) -> None:
        assert self.slice is not None  # it is let go of here
        end = np.concatenate([records["end"] for records in self._records])
        end = np.pad(end, [(0, 0), (0, 2 - end.shape[1])])  # on a line one coordinate is trained
        died = np.concatenate([records["died"] for records in self._records])
        self.basins = labelled(self.slice, self._a, self._b, end, died)
        super()._close()
