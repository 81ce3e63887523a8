"""Fashion-MNIST, read from its four IDX files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from landscape.datasets.idx_images import IdxImages, Split, split_files


class Fashion(IdxImages):
    """Articles of clothing, 28 x 28 pixels (Xiao, Rasul & Vollgraf 2017, arXiv:1708.07747).

    x = bytes / 255, so that each of the 784 inputs is in [0, 1]; y is one-hot over t-shirt, trouser, pullover,
    dress, coat, sandal, shirt, sneaker, bag, ankle boot. The files have the names of MNIST's and are read from
    ``fashion/`` in the data directory. Their headers, sizes and labels are checked (every class has as many
    images as every other, which tells them from MNIST's); no checksums are compared.

    Example:
        >>> Fashion(samples=10).load().y.argmax(axis=1).tolist()                # doctest: +SKIP
        [9, 0, 0, 3, 0, 2, 7, 2, 5, 5]
    """

    noun: ClassVar[str] = "Fashion-MNIST images"
    item: ClassVar[str] = "image"
    names: ClassVar[tuple[str, ...]] = (
        "t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot",
    )  # fmt: skip
    published: ClassVar[str] = "Fashion-MNIST"
    files: ClassVar[Mapping[str, Split]] = {"train": split_files("train"), "test": split_files("test")}
    balanced: ClassVar[bool] = True
    lacking: ClassVar[str] = "put the four Fashion-MNIST files there as they are published"
    mending: ClassVar[str] = "put the Fashion-MNIST file of this name there as it is published"

    kind: Literal["fashion"] = "fashion"
