"""Two weights whose picture moves; and why a picture does not."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from landscape.engine import Engine
from landscape.models.base import Blocks
from landscape.models.own import Own
from landscape.planes.weights import Weights
from landscape.scene import Scene
from landscape.slice import Slice

TRIES = 24
"""Pairs that are looked at for one suggestion."""

GLANCE = 100
"""Samples of the first look; more would make the reader wait and change little."""

COARSE = 9
"""Grid points a side for the first look."""

FLAT_RANGE = 1e-9
"""A slice whose loss varies less than this share of its size is constant to the eye and to training."""


def suggest_pair(engine: Engine, scene: Scene, seed: int = 0) -> Scene:
    """The scene over two other weights, the liveliest of some drawn at random.

    Pairs into one unit are drawn from all layers in turn. A pair is the livelier, the more the loss
    varies over the scene's ranges and the more often it turns between neighbouring grid lines.

    Args:
        engine: builds the slices.
        scene: a network's scene over two weights.
        seed: another seed, other pairs.

    Raises:
        ValueError: the scene has no matrix of weights to choose from.
    """
    random = np.random.default_rng(seed)
    objective = engine.objective(_fewer(scene))
    best, best_score = None, -1.0
    is_line = scene.plane.axes == 1
    a = np.linspace(*scene.grid.a, COARSE)
    b = np.zeros(1) if scene.grid.b is None else np.linspace(*scene.grid.b, COARSE)
    for pair in _pairs(objective.blocks, random):
        plane = scene.plane.model_copy(update={"first": pair.first, "second": None if is_line else pair.second})
        slice_ = Slice(objective, plane.build(objective.theta0, objective.blocks, frozenset()))
        score = liveliness(slice_.grid(a, b))
        if score > best_score:
            best, best_score = plane, score
    if best is None:
        raise ValueError("There is no matrix with two weights to choose from.")
    return scene.model_copy(update={"plane": best})


def _fewer(scene: Scene) -> Scene:
    if scene.data is None or scene.data.samples <= GLANCE:
        return scene
    return scene.model_copy(update={"data": scene.data.model_copy(update={"samples": GLANCE})})


def liveliness(loss: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> float:
    """How much a coarse surface (B, A) teaches: its relative range, times one plus its turns per line."""
    span, scale = float(np.ptp(loss)), float(np.abs(loss).max())
    if not np.isfinite(span) or span <= FLAT_RANGE * scale:
        return 0.0
    turns = 0.0
    for axis in (0, 1):
        if loss.shape[axis] < 3:  # a line has no turns across
            continue
        slopes = np.diff(loss, axis=axis)
        slopes = np.where(np.abs(slopes) < 1e-3 * span, 0.0, np.sign(slopes))
        turns += float(np.abs(np.diff(slopes, axis=axis)).sum()) / loss.shape[1 - axis]
    return span / scale * (1.0 + turns)


def why_constant(slice_: Slice, scene: Scene) -> str | None:
    """A sentence that says why two weights do not move the loss, or None where they do or nobody knows.

    A weight from a pixel that is blank in every sample multiplies zeros.
    """
    if not isinstance(scene.plane, Weights) or isinstance(scene.model, Own):  # whose W1 may be anything
        return None
    x = slice_.objective.samples.x
    blank = [address for address in scene.plane.chosen if address[0] == "W1" and not x[:, int(address[2])].any()]
    if not blank:
        return None
    names = " and ".join(f"W1[{to},{pixel}]" for _, to, pixel in blank)
    pixels = sorted({int(address[2]) for address in blank})
    noun = "input" if slice_.objective.samples.image is None else "pixel"
    where = " and ".join(_place(pixel, slice_.objective.samples.image) for pixel in pixels)
    are = f"{noun}s {where} are" if len(pixels) > 1 else f"{noun} {where} is"
    return f"{names} cannot move the loss: {are} blank in all {len(x):,} samples, so only zeros are multiplied."


def _place(index: int, image: tuple[int, int] | None) -> str:
    if image is None:
        return str(index)
    row, column = divmod(index, image[1])
    return f"{index} (row {row}, column {column})"


def _pairs(blocks: Blocks, random: np.random.Generator) -> Iterator[Weights]:
    """Pairs of weights into one unit, from the matrices in turn, the last first."""
    matrices = [(name, shape) for name, shape in blocks.items() if len(shape) == 2 and shape[1] > 1][::-1]
    for number in range(TRIES if matrices else 0):
        name, (to_units, from_units) = matrices[number % len(matrices)]
        to = int(random.integers(to_units))
        first, second = sorted(int(unit) for unit in random.choice(from_units, 2, replace=False))
        yield Weights(first=(name, to, first), second=(name, to, second))
