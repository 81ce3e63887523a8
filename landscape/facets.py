"""Small multiples: the surfaces of one scene over many directions, coarse first, each equal to its own alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from threading import Lock
from time import monotonic
from typing import Any, ClassVar, NamedTuple

from landscape.convexity import SEGMENTS, ConvexityProbe
from landscape.directions import Direction
from landscape.errors import PlaneError
from landscape.objective import MULTIPLICATIONS_PER_SECOND
from landscape.scene import Scene
from landscape.sheet import Sheet
from landscape.study import Study, Work
from landscape.surface import Surface
from landscape.trials import Trials

GLANCE = 0.05
"""Seconds for finding what is there already."""

ROOM = 128 << 20
"""Bytes of the functions that are worked on at once; of others their surfaces wait."""

PROBED_SECONDS = 3.0
"""What the probes of all facets may take, by a careful guess of the machine's speed; longer ones are left out."""


class Facet(NamedTuple):
    """One of the pictures.

    Attributes:
        first: its first direction.
        second: its second; None where it is a profile.
        scene: whose surface it is.
    """

    first: Direction
    second: Direction | None
    scene: Scene


class Facets(Study):
    """The surfaces of many scenes that differ in their planes: all first passes come before any other.

    Each is the engine's own surface of its scene, so that whoever looks at that one finds it computed. Where it takes
    no longer than a moment, each is probed for convexity in the end. Safe for threads.

    Args:
        work: who makes the pieces.
        facets: what there is to show.
        sheet: the surface of a scene.
        probe: the probe of a scene's function, given the work of a point.

    Attributes:
        tried: segments of the probe of each.
        facets: as given.
        faults: by number of the facet, why there is no such surface.
    """

    tried: ClassVar[int] = SEGMENTS

    def __init__(
        self,
        work: Work,
        facets: Sequence[Facet],
        sheet: Callable[[Scene], Sheet],
        probe: Callable[[Scene, float], ConvexityProbe],
    ) -> None:
        super().__init__(work)
        self.facets = tuple(facets)
        self.faults: dict[int, str] = {}
        self._make, self._probe = sheet, probe
        self._sheets: list[Sheet | None] = [None] * len(self.facets)  # of a fixed length: it is read while it fills
        self._probes: list[ConvexityProbe] | None = None
        self._lock = Lock()

    @property
    def sheets(self) -> list[Sheet]:
        """The surfaces that are under way or complete."""
        return [sheet for sheet in self._sheets if sheet is not None]

    @property
    def surfaces(self) -> list[Surface | None]:
        """The finest complete pass of each facet; None where there is none yet."""
        return [None if sheet is None else sheet.surface() for sheet in self._sheets]

    def advance(self, budget: float | None = 0.3) -> None:
        """Go on for about ``budget`` seconds; None: only look at what is there."""
        ends = monotonic() + (GLANCE if budget is None else budget)
        self._begin(ends)
        missing = [sheet for sheet in self.sheets if not sheet.complete]
        if budget is not None and missing:
            self._work(missing, ends)
        if self.is_drawn:
            super().advance(None if budget is None else max(0.0, ends - monotonic()))
        else:
            self.done, self.progress = False, self.share()

    @property
    def is_drawn(self) -> bool:
        """Whether all surfaces are complete."""
        begun = len(self.sheets) + len(self.faults) == len(self.facets)
        return begun and all(sheet.complete for sheet in self.sheets)

    @property
    def seconds(self) -> float:
        """What the probes of those that are there take, by a careful guess of the machine's speed."""
        return 3 * SEGMENTS * sum(sheet.point_work for sheet in self.sheets) / MULTIPLICATIONS_PER_SECOND

    @property
    def convex(self) -> int | None:
        """How many facets are convex along every segment tried; None where they are not probed, or not yet."""
        if not self.done or not self._probes:
            return None
        return sum(probe.report.holds and not probe.report.lost for probe in self._probes)

    def lanes(self) -> Iterator[Trials[Any]]:
        if self.seconds > PROBED_SECONDS:
            return
        with self._lock:
            if self._probes is None:
                there = zip(self.facets, self._sheets, strict=True)
                self._probes = [self._probe(facet.scene, sheet.point_work) for facet, sheet in there if sheet]
        for probe in self._probes:
            yield from probe.lanes()

    def share(self) -> float:
        done = sum(sheet.done / sheet.work for sheet in self.sheets) + len(self.faults)
        return min(done / max(1, len(self.facets)), 1 - 1e-9)

    def _begin(self, ends: float) -> None:
        """Set out on more surfaces while there is time and room: on one at least, where none is under way."""
        with self._lock:
            held = sum(_held(sheet) for sheet in self.sheets)
            for number, facet in enumerate(self.facets):
                if self._sheets[number] is not None or number in self.faults:
                    continue
                if held > ROOM:
                    return
                try:
                    sheet = self._sheets[number] = self._make(facet.scene)
                    held += _held(sheet)
                except PlaneError as error:
                    self.faults[number] = str(error)
                if monotonic() >= ends:
                    return


def _held(sheet: Sheet) -> int:
    """Bytes of the function that a surface is computed with; none once it is complete."""
    kit = sheet.kit
    return 0 if kit is None else kit.slice.nbytes
