"""Formulas drawn at random, as Python reads them, and Python's own judgement of them: an oracle for the walker."""

from __future__ import annotations

import math
import random
import re
from typing import Any

import numpy as np

UNARY = ["sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "exp", "log", "ln", "log2", "log10",
         "sqrt", "abs", "relu", "sigmoid", "softplus"]  # fmt: skip
"""Functions of one argument that have a slope almost everywhere."""

BINARY = ["atan2", "hypot", "min", "max"]

NAMES: dict[str, Any] = {
    "real": np.float64,
    "pi": math.pi, "e": math.e, "sin": np.sin, "cos": np.cos, "tan": np.tan, "asin": np.arcsin, "acos": np.arccos,
    "atan": np.arctan, "atan2": np.arctan2, "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh, "exp": np.exp,
    "log": np.log, "ln": np.log, "log2": np.log2, "log10": np.log10, "sqrt": np.sqrt, "abs": np.abs,
    "sign": np.sign, "floor": np.floor, "hypot": np.hypot,
    "min": lambda *many: np.min(np.stack(np.broadcast_arrays(*many)), axis=0),
    "max": lambda *many: np.max(np.stack(np.broadcast_arrays(*many)), axis=0),
    "relu": lambda x: (x + np.abs(x)) / 2,
    "sigmoid": lambda x: (1 + np.tanh(x / 2)) / 2,
    "softplus": lambda x: np.log1p(np.exp(x)),
}  # fmt: skip


def formula(draw: random.Random, depth: int = 3) -> str:
    """The text of a formula, as Python reads it."""
    if depth == 0 or draw.random() < 0.12:
        return draw.choice(["x", "y", "x", "y", "pi", "e", f"{draw.uniform(0.1, 3):.3g}", str(draw.randint(1, 4))])

    def inner() -> str:
        return formula(draw, depth - 1)

    match draw.randrange(8):
        case 0 | 1:
            return f"{inner()} {draw.choice('+-')} {inner()}"
        case 2:
            return f"({inner()}) * ({inner()})"
        case 3:
            return f"({inner()}) / ({inner()})"
        case 4:
            return f"({inner()}) ** {draw.choice(['2', '3', '-1', '0.5', 'x', '(1 + y)'])}"
        case 5:
            return f"-{inner()}"
        case 6:
            return f"{draw.choice(BINARY)}({inner()}, {inner()})"
    return f"{draw.choice(UNARY)}({inner()})"


def formulas(count: int, seed: int = 0) -> list[str]:
    """So many different formulas with a variable in each."""
    draw, found = random.Random(seed), {}
    while len(found) < count:
        text = formula(draw)
        if len(text) <= 200 and ("x" in text.replace("exp", "").replace("max", "") or "y" in text.replace("hypot", "")):
            found[text] = None
    return list(found)


def by_python(text: str, x: Any, y: Any) -> Any:
    """What Python itself makes of a formula of these tests; never of anything that somebody typed."""
    real = re.sub(r"(?<![\w.])\d+(\.\d+)?", r"real(\g<0>)", text)  # Python's own (-1) ** 0.5 is complex
    with np.errstate(all="ignore"):
        return np.asarray(eval(real, {"__builtins__": {}}, NAMES | {"x": x, "y": y}), dtype=float) + 0.0 * x * y
