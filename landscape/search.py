"""The losses of a cube's vertices, piece by piece, and the best of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from landscape.chunks import pieces
from landscape.cube import Axes, Cube, steepest
from landscape.lane import Job
from landscape.models.base import Array, address
from landscape.objective import Objective, rows_per
from landscape.path import Path, Status
from landscape.store import Records
from landscape.trials import Trial, Trials

PIECE_SECONDS = 0.05
"""What a piece should take, by a careful guess of the machine's speed."""

PIECE_FLOATS = 1 << 22
"""Parameters of all vertices of a piece together: 32 MB."""

CALL = 2e5
"""What a piece costs beside its losses, in multiplications."""


Find = Callable[[str], Records | None]


class Corner(NamedTuple):
    """The best vertex of a cube.

    Attributes:
        theta: (P,), all parameters there.
        loss: the loss there; inf where it is finite nowhere, and ``theta`` are the initial parameters.
        axes: names of the weights that the cube moved: "W3[5,250]".
        offset: (axes,), how far the best vertex lies from the initial weights.
    """

    theta: Array
    loss: float
    axes: tuple[str, ...]
    offset: Array


class Search(Trials[slice]):
    """The vertices of a cube in pieces.

    Args:
        objective: whose losses they are.
        cube: the cube.
        name: of the result.
        find: what is there already, by its key.
        run: index of the run that begins there, for its paths until then.
        starts: how many it has.

    Attributes:
        corner: the best vertex; None while the search is under way.
    """

    def __init__(self, objective: Objective, cube: Cube, name: str, find: Find, run: int = 0, starts: int = 1) -> None:
        self.corner: Corner | None = None
        self._cube, self._run, self._starts = cube, run, starts
        self._theta0, self._blocks = objective.theta0, objective.blocks
        self._axes = steepest(objective, cube)
        self._best = (np.inf, np.inf, 0)  # loss, distance, vertex
        self._seen = 0
        length = min(rows_per(PIECE_SECONDS, objective.work), max(1, PIECE_FLOATS // objective.theta0.size))
        trials: list[Trial[slice]] = []
        for piece in pieces(cube.vertices, length):
            work = CALL + (piece.stop - piece.start) * objective.work
            trials.append(Trial(f"cube/{name}/{length}/{len(trials)}", work, piece))
        super().__init__(trials, partial(_best_of, objective, cube, self._axes), find)

    @property
    def nbytes(self) -> int:
        """Memory held, about."""
        return 2 * self._theta0.nbytes

    def paths(self) -> tuple[Path, ...]:
        """The run's paths, which have not begun."""
        nothing, none = np.empty(0), np.empty(0, dtype=np.int64)
        message = f"Searching the cube: {self._seen:,} of {self._cube.vertices:,} losses."
        return tuple(
            Path(
                run=self._run, start=start, step=none, a=nothing, b=nothing, loss=nothing, slice_loss=nothing,
                batch_loss=nothing, grad_norm=nothing, lr=nothing, outside=nothing, momentum=np.empty((0, 2)),
                evaluations=none, samples_seen=none, status=Status.RUNNING, message=message,
            )
            for start in range(self._starts)
        )  # fmt: skip

    def _take(self, job: Job[Any], result: Records) -> None:
        self._seen += job.piece.stop - job.piece.start
        found = (float(result["loss"][0]), float(result["far"][0]), int(result["vertex"][0]))
        self._best = min(self._best, found) if np.isfinite(found[0]) else self._best

    def _close(self) -> None:
        loss, _, vertex = self._best
        offset = self._cube.offsets(vertex, vertex + 1)[0] if np.isfinite(loss) else np.zeros(len(self._axes))
        theta = self._theta0.copy()
        theta[self._axes] += offset
        theta.setflags(write=False)
        self.corner = Corner(theta, loss, tuple(map(self._written, self._axes)), offset)

    def _written(self, place: int) -> str:
        name, indices = address(int(place), self._blocks)
        return f"{name}[{','.join(map(str, indices))}]" if indices else name


def _best_of(objective: Objective, cube: Cube, axes: Axes, piece: slice) -> Records:
    """The best vertex of a piece, of equal ones the nearest to the initial weights."""
    offset = cube.offsets(piece.start, piece.stop)  # (m, axes)
    theta = np.repeat(objective.theta0[None], len(offset), axis=0)  # (m, P)
    theta[:, axes] += offset
    with np.errstate(all="ignore"):
        loss = np.asarray(objective.loss(theta), dtype=np.float64)
    loss[~np.isfinite(loss)] = np.inf
    far = np.square(offset).sum(axis=-1)
    best = int(np.lexsort((far, loss))[0])
    return {"loss": loss[best : best + 1], "far": far[best : best + 1], "vertex": np.array([piece.start + best])}
