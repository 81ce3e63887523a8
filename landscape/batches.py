"""Mini-batches: which samples a step uses, and how many the steps before it have used."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from landscape.models.base import Indices


def batch_of(step: int, size: int | None, samples: int, seed: int) -> Indices | None:
    """The samples of a step: seeded, without repeats within an epoch; None for all.

    The last batch of an epoch may be smaller. Depends on the arguments alone, so that a run can be
    taken up at any step.
    """
    if size is None or size >= samples:
        return None
    epoch, place = divmod(step, math.ceil(samples / size))
    return _shuffled(samples, seed, epoch)[place * size : (place + 1) * size]


@lru_cache(maxsize=16)
def _shuffled(samples: int, seed: int, epoch: int) -> Indices:
    return np.random.default_rng((seed, epoch)).permutation(samples)


def samples_seen(steps: NDArray[np.int64], batch: int | None, samples: int) -> NDArray[np.int64]:
    """How many samples the batches before each of ``steps`` held.

    Example:
        >>> samples_seen(np.arange(5), 4, 10).tolist()
        [0, 4, 8, 10, 14]
    """
    size = _size(batch, samples)
    epoch, place = np.divmod(steps, math.ceil(samples / size))
    return np.asarray(epoch * samples + place * size, dtype=np.int64)


def steps_within(seen: int, batch: int | None, samples: int) -> int:
    """How many steps see at most ``seen`` samples together; inverse of :func:`samples_seen`.

    Example:
        >>> [steps_within(seen, 4, 10) for seen in (3, 4, 10, 13, 14)]
        [0, 1, 3, 3, 4]
    """
    size = _size(batch, samples)
    epochs, rest = divmod(seen, samples)
    return epochs * math.ceil(samples / size) + rest // size


def _size(batch: int | None, samples: int) -> int:
    return samples if batch is None else min(batch, samples)
