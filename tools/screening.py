"""The coarse sieve of the search for a scene: pairs of last-layer weights over which the loss has three minima."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

import landscape as ls
from landscape.models.activations import ACTIVATIONS
from landscape.models.base import split
from landscape.objective import Objective

Array = NDArray[np.floating]
Range = tuple[float, float]
Pair = tuple[int, int, int]  # unit, first, second

COARSE = np.linspace(-30, 30, 31)
ACTIVE = 0.25  # standard deviation over the samples from which on a hidden unit's weight moves the picture
HEIGHT = 0.03  # least difference of the losses that a picture shows
APART = 0.15  # least distance between two of the three minima, as a share of the range


class Candidate(NamedTuple):
    """A pair with three minima; ``depth`` is the third deepest one's, as a share of the height in the range."""

    depth: float
    seed: int
    pair: Pair
    a: Range
    b: Range


def network(seed: int, samples: int, pair: Pair | None = None) -> ls.Scene:
    """The default network with the weights of another seed, on the first digits; over a pair where one is given.

    Raises:
        pydantic.ValidationError: there is no such seed, number of samples, or pair.
    """
    fields = {"model": {"kind": "mlp", "seed": seed}, "data": {"kind": "digits", "samples": samples}, "runs": ()}
    if pair:
        *_, matrix = ls.Scene.model_validate(fields).blocks
        unit, *two = pair
        fields["plane"] = {"kind": "weights"} | {
            name: (matrix, unit, of) for name, of in zip(("first", "second"), two, strict=True)
        }
    return ls.Scene.model_validate(fields)


def screen(seed: int, samples: int, pairs: int | Iterable[Pair], random: np.random.RandomState) -> Iterator[Candidate]:
    """Candidates among the ``pairs`` given, or among so many random ones.

    A Slice for each pair costs a forward pass of the whole network and an exp for every sample and grid point, some
    8 ms: half an hour for the default search. Here all pairs of a seed share one pass, and as exp(c + a u + b v) is
    exp(c + a u) exp(b v), a grid point costs each sample a product and a division.
    """
    objective = ls.objective(network(seed, samples))
    signal, last = last_layer(objective)
    if isinstance(pairs, int):
        active = np.flatnonzero(signal.std(axis=0) > ACTIVE)
        draws = [(random.randint(len(last)), *sorted(random.choice(active, 2, replace=False))) for _ in range(pairs)]
        pairs = sorted({(int(unit), int(first), int(second)) for unit, first, second in draws})
    for unit, first, second in pairs:
        loss = unit_loss(signal, last[unit], objective.samples.y[:, unit], first, second)
        if candidate := _framed(loss, seed, (unit, first, second)):
            yield candidate


def last_layer(objective: Objective) -> tuple[Array, Array]:
    """What goes into the last layer, (N, H), and its weights, (K, H)."""
    *before, last = split(objective.theta0, objective.blocks).values()
    signal = objective.samples.x
    for weights in before:
        signal = ACTIVATIONS["sigmoid"].value(signal @ weights.T)
    return signal, last


def unit_loss(signal: Array, weights: Array, target: Array, first: int, second: int) -> Array:
    """One output's share of the loss with two of its weights on the coarse grid: (B, A), float32."""
    sign = 2 * target - 1  # the output is off by the sigmoid of -sign z
    u, v = signal[:, first], signal[:, second]
    rest = signal @ weights - u * weights[first] - v * weights[second]
    error = _exp(sign * np.outer(COARSE, v))[:, None] * _exp(sign * (rest + np.outer(COARSE, u)))  # (B, A, N)
    error += 1
    np.reciprocal(error, out=error)
    error *= error
    return error.mean(axis=-1)


def _exp(z: Array) -> Array:
    """Such that no product of two overflows."""
    return np.exp(np.clip(z, -43, 43)).astype(np.float32)


def _framed(loss: Array, seed: int, pair: Pair) -> Candidate | None:
    """The range around the three deepest minima of a coarse surface (B, A), to fives; None where it does not teach."""
    if strict_minima(loss).sum() < 3 or len(deepest := depths(loss)[:3]) < 3:
        return None
    cells = np.array([place for _, place in deepest])
    low, high = cells.min(axis=0), cells.max(axis=0)
    span = max(6, (high - low).max())
    reach = span / 2 + np.ceil(0.3 * span)
    b0, a0 = np.maximum(0, np.floor((low + high) / 2 - reach)).astype(int)
    b1, a1 = np.minimum(COARSE.size - 1, np.ceil((low + high) / 2 + reach)).astype(int)
    shown = loss[b0 : b1 + 1, a0 : a1 + 1]
    apart = min(np.abs(p - q).max() for p, q in itertools.combinations(cells, 2)) / max(a1 - a0, b1 - b0)
    inside = depths(shown)
    if len(inside) < 3 or np.ptp(shown) < HEIGHT or apart < APART:
        return None
    a0, a1, b0, b1 = (5.0 * round(COARSE[line] / 5) for line in (a0, a1, b0, b1))
    return Candidate(inside[2][0], seed, pair, (a0, a1), (b0, b1))


def strict_minima(loss: Array) -> NDArray[np.bool_]:
    """Which points of a grid lie below all their eight neighbours; none on the border."""
    rows, columns = loss.shape
    around = [loss[i : rows - 2 + i, j : columns - 2 + j] for i in range(3) for j in range(3) if (i, j) != (1, 1)]
    return np.pad(loss[1:-1, 1:-1] < np.min(around, axis=0), 1)


def depths(loss: Array) -> list[tuple[float, tuple[int, int]]]:
    """Each strict minimum's depth below the lowest pass to a deeper place, over the height; and its row and column.

    The deepest first. Found by pools of rising water (0-dimensional persistence): where two meet, the shallower ends.
    """
    rows, columns = loss.shape
    heights = loss.ravel().tolist()
    drains: dict[int, int] = {}
    ends = {int(np.argmin(loss)): max(heights)}

    def bottom(place: int) -> int:
        while drains[place] != place:
            drains[place] = place = drains[drains[place]]
        return place

    for place in np.argsort(loss, axis=None, kind="stable").tolist():
        y, x = divmod(place, columns)
        around = ((i, j) for i in (y - 1, y, y + 1) for j in (x - 1, x, x + 1) if 0 <= i < rows and 0 <= j < columns)
        met = {bottom(i * columns + j) for i, j in around if i * columns + j in drains}
        drains[place] = deepest = min(met, key=lambda pool: (heights[pool], pool), default=place)
        for shallower in met - {deepest}:
            drains[shallower] = deepest
            ends[shallower] = heights[place]
    height = max(heights) - min(heights)
    minima = [(int(y), int(x)) for y, x in np.argwhere(strict_minima(loss))]
    return sorted((((ends[y * columns + x] - loss[y, x].item()) / height, (y, x)) for y, x in minima), reverse=True)
