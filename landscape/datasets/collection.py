"""Datasets that are a collection of samples, of which the first ones are taken or some are drawn."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from landscape.datasets.draw import SampleSeed, draw
from landscape.datasets.sized import Sized


class Collection(Sized):
    """Base of the datasets that were measured, not generated.

    Attributes:
        sample_seed: None for the first samples in the dataset's own order, else the seed of a draw.
    """

    sample_seed: SampleSeed = None

    def chosen(self) -> NDArray[np.intp]:
        """Places of the samples in their split, (n,); see :func:`landscape.datasets.draw.draw`."""
        return draw(self.samples, self.available, self.sample_seed)
