"""Why a run blew up, swings for ever, or stands still.

Near a minimum the loss is a quadratic, and on a quadratic a method with a constant rate either shrinks what is left
or lets it grow: which, says its rate beside the largest curvature lambda_max, the largest algebraic eigenvalue of the
Hessian in the trained numbers. Claims are made for plain gradient descent and its two kinds of momentum on all
samples; of all other runs only what was seen is said.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from landscape.cube import Cube
from landscape.lanczos import MOST, largest
from landscape.models.base import Array
from landscape.optimizers.base import Optimizer
from landscape.path import Path, Status
from landscape.plateau import plateau
from landscape.run import Run
from landscape.scene import Scene
from landscape.slice import Slice

AT = 1e-6
"""A rate that is so near its bound, relatively, is at it."""

AFFORDED = 1e8
"""Multiplications that one explanation may take: about 50 ms."""

MOST_TRAINED = 200_000
"""Trained numbers whose curvature is measured, as many as there are."""

DIFFERENCE = 1e-5
"""Step of the central difference of two gradients, relative to the largest coordinate, or to 1."""

FEWEST = 8
"""Products from which on a curvature in many dimensions is trusted, if it has settled as well."""

SETTLED = 0.02
"""Share of itself by which it may still be off; the true error is about the square of this."""

PLACES = 16
"""Places of a path at most whose curvature is looked at."""


class _Rule(NamedTuple):
    """A method's bound: ``factor(optimizer) / lambda``."""

    factor: Callable[[Any], float]
    words: str


RULES: Mapping[str, _Rule] = {
    "gradient_descent": _Rule(lambda optimizer: 2.0, "2 / {}"),
    "momentum": _Rule(lambda optimizer: 2 * (1 + optimizer.beta), "2 (1 + beta) / {}"),
    "nesterov": _Rule(
        lambda optimizer: 2 * (1 + optimizer.beta) / (1 + 2 * optimizer.beta), "2 (1 + beta) / ((1 + 2 beta) {})"
    ),
}
"""For each kind of which a claim is made."""


@dataclass(frozen=True)
class Explanation:
    """Why a run ended as it did.

    Attributes:
        sentence: for people.
        rate: the largest rate that it took; None where it is not at fault, or there is none.
        bound: up to which the method is stable; None where no claim is made.
        curvatures: lambda_max at the start of the descent and at its last finite place; None where not known.
        holds: a learning rate of the optimizer that holds; None where nobody knows one.
    """

    sentence: str
    rate: float | None = None
    bound: float | None = None
    curvatures: tuple[float | None, float | None] = (None, None)
    holds: float | None = None


def bound(optimizer: Optimizer, curvature: float) -> float | None:
    """The largest stable rate near a minimum whose largest curvature is ``curvature``.

    ========================  ===========================================
    gradient descent          ``2 / lambda``
    momentum                  ``2 (1 + beta) / lambda``
    Nesterov's momentum       ``2 (1 + beta) / ((1 + 2 beta) lambda)``
    ========================  ===========================================

    Weight decay adds to lambda. Below its bound each method shrinks a quadratic to nothing, above it lets it grow.

    Args:
        optimizer: on all samples, at a constant rate.
        curvature: lambda, the largest algebraic eigenvalue of the loss's Hessian.

    Returns:
        The rate; None where no claim is made: for other methods, and where nothing is curved upwards.

    Example:
        >>> from landscape.optimizers import GradientDescent, Momentum
        >>> bound(GradientDescent(), 20.0), bound(Momentum(beta=0.5), 20.0)
        (0.1, 0.15)

    Source: B. T. Polyak, Introduction to Optimization (1987), section 3.2; for Nesterov's momentum the roots of
    z^2 - (1 + beta) (1 - lr lambda) z + beta (1 - lr lambda), of which one reaches -1 first.
    """
    rule, whole = RULES.get(optimizer.kind), curvature + _decay(optimizer)
    if rule is None or not 0 < whole < math.inf:
        return None
    return rule.factor(optimizer) / whole


def rate_that_holds(limit: float) -> float:
    """A rate below a bound: nine tenths of it, rounded down to two digits.

    Example:
        >>> rate_that_holds(0.1), rate_that_holds(0.0123)
        (0.09, 0.011)
    """
    rate = 0.9 * limit
    unit = 10.0 ** (math.floor(math.log10(rate)) - 1)
    return float(f"{math.floor(rate / unit * (1 + 1e-9)) * unit:.2g}")  # 0.0899999... is 0.09


def rates_that_hold(paths: Sequence[Path], explanations: Sequence[Explanation | None]) -> dict[int, float]:
    """For each run with such starts, by its index, a rate that holds for all of them."""
    rates: dict[int, float] = {}
    for path, explanation in zip(paths, explanations, strict=True):
        if explanation is not None and explanation.holds is not None:
            rates[path.run] = min(explanation.holds, rates.get(path.run, math.inf))
    return rates


