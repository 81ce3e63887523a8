"""What the things that a process keeps ready hold in memory, so that what several of them share counts once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from landscape.datasets.base import Samples
from landscape.errand import Errand
from landscape.facets import Facets
from landscape.objective import Objective
from landscape.predictor import Predictor
from landscape.search import Search
from landscape.sheet import Sheet
from landscape.slice import Slice
from landscape.track import Track


def holdings(thing: Any) -> Iterator[tuple[Any, int]]:
    """Everything that a thing keeps alive, each with the bytes that are its own.

    Example:
        >>> import landscape as ls
        >>> [type(held).__name__ for held, _ in holdings(ls.objective(ls.lesson("valley")))]
        ['Objective', 'ndarray', 'ndarray']
    """
    match thing:
        case Samples(x=x, y=y):
            yield from ((x, x.nbytes), (y, y.nbytes))
        case Objective():
            yield thing, thing.theta0.nbytes
            yield from holdings(thing.samples)
        case Slice():
            yield thing, thing.nbytes
            yield from holdings(thing.objective)
        case Predictor():
            yield from holdings(thing.objective)
        case Errand():
            yield from holdings(thing.slice)
        case Sheet():
            yield thing, thing.nbytes
            yield from holdings(thing.kit)
        case Facets():
            for sheet in thing.sheets:
                yield from holdings(sheet)
        case Track():
            yield thing, thing.nbytes
            yield from holdings(thing.slice)
        case Search():
            yield thing, thing.nbytes
