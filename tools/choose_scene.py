"""Search for scenes that teach: two weights over which three nearby descents end in three different minima.

    python -m tools.choose_scene [--seeds 0 100] [--pairs 2000] [--samples 100] [--top 10]
    python -m tools.choose_scene --only 85 0 19 120          seed, unit, first, second: one pair alone

from the root of the repository. It looks at the default network with other seeds, on the bundled digits, over pairs of
weights into one of its outputs. The default scene is what it finds; the same arguments find the same.

1. Screen random pairs on a coarse grid: at least three strict minima inside; ranked by the depth of the third deepest.
2. Refine the best: minima of the scene's own grid become critical points. A candidate counts only by refined ones:
   gradient norm below 1e-10, positive Hessian, inside the range, apart from each other.
3. Basins by gradient descent from a lattice. The starts are three corners of a square, its side 4 % of the span,
   that lie in three basins: those whose least distance to another basin is largest; of equals, by the distances' sum.
4. Check by the scene itself: its three paths, as ``ls.descend`` walks them, end at the three minima.

    score = min(barrier / 15 %, 1) min(apart / 30 %, 1) min(length / 30 %, 1) min(fall / 30 %, 1)

the least over the three minima and paths of: barrier = depth below the lowest pass to a deeper place; apart = distance
between two minima; length of a path; fall = the loss that a path loses. Barrier and fall are shares of the surface's
height, apart and length of the span, which is the longer side of the range.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from itertools import combinations, product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

import landscape as ls
from landscape.diagnostics import CriticalPoint, critical_point, hessian
from landscape.optimizers.gradient_descent import GradientDescent
from landscape.slice import Slice
from tools.screening import Candidate, depths, network, screen

Array = NDArray[np.float64]

STEPS = 1000
SIDE = 0.04  # of the starts' square, as a share of the span; so no two starts are farther apart than 6 %
ARRIVED = 0.01  # greatest distance between a descent's end and its minimum, as a share of the span
LONG = 0.1  # least length of a path, as a share of the span


class Found(NamedTuple):
    """A scene whose three paths end at three minima, in the order of its starts. See the module for the shares."""

    score: float
    scene: ls.Scene
    minima: list[CriticalPoint]
    barrier: float
    apart: float
    length: float
    fall: float


def refined(slice_: Slice, a: Array, b: Array) -> list[tuple[float, CriticalPoint]]:
    """The distinct true minima inside a grid, each after its barrier, deepest first."""
    found: list[tuple[float, CriticalPoint]] = []
    for barrier, (row, column) in depths(slice_.grid(a, b)):
        point = critical_point(slice_, np.array([a[column], b[row]]))
        inside = a[0] < point.a < a[-1] and b[0] < point.b < b[-1]
        new = all(np.hypot(point.a - other.a, point.b - other.b) > 0.02 * np.ptp(a) for _, other in found)
        if point.kind == "minimum" and point.grad_norm < 1e-10 and inside and new:
            found.append((barrier, point))
    return found


def learning_rate(slice_: Slice, a: Array, b: Array) -> float:
    """1 / the largest curvature on every eighth line of the grid, rounded down to 1, 2 or 5."""
    curvature = max(np.abs(np.linalg.eigvalsh(hessian(slice_, np.array(at)))).max() for at in product(a[::8], b[::8]))
    power = 10.0 ** np.floor(-np.log10(curvature))
    return float(max(digit * power for digit in (1, 2, 5) if digit * power * curvature <= 1))


def basins(slice_: Slice, starts: Array, minima: Array, lr: float, low: Array, high: Array) -> NDArray[np.intp]:
    """The index of the minimum in which each of ``starts`` (S, 2) ends; -1 for none and for leaving the range.

    ``ls.descend`` records every step of every start; here the same optimizer walks, and only its end is kept.
    """
    optimizer, ends, walking = GradientDescent(lr=lr), starts.copy(), np.arange(len(starts))
    for _ in range(STEPS):
        delta, _ = optimizer.step(slice_, ends[walking], optimizer.init(ends[walking]), lr)
        ends[walking] += delta
        inside = ((low < ends[walking]) & (ends[walking] < high)).all(axis=-1)
        walking = walking[inside & (np.hypot(*delta.T) > 1e-5)]  # those that left or have arrived rest
    away = np.hypot(*(ends[:, None] - minima).transpose(2, 0, 1))  # (S, M)
    return np.where(away.min(axis=-1) <= ARRIVED * (high - low).max(), away.argmin(axis=-1), -1)


def nearby_starts(slice_: Slice, minima: Array, lr: float, low: Array, high: Array) -> Array | None:
    """Three corners (3, 2) of a square in three basins, or None; see step 3 of the module.

    Basins on the lines that are a side apart come first, on all lines only where three are close.
    """
    span = (high - low).max()
    spacing = max(0.1, round(span / 150, 1))
    side = round(SIDE * span / spacing)  # in lines of the lattice
    lines = (np.arange(lo + spacing, hi - spacing / 2, spacing) for lo, hi in zip(low, high, strict=True))
    points = np.stack(np.meshgrid(*lines, indexing="ij"), axis=-1).round(1) + 0.0  # (A, B, 2); no -0
    seen = points[::side, ::side]
    coarse = basins(slice_, seen.reshape(-1, 2), minima, lr, low, high).reshape(seen.shape[:-1])
    close = np.zeros(points.shape[:-1], dtype=bool)
    for i, j in np.ndindex(coarse.shape):
        if len(set(coarse[i : i + 3, j : j + 3].flat) - {-1}) >= 3:
            close[i * side : (i + 2) * side + 1, j * side : (j + 2) * side + 1] = True
    basin = np.full(close.shape, -1)
    if close.any():
        basin[close] = basins(slice_, points[close], minima, lr, low, high)
    best, starts = (0.0, 0.0), None
    for i, j in np.argwhere(close[:-side, :-side]):
        corners = [(i, j), (i, j + side), (i + side, j + side), (i + side, j)]
        for three in combinations(corners, 3):
            if -1 in (ends := {basin[at] for at in three}) or len(ends) < 3:
                continue
            margins = [np.hypot(*(points[basin != basin[at]] - points[at]).T).min() for at in three]
            rank = round(min(margins), 6), round(sum(margins), 6)
            if rank > best:
                best, starts = rank, np.array([points[at] for at in three])
    return starts


def find(candidate: Candidate, samples: int) -> Found | None:
    """The candidate's scene, or None where it has no three nearby starts that pass the check."""
    plain = network(candidate.seed, samples, candidate.pair)
    fields = {"model": plain.model, "data": plain.data, "plane": plain.plane}
    fields["grid"] = {"a": candidate.a, "b": candidate.b}
    scene = ls.Scene.model_validate(fields | {"runs": ()})
    slice_ = Slice(ls.objective(scene), ls.plane(scene))
    a, b = (np.linspace(*ends, n) for ends, n in zip((candidate.a, candidate.b), scene.grid.resolution, strict=True))
    low, high = np.array([a[0], b[0]]), np.array([a[-1], b[-1]])
    minima = refined(slice_, a, b)
    if len(minima) < 3:
        return None
    places = np.array([(point.a, point.b) for _, point in minima])
    lr = learning_rate(slice_, a, b)
    if (starts := nearby_starts(slice_, places, lr, low, high)) is None:
        return None
    run = {"optimizer": {"kind": "gradient_descent", "lr": lr}, "starts": starts.tolist(), "steps": STEPS}
    scene = ls.Scene.model_validate(fields | {"runs": [run]})
    walked = ls.descend(scene)
    paths = [np.stack([path.a, path.b], axis=-1) for path in walked]
    span, height = (high - low).max(), np.ptp(slice_.grid(a, b))
    away = np.array([np.hypot(*(places - path[-1]).T) for path in paths])  # (3, M)
    ends = away.argmin(axis=-1)
    length = min(np.hypot(*np.diff(path, axis=0).T).sum() for path in paths) / span
    inside = all(((low < path) & (path < high)).all() for path in paths)
    if len(set(ends)) < 3 or away.min(axis=-1).max() > ARRIVED * span or not inside or length < LONG:
        return None
    barrier = min(minima[end][0] for end in ends)
    apart = min(np.hypot(*(places[i] - places[j])) for i, j in combinations(ends, 2)) / span
    fall = min(path.loss[0] - path.loss[-1] for path in walked) / height
    score = min(barrier / 0.15, 1) * min(apart / 0.3, 1) * min(length / 0.3, 1) * min(fall / 0.3, 1)
    return Found(score, scene, [minima[end][1] for end in ends], barrier, apart, length, fall)


