"""A loss of one's own: any function of flat parameters becomes a kind of model while the program runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from copy import copy
from threading import RLock
from time import perf_counter
from typing import Any, ClassVar, Literal, TypeVar

import numpy as np
from pydantic import Field

from landscape.datasets import datasets
from landscape.datasets.own import OwnSamples
from landscape.errors import ModelError
from landscape.models import models
from landscape.models.base import Array, Blocks, Intake
from landscape.models.own import Own, laid_out
from landscape.objective import MULTIPLICATIONS_PER_SECOND
from landscape.part import Part, to_text

Loss = Callable[[Array], Any]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_BLOCK = re.compile(r"(?!none$)[A-Za-z0-9_][A-Za-z0-9_.-]{0,59}")

P = TypeVar("P", bound=Part)


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
        text=text or f"your loss {_checked_name(name)}",
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


def kind_of(base: type[P], name: str, defaults: Mapping[str, Any] | None = None, **members: Any) -> type[P]:
    """A kind called ``name``: ``base`` with other defaults of some fields, and class attributes for others.

    Raises:
        ModelError: it is no name that a link could hold.
    """
    space: dict[str, Any] = {"__module__": __name__, "__doc__": base.__doc__, "kind": _checked_name(name)} | members
    space["__annotations__"] = {"kind": Literal[name]} | dict.fromkeys(members, ClassVar[Any])
    for field, default in (defaults or {}).items():
        declared = copy(base.model_fields[field])
        declared.default = default
        space[field] = declared
        space["__annotations__"][field] = declared.annotation
    made: type[P] = type(base)(f"{base.__name__}_{name}", (base,), space)  # type: ignore[misc]
    return made


def samples_kind(name: str, x: Array, y: Array, *, noun: str, task: Literal["classes", "numbers"]) -> type[OwnSamples]:
    """Samples x (N, D) with targets y (N, K) as a kind of dataset called ``name``."""
    held, wanted = np.array(x, dtype=np.float64), np.array(y, dtype=np.float64)
    for what, array in (("x", held), ("y", wanted)):
        if not np.isfinite(array).all():
            raise ModelError(f"Data must be finite numbers. Got {_first_odd(array)} in {what}.")
        array.setflags(write=False)
    declared = OwnSamples.model_fields["samples"]
    count = Field(len(held), ge=1, le=len(held), title=declared.title, description=declared.description)
    space: dict[str, Any] = {
        "__module__": __name__, "__doc__": OwnSamples.__doc__, "kind": _checked_name(name), "samples": count,
        "x": held, "y": wanted, "noun": noun, "task": task,
    }  # fmt: skip
    space["__annotations__"] = {"kind": Literal[name], "samples": int}
    made: type[OwnSamples] = type(OwnSamples)(f"OwnSamples_{name}", (OwnSamples,), space)  # type: ignore[misc]
    return made


def add_with_samples(model: Any, data: type[OwnSamples]) -> None:
    """Register a model and the samples that it is measured on."""
    datasets.add(data)
    models.add(model)


def free_name(wanted: str | None, otherwise: str) -> str:
    """``wanted``; without it the first of "module", "module-2", ... that no kind has yet."""
    if wanted is not None:
        return _checked_name(wanted)
    names = (otherwise if number == 1 else f"{otherwise}-{number}" for number in range(1, len(models.names()) + 2))
    return next(name for name in names if name not in models and name not in datasets)


def _checked_name(name: str) -> str:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        want = "Name must be 1 to 40 letters, digits, - or _, the first a letter or digit"
        raise ModelError(f"{want}. Got {str(name)[:40].strip() or 'nothing'}.")
    return name


def _parameters(theta0: Any) -> Array:
    try:
        theta = np.array(theta0, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ModelError(f"Theta0 must be numbers of shape (P,). Got {type(theta0).__name__}.") from error
    if theta.ndim != 1 or not theta.size:
        raise ModelError(f"Theta0 must be flat, of shape (P,). Got {_kind(theta.shape)}.")
    if not np.isfinite(theta).all():
        raise ModelError(f"Theta0 must be finite numbers. Got {_first_odd(theta)}.")
    theta.setflags(write=False)
    return theta


def _blocks(blocks: Mapping[str, tuple[int, ...]] | None, theta0: Array) -> Blocks:
    if blocks is None:
        return {"theta": theta0.shape}
    for name in blocks:
        checked_block(name)
    try:
        found = {name: tuple(int(length) for length in shape) for name, shape in blocks.items()}
    except (TypeError, ValueError) as error:
        raise ModelError(f"Blocks must be shapes by name, as in W1: (3, 4). Got {str(blocks)[:60]}.") from error
    if any(length < 1 for shape in found.values() for length in shape):
        raise ModelError(f"Blocks must have lengths of at least 1. Got {str(found)[:60]}.")
    if wrong := laid_out(found, frozenset(), theta0):
        raise ModelError(wrong)
    return found


def checked_block(name: Any) -> str:
    """A block's name that a link can hold.

    Raises:
        ModelError: it is none.
    """
    if not isinstance(name, str) or not _BLOCK.fullmatch(name):
        want = "Block names must be 1 to 60 letters, digits, dots, - or _, and not none"
        raise ModelError(f"{want}. Got {str(name)[:60].strip() or 'nothing'}.")
    return name


def _kind(shape: tuple[int, ...]) -> str:
    return "one number" if shape == () else f"numbers of shape {_tuple(shape)}"


def _tuple(shape: tuple[int, ...]) -> str:
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"


def _first_odd(array: Array) -> str:
    return to_text(float(array[~np.isfinite(array)][0])) if array.size else "nothing"
