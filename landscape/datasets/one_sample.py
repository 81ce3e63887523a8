"""One sample: the smallest thing that a classifier can be measured on."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from landscape.datasets.base import Array, one_hot
from landscape.datasets.generated import Generated, Random

INPUTS = 7


class OneSample(Generated):
    """One random sample: seven zeros and ones, of which the last is fixed at 1, and one of two classes.

    Drawn: six numbers of 0 and 1, ``randint(0, 2, 6)``, then the class, ``randint(0, 2)``. x is (1, 7), its
    last number the bias; y is (1, 2), one-hot. There is never more than one; ``test`` is another one.

    Example:
        >>> x, y, _ = OneSample(seed=3).load()
        >>> x.shape, x[0, -1].item(), y.sum().item()
        ((1, 7), 1.0, 1.0)
    """

    inputs: ClassVar[int] = INPUTS
    outputs: ClassVar[int] = 2
    noun: ClassVar[str] = "one random sample of seven zeros and ones"

    kind: Literal["one_sample"] = "one_sample"
    samples: int = Field(
        1, ge=1, le=1, title="Samples", json_schema_extra={"more": True}, description="Always one, as the name says."
    )

    @property
    def available(self) -> int:
        return 1

    @property
    def words(self) -> str:
        return self.noun if self.split == "train" else f"{self.noun} of the {self.split} split"

    def draw(self, random: Random) -> tuple[Array, Array]:
        x = np.ones((1, INPUTS))
        x[0, :-1] = random.randint(0, 2, INPUTS - 1)
        return x, one_hot(np.array([random.randint(0, 2)]), self.outputs)
