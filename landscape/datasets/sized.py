"""Datasets of which there is only so much: their default number of samples fits each split."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from pydantic import Field, model_validator

from landscape.datasets.base import Dataset
from landscape.part import refusal


class Sized(Dataset):
    """Base of the datasets whose splits hold a number of samples of their own.

    A kind declares a field ``split`` and says in :meth:`held` how many samples each has. Where ``samples``
    is not given it is its default, or all that the split has, whichever is less.

    Example:
        >>> from landscape.datasets.iris import Iris
        >>> Iris().samples, Iris(split="test").samples
        (100, 30)
    """

    samples: int = Field(100, ge=1, title="Samples", description="How many samples the loss is averaged over.")

    @classmethod
    def held(cls, split: str) -> int:
        """How many samples a split has; known without reading them."""
        raise NotImplementedError

    @property
    def available(self) -> int:
        return self.held(self._split)

    @property
    def _split(self) -> str:
        return str(getattr(self, "split"))  # noqa: B009 (each kind declares which splits it has)

    @model_validator(mode="before")
    @classmethod
    def _fitting(cls, data: Any) -> Any:
        """Give ``samples`` a default that the split can fill."""
        if not isinstance(data, Mapping) or "samples" in data:
            return data
        split = data.get("split", cls.model_fields["split"].default)
        try:
            return {**data, "samples": min(int(cls.model_fields["samples"].default), cls.held(split))}
        except (KeyError, TypeError):  # no such split: the field says so itself
            return data

    @model_validator(mode="after")
    def _enough(self) -> Self:
        if self.samples > self.available:
            which = "" if self._split == "all" else f" for the {self._split} split"
            sentence = f"Samples must be at most {self.available}{which}. Got {self.samples}."
            raise refusal("samples", sentence, self.samples)
        return self
