"""Breast tumours under the microscope."""

from __future__ import annotations

from typing import ClassVar, Literal

from landscape.datasets.base import Array
from landscape.datasets.features import Features


class BreastCancer(Features):
    """Cell nuclei of 569 breast tumours (Street, Wolberg & Mangasarian 1993; ``sklearn.datasets.load_breast_cancer``).

    x: mean, standard error and worst value of ten measures of the nuclei, 30 features, in the units of the
    source before they are standardised; y is one-hot over malignant (212) and benign (357).

    Example:
        >>> BreastCancer(split="all", samples=569).load().y.sum(axis=0).tolist()
        [212.0, 357.0]
    """

    inputs: ClassVar[int] = 30
    outputs: ClassVar[int] = 2
    total: ClassVar[int] = 569
    noun: ClassVar[str] = "breast tumours"
    item: ClassVar[str] = "tumour"
    names: ClassVar[tuple[str, ...]] = ("malignant", "benign")

    kind: Literal["breast_cancer"] = "breast_cancer"

    @classmethod
    def read(cls) -> tuple[Array, Array]:
        from sklearn.datasets import load_breast_cancer  # type: ignore[import-untyped]  # noqa: PLC0415 (slow to import)

        x, targets = load_breast_cancer(return_X_y=True)
        return x, targets