def explain(slice_: Slice, scene: Scene, path: Path, best: float | None = None) -> Explanation | None:
    """Why a finished path ended as it did; None where there is nothing to explain, or it is still under way.

    Runs that blew up have their rate set against the bound of their own method at the start, and where that does not
    explain it and the plane's coordinates are trained, farther on along the path. Runs that did not, but whose loss
    grows at their end, are told where they are above the bound, and those exactly at it. Runs that stand still far
    above the lowest loss that is known are told as in :func:`~landscape.plateau.plateau`.

    Args:
        slice_: the scene's function on its plane.
        scene: what is shown.
        path: one of its paths.
        best: the lowest loss that is known; None: nothing is said of runs that stand still.

    Example:
        >>> import landscape as ls
        >>> ravine = {"kind": "function", "name": "ravine"}
        >>> fast = {"optimizer": {"kind": "gradient_descent", "lr": 0.2}, "starts": [[-1.8, 0.6]]}
        >>> scene = ls.Scene.model_validate({"model": ravine, "runs": [fast]})
        >>> explain(ls.Engine().slice(scene), scene, ls.descend(scene)[0]).sentence
        'The rate 0.2 is above 2 / lambda_max = 0.1, up to which gradient descent is stable.'
    """
    if path.status is Status.RUNNING or not path.step.size:
        return None
    if path.status is Status.CONVERGED:
        sentence = None if best is None else plateau(slice_, scene, path, best)
        return None if sentence is None else Explanation(sentence)
    with np.errstate(all="ignore"):
        case = _Case(slice_, scene, path)
        return case.broken() if path.status.blew_up else case.edge()


