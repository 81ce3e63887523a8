"""What a model is: a loss with an analytic gradient over named blocks of parameters."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from landscape.part import Part

Array = NDArray[np.float64]
Indices = NDArray[np.intp]
Shape = tuple[int, ...]
Blocks = Mapping[str, Shape]
"""Names and shapes of the parameters in flat order, each block in C order."""


class Restriction(Protocol):
    """A loss as a function of two numbers: exact, but cheaper than the whole model."""

    floats: int
    """Numbers held per point while it is evaluated; sizes the chunks."""

    work: int
    """Multiplications per point, about; sizes the tiles."""

    def value_and_gradient(self, ab: Array, batch: Indices | None = None) -> tuple[Array, Array]:
        """Mean loss (...) of the samples ``batch`` (all: None) at points (..., 2), and its gradient (..., 2)."""
        ...

    def value(self, ab: Array, batch: Indices | None = None) -> Array:
        """The loss alone."""
        ...


class Model(Part):
    """Base of the models.

    ``theta`` is always (..., P): leading axes are independent parameter vectors evaluated at once.
    ``x`` (N, D) and ``y`` (N, K) are the samples; a model of no data ignores them.
    """

    uses_data: ClassVar[bool] = True
    noun: ClassVar[str]
    """What it is called where kinds are chosen: "network"."""

    kind: str

    def words(self, inputs: int, outputs: int) -> str:
        """The model in a sentence: "a 784-50-500-10 sigmoid network"."""
        raise NotImplementedError

    def loss_words(self) -> str:
        """What the loss of one sample is: "squared error"."""
        raise NotImplementedError

    def blocks(self, inputs: int, outputs: int) -> Blocks:
        """The parameters of this model for ``inputs`` numbers in and ``outputs`` numbers out."""
        raise NotImplementedError

    @property
    def domain(self) -> tuple[tuple[float, float], tuple[float, float]] | None:
        """Where a function of two variables is worth looking at; None for a network."""
        return None

    def biases(self) -> frozenset[str]:
        """Names of the blocks that are biases (left out of random directions and of penalties)."""
        return frozenset()

    def initial(self, inputs: int, outputs: int) -> Array:
        """The initial parameters, (P,); the same for the same seed."""
        raise NotImplementedError

    def value(self, theta: Array, x: Array, y: Array) -> Array:
        """Mean loss of the samples, penalty included: (..., P) -> (...)."""
        raise NotImplementedError

    def value_and_gradient(self, theta: Array, x: Array, y: Array) -> tuple[Array, Array]:
        """Mean loss (...) and its analytic gradient (..., P)."""
        raise NotImplementedError

    def restrict(self, theta: Array, pair: tuple[int, int], x: Array, y: Array) -> Restriction | None:
        """The same loss as a function of two parameters alone, or None where no shorter way is known.

        Args:
            theta: (P,), zero at the two parameters.
            pair: their places in the flat vector.
            x: (N, D) samples.
            y: (N, K) targets.
        """
        return None

    def work(self, inputs: int, outputs: int) -> int:
        """Multiplications that one sample costs in one evaluation of the loss; sizes the tiles."""
        raise NotImplementedError


def size(blocks: Blocks) -> int:
    """P, the number of parameters."""
    return sum(math.prod(shape) for shape in blocks.values())


def spans(blocks: Blocks) -> Iterator[tuple[str, Shape, slice]]:
    """Each block's name, shape and place in the flat vector."""
    start = 0
    for name, shape in blocks.items():
        stop = start + math.prod(shape)
        yield name, shape, slice(start, stop)
        start = stop


def address(index: int, blocks: Blocks) -> tuple[str, tuple[int, ...]]:
    """The block that holds flat place ``index``, and the indices inside it.

    Example:
        >>> address(7, {"W1": (2, 3), "b1": (2,)})
        ('b1', (1,))
    """
    for name, shape, span in spans(blocks):
        if span.start <= index < span.stop:
            return name, tuple(int(i) for i in np.unravel_index(index - span.start, shape))
    raise IndexError(f"There is no parameter {index} among {size(blocks)}.")


def split(theta: Array, blocks: Blocks) -> dict[str, Array]:
    """Views of ``theta`` (..., P) by block, each (..., *shape)."""
    return {name: theta[..., span].reshape((*theta.shape[:-1], *shape)) for name, shape, span in spans(blocks)}
