"""Patients whose diabetes is to be foretold."""

from __future__ import annotations

from typing import ClassVar, Literal

from landscape.datasets.base import Array
from landscape.datasets.features import Features


class Diabetes(Features):
    """442 diabetes patients (Efron, Hastie, Johnstone & Tibshirani 2004, Annals of Statistics 32).

    x: age, sex, body mass index, blood pressure and six measures of the blood serum; y: how far the disease
    has gone a year later, one number from 25 to 346. Read by ``sklearn.datasets.load_diabetes(scaled=False)``.
    With ``standardise`` y is standardised too: its mean square is about 29,000 as it stands, 1 afterwards.

    Example:
        >>> x, y, _ = Diabetes(split="all", samples=442, standardise=False).load()
        >>> x.shape, y.min().item(), y.max().item()
        ((442, 10), 25.0, 346.0)
    """

    task: ClassVar[Literal["classes", "numbers"]] = "numbers"
    inputs: ClassVar[int] = 10
    outputs: ClassVar[int] = 1
    total: ClassVar[int] = 442
    noun: ClassVar[str] = "diabetes patients"
    item: ClassVar[str] = "patient"

    kind: Literal["diabetes"] = "diabetes"

    @classmethod
    def read(cls) -> tuple[Array, Array]:
        from sklearn.datasets import load_diabetes  # type: ignore[import-untyped]  # noqa: PLC0415 (slow to import)

        x, targets = load_diabetes(return_X_y=True, scaled=False)
        return x, targets
