"""Sequences of which something must be remembered to the end."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from landscape.datasets.base import Array
from landscape.datasets.generated import LARGEST, Generated, Random


class Memory(Generated):
    """Sequences of T steps, each a value in [0, 1) and a mark, 0 or 1; y is a number to say at the end.

    ``adding`` (Hochreiter & Schmidhuber 1997, Neural Computation 9, experiment 4): one step of the first
    half (T // 2 steps) and one of the second are marked; y = the sum of their two values. Guessing 1 always
    costs 1/6 in squared error. Theirs are values in [-1, 1] and lengths that vary.

    ``recall``: one step of the first quarter (T // 4 steps, at least one) is marked; y = its value. Guessing
    1/2 always costs 1/12.

    x is (N, 2 T), step by step: value 1, mark 1, value 2, mark 2, ...; y is (N, 1). Drawn in this order, each
    for all samples: values (N, T), place of the first mark, place of the second (both for ``adding`` only).

    Example:
        >>> x, y, _ = Memory(samples=3, steps=5).load()
        >>> value, mark = x.reshape(3, 5, 2).transpose(2, 0, 1)                 # (3, 5) each
        >>> mark.sum(axis=1).tolist(), bool(np.allclose((value * mark).sum(axis=1), y[:, 0]))
        ([2.0, 2.0, 2.0], True)
    """

    task: ClassVar[Literal["classes", "numbers"]] = "numbers"
    outputs: ClassVar[int] = 1
    noun: ClassVar[str] = "sequences to remember"
    item: ClassVar[str] = "sequence"

    kind: Literal["memory"] = "memory"
    problem: Literal["adding", "recall"] = Field(
        "adding",
        title="Problem",
        description="adding: say the sum of the two marked values; recall: say the one marked value, long after it.",
    )
    steps: int = Field(10, ge=2, le=100, title="Sequence length", description="Steps of each sequence.")

    @property
    def inputs(self) -> int:
        return 2 * self.steps

    def draw(self, random: Random) -> tuple[Array, Array]:
        values, half = random.uniform(0, 1, (LARGEST, self.steps)), self.steps // 2
        if self.problem == "adding":
            places = [random.randint(0, half, LARGEST), random.randint(half, self.steps, LARGEST)]
        else:
            places = [random.randint(0, max(self.steps // 4, 1), LARGEST)]
        marks, rows = np.zeros_like(values), np.arange(LARGEST)
        for place in places:
            marks[rows, place] = 1
        x = np.stack((values, marks), axis=-1).reshape(LARGEST, self.inputs)  # (N, T, 2) -> (N, 2 T)
        return x, (values * marks).sum(axis=1, keepdims=True)
