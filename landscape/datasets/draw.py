"""Which samples of a dataset are taken: the first ones, or a seeded draw."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

SampleSeed = Annotated[
    int | None,
    Field(
        ge=0,
        le=2**32 - 1,
        title="Sample seed",
        json_schema_extra={"more": True},
        description="Draws the samples at random; without it the first ones are taken.",
    ),
]
"""The field of datasets whose samples may be drawn."""


def draw(samples: int, available: int, sample_seed: int | None) -> NDArray[np.intp]:
    """Choose the samples to take, each at most once.

    Without a seed ``0, 1, ..., n - 1``: the dataset's own order, so that published figures reproduce.
    With one, the first n entries of a random permutation, so that more samples of the same seed
    extend the draw instead of making another one.

    Args:
        samples: n, from 1 to ``available``.
        available: how many samples there are.
        sample_seed: None, or the seed (0 or more) of numpy's ``default_rng``.

    Returns:
        (n,) distinct integers in 0..available - 1, equal for equal arguments.

    Example:
        >>> draw(3, 10, None)
        array([0, 1, 2])
    """
    if sample_seed is None:
        return np.arange(samples, dtype=np.intp)
    return np.random.default_rng(sample_seed).permutation(available)[:samples].astype(np.intp, copy=False)
