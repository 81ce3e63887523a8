"""Freed memory stays with the process, so that temporary arrays find their pages again."""

from __future__ import annotations

from functools import cache

import numpy as np

SHOWN = 31 << 20
"""Bytes of the block that is freed; glibc learns from blocks of up to 32 MiB."""


@cache
def keep_temporaries() -> None:
    """Teach the C library, once in a process, not to hand every freed array back to the kernel.

    glibc maps and unmaps a large array each time, until it has seen one of its size freed: from then on it serves
    such sizes from its heap and keeps up to twice as much free there (mallopt(3), M_MMAP_THRESHOLD, "dynamic").
    New pages cost more than the arithmetic on them: a training step of a small network takes half the time. Other C
    libraries take no notice.
    """
    np.empty(SHOWN, dtype=np.uint8)  # never touched, so that it costs nothing
