"""A tile as a plain call that any worker can make, in this process or in another."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from time import perf_counter

import numpy as np
from pydantic import ValidationError

from landscape.blas import one_thread
from landscape.datasets.base import Dataset, Samples
from landscape.errors import PlaneError
from landscape.grid import Grid
from landscape.models.base import Array
from landscape.objective import Objective
from landscape.pace import Pace
from landscape.scene import Scene
from landscape.slice import Precision, Slice
from landscape.threads import alone


class Errand:
    """A scene's function on its plane, for workers to compute tiles of.

    Inside a process it refers to the slice; to another one it travels as the scene alone, and the slice is
    built there at the first tile. Kinds that are added at run time must be importable there. Samples that cannot be
    read there (:attr:`landscape.datasets.base.Dataset.travels`) go along.

    Args:
        scene: whose function it is.
        slice_: its function on its plane, where that is built already.
        origin: (P,), the trained parameters that the plane goes through; None: the initial ones.
        samples: those of the scene, where they have come along.

    Attributes:
        paces: how quickly its tiles are computed, by precision.

    Example:
        >>> import landscape as ls
        >>> loss, _ = evaluate(Errand(ls.lesson("valley")), np.array([1.0, 2.0]), np.array([3.0]))
        >>> loss
        array([[10., 13.]])
    """

    def __init__(
        self,
        scene: Scene,
        slice_: Slice | None = None,
        origin: Array | None = None,
        samples: Samples | None = None,
    ) -> None:
        self._scene, self._slice, self._origin, self._samples = scene, slice_, origin, samples
        self.paces: defaultdict[Precision, Pace] = defaultdict(Pace)

    @property
    def slice(self) -> Slice:
        """The function."""
        if self._slice is None:
            origin = None if self._origin is None else self._origin.tobytes()
            self._slice = _built(self._scene, origin, _Luggage(self._samples))
        return self._slice

    def __reduce__(self) -> tuple[type[Errand], tuple[Scene, None, Array | None, Samples | None]]:
        travels = self._scene.data is not None and self._scene.data.travels
        return Errand, (bare(self._scene), None, self._origin, self.slice.objective.samples if travels else None)


class _Luggage:
    """Samples that came along. All are taken for equal: what they are is told by the scene beside them."""

    def __init__(self, samples: Samples | None) -> None:
        self.samples = samples

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Luggage)

    def __hash__(self) -> int:
        return 0


def evaluate(errand: Errand, a: Array, b: Array, precision: Precision = "float64") -> tuple[Array, float]:
    """The losses at every crossing of ``a`` (A,) and ``b`` (B,), and the seconds that they took.

    Returns:
        (B, A) float64, not finite where the loss is not; seconds without the building of the slice.

    Raises:
        DataError: the samples cannot be had.
    """
    slice_ = errand.slice
    begun = perf_counter()
    with one_thread, alone(), np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        loss = slice_.grid(a, b, precision)
    return loss, perf_counter() - begun


def restrict(scene: Scene, objective: Objective, origin: Array | None = None) -> Slice:
    """The scene's function on its plane, which goes through ``origin`` (P,) or else the initial parameters.

    Raises:
        PlaneError: these parameters admit no such plane.
    """
    through = objective.theta0 if origin is None else origin
    try:
        plane = scene.plane.build(through, objective.blocks, scene.model.biases())
    except ValidationError as error:
        raise PlaneError(error.errors(include_url=False)[0]["msg"]) from error
    with one_thread:
        return Slice(objective, plane)


def bare(scene: Scene) -> Scene:
    """The scene without what its function on the plane does not depend on, once the plane's origin is known."""
    data = None if scene.data is None else scene.data.bare()
    return scene.model_copy(update={"grid": Grid(), "runs": (), "data": data})


@lru_cache(maxsize=2)
def _built(scene: Scene, origin: bytes | None, luggage: _Luggage) -> Slice:
    """The slice of a scene that came from another process, with the origin, and samples that are not to be had here."""
    through = None if origin is None else np.frombuffer(origin)
    samples = luggage.samples or (_loaded(scene.data) if scene.data else None)
    return restrict(scene, Objective(scene.model, samples), through)


@lru_cache(maxsize=1)
def _loaded(data: Dataset) -> Samples:
    return data.load()
