"""Temporary arrays are not mapped anew each time."""

import platform
import resource

import numpy as np
import pytest

from landscape.heap import keep_temporaries


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc is taught")
def test_a_freed_array_finds_its_pages_again():
    keep_temporaries()
    np.ones(1 << 20)  # 8 MB

    def faults():
        return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

    before = faults()
    for _ in range(20):
        np.ones(1 << 20)
    assert faults() - before < 20 * (8 << 20) / 4096 / 4  # a new mapping would fault at each of its pages
