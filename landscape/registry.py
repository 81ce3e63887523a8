"""The kinds of a part: built in, or added while the program runs."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any, Generic, TypeVar

from landscape.part import Part, complaint

P = TypeVar("P", bound=Part)


class Registry(Generic[P]):
    """Finds the class of a part by its ``kind``.

    Args:
        noun: what the kinds are, for messages ("optimizer").
        kinds: the built-in classes in the order in which they are offered; the first is the default.

    Example:
        >>> optimizers = Registry("optimizer", GradientDescent, Momentum)     # doctest: +SKIP
        >>> optimizers.read({"kind": "momentum", "lr": 0.5})                  # doctest: +SKIP
        Momentum(kind='momentum', lr=0.5, beta=0.9)
    """

    def __init__(self, noun: str, *kinds: type[P]) -> None:
        self.noun = noun
        self._kinds = {_kind(cls): cls for cls in kinds}
        self._tokens: dict[type[Part], str] = {}

    def __iter__(self) -> Iterator[type[P]]:
        return iter(self._kinds.values())

    def __getitem__(self, kind: str) -> type[P]:
        return self._kinds[kind]

    def __contains__(self, kind: object) -> bool:
        return kind in self._kinds

    def names(self) -> list[str]:
        """The kinds, in the order in which they are offered."""
        return list(self._kinds)

    def token(self, cls: type[Part]) -> str:
        """What a digest must hold beside the fields: empty for the class of a built-in kind.

        A kind added at run time may mean something else in the next process, so that
        a token of its own keeps its results apart in a shared cache.
        """
        return self._tokens.get(cls, "")

    def add(self, cls: type[P]) -> None:
        """Add a kind at run time; adding one again replaces it and forgets its cached results.

        Raises:
            ValueError: the kind is a built-in one.
        """
        kind = _kind(cls)
        if kind in self._kinds and self._kinds[kind] not in self._tokens:
            raise ValueError(f"{self.noun} {kind!r} is built in and cannot be replaced.")
        self._kinds[kind] = cls
        self._tokens[cls] = uuid.uuid4().hex

    def read(self, data: Any) -> P:
        """The part that ``data`` describes: a part of a known kind, or a mapping with its fields.

        Raises:
            pydantic.ValidationError: the kind is unknown or a field breaks its bounds.
        """
        before = data if isinstance(data, Part) else None
        if before is not None:
            data = before.model_dump()
        if not isinstance(data, dict):
            raise complaint(
                f"{self.noun.capitalize()} must be described by its fields. Got {str(data)[:40] or 'nothing'}."
            )
        kind = data.get("kind", self.names()[0])
        if not isinstance(kind, str) or kind not in self._kinds:
            raise complaint(
                f"{self.noun.capitalize()} must be one of {', '.join(self._kinds)}. Got {str(kind)[:40] or 'nothing'}."
            )
        made = self._kinds[kind].model_validate(data)
        return made if before is None else made.like(before)


def _kind(cls: type[Part]) -> str:
    kind = cls.model_fields["kind"].default
    if not isinstance(kind, str):
        raise TypeError(f"{cls.__name__}.kind needs a default: the name of the kind.")
    return kind
