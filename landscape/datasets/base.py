"""What a dataset is: named samples with targets, drawn in a stated order."""

from __future__ import annotations

import os
from pathlib import Path
from typing import ClassVar, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from landscape.part import Part

Array = NDArray[np.float64]


class Samples(NamedTuple):
    """Inputs and targets. Both arrays are read-only.

    Attributes:
        x: (N, D) float64.
        y: (N, K) float64; one-hot rows for classes.
        image: (rows, columns) of an input that is an image of one channel, else None.
    """

    x: Array
    y: Array
    image: tuple[int, int] | None = None


class Dataset(Part):
    """Base of the datasets. A kind declares its sizes, so that a scene is checked without reading files.

    Attributes:
        kind: the name in scenes and links.
        samples: how many samples, the first ones in the dataset's own order.
    """

    task: ClassVar[Literal["classes", "numbers"]] = "classes"
    """Whether targets are classes (one-hot rows) or numbers."""
    noun: ClassVar[str]
    """What the samples are called in a sentence: "MNIST digits"."""
    choice: ClassVar[str] = ""
    """What the kind is called in a list of kinds, where that is not what its samples are called."""
    travels: ClassVar[bool] = False
    """Whether the samples must go along to another process, which cannot read them itself."""
    item: ClassVar[str] = "sample"
    """What one of them is called where there is little room: "digit"."""
    names: ClassVar[tuple[str, ...]] = ()
    """Of the classes, K of them, where they have any."""

    kind: str
    samples: int

    @property
    def inputs(self) -> int:
        """D, numbers per sample. Kinds of one size declare it once for all."""
        raise NotImplementedError

    @property
    def outputs(self) -> int:
        """K, classes or targets per sample. Kinds of one size declare it once for all."""
        raise NotImplementedError

    @property
    def image(self) -> tuple[int, int, int] | None:
        """(channels, rows, columns) of inputs that are images, else None."""
        return None

    @property
    def picture(self) -> tuple[int, int, int] | None:
        """The same of the image that a sample can be shown as, where inputs follow that are no pixels."""
        return self.image

    @property
    def labels(self) -> tuple[str, ...]:
        """What the classes are called, K of them; their numbers where they have no names."""
        return self.names or tuple(map(str, range(self.outputs)))

    @property
    def words(self) -> str:
        """The samples in a sentence: "100 MNIST digits"; a split that is not the kind's default is named."""
        what = f"{self.samples:,} {self.noun}" if self.samples > 1 else f"one of the {self.noun}"
        split, declared = getattr(self, "split", None), type(self).model_fields.get("split")
        if declared is None or split == declared.default:
            return what
        return f"{what} of both splits" if split == "all" else f"{what} of the {split} split"

    @property
    def available(self) -> int:
        """How many samples there are to draw from."""
        raise NotImplementedError

    def version(self) -> str:
        """What a digest must hold beside the fields: which of several files there are; empty where that is fixed."""
        return ""

    def bare(self) -> Dataset:
        """The same without what only this process can make use of; it travels to others beside its samples."""
        return self

    def missing(self) -> str | None:
        """A sentence that says which file is absent and what to do, or None when all is there."""
        return None

    def load(self) -> Samples:
        """Read the samples.

        Raises:
            DataMissing: a file is absent.
            DataCorrupt: a file is not what it should be.
        """
        raise NotImplementedError


def data_directory() -> Path:
    """The folder that holds one folder per dataset: ``LANDSCAPE_DATA``, or ``~/.cache/landscape``."""
    return Path(os.environ.get("LANDSCAPE_DATA") or "~/.cache/landscape").expanduser()


def one_hot(labels: NDArray[np.integer], classes: int) -> Array:
    """Labels (N,) as rows (N, classes) of zeros with a one."""
    return np.asarray(np.eye(classes)[labels])


def frozen(x: Array, y: Array, image: tuple[int, int] | None = None) -> Samples:
    """Samples whose arrays can no longer be written to, so that they may be shared."""
    x.setflags(write=False)
    y.setflags(write=False)
    return Samples(x, y, image)
