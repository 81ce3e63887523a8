"""Italian wines of three cultivars."""

from __future__ import annotations

from typing import ClassVar, Literal

from landscape.datasets.base import Array
from landscape.datasets.features import Features


class Wine(Features):
    """Chemistry of 178 wines (Forina et al. 1988, UCI "Wine"; ``sklearn.datasets.load_wine``).

    x: 13 measures, alcohol first and proline last, in the units of the source before they are standardised
    (proline is a thousand times as large as others: without it the loss is a ravine); y is one-hot over
    three cultivars, 59, 71 and 48 wines of each.

    Example:
        >>> Wine(split="all", samples=178).load().y.sum(axis=0).tolist()
        [59.0, 71.0, 48.0]
    """

    inputs: ClassVar[int] = 13
    outputs: ClassVar[int] = 3
    total: ClassVar[int] = 178
    noun: ClassVar[str] = "wines"
    item: ClassVar[str] = "wine"

    kind: Literal["wine"] = "wine"

    @classmethod
    def read(cls) -> tuple[Array, Array]:
        from sklearn.datasets import load_wine  # type: ignore[import-untyped]  # noqa: PLC0415 (slow to import)

        x, targets = load_wine(return_X_y=True)
        return x, targets
