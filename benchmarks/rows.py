"""The rows of the table: what is done, and by whom.

Ours goes through public names, on a fresh engine each time: only the dataset's files are read once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

import landscape as ls
from benchmarks import classifier, peers, remains, textbook
from benchmarks.floor import Floor
from benchmarks.measure import Array, Contender, Way, fastest, sampled
from benchmarks.problem import Problem, batches
from benchmarks.remains import widths
from benchmarks.scenes import INPUTS, LR, STARTS, dense, network, over, run_of, surface_of
from benchmarks.threads import CHOICES, in_blas

T = TypeVar("T")

TOLERANCE = {"float64": 1e-9, "float32": 1e-6}
"""How far results may lie from each other, relatively, before a row prints no times."""

ROUNDING = 1e-4
"""The same after a hundred steps of training in float32, whose rounding errors grow from step to step: Adam's in
torch have grown to 6e-6 of the loss by then."""

STEPS = 200
"""Of a descent's 10,000 steps, those that a textbook and torch take."""


class Row(NamedTuple):
    """A line of the table.

    Attributes:
        name: for ``--only``.
        work: what is done.
        precision: of ours, torch and the floor; the textbook computes in float64.
        tolerance: how far results may lie from each other, relatively, before no times are printed.
        scene: None where our code cannot be asked for this precision.
        contenders: makes those who do it, by name: textbook, torch, floor, ours.
    """

    name: str
    work: str
    precision: str
    tolerance: float
    scene: ls.Scene | None
    contenders: Callable[[ls.Scene], dict[str, Contender]]

    @property
    def missing(self) -> str | None:
        """Why it cannot be measured here, or None."""
        if self.scene is None:
            return f"{self.precision} is not available"
        return self.scene.data.missing() if self.scene.data else None


def rows(data: str) -> list[Row]:
    """All rows on a dataset, "mnist" or "digits"."""
    return [*_surfaces(data), *_classifiers(), *_descents(data), *_trainings(data)]


def _surfaces(data: str) -> list[Row]:
    inputs = INPUTS[data]
    last = network(data, 10_000) | over("W3", 5, 250, 251)
    second = network(data, 1_000) | over("W2", 200, 30, 31)
    first = network(data, 1_000) | over("W1", 5, *inputs)
    large = network(data, 1_000, activation="tanh") | over("W1", 5, *inputs)
    random = network(data, 2_048) | dense()
    first_pair = " and ".join(f"W1[5, {source}]" for source in inputs)
    pair = "surface over two weights"
    # tanh(z) = 2 sigmoid(2 z) - 1: tanh units are sigmoids with weights two to four times as large
    table = [
        ("last-layer", f"{pair} of the last layer, W3[5, 250] and W3[5, 251]", last, remains.last_layer),
        ("second-layer", f"{pair} to a unit, W2[200, 30] and W2[200, 31]", second, remains.second_layer),
        ("first-layer", f"{pair} to a unit, {first_pair}", first, remains.first_layer),
        ("first-layer-large", f"{pair} to a tanh unit, {first_pair}: no table", large, remains.first_layer_directly),
        ("random", "surface over a filter-normalised random plane", random, remains.dense),
    ]
    return [
        Row(
            name=f"{name}-{precision}",
            work=f"{work}; 40 x 40, N = {fields['data']['samples']:,} {data}",
            precision=precision,
            tolerance=TOLERANCE[precision],
            scene=surface_of(fields, precision),
            contenders=partial(surface, precision=precision, floor=floor),
        )
        for name, work, fields, floor in table
        for precision in ("float64", "float32")
    ]


def surface(scene: ls.Scene, precision: str, floor: Callable[[Floor, Problem], None]) -> dict[str, Contender]:
    """Everybody who computes the loss over a grid."""
    problem = Problem.of(scene)
    total = len(problem.points)

    def plain(places: NDArray[np.intp]) -> Array:
        return textbook.surface(problem, problem.points[places])

    found = {
        "textbook": sampled(
            [Way(said, in_blas(threads, plain), 4) for said, threads in CHOICES.items()], total, "points"
        )
    }
    if not peers.missing():
        found["torch"] = sampled(peers.surface_ways(problem, precision), total, "points")
    bare = Floor(precision, problem.activation)
    return found | {
        "floor": Contender(lambda: floor(bare, problem)),
        "ours": Contender(lambda: ls.Engine().surface(scene).loss),
    }


