"""How a descent ended, from its losses and gradients."""

import math

import numpy as np
import pytest

from landscape.path import verdict


@pytest.mark.parametrize(
    ("losses", "first_norm", "died", "end_norm", "status"),
    [
        ([1.0, 0.5], 1.0, -1, 1e-7, "CONVERGED"),
        ([1.0, 0.5], 1.0, -1, 1e-5, "MAX_STEPS"),
        ([1.0, 1001.0], 1.0, -1, 1e9, "DIVERGED"),
        ([1.0, 999.0], 1.0, -1, 1e9, "MAX_STEPS"),
        ([1.0, 1e200], 1.0, 7, math.nan, "DIVERGED"),
        ([1.0, 0.9], 1.0, 7, math.nan, "NON_FINITE"),
        ([], math.nan, 0, math.nan, "NON_FINITE"),
    ],
)
def test_verdict(losses, first_norm, died, end_norm, status):
    got, message = verdict(np.array(losses), first_norm, died, 10, end_norm)
    assert got == status
    assert message.endswith(".")
    assert "nan" not in message
