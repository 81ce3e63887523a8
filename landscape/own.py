"""A loss of one's own: any function of flat parameters becomes a kind of model while the program runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from operator import index
from threading import RLock
from time import perf_counter
from typing import Any

import numpy as np

from landscape.adding import checked_block, checked_name, first_odd, kind_of
from landscape.errors import ModelError
from landscape.models import models
from landscape.models.base import Array, Blocks, Intake
from landscape.models.own import Own, laid_out
from landscape.objective import MULTIPLICATIONS_PER_SECOND

Loss = Callable[[Array], Any]


def register_loss(
    name: str,
    loss: Loss,
    theta0: Any,
    *,
    gradient: Loss | None = None,
    blocks: Mapping[str, tuple[int, ...]] | None = None,
    text: str | None = None,
    vectorised: bool = False,
    parallel: bool = False,
) -> Own:
    """Make ``loss`` a kind of model; arguments as for :func:`landscape.register`."""
    calls = Calls(
        loss,
        theta0,
        gradient=gradient,
        blocks=blocks,
        text=text or f"your loss {checked_name(name)}",
        vectorised=vectorised,
        parallel=parallel,
    )
    kind = kind_of(Own, name, source=calls, noun=calls.text)
    models.add(kind)
    return kind(kind=name)


class Calls:
    """Calls somebody's functions: one parameter vector and one caller at a time, unless they say otherwise.

    Arguments as for :func:`landscape.register`; it is a :class:`~landscape.models.own.Source`.

    Raises:
        ModelError: a function raised at ``theta0``, or gave something of another shape.
    """

    intake: Intake | None = None
    loss_text = "loss"
    sums = False

    def __init__(
        self,
        loss: Loss,
        theta0: Any,
        *,
        gradient: Loss | None,
        blocks: Mapping[str, tuple[int, ...]] | None,
        text: str,
        vectorised: bool,
        parallel: bool,
    ) -> None:
        self._loss, self._gradient, self._vectorised = loss, gradient, vectorised
        self._turn: AbstractContextManager[Any] = nullcontext() if parallel else RLock()
        self.theta0 = _parameters(theta0)
        self.blocks = _blocks(blocks, self.theta0)
        matrices = any(len(shape) > 1 for shape in self.blocks.values())
        self.biases = frozenset(name for name, shape in self.blocks.items() if matrices and len(shape) < 2)
        self.has_gradient, self.text = gradient is not None, text
        without = "No gradient was given: slopes are central differences of the loss, with h = 1e\u20115."
        self.notes = () if self.has_gradient else (without,)
        nothing = np.empty((1, 0))
        two = np.stack([self.theta0, self.theta0])
        self.seconds = took(lambda: self.value(two[:1], nothing, nothing))
        if vectorised:
            self.value(two, nothing, nothing)
        if self.has_gradient:
            self.value_and_gradient(two if vectorised else two[:1], nothing, nothing)
        self.work = work_of(self.seconds)

    def value(self, theta: Array, x: Array, y: Array) -> Array:
        if self._vectorised:
            return self._asked(self._loss, "loss", theta, theta.shape[:1])
        return np.array([self._asked(self._loss, "loss", row, ()) for row in theta], dtype=np.float64)

    def value_and_gradient(self, theta: Array, x: Array, y: Array) -> tuple[Array, Array]:
        assert self._gradient is not None  # it is asked only where there is one
        value = self.value(theta, x, y)
        if self._vectorised:
            return value, self._asked(self._gradient, "gradient", theta, theta.shape)
        return value, np.stack([self._asked(self._gradient, "gradient", row, row.shape) for row in theta])

    def _asked(self, function: Loss, what: str, theta: Array, shape: tuple[int, ...]) -> Array:
        """What a function says of parameters, which it gets a copy of, as float64 of this shape."""
        try:
            with self._turn, np.errstate(all="ignore"):
                said = function(theta.copy())
        except Exception as error:
            raise failed(what, theta.shape, error) from error
        if said is None:
            raise ModelError(f"The {what} must be {_kind(shape)}. Got nothing: it returns None.")
        try:
            found = np.asarray(said, dtype=np.float64)
        except (TypeError, ValueError, RuntimeError) as error:
            raise ModelError(
                f"The {what} must be {_kind(shape)}. Got {type(said).__name__}: {said_of(error)}"
            ) from error
        if found.shape != shape:
            raise ModelError(f"The {what} must be {_kind(shape)}. Got {_kind(found.shape)}.")
        return found


def failed(what: str, shape: tuple[int, ...], error: Exception) -> ModelError:
    """What to raise where somebody's own function raised."""
    of = f"parameters of shape {_tuple(shape)}"
    return ModelError(f"The {what} raised {type(error).__name__} for {of}: {said_of(error)}")


def said_of(error: Exception) -> str:
    """The first line of an error's text, short enough to be shown, and its full stop."""
    text = next((line.strip() for line in str(error).splitlines() if line.strip()), "no reason given")
    text = text if len(text) <= 300 else text[:297] + "..."
    return text if text.endswith((".", "!", "?")) else text + "."


def took(call: Callable[[], Any]) -> float:
    """Seconds that a call takes: the least of three, the first of which may have to warm up; of a slow one of one."""
    times: list[float] = []
    while len(times) < 3 and sum(times) < 0.5:
        begun = perf_counter()
        call()
        times.append(perf_counter() - begun)
    return min(times)


def work_of(seconds: float) -> int:
    """Multiplications that take so long, about."""
    return max(1, round(seconds * MULTIPLICATIONS_PER_SECOND))


def _parameters(theta0: Any) -> Array:
    try:
        theta = np.array(theta0, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ModelError(f"Theta0 must be numbers of shape (P,). Got {type(theta0).__name__}.") from error
    if theta.ndim != 1 or not theta.size:
        raise ModelError(f"Theta0 must be flat, of shape (P,). Got {_kind(theta.shape)}.")
    if not np.isfinite(theta).all():
        raise ModelError(f"Theta0 must be finite numbers. Got {first_odd(theta)}.")
    theta.setflags(write=False)
    return theta


def _blocks(blocks: Mapping[str, tuple[int, ...]] | None, theta0: Array) -> Blocks:
    if blocks is None:
        return {"theta": theta0.shape}
    for name in blocks:
        checked_block(name)
    try:
        found = {name: tuple(index(length) for length in shape) for name, shape in blocks.items()}
    except (TypeError, ValueError) as error:
        raise ModelError(f"Blocks must be shapes by name, as in W1: (3, 4). Got {str(blocks)[:60]}.") from error
    if any(length < 1 for shape in found.values() for length in shape):
        raise ModelError(f"Blocks must have lengths of at least 1. Got {str(found)[:60]}.")
    if wrong := laid_out(found, frozenset(), theta0):
        raise ModelError(wrong)
    return found


def _kind(shape: tuple[int, ...]) -> str:
    return "one number" if shape == () else f"numbers of shape {_tuple(shape)}"


def _tuple(shape: tuple[int, ...]) -> str:
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"