def _classifiers() -> list[Row]:
    found = []
    for loss, said in (("hinge", "multiclass hinge"), ("cross_entropy", "softmax cross-entropy")):
        fields = classifier.fields(loss)
        work = f"surface of a linear classifier's {said} over a random plane; 41 x 41"
        work += f", N = {fields['data']['samples']:,} {fields['data']['kind']}"
        name, scene = f"classifier-{loss.partition('_')[0]}-float64", surface_of(fields, "float64")
        makes = partial(classifier.surface, loss=loss)
        found.append(Row(name, work, "float64", TOLERANCE["float64"], scene, makes))
    return found


def _descents(data: str) -> list[Row]:
    fields = network(data, 100) | over("W3", 5, 250, 251)
    run = {"optimizer": {"kind": "gradient_descent", "lr": LR}, "starts": STARTS, "steps": 10_000, "trains": "plane"}
    work = f"three descents of 10,000 steps in the plane of W3[5, 250] and W3[5, 251]; N = 100 {data}"
    return [Row("descent-float64", work, "float64", TOLERANCE["float64"], run_of(fields, run, "float64"), descent)]


def descent(scene: ls.Scene) -> dict[str, Contender]:
    """Everybody who descends in a plane from :data:`STARTS`."""
    problem, steps, starts = Problem.of(scene), scene.runs[0].steps, len(STARTS)
    recorded = ls.Engine().paths(scene)[0].step
    records = recorded[recorded <= STEPS]
    places = np.arange(starts * len(recorded) * 3).reshape(starts, -1, 3)[:, : len(records)].ravel()

    def plain() -> Array:
        return np.stack([textbook.descend(problem, start, LR, STEPS) for start in STARTS])

    def first_steps(ways: Mapping[str, Callable[[], Array]]) -> Contender:
        said, way = fastest(ways)
        return Contender(lambda: way()[:, records], STEPS / steps, places, f"{said}, {STEPS} of {steps:,} steps")

    found = {"textbook": first_steps(_in_threads(plain))}
    if not peers.missing():
        found["torch"] = first_steps(peers.descend_ways(problem, STARTS, LR, STEPS))
    bare = Floor("float64", problem.activation)
    return found | {
        "floor": Contender(lambda: bare.descent(starts, len(problem.x), steps)),
        "ours": Contender(
            lambda: np.stack([np.stack([path.a, path.b, path.loss], axis=1) for path in ls.Engine().paths(scene)])
        ),
    }


def _trainings(data: str) -> list[Row]:
    sgd, adam = {"kind": "gradient_descent", "lr": 0.1}, {"kind": "adam", "lr": 0.001}
    table = [
        ("train-sgd", sgd, 256, "SGD, 100 steps of a batch of 256"),
        ("train-adam", adam, 256, "Adam, 100 steps of a batch of 256"),
        ("train-batches", sgd, 1_280, "SGD, 100 steps of batch 256 out of 1,280, the loss of all at each step"),
    ]
    common = {"starts": ("initial",), "steps": 100, "batch": 256, "trains": "all"}
    return [
        Row(
            name=f"{name}-{precision}",
            work=f"training all weights by {work}; {data}",
            precision=precision,
            tolerance=ROUNDING if precision == "float32" else TOLERANCE[precision],
            scene=run_of(
                network(data, samples) | over("W3", 5, 250, 251), common | {"optimizer": optimizer}, precision
            ),
            contenders=partial(training, precision=precision),
        )
        for name, optimizer, samples, work in table
        for precision in ("float64", "float32")
    ]


def training(scene: ls.Scene, precision: str) -> dict[str, Contender]:
    """Everybody who trains all weights from the initial ones."""
    problem, run = Problem.of(scene), scene.runs[0]
    kind, lr, size = run.optimizer.kind, run.optimizer.rate, run.batch or len(problem.x)
    chosen = batches(len(problem.x), size, run.steps)
    every = size < len(problem.x)
    places = np.arange(run.steps)  # the others do not look at where they end

    def whole(ways: Mapping[str, Callable[[], Array]]) -> Contender:
        said, way = fastest(ways)
        return Contender(way, where=places, note=said)

    found = {"textbook": whole(_in_threads(lambda: textbook.train(problem, kind, lr, chosen, every)))}
    if not peers.missing():
        found["torch"] = whole(peers.train_ways(problem, kind, lr, chosen, every, precision))
    bare = Floor(precision, problem.activation)
    _, steps = fastest(_in_threads(lambda: bare.training(widths(problem), size, run.steps)))

    def products() -> None:
        steps()
        if every:
            bare.passes(widths(problem), len(problem.x) * run.steps, first=False, last=True)

    return found | {
        "floor": Contender(products),
        "ours": Contender(lambda: ls.Engine().paths(scene)[0].loss),
    }


def _in_threads(run: Callable[[], T]) -> dict[str, Callable[[], T]]:
    return {said: in_blas(threads, run) for said, threads in CHOICES.items()}
