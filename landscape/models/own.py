"""A model that a program brings along: a loss over flat parameters, with a gradient of its own or without one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Protocol

import numpy as np

from landscape.chunks import CHUNK_FLOATS, pieces
from landscape.models.base import Array, Blocks, Indices, Intake, Model, Restriction, size, spans
from landscape.part import refusal

STEP = 1e-5
"""Relative step h of central differences: ``h max(1, |theta_i|)``."""

FEW = 20
"""Weights of a network that is looked at over two of them by default."""

PRICE = 3
"""A loss with its gradient costs as many losses, about."""

PATIENCE, STEPS = 30.0, (200, 100, 50, 20)
"""Seconds that a run may take by default, and how many steps it then has: the most that fit in."""

MOST_DIFFERENCES = 2_000
"""Trained numbers whose gradient may be found by differences of losses, as many as there are."""


class Source(Protocol):
    """Where such a model has its numbers from. Safe for threads.

    Attributes:
        theta0: (P,), the initial parameters.
        blocks: their names and shapes in flat order.
        biases: names of the blocks that are biases.
        intake: what samples it takes; None where it takes none.
        has_gradient: whether it knows one.
        seconds: what the loss of all its samples takes, about.
        work: elementwise multiplications that take as long as the loss of one.
        text: what it is in a sentence: "your module".
        loss_text: what its loss is: "CrossEntropyLoss".
        sums: whether the losses of samples are summed, not averaged.
        notes: what is to be known of it, in sentences.
    """

    theta0: Array
    blocks: Blocks
    biases: frozenset[str]
    intake: Intake | None
    has_gradient: bool
    seconds: float
    work: int
    text: str
    loss_text: str
    sums: bool
    notes: tuple[str, ...]

    def value(self, theta: Array, x: Array, y: Array) -> Array:
        """Losses (M,) of the samples x (N, D) and y (N, K) at parameters (M, P), all float64."""
        ...

    def value_and_gradient(self, theta: Array, x: Array, y: Array) -> tuple[Array, Array]:
        """Losses (M,) and their gradients (M, P); asked only of what has one."""
        ...


class Own(Model):
    """Base of the models that are added at run time around a :class:`Source`; each is a kind without fields.

    Without a gradient of its own, derivatives are central differences of losses, with ``h = 1e-5 max(1, |theta_i|)``::

        dL / d theta_i = (L(theta + h e_i) - L(theta - h e_i)) / 2h

    over a plane in its two coordinates alone, so that a step there takes four losses, not 2 P.
    """

    uses_data: ClassVar[bool] = False
    given: ClassVar[bool] = True
    source: ClassVar[Source]

    kind: str

    def words(self, inputs: int, outputs: int) -> str:
        return self.source.text

    def loss_words(self) -> str:
        return self.source.loss_text

    def blocks(self, inputs: int, outputs: int) -> Blocks:
        return self.source.blocks

    @property
    def suited_plane(self) -> str:
        return suited_plane(self.source.theta0, self.source.blocks, self.source.biases) if self.uses_data else "weights"

    @property
    def suited_run(self) -> Mapping[str, Any]:
        """Adam, whose steps are as long whatever the loss is scaled by; as many as take less than half a minute."""
        every = self.source.theta0.size
        in_plane = not self.has_gradient and every > MOST_DIFFERENCES
        asked = PRICE if self.has_gradient else 4 if in_plane else 2 * every
        fit = (steps for steps in STEPS if steps * asked * self.source.seconds <= PATIENCE)
        suited = {"optimizer": {"kind": "adam", "lr": 0.01}, "steps": next(fit, 10)}
        return suited | ({"trains": "plane"} if in_plane else {})

    @property
    def notes(self) -> tuple[str, ...]:
        return self.source.notes

    @property
    def has_gradient(self) -> bool:
        return self.source.has_gradient

    @property
    def sums(self) -> bool:
        return self.source.sums

    @property
    def splits(self) -> bool:
        return False  # what samples are to each other is known to the source alone

    def check(self, intake: Intake) -> None:
        wanted = self.source.intake
        if wanted is None or (intake.inputs, intake.outputs, intake.task) == wanted[:3]:
            return
        want = f"Data must have {_sizes(wanted)}, as {self.source.text} takes them"
        raise refusal("data", f"{want}. Got {_sizes(intake)}.")

    def biases(self) -> frozenset[str]:
        return self.source.biases

    def initial(self, inputs: int, outputs: int) -> Array:
        return self.source.theta0.copy()

    def value(self, theta: Array, x: Array, y: Array) -> Array:
        flat = _flat(theta)
        losses = self.source.value(flat, *_wide(x, y))
        return losses.reshape(theta.shape[:-1]).astype(theta.dtype, copy=False)

    def value_and_gradient(self, theta: Array, x: Array, y: Array) -> tuple[Array, Array]:
        flat, samples = _flat(theta), _wide(x, y)
        losses, slopes = np.empty(len(flat)), np.empty(flat.shape)
        units = sum(shape[0] for shape in self.source.blocks.values() if shape)
        for some in pieces(len(flat), CHUNK_FLOATS // (flat.shape[1] + units * len(x))):
            if self.has_gradient:
                losses[some], slopes[some] = self.source.value_and_gradient(flat[some], *samples)
            else:
                losses[some] = self.source.value(flat[some], *samples)
                for row in range(*some.indices(len(flat))):
                    slopes[row] = self._differences(flat[row], *samples)
        shape = theta.shape[:-1]
        return (
            losses.reshape(shape).astype(theta.dtype, copy=False),
            slopes.reshape(theta.shape).astype(theta.dtype, copy=False),
        )

    def restrict(self, origin: Array, u: Array, v: Array, x: Array, y: Array) -> Iterator[Restriction]:
        if not self.has_gradient:
            yield Differences(self, origin, u, v, x, y)

    def work(self, inputs: int, outputs: int) -> int:
        return self.source.work

    def _differences(self, theta: Array, x: Array, y: Array) -> Array:
        """The gradient (P,) at one place (P,), by central differences, some parameters at a time."""
        slope = np.empty(theta.size)
        width = STEP * np.maximum(1.0, np.abs(theta))
        for some in pieces(theta.size, CHUNK_FLOATS // (2 * theta.size)):
            places = np.arange(*some.indices(theta.size))
            rows = np.arange(places.size)
            pairs = np.repeat(theta[None], 2 * places.size, axis=0).reshape(2, places.size, -1)  # (2, n, P)
            pairs[0, rows, places] += width[places]
            pairs[1, rows, places] -= width[places]
            ahead, behind = pairs[0, rows, places], pairs[1, rows, places]  # as the numbers round them
            above, below = self.source.value(pairs.reshape(-1, theta.size), x, y).reshape(2, -1)
            with np.errstate(all="ignore"):
                slope[places] = (above - below) / (ahead - behind)
        return slope


class Differences(Restriction):
    """A loss without a gradient over a plane: central differences in the two coordinates.

    Exact but for their error: the chain rule makes them derivatives along the plane's own directions.
    """

    narrow: ClassVar[bool] = False

    def __init__(self, model: Own, origin: Array, u: Array, v: Array, x: Array, y: Array) -> None:
        self._model, self._origin, self._directions, self._samples = model, origin, np.stack([u, v]), (x, y)
        self.floats = origin.size
        self.work = self.point_work = model.source.work * len(x)

    def value(self, ab: Array, batch: Indices | None = None) -> Array:
        x, y = self._samples if batch is None else (self._samples[0][batch], self._samples[1][batch])
        flat = np.asarray(ab, dtype=np.float64).reshape(-1, 2)
        losses = np.empty(len(flat))
        for some in pieces(len(flat), CHUNK_FLOATS // self._origin.size):
            losses[some] = self._model.value(self._origin + flat[some] @ self._directions, x, y)  # (M, 2) @ (2, P)
        return losses.reshape(ab.shape[:-1])

    def value_and_gradient(self, ab: Array, batch: Indices | None = None) -> tuple[Array, Array]:
        ab = np.asarray(ab, dtype=np.float64)
        width = STEP * np.maximum(1.0, np.abs(ab))  # (..., 2)
        steps = width[..., None] * np.eye(2)  # (..., 2, 2)
        ahead, behind = ab[..., None, :] + steps, ab[..., None, :] - steps
        above, below = self.value(ahead, batch), self.value(behind, batch)  # (..., 2)
        apart = np.diagonal(ahead - behind, axis1=-2, axis2=-1)
        with np.errstate(all="ignore"):
            return self.value(ab, batch), (above - below) / apart


def _flat(theta: Array) -> Array:
    return np.asarray(theta, dtype=np.float64).reshape(-1, theta.shape[-1])


def _wide(x: Array, y: Array) -> tuple[Array, Array]:
    return np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)


def _sizes(intake: Intake) -> str:
    what = "classes" if intake.task == "classes" else "targets"
    return f"{intake.inputs:,} numbers and {intake.outputs:,} {what} a sample"


def suited_plane(theta: Array, blocks: Blocks, biases: frozenset[str]) -> str:
    """Two random directions through somebody's network, where they are any: of many weights two alone say little."""
    moved = [theta[span] for name, _, span in spans(blocks) if name not in biases]
    return "random" if sum(np.count_nonzero(part) for part in moved) > FEW else "weights"


def laid_out(blocks: Blocks, biases: frozenset[str], theta0: Array) -> str | None:
    """What is wrong with blocks for parameters (P,), in a sentence; None where nothing is."""
    if (held := size(blocks)) != theta0.size:
        return f"Blocks must hold {theta0.size:,} numbers together, as many as theta0. Got {held:,}."
    if unknown := sorted(biases - blocks.keys()):
        return f"Biases must be blocks, of {', '.join(blocks)}. Got {', '.join(unknown)}."
    return None
