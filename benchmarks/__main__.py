"""``python -m benchmarks``: one table, every row measured in one interleaved run.

python -m benchmarks --rounds 3 --only last-layer --only random-float32
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import statistics
import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_info

from benchmarks import peers
from benchmarks.measure import gaps, interleaved, median_ratio
from benchmarks.rows import ROUNDING, TOLERANCE, Row, rows
from benchmarks.threads import CORES

COLUMNS = (
    "Work", "Precision", "Textbook, numpy float64", "Best of torch", "Floor", "Ours", "Textbook : ours",
    "Torch : ours", "Floor : ours",
)  # fmt: skip
NOTES = """\
Medians of {rounds} interleaved rounds; a ratio is the median of the rounds' ratios. Times of a part of the work are
scaled to the whole; the part is named. No time is printed unless results agree to {float64:.0e} relatively in float64,
to {float32:.0e} in float32, to {rounding:.0e} after 100 steps of training in float32. Ours: public names on a fresh
engine, files read before. Floor: the bare matrix products and activation calls that remain once the structure is used,
in the same precision on the same cores."""


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; 1 where results disagree."""
    options = _options(arguments)
    chosen = [row for row in _available(options.data) if not options.only or _named(row, options.only)]
    if not chosen:
        names = ", ".join(row.name for row in rows(options.data))
        print(f"There is no row {', '.join(options.only)}. There are {names}.", file=sys.stderr)
        return 2
    if not options.json:
        print("\n".join([*machine(), "", NOTES.format(rounds=options.rounds, rounding=ROUNDING, **TOLERANCE), ""]))
        print(_line(COLUMNS), _line(["---"] * len(COLUMNS)), sep="\n", flush=True)
    good = True
    for row in chosen:
        result = measure(row, options.rounds)
        good &= "differs" not in result
        print(json.dumps(result) if options.json else _line(cells(result)), flush=True)
    return 0 if good else 1


def measure(row: Row, rounds: int) -> dict[str, Any]:
    """A row's result: seconds, ratios and notes by contender, or the reason why there is none.

    Returns:
        ``name``, ``work``, ``precision``; and ``missing``, a sentence; or ``differs``, relative differences by
        contender; or ``seconds``, ``ratios`` (theirs to ours) and ``notes``, each by contender.
    """
    result: dict[str, Any] = {"name": row.name, "work": row.work, "precision": row.precision}
    if row.missing or row.scene is None:
        return result | {"missing": row.missing}
    contenders = row.contenders(row.scene)
    apart = {name: gap for name, gap in gaps(contenders).items() if not gap <= row.tolerance}
    if apart:
        return result | {"differs": apart}
    seconds = interleaved(contenders, rounds)
    return result | {
        "seconds": {name: statistics.median(times) for name, times in seconds.items()},
        "ratios": {name: median_ratio(times, seconds["ours"]) for name, times in seconds.items() if name != "ours"},
        "notes": {name: contender.note for name, contender in contenders.items() if contender.note},
    }


def cells(result: dict[str, Any]) -> list[str]:
    """A result as the cells of a line."""
    found = [result["work"], result["precision"]]
    if "missing" in result:
        return [*found, result["missing"], *[""] * 6]
    if "differs" in result:
        apart = "; ".join(f"{name} and ours differ by {gap:.1e}" for name, gap in result["differs"].items())
        return [*found, apart, *[""] * 6]
    for name in ("textbook", "torch", "floor", "ours"):
        note = result["notes"].get(name, "")
        there = name in result["seconds"]
        found.append(_time(result["seconds"][name]) + f" ({note})" * bool(note) if there else str(peers.missing()))
    ratios = result["ratios"]
    return [*found, *(_times(ratios[name]) if name in ratios else "" for name in ("textbook", "torch", "floor"))]


def machine() -> list[str]:
    """Date, processor, cores and versions, as lines of text."""
    blas = [found for found in threadpool_info() if found["user_api"] == "blas"]
    libraries = ", ".join(f"{one['internal_api']} {one['version']}" for one in blas)
    try:
        torch = f"torch {version('torch')}"
    except PackageNotFoundError:
        torch = peers.MISSING
    load = f", load {os.getloadavg()[0]:.1f} before the run" if hasattr(os, "getloadavg") else ""
    return [
        f"{datetime.date.today():%d %B %Y}: {_processor()}, {CORES} cores{load}.",
        f"Python {platform.python_version()}, numpy {version('numpy')} with {libraries}, {torch}.",
    ]


def _processor() -> str:
    """The processor's model, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _available(data: str) -> list[Row]:
    """The rows on a dataset; where its files are missing, so they say, and the same on the bundled digits follow."""
    wanted = rows(data)
    return wanted + rows("digits") if data != "digits" and any(_no_files(row) for row in wanted) else wanted


def _no_files(row: Row) -> bool:
    return row.scene is not None and row.missing is not None


def _named(row: Row, names: Iterable[str]) -> bool:
    return any(row.name == name or row.name.rpartition("-")[0] == name for name in names)


def _line(texts: Iterable[str]) -> str:
    return f"| {' | '.join(texts)} |"


def _time(seconds: float) -> str:
    return f"{seconds:,.3g} s" if seconds >= 1 else f"{seconds * 1e3:.3g} ms"


def _times(ratio: float) -> str:
    return f"{ratio:,.0f} x" if ratio >= 100 else f"{ratio:.3g} x"


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Speed, as ratios measured in one run.")
    parser.add_argument("--rounds", type=int, default=5, help="how often everybody takes a turn (5)")
    parser.add_argument("--only", action="append", default=[], metavar="ROW", help="a row, with or without precision")
    parser.add_argument("--data", choices=("mnist", "digits"), default="mnist", help="what the networks read (mnist)")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--markdown", action="store_true", help="a table (the default)")
    form.add_argument("--json", action="store_true", help="a line of JSON for each row")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
