"""A scene in words: the sentence above the pictures, what they show and hide, the names of axes and runs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from components.figures.scale import LIFT, Extent
from landscape import Cube, Lowest, Path, Run, Scene, Surface

FLAT = 1e-9
"""A loss that varies by less than this share of itself is called constant."""

_PRECISIONS = {"float64": " exactly, in 64 bits.", "float32": " in 32 bits, right to a millionth of its loss."}

SHORT = 26
"""Letters of a title where there is little room."""

MANY = 2
"""Runs that are told one by one; the table tells of more."""

_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight")


def sentence(scene: Scene) -> str:
    """What the pictures show, in one sentence.

    Example:
        >>> from landscape import lesson
        >>> sentence(lesson("ravine"))
        'The function x² + 10 y² over x and y; gradient descent at rate 0.09 from one start.'
    """
    walkers = list(dict.fromkeys(walker(run) for run in scene.runs))
    if len(walkers) > MANY:
        nouns = list(dict.fromkeys(run.optimizer.noun for run in scene.runs))
        *others, last = nouns
        walkers = [f"{_COUNTS[len(scene.runs)]} runs of {', '.join(others)}{' and ' if others else ''}{last}"]
    parts = [scene.words, *walkers]
    return f"{parts[0][0].upper()}{'; '.join(parts)[1:]}."


def walker(run: Run) -> str:
    """Who walks, from how many starts."""
    starts = f"{_COUNTS[len(run.places)]} start{'s' if len(run.places) > 1 else ''}"
    if run.lattice is not None:
        lattice = f"a lattice of {run.lattice.resolution[0]} x {run.lattice.resolution[1]}"
        starts = f"{starts} and {lattice}" if run.places else lattice
    batch = f", {run.batch:,} sample{'s' if run.batch > 1 else ''} a step," if run.batch else ""
    everything = " on all weights" if run.trains == "all" else ""
    return f"{run.optimizer.noun} at {run.optimizer.pace}{everything}{batch} from {starts}"


def number(value: float) -> str:
    """A number with as many digits as it needs, at most six.

    Example:
        >>> number(0.30000000000000004), number(50.0)
        ('0.3', '50')
    """
    return f"{value:.6g}"


def hold_word(rates: Mapping[int, float]) -> str:
    """What the button says that gives runs a rate that holds; the rates by their indices.

    Example:
        >>> hold_word({0: 0.09}), hold_word({0: 0.09, 2: 0.017})
        ('Use rate 0.09', 'Use rates 0.09 and 0.017')
    """
    numbers = list(dict.fromkeys(map(number, rates.values())))
    if len(numbers) < 2:
        return "".join(f"Use rate {only}" for only in numbers)
    return f"Use rates {', '.join(numbers[:-1])} and {numbers[-1]}"


def loss_number(value: float) -> str:
    """A loss with five digits, zeros kept, as the transport bar writes it.

    Example:
        >>> loss_number(2.5693), loss_number(2.7363e-05)
        ('2.5693', '2.7363e-5')
    """
    size = abs(value)
    if size == 0:
        return "0"
    if size < 1e-3 or size >= 1e5:
        digits, exponent = f"{value:.4e}".split("e")
        return f"{digits}e{int(exponent):+d}"
    return f"{value:#.5g}".rstrip(".")


def lowest_place(mark: Lowest, surface: Surface) -> str:
    """Where a picture is lowest, to a ten-thousandth of its ranges or less, and whether that is a point of its grid.

    Example:
        >>> from landscape import lesson, surface
        >>> lowest_place(Lowest((1.5, -2.000004), 0.25, is_vertex=True), surface(lesson("valley")))
        'the grid point (1.5, -2)'
    """
    a, b = (_within(coordinate, axis) for coordinate, axis in zip(mark.place, (surface.a, surface.b), strict=True))
    return f"{'the grid point ' if mark.is_vertex else ''}({a}, {b})"


def _within(coordinate: float, axis: np.ndarray) -> str:
    """A place on an axis, with the digits that can be told apart there."""
    span = float(axis[-1] - axis[0]) or 1.0
    return number(round(coordinate, 4 - math.floor(math.log10(span))) + 0.0)  # of -0.0 the sign goes


def axis_titles(scene: Scene) -> tuple[str, str]:
    """What the two axes are called."""
    return scene.plane.axis_titles()


def loss_title(scene: Scene, *, short: bool = False) -> str:
    """What the height is called: "loss (squared error per digit, 100 digits)".

    Args:
        scene: whose loss it is.
        short: where there is little room: "squared error per digit", or "loss" where that is long.
    """
    if scene.data is None:
        return scene.model.loss_words()
    count, item = scene.data.samples, scene.data.item
    per = "" if scene.model.sums else f" per {item}"
    if short:
        words = f"{scene.model.loss_words()}{per}"
        return words if len(words) <= SHORT else "loss"
    return f"loss ({scene.model.loss_words()}{per}, {count:,} {item}{'s' if count > 1 else ''})"


def start_names(scene: Scene) -> list[str]:
    """Where each path begins, in their order: "the initial weights", "(-9, 15)"."""
    initial = "the initial weights" if scene.model.domain is None else "its start"
    return [_place(start, initial) for run in scene.runs for start in run.places]


def run_name(run: Run, how: str) -> str:
    """A run in the table: optimizer, rate and how it was chosen, and what else it differs in from others.

    Example:
        >>> from landscape import Run
        >>> run_name(Run(optimizer={"kind": "momentum"}, batch=32), "given")
        'momentum, rate 0.1 (given), 32 samples a step'
    """
    batch = f"{run.batch:,} sample{'s' if run.batch > 1 else ''} a step" if run.batch else ""
    schedule = "" if run.schedule.kind == "constant" else run.schedule.noun
    notes = ", ".join(filter(None, [how if run.optimizer.uses_gradient else "", schedule]))
    clipped = "clipped" if run.clip_norm or run.clip_value else ""
    differences = "" if run.gradient == "analytic" else f"{run.gradient} differences"
    everything = "all weights" if run.trains == "all" else ""
    parts = [
        run.optimizer.noun,
        f"{run.optimizer.pace}{notes and f' ({notes})'}",
        batch,
        everything,
        differences,
        clipped,
    ]
    return ", ".join(filter(None, parts))


def _place(start: tuple[float, ...] | str | Cube, initial: str) -> str:
    if isinstance(start, Cube):
        return f"the best of {start.vertices:,} vertices"
    if isinstance(start, str):
        return initial
    numbers = ", ".join(number(float(coordinate)) for coordinate in start)
    return f"({numbers})" if len(start) > 1 else numbers


def same_everywhere(scene: Scene, surface: Surface) -> str | None:
    """A sentence for a slice on which the loss does not move, or None."""
    is_typed = scene.model.kind == "formula"
    if (scene.model.domain is not None and not is_typed) or surface.diverged.all():
        return None
    low, high = float(np.nanmin(surface.loss)), float(np.nanmax(surface.loss))
    if high - low > FLAT * abs(high):
        return None
    if is_typed:
        return f"{scene.model.loss_words()} is {loss_number(high)} everywhere in this range, as far as 64 bits tell."
    return f"The loss is {loss_number(high)} everywhere in this range: nothing here depends on these coordinates."


def nowhere_finite(scene: Scene, surface: Surface) -> str | None:
    """A sentence for a slice on which there is nothing to see, or None."""
    if surface.stride > 1 or not surface.diverged.all():
        return None
    what = "The loss" if scene.data is not None else scene.model.loss_words()
    return f"{what} is finite nowhere in this range, so that there is nothing to draw."


def card(scene: Scene, surface: Surface, paths: Sequence[Path], shown: Extent) -> list[str]:
    """What the pictures show and hide, in sentences.

    Args:
        scene: what is shown.
        surface: as far as it is known.
        paths: as far as they are known.
        shown: what the axes show.
    """
    return list(_card(scene, surface, paths, shown))


def _card(scene: Scene, surface: Surface, paths: Sequence[Path], shown: Extent) -> Iterator[str]:
    yield scene.plane.hides(scene.parameters)
    yield from scene.model.notes
    columns, rows = scene.grid.shape
    points, line = (f"{columns}", "one") if shown.line else (f"{columns} x {rows} grid", "line")
    yield (
        f"Every one of the {points} points is computed{_PRECISIONS[surface.precision]}"
        if surface.stride == 1
        else f"So far {_nth(surface.stride)} {line} of the {points} is computed; it is sharpening."
    )
    if scene.plane.origin == "trained" and scene.origin_run is not None:
        run = scene.runs[scene.origin_run]
        yield (
            f"The plane goes through the weights that {walker(run)} reaches after {run.steps:,} steps;"
            " the cross marks where the initial weights project."
        )
    if surface.diverged.any():
        yield f"{int(surface.diverged.sum()):,} grid points have no finite loss; they are left blank."
    if shown.cut:
        yield "The steepest 2 % of the heights are cut off so that the rest can be seen."
    if paths and not shown.line:
        yield f"In 3-D the paths float {100 * LIFT:g} % of the height above their true loss, to stay visible."
    yield from _paths(scene, paths)
    turns = dict.fromkeys(what for run in scene.runs for what in run.schedule.turns(run.steps).values())
    if turns:
        yield f"Small rings on the paths mark where {' and where '.join(turns)}."


def _nth(stride: int) -> str:
    """Which lines of the grid are there; strides are powers of two.

    Example:
        >>> _nth(2), _nth(16), _nth(32)
        ('every second', 'every 16th', 'every 32nd')
    """
    return "every second" if stride == 2 else f"every {stride}{'nd' if stride == 32 else 'th'}"


def _paths(scene: Scene, paths: Sequence[Path]) -> Iterator[str]:
    if any(run.trains == "plane" for run in scene.runs) and scene.model.domain is None:
        yield "A path that trains these two coordinates only lies on the surface exactly."
    for number_, path in enumerate(paths, start=1):
        start = scene.runs[path.run].places[path.start]
        if isinstance(start, Cube):
            yield (
                f"Path {number_} begins at the best of {start.counted} vertices of a cube around the initial weights:"
                f" {number(start.half_width)} to each side along the {start.axes} in which the loss is steepest."
            )
        if scene.runs[path.run].trains == "all" and path.outside.size > 1:
            where = "on this line" if scene.grid.b is None else "in this plane"
            yield (
                f"Path {number_} trains all {scene.parameters:,} weights and is projected, at its true loss:"
                f" {100 * (1 - path.outside[-1]):.2g} % of its squared displacement lies {where}."
            )
        left = _leaves(scene, path)
        if left is not None:
            yield f"Path {number_} leaves the grid at step {left:,} and goes on at its true loss."


def _leaves(scene: Scene, path: Path) -> int | None:
    (a_low, a_high), (b_low, b_high) = scene.grid.a, scene.grid.b or (-np.inf, np.inf)
    outside = (path.a < a_low) | (path.a > a_high) | (path.b < b_low) | (path.b > b_high)
    return int(path.step[outside.argmax()]) if outside.any() and not outside[0] else None
