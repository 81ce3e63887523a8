"""What a model is: a loss with an analytic gradient over named blocks of parameters."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from landscape.chunks import in_chunks
from landscape.part import Part

Array = NDArray[np.float64]
Indices = NDArray[np.intp]
Shape = tuple[int, ...]
Width = type[np.floating[Any]]
"""float64 or float32."""
Blocks = Mapping[str, Shape]
"""Names and shapes of the parameters in flat order, each block in C order."""


class Intake(NamedTuple):
    """What a model can know of the samples before they are read.

    Attributes:
        inputs: D, numbers per sample.
        outputs: K, classes or targets per sample.
        task: whether the targets are classes (one-hot rows) or numbers.
        image: (channels, rows, columns) of inputs that are images, else None.
    """

    inputs: int
    outputs: int
    task: Literal["classes", "numbers"] = "classes"
    image: tuple[int, int, int] | None = None


class Restriction:
    """A loss as a function of the two coordinates of a plane: exact, but cheaper than the whole model.

    Base of the ways to evaluate a slice; each says in its docstring by which rule it is exact. ``batch`` are
    indices of samples, None for all.

    Attributes:
        floats: numbers held per point while it is evaluated; sizes the chunks.
        work: elementwise multiplications that take as long as one crossing of a grid, about; sizes the tiles.
        point_work: the same of a point by itself, without its gradient.
        nbytes: memory held, about.
    """

    floats: int
    work: int
    point_work: int
    nbytes: int = 0
    narrow: ClassVar[bool] = True
    """Whether its grid can be computed in 32 bits."""

    def prepare(self, seconds: float) -> bool:
        """Work for about so long on what is computed once for all points; whether nothing of it is left to do.

        Nobody need call this: what is missing is made when it is wanted. It is for those who share their time.
        """
        return True

    def value(self, ab: Array, batch: Indices | None = None) -> Array:
        """Mean loss of the samples at points (..., 2): (...)."""
        raise NotImplementedError

    def value_and_gradient(self, ab: Array, batch: Indices | None = None) -> tuple[Array, Array]:
        """Mean loss (...) and its gradient (..., 2)."""
        raise NotImplementedError

    def gradient(self, ab: Array, batch: Indices | None = None) -> Array:
        """The gradient alone, (..., 2)."""
        return self.value_and_gradient(ab, batch)[1]

    def grid(self, a: Array, b: Array, dtype: Width = np.float64) -> Array:
        """Mean loss at every crossing of ``a`` (A,) and ``b`` (B,), as float64 (B, A).

        Args:
            a: first coordinates.
            b: second coordinates.
            dtype: width of the numbers on the way; a way that knows one width takes float64.
        """
        return in_chunks(self.value, np.stack(np.meshgrid(a, b), axis=-1), self.floats)


class Model(Part):
    """Base of the models.

    ``theta`` is always (..., P): leading axes are independent parameter vectors evaluated at once.
    ``x`` (N, D) and ``y`` (N, K) are the samples; a model of no data ignores them.
    """

    uses_data: ClassVar[bool] = True
    noun: ClassVar[str]
    """What it is called where kinds are chosen: "network"."""
    given: ClassVar[bool] = False
    """Whether its initial weights are somebody's own: what is shown by default is then laid around them."""
    suited_data: ClassVar[Mapping[str, Any]] = {}
    """Fields of a dataset that suits it, for scenes that name none; the default dataset's without."""

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
    def suited_plane(self) -> str:
        """The kind of plane that it is looked at over where none is named."""
        return "weights"

    @property
    def suited_run(self) -> Mapping[str, Any]:
        """Fields of a run that suits it, over those of the usual ones."""
        return {}

    @property
    def notes(self) -> tuple[str, ...]:
        """What whoever looks at its picture should know of it, in sentences."""
        return ()

    @property
    def has_gradient(self) -> bool:
        """Whether its gradient is a derivative of its own, not differences of as many losses as parameters."""
        return True

    @property
    def sums(self) -> bool:
        """Whether the losses of the samples are summed, not averaged."""
        return False

    @property
    def splits(self) -> bool:
        """Whether the loss of samples is the mean of the losses of their parts, each weighted by its share.

        It is not where the samples of a batch see each other (batch normalisation) or losses are summed.
        """
        return True

    def at_step(self, step: int) -> Model:
        """The model whose loss a training run goes down at a step: itself, unless it draws something anew each time."""
        return self

    def check(self, intake: Intake) -> None:
        """Refuse samples that this model cannot be measured on.

        Raises:
            pydantic.ValidationError: with a sentence that names the field, what is wanted and what was got.
        """

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

    def predict(self, theta: Array, x: Array) -> Array | None:
        """What the model says of samples (N, D) at parameters (..., P): its outputs (..., N, K), as they go into the
        loss or, of scores, as they are compared. None of a model that says nothing, as a function does.

        It is the model that the surface shows, with its own dropout mask. With batch normalisation the samples see
        each other.
        """
        return None

    @property
    def predicts(self) -> bool:
        """Whether it says anything of samples: whether its kind has a :meth:`predict` of its own."""
        return type(self).predict is not Model.predict

    @property
    def says_shares(self) -> bool:
        """Whether each of its outputs is a number in 0..1 that says how sure it is of a class."""
        return False

    @property
    def sees_others(self) -> bool:
        """Whether what it says of a sample depends on the samples beside it (batch normalisation)."""
        return False

    def predict_among(self, theta: Array, x: Array, samples: Array) -> Array | None:
        """The same of other inputs ``x`` (N, D), with what a model takes from all samples in view taken from
        ``samples`` (M, D): the means and variances of batch normalisation.
        """
        return self.predict(theta, x)

    def restrict(self, origin: Array, u: Array, v: Array, x: Array, y: Array) -> Iterator[Restriction]:
        """Shorter exact ways to the loss at ``origin + a u + b v``, the quickest first; none by default.

        A way is made when it is asked for: whoever takes the first pays for no other.

        Args:
            origin: (P,).
            u: (P,), first direction.
            v: (P,), second direction.
            x: (N, D) samples.
            y: (N, K) targets.
        """
        return iter(())

    def work(self, inputs: int, outputs: int) -> int:
        """Elementwise multiplications that take as long as one sample's loss, about; sizes the tiles."""
        raise NotImplementedError


def size(blocks: Blocks) -> int:
    """P, the number of parameters."""
    return sum(math.prod(shape) for shape in blocks.values())


def outputs_of(model: Model, parameters: int, inputs: int) -> int:
    """K, the outputs of a model that has so many parameters for so many inputs: each output adds as many.

    Example:
        >>> from landscape.models.mlp import Mlp
        >>> outputs_of(Mlp(hidden=(3,)), parameters=18, inputs=4)  # 4-3-2
        2
    """
    one, two = (size(model.blocks(inputs, outputs)) for outputs in (1, 2))
    return 1 + (parameters - one) // (two - one)


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


def two_parameters(origin: Array, u: Array, v: Array) -> tuple[int, int] | None:
    """The places of two parameters whose values are the plane's coordinates, or None for other planes."""
    i, j = int(u.argmax()), int(v.argmax())
    is_pair = i != j and u[i] == 1.0 and v[j] == 1.0 and origin[i] == 0.0 and origin[j] == 0.0
    return (i, j) if is_pair and np.count_nonzero(u) == np.count_nonzero(v) == 1 else None
