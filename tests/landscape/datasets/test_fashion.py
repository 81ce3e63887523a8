"""Fashion-MNIST from files of its format that are made here."""

import gzip
import struct

import numpy as np
import pytest

from landscape.datasets.fashion import Fashion
from landscape.errors import DataCorrupt, DataMissing

IMAGES, LABELS = "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"
PIXELS = np.random.default_rng(0).integers(0, 256, (10_000, 784), dtype=np.uint8)
CLASSES = np.random.default_rng(1).permutation(np.arange(10_000) % 10).astype(np.uint8)


def idx(array, *shape):
    header = bytes([0, 0, 8, len(shape)]) + struct.pack(f">{len(shape)}I", *shape)
    return gzip.compress(header + array.tobytes(), 0)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A data directory with a test split of random images."""
    monkeypatch.setenv("LANDSCAPE_DATA", str(tmp_path))
    folder = tmp_path / "fashion"
    folder.mkdir()
    (folder / IMAGES).write_bytes(idx(PIXELS, 10_000, 28, 28))
    (folder / LABELS).write_bytes(idx(CLASSES, 10_000))
    return folder


def complaint():
    with pytest.raises(DataCorrupt) as caught:
        Fashion(split="test", samples=5).load()
    return str(caught.value)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("seed", [None, 2])
def test_images_and_labels_are_the_files_own(seed):
    x, y, image = Fashion(split="test", samples=10_000, sample_seed=seed).load()
    order = np.arange(10_000) if seed is None else np.random.default_rng(seed).permutation(10_000)
    np.testing.assert_array_equal(x, PIXELS[order] / 255)
    assert y.argmax(axis=1).tolist() == CLASSES[order].tolist()
    assert image == (28, 28)
    assert Fashion(split="test", samples=3).words == "3 Fashion-MNIST images of the test split"


def test_absent_files_are_named_with_what_to_do(folder):
    (folder / IMAGES).unlink()
    sentence = Fashion(split="test").missing()
    assert sentence == (
        f"Fashion-MNIST is not there: {folder} has no {IMAGES}; put the four Fashion-MNIST files there as they are "
        "published, or set LANDSCAPE_DATA to the folder that holds fashion/."
    )
    with pytest.raises(DataMissing):
        Fashion(split="test").load()
    assert "train-images-idx3-ubyte.gz and train-labels" in Fashion().missing()


def test_labels_beyond_nine(folder):
    labels = CLASSES.copy()
    labels[17] = 10
    (folder / LABELS).write_bytes(idx(labels, 10_000))
    assert complaint() == (
        f"{folder / LABELS} holds the label 10, but labels are 0 to 9; "
        "put the Fashion-MNIST file of this name there as it is published."
    )


def test_classes_that_are_not_equally_large(folder):
    labels = CLASSES.copy()
    labels[0] = (labels[0] + 1) % 10
    (folder / LABELS).write_bytes(idx(labels, 10_000))
    assert f"{LABELS} does not hold 1,000 labels of each class" in complaint()


def test_the_files_of_mnist_are_not_taken_for_them(folder):
    counts = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]  # MNIST's published test split
    (folder / LABELS).write_bytes(idx(np.repeat(np.arange(10, dtype=np.uint8), counts), 10_000))
    assert "does not hold 1,000 labels of each class" in complaint()


def test_swapped_and_cut_files(folder):
    (folder / LABELS).write_bytes(idx(PIXELS, 10_000, 28, 28))
    assert "holds the images of the test split instead of the labels of the test split" in complaint()
    (folder / LABELS).write_bytes(idx(CLASSES, 10_000))
    raw = (folder / IMAGES).read_bytes()
    (folder / IMAGES).write_bytes(raw[: len(raw) // 2])
    assert f"{IMAGES} is cut off after" in complaint()


def test_it_offers_no_download():
    assert not hasattr(Fashion, "fetch")
