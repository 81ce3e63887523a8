"""``python -m benchmarks.scaling``: measured time against the work, as a table and as benchmarks/scaling.svg.

The work of a surface is samples x grid points x units of the second hidden layer. Each of the three is doubled
four times (the grid's per side, so that its points are quadrupled), the others staying as they are. Cost grows no
faster than the work where the time per unit of work does not rise.
"""

from __future__ import annotations

import argparse
import gc
import math
import shutil
import statistics
import sys
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import numpy as np

import landscape as ls
from benchmarks.measure import Contender, turn
from benchmarks.scenes import INPUTS, MOST, dense, network, over, surface_of

DOUBLINGS = 4
NOISE = 0.1
"""By how much a measured exponent may lie above 1 before we say that cost grows faster than the work."""

PICTURE = Path(__file__).with_name("scaling.svg")
COLOURS = ("#3b528b", "#21918c", "#c2410c")
MARKS = (("circle", "solid"), ("square", "dash"), ("diamond", "dot"))


class Sizes(NamedTuple):
    """How large a surface is.

    Attributes:
        samples: N.
        side: grid points along each axis.
        hidden: units of the second hidden layer.
    """

    samples: int
    side: int
    hidden: int

    @property
    def work(self) -> int:
        return self.samples * self.side**2 * self.hidden


class Line(NamedTuple):
    """One evaluator and the size that is doubled.

    Attributes:
        evaluator: what the picture calls it.
        doubled: a field of :class:`Sizes`.
        sizes: the smallest first.
        scenes: one for each of the sizes.
    """

    evaluator: str
    doubled: str
    sizes: list[Sizes]
    scenes: list[ls.Scene]


EVALUATORS: dict[str, Sizes] = {
    "last layer": Sizes(4_000, 40, 500),
    "hidden layer": Sizes(1_000, 40, 500),
    "dense": Sizes(200, 40, 500),
}
"""The middle size of each line; there are at most a quarter of a dataset's samples in it."""


def lines(data: str) -> list[Line]:
    """What is measured: every evaluator with each of the three sizes doubled."""
    return [_line(evaluator, doubled, data) for doubled in Sizes._fields for evaluator in EVALUATORS]


