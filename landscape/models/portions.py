"""How many parameter vectors and samples a model takes at once."""

from __future__ import annotations

from landscape.chunks import CHUNK_FLOATS

SAMPLES = 16
"""Samples that are worth a call of numpy: fewer at once only where one vector with so many is too much."""


def portion(points: int, samples: int, floats: int) -> tuple[int, int]:
    """Parameter vectors and samples to work on at once, so that they hold about ``CHUNK_FLOATS`` numbers.

    Args:
        points: parameter vectors in all, at least 1.
        samples: samples in all, at least 1.
        floats: numbers that one sample holds on its way through the model at one parameter vector.

    Returns:
        Both at least 1; as many vectors as leave room for 16 samples, then as many samples as there is room for.

    Example:
        >>> portion(points=40, samples=100, floats=2704)
        (6, 16)
    """
    vectors = max(1, min(points, CHUNK_FLOATS // (floats * min(SAMPLES, samples))))
    return vectors, max(1, min(samples, CHUNK_FLOATS // (floats * vectors)))
