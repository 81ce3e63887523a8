"""Dropout: which hidden units are left out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]


def masks(widths: Sequence[int], dropout: float, seed: int) -> list[Mask]:
    """For each layer the units that are kept, each with probability ``1 - dropout``, independently.

    Unit by unit and layer by layer, one is kept where the next number of ``numpy.random.PCG64(seed).random_raw()``,
    0 to 2^64 - 1, is at least ``dropout * 2^64``. So a larger share of the same seed leaves out the same units and
    more. All units of a layer may be left out.

    Source: N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever, R. Salakhutdinov, Dropout (JMLR 15, 2014),
    section 4.

    Args:
        widths: units of each layer.
        dropout: 0 <= p < 1, share of the units that is left out in expectation.
        seed: 0 to 2^32 - 1.

    Example:
        >>> masks((3, 2), 0.5, seed=0)
        [array([ True, False, False]), array([False,  True])]
    """
    random, least = np.random.PCG64(seed), int(dropout * 2**64)
    return [random.random_raw(width) >= least for width in widths]


def seed_of_step(seed: int, step: int) -> int:
    """The seed of a step's own masks: depends on ``seed`` and ``step`` alone.

    Example:
        >>> len({seed_of_step(0, step) for step in range(1000)})
        1000
    """
    return int(np.random.SeedSequence((seed, step)).generate_state(1)[0])