def _line(evaluator: str, doubled: str, data: str) -> Line:
    middle = EVALUATORS[evaluator]
    middle = middle._replace(samples=min(middle.samples, MOST[data] // 16 * 4))
    factors = [2.0**power for power in range(-DOUBLINGS // 2, DOUBLINGS // 2 + 1)]
    sizes = [middle._replace(**{doubled: int(getattr(middle, doubled) * factor)}) for factor in factors]
    return Line(evaluator, doubled, sizes, [_scene(evaluator, size, data) for size in sizes])


def _scene(evaluator: str, sizes: Sizes, data: str) -> ls.Scene:
    fields = network(data, sizes.samples, hidden=(50, sizes.hidden))
    resolution = (sizes.side, sizes.side)
    plane = {
        "last layer": over("W3", 5, 50, 51, resolution=resolution),
        "hidden layer": over("W1", 5, *INPUTS[data], resolution=resolution),
        "dense": dense(resolution),
    }[evaluator]
    scene = surface_of(fields | plane, "float64")
    assert scene is not None
    return scene


def measure(measured: list[Line], rounds: int) -> list[list[float]]:
    """Seconds of each scene of each line: medians of rounds in which every scene has its turn."""
    seconds: list[list[list[float]]] = [[[] for _ in line.scenes] for line in measured]
    for _ in range(rounds):
        for line, found in zip(measured, seconds, strict=True):
            for scene, times in zip(line.scenes, found, strict=True):
                gc.collect()
                times.append(turn(Contender(lambda scene=scene: ls.Engine().surface(scene).loss))[0])  # type: ignore[misc]
    return [[statistics.median(times) for times in found] for found in seconds]


def exponent(line: Line, seconds: list[float]) -> float:
    """The slope of log time over log work: at most 1 where cost grows no faster than the work.

    Example:
        >>> line = Line("", "side", [Sizes(1, 10, 1), Sizes(1, 20, 1)], [])
        >>> exponent(line, [1.0, 4.0])
        1.0
    """
    work = [math.log(sizes.work) for sizes in line.sizes]
    return round(float(np.polyfit(work, np.log(seconds), 1)[0]), 9)


def rises(line: Line, seconds: list[float]) -> bool:
    """Whether cost grows faster than the work, over the whole line or over its larger half."""
    half = len(seconds) // 2
    larger = line._replace(sizes=line.sizes[half:])
    return max(exponent(line, seconds), exponent(larger, seconds[half:])) > 1 + NOISE


def row(line: Line, seconds: list[float]) -> str:
    """A line as a line of the table."""
    sizes = [getattr(size, line.doubled) for size in line.sizes]
    cells = [
        line.evaluator,
        f"{line.doubled} {sizes[0]:,} to {sizes[-1]:,}",
        ", ".join(f"{1e3 * time:.3g}" for time in seconds),
        f"{line.sizes[-1].work / line.sizes[0].work:,.0f} x",
        f"{seconds[-1] / seconds[0]:,.3g} x",
        f"{exponent(line, seconds):.2f}",
        "rises" if rises(line, seconds) else "does not rise",
    ]
    return f"| {' | '.join(cells)} |"


def figure(measured: list[Line], seconds: list[list[float]]) -> Any:
    """Time per unit of work relative to the smallest size, over the growth of the work; one panel per size."""
    from plotly.subplots import make_subplots  # noqa: PLC0415

    titles = {"samples": "samples doubled", "side": "grid doubled per side", "hidden": "hidden units doubled"}
    drawn = make_subplots(cols=len(titles), shared_yaxes=True, subplot_titles=list(titles.values()))
    evaluators = list(EVALUATORS)
    for line, times in zip(measured, seconds, strict=True):
        which = evaluators.index(line.evaluator)
        symbol, dash = MARKS[which]
        work = np.array([sizes.work for sizes in line.sizes], dtype=float)
        each = np.array(times) / work
        drawn.add_scatter(
            x=work / work[0], y=each / each[0], name=line.evaluator, legendgroup=line.evaluator, mode="lines+markers",
            showlegend=line.doubled == "samples", marker={"symbol": symbol, "size": 8, "color": COLOURS[which]},
            line={"dash": dash, "color": COLOURS[which]}, row=1, col=1 + list(titles).index(line.doubled),
        )  # fmt: skip
    for column, doubled in enumerate(titles, start=1):
        growth = [4**power if doubled == "side" else 2**power for power in range(DOUBLINGS + 1)]
        drawn.update_xaxes(type="log", tickvals=growth, ticktext=[f"{g} x" for g in growth], row=1, col=column)
    ticks = [2.0**power for power in range(-8, 3)]
    drawn.update_yaxes(type="log", tickvals=ticks, ticktext=[f"{tick:.3g}" for tick in ticks], rangemode="normal")
    drawn.update_yaxes(title="time per unit of work, smallest = 1", row=1, col=1)
    drawn.update_xaxes(title="work", row=1, col=2)
    return drawn.update_layout(
        template="plotly_white", width=960, height=360, font={"family": "sans-serif", "size": 13},
        margin={"l": 60, "r": 20, "t": 40, "b": 50},
        legend={"orientation": "h", "x": 0.5, "xanchor": "center", "y": -0.2},
    )  # fmt: skip


def save(drawn: Any, target: Path) -> None:
    """Write a figure as an SVG, drawn by the system's Chromium."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415
    from plotly.offline import get_plotlyjs  # noqa: PLC0415

    script = """async (figure) => {
        const place = document.body.appendChild(document.createElement("div"));
        await Plotly.newPlot(place, figure.data, figure.layout, {staticPlot: true});
        return Plotly.toImage(place, {format: "svg", width: figure.layout.width, height: figure.layout.height});
    }"""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        page.add_script_tag(content=get_plotlyjs())
        address = page.evaluate(script, drawn.to_plotly_json() | {"layout": drawn.layout.to_plotly_json()})
        browser.close()
    target.write_text(unquote(address.partition(",")[2]) + "\n")


def main(arguments: list[str] | None = None) -> int:
    """Measure, print and draw; 1 where the time per unit of work rises."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scaling", description="Time against the work.")
    parser.add_argument("--rounds", type=int, default=3, help="how often every size has its turn (3)")
    parser.add_argument("--data", choices=("mnist", "digits"), default="mnist", help="what the networks read (mnist)")
    parser.add_argument("--to", type=Path, default=PICTURE, help="the picture (benchmarks/scaling.svg)")
    options = parser.parse_args(arguments)
    wanted = lines(options.data)
    data = wanted[0].scenes[0].data
    if data and (reason := data.missing()):
        print(f"{reason} On the bundled digits meanwhile.")
        wanted = lines("digits")
    measure(wanted, 1)  # the files are read, the code is warm
    seconds = measure(wanted, options.rounds)
    print("| Evaluator | Doubled | Milliseconds | Work grew | Time grew | Exponent | Time per unit of work |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for line, times in zip(wanted, seconds, strict=True):
        print(row(line, times))
    save(figure(wanted, seconds), options.to)
    print(f"\nDrawn to {options.to}.")
    return int(any(rises(line, times) for line, times in zip(wanted, seconds, strict=True)))


if __name__ == "__main__":
    sys.exit(main())
