"""A study beside the pictures: what the tabs that compute something have in common."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from landscape import Study

S = TypeVar("S", bound=Study)


class Studied(Generic[S]):
    """A study that goes on as long as its tab is open; who draws it says how.

    Args:
        study: what is computed.

    Attributes:
        verb: what is done meanwhile: "checking".
    """

    verb: ClassVar[str]

    def __init__(self, study: S) -> None:
        self._study = study

    @property
    def done(self) -> bool:
        """Whether nothing is missing that anybody has asked for."""
        return self._study.done

    @property
    def progress(self) -> float:
        """The share of the work that is done."""
        return self._study.progress

    def advance(self, budget: float | None) -> None:
        """Go on for so many seconds; None: only look at what is there."""
        self._study.advance(budget)