def report(found: Found) -> str:
    """A scene as text: its shares and its link, then a line for each path."""
    link = found.scene.to_query() or "  (the default scene)"
    shares = f"barrier {found.barrier:.1%}  apart {found.apart:.0%}  length {found.length:.0%}  fall {found.fall:.0%}"
    lines = [f"score {found.score:.3f}  {shares}  /?{link}"]
    for (a, b), end in zip(found.scene.runs[0].starts, found.minima, strict=True):
        low, high = end.eigenvalues
        lines.append(
            f"    ({a:g}, {b:g}) to ({end.a:.6f}, {end.b:.6f})  loss {end.loss:.9f}"
            f"  gradient {end.grad_norm:.0e}  curvatures {low:.2e}, {high:.2e}"
        )
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> list[Found]:
    """Search, print the best scenes, and return them, the best first."""
    parser = argparse.ArgumentParser(prog="python -m tools.choose_scene", description=str(__doc__).splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs=2, default=(0, 100), help="from, and to (not included)")
    parser.add_argument("--pairs", type=int, default=2000, help="random pairs of each seed")
    parser.add_argument("--samples", type=int, default=100, help="digits that the loss is measured on")
    parser.add_argument("--top", type=int, default=10, help="scenes to print; four times as many are refined")
    parser.add_argument("--only", type=int, nargs=4, metavar=("SEED", "UNIT", "FIRST", "SECOND"), help="one pair alone")
    asked = parser.parse_args(arguments)
    began, random = time.perf_counter(), np.random.RandomState(777)
    seeds, pairs = range(*asked.seeds), asked.pairs
    if asked.only:
        seeds, pairs = [asked.only[0]], [tuple(asked.only[1:])]
    try:
        network(min(seeds, default=0), asked.samples, pairs[0] if asked.only else None)
    except ValidationError as error:
        parser.error(error.errors()[0]["msg"])
    candidates = sorted((one for seed in seeds for one in screen(seed, asked.samples, pairs, random)), reverse=True)
    print(f"{len(candidates)} pairs with three minima on the coarse grid, {time.perf_counter() - began:.0f} s")
    searched = [find(candidate, asked.samples) for candidate in candidates[: 4 * asked.top]]
    scenes = sorted((one for one in searched if one), key=lambda one: -one.score)
    print(f"{len(scenes)} of the best {len(searched)} have three nearby starts, {time.perf_counter() - began:.0f} s")
    for one in scenes[: asked.top]:
        print(report(one))
    return scenes[: asked.top]


if __name__ == "__main__":
    main()
