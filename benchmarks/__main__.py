"""``python -m benchmarks``: one table, every row a ratio of medians from one interleaved run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np

import landscape as ls
from benchmarks import textbook

ROUNDS = 3
STEPS = 200


def main() -> None:
    """Measure and print."""
    scene = ls.Scene()
    objective = ls.objective(scene)
    weights = [objective.theta0[span].reshape(shape) for shape, span in _spans(objective.blocks)]
    x, y, _ = objective.samples
    (_, to, first), (_, _, second) = scene.plane.first, scene.plane.second
    last = (to, first, second)
    a, b = (np.linspace(*ends, n) for ends, n in zip((scene.grid.a, scene.grid.b), scene.grid.resolution, strict=True))
    run = scene.runs[0].model_copy(update={"steps": STEPS})
    walked = scene.model_copy(update={"runs": (run,)})
    print("| Work | textbook numpy | ours | ratio |\n|---|---|---|---|")
    _row(
        f"surface over two weights of the last layer, {a.size} x {b.size}, N = {len(x)}",
        lambda: textbook.surface(weights, last, a, b, x, y),
        lambda: ls.Engine().surface(scene).loss,
    )
    _row(
        f"{len(run.starts)} descents in the plane, {STEPS} steps, every loss recorded",
        lambda: [textbook.descend(weights, last, start, run.optimizer.lr, STEPS, x, y) for start in run.starts],
        lambda: [np.stack([path.a, path.b], axis=1) for path in ls.Engine().paths(walked)],
    )


def _row(work: str, theirs: Callable[[], object], ours: Callable[[], object]) -> None:
    """Time both in turn, check that they agree, and print the medians and their ratio."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        results = []
        for function, found in zip((theirs, ours), times, strict=True):
            begun = time.perf_counter()
            results.append(function())
            found.append(time.perf_counter() - begun)
        np.testing.assert_allclose(results[1], results[0], rtol=1e-9)
    plain, fast = (statistics.median(found) for found in times)
    print(f"| {work} | {plain:.3f} s | {fast:.4f} s | {plain / fast:.0f} x |", flush=True)


def _spans(blocks: dict[str, tuple[int, ...]]) -> list[tuple[tuple[int, ...], slice]]:
    ends = np.cumsum([int(np.prod(shape)) for shape in blocks.values()])
    return [
        (shape, slice(int(end) - int(np.prod(shape)), int(end)))
        for shape, end in zip(blocks.values(), ends, strict=True)
    ]


if __name__ == "__main__":
    main()
