"""The address of a weight: its block's name, then its indices, zero-based.

``("W3", 5, 250)`` is the weight of the matrix W3 to unit 5 from unit 250; ``("b2", 7)`` the
bias of unit 7; ``("x",)`` the parameter x itself.
"""

from __future__ import annotations

import operator
import re
from typing import Any

from landscape.models.base import Blocks, spans
from landscape.part import complaint, to_text

Address = tuple[str | int, ...]

_WHOLE = re.compile(r"-?[0-9]{1,18}")
_INDEX_NAMES = {0: (), 1: ("unit",), 2: ("to", "from"), 4: ("filter", "channel", "row", "column")}


def read(value: Any, title: str) -> Address:
    """Read an address from a list or tuple whose indices may be text.

    Args:
        value: ``["W3", "5", "250"]``, ``("W3", 5, 250)``, ``["x"]``.
        title: what the field is called, for messages.

    Raises:
        pydantic_core.PydanticCustomError: there is no name, or an index is not a whole number.

    Example:
        >>> read(["W3", "5", "250"], "First weight")
        ('W3', 5, 250)
    """
    if not isinstance(value, list | tuple) or not value or not isinstance(value[0], str) or not value[0].strip():
        got = _got(value) if isinstance(value, list | tuple) else to_text(value)[:40]
        raise complaint(f"{title} must be the name of a block and its indices, as in W1,0,3. Got {got or 'nothing'}.")
    name, *indices = value
    return (name.strip(), *(_index(index, title) for index in indices))


def show(address: Address) -> str:
    """Write an address as people read it.

    Example:
        >>> show(("W3", 5, 250)), show(("x",))
        ('W3[5,250]', 'x')
    """
    name, *indices = address
    return f"{name}[{','.join(map(str, indices))}]" if indices else str(name)


def fault(address: Address, title: str, blocks: Blocks) -> str | None:
    """Say what is wrong with an address: an unknown block, or too few, too many or too large indices.

    Returns:
        A sentence, or None for the address of a weight.

    Example:
        >>> fault(("W", 2, 0), "First weight", {"W": (2, 3)})
        'First weight W[2,0]: to must be at most 1. Got 2.'
    """
    name, indices = str(address[0]), [int(index) for index in address[1:]]
    if name not in blocks:
        known = ", ".join(blocks)
        return f"{title}: there is no {name[:40]}; this model has {known}. Got {_got(address)}."
    shape = blocks[name]
    names = _index_names(len(shape))
    if len(indices) != len(shape):
        return f"{title}: {name} {_wanted(names)}. Got {_got(address)}."
    for index, length, axis in zip(indices, shape, names, strict=True):
        bound = "at least 0" if index < 0 else f"at most {length - 1}"
        if not 0 <= index < length:
            return f"{title} {show(address)}: {axis} must be {bound}. Got {index}."
    return None


def flat_index(address: Address, blocks: Blocks) -> int:
    """Where a checked address lies in the flat parameter vector.

    Example:
        >>> flat_index(("b", 1), {"W": (2, 3), "b": (2,)})
        7
    """
    start = next(span.start for name, _, span in spans(blocks) if name == address[0])
    offset = 0
    for index, length in zip(address[1:], blocks[str(address[0])], strict=True):
        offset = offset * length + int(index)
    return int(start) + offset


def _index(value: Any, title: str) -> int:
    if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        return int(value)
    try:
        if isinstance(value, bool):
            raise TypeError
        return operator.index(value)
    except TypeError:
        got = to_text(value)[:40] or "nothing"
        raise complaint(f"{title}: its indices must be whole numbers. Got {got}.") from None


def _index_names(axes: int) -> tuple[str, ...]:
    return _INDEX_NAMES.get(axes, tuple(f"index {axis + 1}" for axis in range(axes)))


def _wanted(names: tuple[str, ...]) -> str:
    if not names:
        return "takes no indices"
    return f"needs {len(names)} {'index' if len(names) == 1 else 'indices'}: {', '.join(names)}"


def _got(value: Any) -> str:
    return ",".join(map(str, value))[:40]
