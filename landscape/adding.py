"""Kinds that are made while the program runs, around somebody's own functions and arrays."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import copy
from typing import Any, ClassVar, Literal, TypeVar

import numpy as np
from pydantic import Field

from landscape.datasets import datasets
from landscape.datasets.own import OwnSamples
from landscape.errors import ModelError
from landscape.models import models
from landscape.models.base import Array
from landscape.part import Part, to_text

P = TypeVar("P", bound=Part)

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_BLOCK = re.compile(r"(?!none$)[A-Za-z0-9_][A-Za-z0-9_.-]{0,59}")


def kind_of(base: type[P], name: str, defaults: Mapping[str, Any] | None = None, **members: Any) -> type[P]:
    """A kind called ``name``: ``base`` with other defaults of some fields, and class attributes for others.

    Raises:
        ModelError: it is no name that a link could hold.
    """
    space: dict[str, Any] = {"__module__": __name__, "__doc__": base.__doc__, "kind": checked_name(name)} | members
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
            raise ModelError(f"Data must be finite numbers. Got {first_odd(array)} in {what}.")
        array.setflags(write=False)
    declared = OwnSamples.model_fields["samples"]
    count = Field(len(held), ge=1, le=len(held), title=declared.title, description=declared.description)
    space: dict[str, Any] = {
        "__module__": __name__, "__doc__": OwnSamples.__doc__, "kind": checked_name(name), "samples": count,
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
        return checked_name(wanted)
    names = (otherwise if number == 1 else f"{otherwise}-{number}" for number in range(1, len(models.names()) + 2))
    return next(name for name in names if name not in models and name not in datasets)


def checked_name(name: str) -> str:
    """A kind's name that a link can hold.

    Raises:
        ModelError: it is none.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        want = "Name must be 1 to 40 letters, digits, - or _, the first a letter or digit"
        raise ModelError(f"{want}. Got {str(name)[:40].strip() or 'nothing'}.")
    return name


def checked_block(name: Any) -> str:
    """A block's name that a link can hold.

    Raises:
        ModelError: it is none.
    """
    if not isinstance(name, str) or not _BLOCK.fullmatch(name):
        want = "Block names must be 1 to 60 letters, digits, dots, - or _, and not none"
        raise ModelError(f"{want}. Got {str(name)[:60].strip() or 'nothing'}.")
    return name


def first_odd(array: Array) -> str:
    """The first number that is not finite, in words."""
    return to_text(float(array[~np.isfinite(array)][0])) if array.size else "nothing"