class _Case:
    """One path whose rate may be at fault."""

    def __init__(self, slice_: Slice, scene: Scene, path: Path) -> None:
        self._slice, self._path, self._run = slice_, path, scene.runs[path.run]
        self._optimizer = self._run.optimizer
        rule = RULES.get(self._optimizer.kind) if _is_plain(self._run, slice_) else None
        decay = "(lambda_max + weight_decay)" if _decay(self._optimizer) else "lambda_max"
        self._words = "" if rule is None else rule.words.format(decay)
        factors = self._run.schedule.factor(np.arange(int(path.step[-1]) + 1), self._run.steps)
        self._rate = float(self._optimizer.rate * factors.max())

    def broken(self) -> Explanation:
        """A run that blew up: the first place at which its rate is above the bound there."""
        curvatures = dict(self._curvatures()) if self._words else {}
        limits = {place: bound(self._optimizer, value) for place, value in curvatures.items() if value is not None}
        last = self._path.step.size - 1
        known = (curvatures.get(0), curvatures.get(last))
        above = (place for place, limit in limits.items() if limit is not None and self._rate > (1 + AT) * limit)
        place = next(above, None)
        if place is None:
            rate = self._rate if self._optimizer.uses_gradient else None
            return Explanation(self._seen(), rate=rate, curvatures=known)
        limit = limits[place]
        assert limit is not None  # the rate is above it
        words = self._above(limit, self._rate)
        if place:
            sentence = f"At step {self._path.step[place]:,} {words[0].lower()}{words[1:]}."
        elif last and known[1] is not None and math.isclose(known[1], curvatures[0] or 0.0, rel_tol=1e-3):
            sentence = f"{words}."  # it is so everywhere
        else:
            sentence = f"At its start {words[0].lower()}{words[1:]}."
        return Explanation(sentence, self._rate, limit, known, self._holds(limit))

    def edge(self) -> Explanation | None:
        """A run that took all its steps: above the bound where it ended while its loss grows, or exactly at it."""
        rate, quarter = float(self._path.lr[-1]), self._path.loss[-max(4, self._path.loss.size // 4) :]
        half = quarter.size // 2
        grows = half >= 2 and quarter[half:].mean() - quarter[:half].mean() > 1e-9 * abs(quarter[:half].mean())
        if not self._words or not (grows or self._in_plane or self._trained <= MOST):
            return None
        place = self._path.step.size - 1 if self._in_plane else 0
        value = self._curvature(place)
        limit = None if value is None else bound(self._optimizer, value)
        if limit is None:
            return None
        known = (value if place == 0 else self._curvature(0), value if self._in_plane else None)
        if math.isclose(rate, limit, rel_tol=AT):
            noun = self._optimizer.noun
            sentence = (
                f"The rate {_number(rate)} is at the bound {self._words} = {_number(limit)}:"
                f" along the steepest curvature {noun} neither shrinks nor grows."
            )
            return Explanation(sentence, rate, limit, known, self._holds(limit))
        if not grows or rate < limit:
            return None
        words = self._above(limit, rate)
        where = words if self._in_plane else f"At its start {words[0].lower()}{words[1:]}"
        sentence = f"{where}: its loss grows."
        return Explanation(sentence, rate, limit, known, self._holds(limit))

    def _above(self, limit: float, rate: float) -> str:
        noun, shown = self._optimizer.noun, _below(limit, rate)
        return f"The rate {_number(rate)} is above {self._words} = {shown}, up to which {noun} is stable"

    def _seen(self) -> str:
        """What is known without any claim."""
        losses, last = self._path.loss[np.isfinite(self._path.loss)], self._path.step[-1]
        if losses.size > 1 and losses[-1] > losses[0]:
            return f"The loss grew from {losses[0]:.2g} to {losses[-1]:.2g} by step {last:,}."
        return f"The last finite loss is {losses[-1]:.3g}, at step {last:,}." if losses.size else "No loss is finite."

    def _holds(self, limit: float) -> float | None:
        factors = self._run.schedule.factor(np.arange(self._run.steps), self._run.steps)
        return rate_that_holds(limit / float(factors.max())) if factors.max() > 0 else None

    @property
    def _in_plane(self) -> bool:
        return self._run.trains == "plane"

    @property
    def _trained(self) -> int:
        plane = self._slice.plane
        return (1 if plane.is_line else 2) if self._in_plane else plane.u.size

    def _curvatures(self) -> Iterator[tuple[int, float | None]]:
        """At recorded places in their order: the start, and in the plane some up to the one where the loss is above
        its first value for good, and the last. Where it has grown out of all bounds, so has the curvature.
        """
        last = self._path.step.size - 1
        places = [0]
        if self._in_plane and last:
            left = int(np.flatnonzero(self._path.loss <= self._path.loss[0])[-1]) + 1
            places = [*map(int, np.linspace(0, min(left, last), PLACES - 1)), last]
        for place in dict.fromkeys(places):
            yield place, self._curvature(place)

    def _curvature(self, place: int) -> float | None:
        """lambda_max in the trained numbers at a recorded place; None where it is not known, or costs too much."""
        at = np.array([self._path.a[place], self._path.b[place]])
        if self._in_plane:
            if 12 * 3 * PLACES * self._slice.point_work > AFFORDED:
                return None
            axes = self._trained

            def gradient(points: Array) -> Array:
                whole = np.zeros((len(points), 2))
                whole[:, :axes] = points
                return self._slice.gradient(whole)[:, :axes]

            return _steepest(gradient, at[:axes], axes)
        objective = self._slice.objective
        products = min(
            MOST, int(AFFORDED / (2 * 3 * objective.work + 1)) - 1, math.isqrt(int(AFFORDED) // self._trained)
        )
        if place or self._trained > MOST_TRAINED or products < min(FEWEST, self._trained):
            return None
        starts = self._run.starts
        if self._path.start < len(starts) and isinstance(starts[self._path.start], Cube):
            return None
        is_initial = self._path.start < len(starts) and starts[self._path.start] == "initial"
        theta = objective.theta0 if is_initial else self._slice.plane.lift(at)
        return _steepest(objective.gradient, theta, products)


def _steepest(gradient: Callable[[Array], Array], at: Array, products: int) -> float | None:
    """The largest eigenvalue of the Hessian at ``at`` (D,), by differences of gradients (2, D) -> (2, D).

    At a kink of ReLUs or hinges, where blank pixels and zero biases may begin, the gradient jumps and there is no
    Hessian: a jump over a step an eighth as long looks eight times as steep.
    """
    step = DIFFERENCE * max(1.0, float(np.abs(at).max()))

    def product(vector: Array, step: float = step) -> Array:
        ahead, behind = gradient(np.stack([at + step * vector, at - step * vector]))
        return np.asarray((ahead - behind) / (2 * step))

    found = largest(product, at.size, tolerance=SETTLED / 10, most=products)
    if not found.error <= SETTLED * abs(found.value):
        return None
    nearer = float(found.vector @ product(found.vector, step / 8))
    return found.value if math.isclose(nearer, found.value, rel_tol=SETTLED) else None


def _is_plain(run: Run, slice_: Slice) -> bool:
    """Whether each step of a run sees the same gradient as it is: of all samples, not cut off, without noise."""
    objective = slice_.objective
    full = run.batch is None or run.batch >= len(objective.samples.x)
    same = objective.at_step(0) is objective
    return full and same and run.clip_value is None and run.clip_norm is None and not run.noise


def _decay(optimizer: Optimizer) -> float:
    return float(getattr(optimizer, "weight_decay", 0.0))


def _number(value: float) -> str:
    return f"{value:.6g}"


def _below(limit: float, rate: float) -> str:
    """A bound with as many digits as show that it is below the rate."""
    texts = (f"{limit:.{digits}g}" for digits in (4, 6, 9, 17))
    return next((text for text in texts if float(text) < float(_number(rate))), _number(limit))
