"""What a model does on the way: its predictions at some steps of a path, the first and the last before all others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from landscape.crew import AnyLane
from landscape.models.base import Array
from landscape.planes.base import Plane
from landscape.predicted import Form, Predicted, confusion
from landscape.predictor import Predictor
from landscape.running import MOMENTS, evenly
from landscape.search import Search
from landscape.store import Records
from landscape.study import Study, Work
from landscape.track import Track
from landscape.trials import Trial, Trials

Find = Callable[[str], Records | None]


class Walked:
    """A path whose parameters are wanted.

    Args:
        number: of the path in its scene.
        start: of the start in its run.
        lane: the run's own lane, or the search of its start; asked again when that is done.
        plane: where its two coordinates lie; None of a run that trains everything.
        name: of the run.
    """

    def __init__(
        self, number: int, start: int, lane: Callable[[], Track | Search], plane: Callable[[], Plane] | None, name: str
    ) -> None:
        self.number, self.start, self.lane, self.plane = number, start, lane, plane
        self.name = f"{name}/{start}"

    def moments(self) -> tuple[NDArray[np.int64], Callable[[int], Array]]:
        """Steps (S,) of the finished path, and the parameters (P,) at each by its place among them."""
        track = self.lane()
        path = track.paths()[self.start]
        if self.plane is None:
            assert isinstance(track, Track)  # it is finished
            steps, thetas = track.moments
            known = np.flatnonzero(steps <= (path.step[-1] if path.step.size else -1))
            return steps[known], lambda place: thetas[self.start, known[place]]
        plane, rows = self.plane(), evenly(np.arange(path.step.size), MOMENTS)
        return path.step[rows], lambda place: plane.lift(np.array([path.a[rows[place]], path.b[rows[place]]]))


class Predictions(Study):
    """A model's predictions along a path, or at the initial parameters where nobody walks.

    Args:
        work: who makes the pieces.
        predictor: what is asked.
        find: what is there already.
        theta0: the initial parameters, (P,).
        name: of model and data.
        walked: the path; None: there is none.

    Example:
        >>> import landscape as ls
        >>> study = ls.Engine().predictions(ls.Scene.from_query("model.kind=linear&data.kind=line&runs.0.steps=50"))
        >>> study.advance(60.0)
        >>> study.form.value, study.predicted.curve.shape == (len(study.steps), len(study.predicted.curve_x))
        ('curve', True)
    """

    def __init__(
        self, work: Work, predictor: Predictor, find: Find, theta0: Array, name: str, walked: Walked | None
    ) -> None:
        super().__init__(work)
        self._predictor, self._find, self._walked = predictor, find, walked
        self._theta0, self._name = theta0, name
        self._steps: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._trials: Trials[int] | None = None

    def lanes(self) -> Iterator[AnyLane]:
        while self._walked is not None and not (lane := self._walked.lane()).complete:
            yield lane
            if not lane.complete:
                return
        if self._trials is None:
            self._trials = self._begun()
        yield self._trials

    def share(self) -> float:
        return 0.0 if self._trials is None else min(self._trials.done / self._trials.work, 1 - 1e-9)

    @property
    def form(self) -> Form:
        """How they are shown."""
        return self._predictor.form

    @property
    def known(self) -> NDArray[np.int64]:
        """The places (R,), among all steps that are asked for, of those that are known, rising."""
        if self._trials is None:
            return np.empty(0, dtype=np.int64)
        done = [self._trials.jobs[number].piece for number in self._trials.results]
        return np.array(sorted(done), dtype=np.int64)

    @property
    def steps(self) -> NDArray[np.int64]:
        """The steps that are asked for, (S,); empty before the path is walked."""
        return self._steps

    @property
    def predicted(self) -> Predicted:
        """What is known, of the steps at which it is."""
        return self.at(self.known)

    def at(self, places: NDArray[np.int64]) -> Predicted:
        """What is known at some places (R,) among the steps that are asked for."""
        predictor = self._predictor
        numbers = {} if self._trials is None else {job.piece: job.number for job in self._trials.jobs}
        rows: list[Mapping[str, NDArray[Any]]] = []
        if self._trials is not None:
            rows = [self._trials.results[numbers[int(place)]] for place in places]
        found: dict[str, Any] = {name: np.stack([row[name] for row in rows]) for name in (rows[0] if rows else ())}
        for name in ("error", "held_error"):
            if name in found:
                found[name] = found[name][:, 0]
        truth, count = predictor.truth, predictor.y.shape[1]
        if "classes" in found:
            found["accuracy"] = (found["classes"] == truth).mean(axis=1)
            found["confusion"] = np.stack([confusion(truth, row, count) for row in found["classes"]])
        return Predicted(
            form=predictor.form, path=None if self._walked is None else self._walked.number,
            steps=self._steps[places], labels=predictor.labels, samples=len(predictor.x), truth=truth,
            **self._still(), **found,
        )  # fmt: skip

    def _still(self) -> dict[str, Any]:
        """What is the same at all steps."""
        predictor = self._predictor
        match predictor.form:
            case Form.CURVE:
                still = {"x": predictor.places, "curve_x": predictor.axes[0]}
                if predictor.held is not None:
                    still |= {"held_x": predictor.held_places(), "held_y": predictor.held.y[:, 0]}
                return still
            case Form.REGIONS:
                return {"x": predictor.places, "mesh_x": predictor.axes[0], "mesh_y": predictor.axes[1]}
            case Form.SHEET:
                return {"images": predictor.images()}
            case _:
                return {}

    def _initially(self, _place: int) -> Array:
        return self._theta0

    def _begun(self) -> Trials[int]:
        theta: Callable[[int], Array] = self._initially
        self._steps, name = np.zeros(1, dtype=np.int64), self._name
        if self._walked is not None:
            self._steps, theta = self._walked.moments()
            name = self._walked.name
        trials = [
            Trial(f"predictions/{name}/{self._steps[place]}", self._predictor.work, place)
            for place in coarse_first(len(self._steps))
        ]
        return Trials(trials, lambda place: self._predictor.at(theta(place)), self._find)


def coarse_first(count: int) -> list[int]:
    """The numbers below ``count``: the first, the last, the middle, the middles of what is between, and so on.

    Example:
        >>> coarse_first(6)
        [0, 5, 2, 1, 3, 4]
    """
    order = [0, count - 1][: min(count, 2)]
    spans = [(0, count - 1)]
    while spans:
        low, high = spans.pop(0)
        if high - low > 1:
            middle = (low + high) // 2
            order.append(middle)
            spans += [(low, middle), (middle, high)]
    return order
