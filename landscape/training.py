"""A run that is walked for its end alone: the trained parameters that a plane is laid through, the loss there."""

from __future__ import annotations

from landscape.lane import Job
from landscape.models.base import Array
from landscape.running import Chunk, RunWork
from landscape.slice import Slice
from landscape.store import Records
from landscape.track import Track


class Training(Track):
    """The chunks of a run of one start whose losses nobody asks for.

    Args:
        run: the work, of a :class:`RunWork` that ``keeps_end``.
        slice_: what it is handed to.
        name: of the run's numbers.

    Attributes:
        end: (P,) float64, the last finite parameters, (2,) of a run in the plane; None while it is under way.
        loss: of all samples there; NaN where the run blew up, and while it is under way.
    """

    def __init__(self, run: RunWork, slice_: Slice, name: str) -> None:
        self.end: Array | None = None
        self.loss = float("nan")
        super().__init__(run, slice_, f"training/{name}", "end")

    @property
    def nbytes(self) -> int:
        return super().nbytes + (0 if self.end is None else self.end.nbytes)

    def _take(self, job: Job[Chunk], result: Records) -> None:
        super()._take(job, result)
        if "end" in result:
            self.end = result["end"][0].astype(float)
            self.end.setflags(write=False)
            self.loss = float(result["end_loss"][0])
