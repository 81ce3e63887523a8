"""What remains of a surface once the structure of its slice is used, as bare operations of the floor.

The samples' one forward pass always remains. A unit that two weights enter costs a quotient for each point and
sample, no more: its exponential is a product of a part of a, a part of b and a constant.
"""

from __future__ import annotations

from benchmarks.floor import Floor
from benchmarks.problem import Problem

NODES_SECOND = 12
NODES_FIRST = 24
"""Chebyshev nodes at which the rest of a network of unit-variance weights is known to 1e-11 as a function of one
sigmoid of its second or first layer."""


def _prefix(floor: Floor, problem: Problem) -> None:
    """One forward pass of all samples, without the outputs' sigmoids."""
    floor.passes(widths(problem), len(problem.x), first=False, last=False)


def last_layer(floor: Floor, problem: Problem) -> None:
    """A quotient for each point and sample."""
    _prefix(floor, problem)
    floor.quotients(len(problem.x) * len(problem.points))


def second_layer(floor: Floor, problem: Problem) -> None:
    """A quotient for each point and sample; the outputs at the nodes of a table only."""
    _prefix(floor, problem)
    floor.quotients(len(problem.x) * len(problem.points))
    floor.calls(len(problem.y) * problem.y.shape[1] * NODES_SECOND, output=True)


def first_layer(floor: Floor, problem: Problem) -> None:
    """A quotient for each point and sample; the layers behind the unit at the nodes of a table only."""
    _prefix(floor, problem)
    floor.quotients(_inked(problem) * len(problem.points))
    floor.passes(widths(problem)[-2:], _inked(problem) * NODES_FIRST, first=True, last=True)


def first_layer_directly(floor: Floor, problem: Problem) -> None:
    """The unit and the layers behind it at each point; the layer next to it is a rank-1 update."""
    _prefix(floor, problem)
    floor.quotients(_inked(problem) * len(problem.points))
    floor.passes(widths(problem)[-2:], _inked(problem) * len(problem.points), first=True, last=True)


def dense(floor: Floor, problem: Problem) -> None:
    """The first layer's sums are linear in (a, b): three products; all behind it at each point."""
    for _ in range(3):
        floor.passes(widths(problem)[:2], len(problem.x), first=False, last=False)
    floor.passes(widths(problem)[1:], len(problem.x) * len(problem.points), first=True, last=True)


def _inked(problem: Problem) -> int:
    """Samples with ink at one of the two inputs; all others are the same at every point."""
    assert problem.pair is not None
    return int(problem.x[:, [source for _, _, source in problem.pair]].any(axis=1).sum())


def widths(problem: Problem) -> list[int]:
    """Numbers per sample, from the inputs to the outputs."""
    return [problem.x.shape[1], *(len(matrix) for matrix in problem.origin)]
