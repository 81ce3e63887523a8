"""Measuring: contenders take turns in one run, and what counts is the median of the ratios of neighbours."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
T = TypeVar("T")

SHORT = 0.05
"""Seconds: a call that is shorter is repeated for so long within its turn, and the turn's median counts."""

SETTLE = 0.02
"""Seconds between two turns, in which the threads of the one before go to sleep."""

SAMPLE = 1.5
"""Seconds that a turn on a part of the work should take, about."""

TRIAL = 0.3
"""Seconds after which a way of doing the work has been tried for long enough."""


@dataclass(frozen=True, eq=False)
class Contender:
    """Somebody who does a row's work, or a stated part of it.

    Attributes:
        run: does it; returns its numbers, or None where there is nothing to compare (the floor).
        share: of the work that ``run`` does, 0..1; times are divided by it.
        where: which of our numbers, flat, those of ``run`` are to be compared with; None: all.
        note: what the table says beside the time.
    """

    run: Callable[[], Array | None]
    share: float = 1.0
    where: NDArray[np.intp] | None = None
    note: str = ""


def turn(contender: Contender) -> tuple[float, Array | None]:
    """One turn: seconds for the whole work, and the numbers."""
    times: list[float] = []
    first = begun = time.perf_counter()
    while begun - first < SHORT:
        result = contender.run()
        ended = time.perf_counter()
        times.append(ended - begun)
        begun = ended
    return statistics.median(times) / contender.share, result


def interleaved(contenders: Mapping[str, Contender], rounds: int) -> dict[str, list[float]]:
    """The seconds of each contender in each round: first all once, then all again."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, contender in contenders.items():
            gc.collect()
            time.sleep(SETTLE)
            seconds[name].append(turn(contender)[0])
    return seconds


def median_ratio(theirs: list[float], ours: list[float]) -> float:
    """The median of the rounds' ratios.

    Example:
        >>> median_ratio([2.0, 9.0, 8.0], [1.0, 3.0, 2.0])
        3.0
    """
    return statistics.median(their / our for their, our in zip(theirs, ours, strict=True))


def gap(found: Array, expected: Array) -> float:
    """The largest relative difference; infinite where shapes differ or a number is not finite.

    Example:
        >>> gap(np.array([1.0, 2.0]), np.array([1.0, 4.0]))
        0.5
    """
    if found.shape != expected.shape:
        return np.inf
    difference = np.abs(found - expected)
    relative = np.divide(difference, np.abs(expected), out=np.zeros(found.shape), where=difference != 0)
    return float(relative.max()) if np.isfinite(relative).all() else np.inf


def gaps(contenders: Mapping[str, Contender]) -> dict[str, float]:
    """How far each contender's numbers are from ours. This is also everybody's warm-up."""
    results = {name: contender.run() for name, contender in contenders.items()}
    ours = np.ravel(np.asarray(results.pop("ours")))
    return {
        name: gap(np.ravel(result), ours if contenders[name].where is None else ours[contenders[name].where])
        for name, result in results.items()
        if result is not None
    }


def spread(total: int, count: int) -> NDArray[np.intp]:
    """``count`` of ``total`` places, evenly, the first and the last among them.

    Example:
        >>> spread(1600, 3).tolist()
        [0, 800, 1599]
    """
    return np.linspace(0, total - 1, min(count, total)).round().astype(np.intp)


def fastest(ways: Mapping[str, Callable[[], T]]) -> tuple[str, Callable[[], T]]:
    """The name and the way that takes least time. Those far behind at the first call, a warm-up, get no second."""

    def seconds(way: Callable[[], T]) -> float:
        begun = time.perf_counter()
        way()
        return time.perf_counter() - begun

    first = {name: seconds(way) for name, way in ways.items()}
    second = {name: seconds(ways[name]) for name in ways if first[name] <= 3 * min(first.values())}
    best = min(second, key=second.__getitem__)
    return best, ways[best]


class Way(NamedTuple):
    """A way to compute chosen places out of many: ``run`` takes them, best in multiples of ``step``."""

    name: str
    run: Callable[[NDArray[np.intp]], Array]
    step: int


def sampled(ways: Sequence[Way], total: int, unit: str) -> Contender:
    """The fastest way, on so many of ``total`` places that a turn takes about :data:`SAMPLE`.

    A way is tried on ``step`` places, then on twice as many, until that takes :data:`TRIAL`; the last time counts.
    """
    trials = [_tried(way, total) for way in ways]
    each, count, way = min(trials, key=lambda trial: trial[0])
    places = spread(total, max(count, round(SAMPLE / each / way.step) * way.step))
    part = "" if len(places) == total else f"{len(places):,} of {total:,} {unit}"
    note = ", ".join(text for text in (way.name, part) if text)
    return Contender(partial(way.run, places), len(places) / total, places, note)


def _tried(way: Way, total: int) -> tuple[float, int, Way]:
    """Seconds a place, and on how many that was measured."""
    count = way.step
    while True:
        places = spread(total, count)
        begun = time.perf_counter()
        way.run(places)
        spent = time.perf_counter() - begun
        if spent > TRIAL or count >= total:
            return spent / len(places), count, way
        count *= 2
