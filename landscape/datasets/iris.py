"""Fisher's irises."""

from __future__ import annotations

from typing import ClassVar, Literal

from landscape.datasets.base import Array
from landscape.datasets.features import Features


class Iris(Features):
    """Measures of 150 iris flowers (Fisher 1936, Annals of Eugenics 7; ``sklearn.datasets.load_iris``).

    x: length and width of the sepal, length and width of the petal, in centimetres before they are
    standardised; y is one-hot over setosa, versicolor, virginica, 50 flowers of each.

    Example:
        >>> x, y, _ = Iris(split="all", samples=150, standardise=False).load()
        >>> x.shape, y.sum(axis=0).tolist()
        ((150, 4), [50.0, 50.0, 50.0])
    """

    inputs: ClassVar[int] = 4
    outputs: ClassVar[int] = 3
    total: ClassVar[int] = 150
    noun: ClassVar[str] = "iris flowers"
    item: ClassVar[str] = "flower"
    names: ClassVar[tuple[str, ...]] = ("setosa", "versicolor", "virginica")

    kind: Literal["iris"] = "iris"

    @classmethod
    def read(cls) -> tuple[Array, Array]:
        from sklearn.datasets import load_iris  # type: ignore[import-untyped]  # noqa: PLC0415 (slow to import)

        x, targets = load_iris(return_X_y=True)
        return x, targets
