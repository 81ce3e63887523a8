"""Tables of measured features that come with scikit-learn, standardised on request."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from pydantic import Field

from landscape.datasets.base import Array, Samples, frozen, one_hot
from landscape.datasets.bundled import Bundled


class Features(Bundled):
    """Base of the tables: a row for each sample, a column for each feature.

    Standardising takes mu and sigma of each column over the whole training part (dividing by its number of
    rows, 4/5 of the table): x <- (x - mu) / sigma. Targets that are numbers are standardised in the same way,
    so that predicting their mean costs 1. The testing part takes the training part's mu and sigma.
    """

    standardise: bool = Field(
        True,
        title="Standardise",
        json_schema_extra={"more": True},
        description="Gives inputs, and targets that are numbers, mean 0 and variance 1 on the training part.",
    )

    @classmethod
    def read(cls) -> tuple[Array, Array]:
        """All features (rows, columns), and all targets (rows,): numbers, or the numbers of classes."""
        raise NotImplementedError

    def load(self) -> Samples:
        x, targets = _table(type(self))
        y = targets[:, None] if self.task == "numbers" else one_hot(targets.astype(np.intp), self.outputs)
        chosen, train = self.rows(self.split)[self.chosen()], self.rows("train")
        x_chosen, y_chosen = x[chosen], y[chosen]
        if self.standardise:
            x_chosen = _standardised(x_chosen, x[train])
            if self.task == "numbers":
                y_chosen = _standardised(y_chosen, y[train])
        return frozen(x_chosen, y_chosen)


def _standardised(values: Array, basis: Array) -> Array:
    return np.asarray((values - basis.mean(axis=0)) / basis.std(axis=0))


@lru_cache(maxsize=4)
def _table(kind: type[Features]) -> tuple[Array, Array]:
    """What the kind reads, as float64 and read-only."""
    x, targets = kind.read()
    return frozen(np.array(x, dtype=np.float64), np.array(targets, dtype=np.float64))[:2]
