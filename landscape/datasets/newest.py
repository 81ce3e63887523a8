"""The samples that were read last, kept for whoever asks for them, or for fewer of them, again."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock

from landscape.datasets.base import Samples

SHARED_BYTES = 128 << 20
"""The largest inputs of which some are given away as a view: a view keeps all of them in memory."""


class Newest:
    """Keeps one draw of samples. A draw of fewer of the same kind is the beginning of it (see ``draw``).

    Safe for threads: those that want the same samples wait for one reading of them.

    Example:
        >>> import numpy as np
        >>> newest = Newest()
        >>> five = newest.samples("digits", 5, lambda: Samples(np.eye(5), np.eye(5)))
        >>> newest.samples("digits", 3, lambda: Samples(np.eye(3), np.eye(3))).x.shape  # nothing is made
        (3, 5)
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._key: Hashable = None
        self._kept: Samples | None = None

    def samples(self, key: Hashable, count: int, make: Callable[[], Samples]) -> Samples:
        """``count`` samples of the draw that ``key`` names; made by ``make`` where too few of it are kept.

        Args:
            key: the files and the seed: everything but the number of samples.
            count: how many.
            make: gives that many. What it raises reaches the caller.
        """
        with self._lock:
            kept = self._kept if self._key == key else None
            if kept is not None and len(kept.x) == count:
                return kept
            if kept is not None and len(kept.x) > count and kept.x.nbytes <= SHARED_BYTES:
                return Samples(kept.x[:count], kept.y[:count], kept.image)
            self._kept = kept = None  # room for the new ones
            self._key, self._kept = key, make()
            return self._kept


newest = Newest()
"""Of this process, whatever the dataset: two large ones would not have room beside each other."""
