"""The tiles of a surface, and the surface as far as they are there."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import numpy as np

from landscape.errand import Errand
from landscape.lane import Job, Lane
from landscape.objective import rows_per
from landscape.slice import Precision
from landscape.store import Records
from landscape.surface import Array, Canvas, Surface, Tile, levels, tiles

TILE_SECONDS = 0.1
"""What a tile should take at most, by a careful guess of the machine's speed."""

SHARED_SECONDS = 0.01
"""What a pass takes at least of which there are two tiles, for a second worker: less is quicker in one piece."""

WIDTHS: dict[Precision, float] = {"float64": 1.0, "float32": 0.5}
"""What a point costs, in those of float64."""

MAX_TILES = 4096
"""Of a pass."""

CALL = 2e5
"""What a tile costs beside its points, in multiplications: the calls themselves."""


class Sheet(Lane[Tile, Errand]):
    """The tiles of a surface.

    A tile's key holds the function, the precision and the tile's very coordinates: whatever scene it was
    computed for, it is found for every other one that has the same rectangle in one of its passes. So a grid
    of 2n - 1 points an axis finds all of the one of n points, and the other way round.

    Args:
        name: of the function on the plane.
        errand: the function itself.
        a: (A,) final coordinates.
        b: (B,) final coordinates.
        precision: width of the numbers.

    Attributes:
        point_work: multiplications of a point by itself, about.
        is_ready: whether what the function computes once for all its points is there.
    """

    def __init__(self, name: str, errand: Errand, a: Array, b: Array, precision: Precision) -> None:
        work = errand.slice.work * WIDTHS[precision]
        passes = levels(a.size, b.size, rows_per(TILE_SECONDS, work))
        self._canvas = Canvas(a, b, passes, precision)
        jobs: list[Job[Tile]] = []
        for tile in tiles(passes, lambda points: _cut(points, work)):
            key = f"tile/{precision}/{name}/{_place(a[tile.columns], b[tile.rows])}"
            jobs.append(Job(len(jobs), key, CALL + tile.size * work, tile))
            self._canvas.expect(tile)
        self.point_work = errand.slice.point_work
        self._surface: Surface | None = None
        self._shown = 0  # passes
        self.is_ready = False  # set by whoever makes it so
        super().__init__(jobs, errand, errand.paces[precision])

    @property
    def nbytes(self) -> int:
        """Memory held, about."""
        return 16 * self._canvas.a.size * self._canvas.b.size + 1000 * len(self.jobs)

    def coordinates(self, tile: Tile) -> tuple[Array, Array, Precision]:
        """Where a tile is to be computed, and how."""
        return self._canvas.a[tile.columns], self._canvas.b[tile.rows], self._canvas.precision

    @property
    def share(self) -> float:
        """How far it is; -1 before the first pass is through, for then nothing can be shown."""
        return super().share if self._canvas.complete else -1.0

    def waits(self, job: Job[Any]) -> bool:
        """Whether a job needs what is not ready yet, and would only keep the first pass waiting."""
        return not self.is_ready and self.share < 0 and job.piece.level > 0

    def surface(self) -> Surface | None:
        """The finest complete pass; the same object until there is a finer one."""
        with self.lock:
            if self._shown < self._canvas.complete:
                self._shown, self._surface = self._canvas.complete, self._canvas.surface()
            return self._surface

    def _take(self, job: Job[Tile], result: Records) -> None:
        self._canvas.put(job.piece, result["loss"])


def _cut(points: int, work: float) -> int:
    """How many points a tile holds in a pass of ``points`` points of so much work each."""
    shared = points if points <= rows_per(SHARED_SECONDS, work) else -(-points // 2)
    return max(min(shared, rows_per(TILE_SECONDS, work)), -(-points // MAX_TILES))


def _place(a: Array, b: Array) -> str:
    """Names a rectangle by its coordinates, bit by bit."""
    place = blake2b(np.array([a.size, b.size], dtype="<i8").tobytes(), digest_size=16)
    place.update(a.astype("<f8", copy=False).tobytes())
    place.update(b.astype("<f8", copy=False).tobytes())
    return place.hexdigest()
