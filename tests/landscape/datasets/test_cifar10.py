"""CIFAR-10 from the real file, and from small ones made by hand."""

import os
import re

import numpy as np
import pytest
from pydantic import ValidationError

from landscape.datasets.base import data_directory
from landscape.datasets.cifar10 import FILES, Cifar10
from landscape.datasets.draw import draw
from landscape.errors import DataCorrupt, DataMissing


@pytest.fixture(scope="module")
def real():
    """The first real file as a table of bytes, (10000, 3073), read in one piece."""
    path = data_directory() / "cifar10" / "data_batch_1.bin"
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    if any((path.parent / name).exists() for name in FILES["train"][1:]):
        pytest.skip("the training split has more files than the first, which these tests are about")
    return np.frombuffer(path.read_bytes(), np.uint8).reshape(-1, 3073)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("LANDSCAPE_DATA", str(tmp_path))
    (tmp_path / "cifar10").mkdir()
    return tmp_path / "cifar10"


def write(folder, name, count, seed=0):
    """A file of random images, and its records (count, 3073)."""
    records = np.random.default_rng(seed).integers(0, 256, (count, 3073), dtype=np.uint8)
    records[:, 0] = np.arange(count) % 10
    (folder / name).write_bytes(records.tobytes())
    return records


def complaint(**fields):
    with pytest.raises(DataCorrupt) as caught:
        Cifar10(samples=2, **fields).load()
    return str(caught.value)


# the real file -----------------------------------------------------------------------------------


def test_the_first_images_are_the_files_own(real):
    x, y, image = Cifar10(samples=50).load()
    np.testing.assert_array_equal(x, real[:50, 1:] / 255)
    assert y.argmax(axis=1).tolist() == real[:50, 0].tolist()
    assert y.argmax(axis=1)[:10].tolist() == [6, 9, 9, 4, 1, 1, 2, 7, 8, 3]  # frog, truck, truck, deer, ...
    assert image is None
    assert Cifar10().image == (3, 32, 32)


@pytest.mark.usefixtures("real")
def test_a_plane_is_written_row_by_row():
    smooth = Cifar10(samples=500).load().x.reshape(-1, 3, 32, 32)
    right, down = np.abs(np.diff(smooth, axis=3)).mean(), np.abs(np.diff(smooth, axis=2)).mean()
    ends = np.abs(smooth[:, :, 1:, 0] - smooth[:, :, :-1, 31]).mean()  # from a row's end to the next one's start
    assert ends > 2 * max(right, down), "neighbours in a row and in a column are alike, ends are not"


@pytest.mark.usefixtures("real")
def test_the_classes_of_the_first_batch_are_counted_right():
    y = Cifar10(samples=10_000).load().y
    assert y.sum(axis=0).tolist() == [1005, 974, 1032, 1016, 999, 937, 1030, 1001, 1025, 981]


def test_the_mean_image_is_that_of_all_training_images_here(real):
    dataset = Cifar10(samples=300, sample_seed=4, centre=True, bias_column=True)
    x, y, _ = dataset.load()
    chosen = draw(300, 10_000, 4)
    pixels = real[:, 1:].astype(np.float64) / 255
    np.testing.assert_allclose(x[:, :3072], pixels[chosen] - pixels.mean(axis=0), rtol=0, atol=1e-13)
    assert np.all(x[:, 3072] == 1)
    assert y.argmax(axis=1).tolist() == real[chosen, 0].tolist()
    assert dataset.inputs == 3073
    assert dataset.image is None
    assert dataset.words == ("300 CIFAR-10 images (of the 10,000 here), centred")


@pytest.mark.usefixtures("real")
def test_all_of_them_have_mean_zero_when_centred():
    x = Cifar10(samples=10_000, centre=True).load().x
    assert np.abs(x.mean(axis=0)).max() < 1e-12


# files made by hand ------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [None, 1])
def test_whichever_files_are_there_count_in_their_order(folder, seed):
    fourth, second = write(folder, "data_batch_4.bin", 1500, 4), write(folder, "data_batch_2.bin", 2100, 2)
    write(folder, "test_batch.bin", 30, 9)
    assert Cifar10().available == 3600
    everything = np.concatenate([second, fourth])
    chosen = draw(3300, 3600, seed)
    x, y, _ = Cifar10(samples=3300, sample_seed=seed).load()
    np.testing.assert_array_equal(x, everything[chosen, 1:] / 255)
    assert y.argmax(axis=1).tolist() == everything[chosen, 0].tolist()


def test_the_test_split_is_centred_by_the_training_images(folder):
    train = np.concatenate([write(folder, name, 40, seed) for seed, name in enumerate(FILES["train"])])
    test = write(folder, "test_batch.bin", 30, 9)
    dataset = Cifar10(split="test", samples=30, centre=True)
    mean = (train[:, 1:] / 255).mean(axis=0)
    np.testing.assert_allclose(dataset.load().x, test[:, 1:] / 255 - mean, rtol=0, atol=1e-14)
    assert dataset.words == "30 CIFAR-10 images of the test split, centred"


def test_a_whole_split_needs_no_mention(folder):
    for name in FILES["train"]:
        write(folder, name, 20)
    assert Cifar10().words == "100 CIFAR-10 images"


def test_without_files_it_is_as_large_as_published(folder):
    assert (Cifar10().available, Cifar10(split="test").available) == (50_000, 10_000)
    folder.rmdir()
    assert Cifar10(samples=50_000).missing().startswith(f"CIFAR-10 is not there: {folder} has none of data_batch_1.bin")
    with pytest.raises(ValidationError, match=r"at most 10000 for the test split\. Got 10001"):
        Cifar10(split="test", samples=10_001)


def test_an_absent_mean_is_named(folder):
    write(folder, "test_batch.bin", 30)
    assert Cifar10(split="test").missing() is None
    dataset = Cifar10(split="test", centre=True)
    sentence = dataset.missing()
    assert "the mean image is that of the training images" in sentence
    assert "none of data_batch_1.bin to data_batch_5.bin" in sentence
    with pytest.raises(DataMissing, match=re.escape(sentence)):
        dataset.load()


def test_fewer_images_than_a_scene_asks_for(folder):
    dataset = Cifar10(samples=20_000)  # made where nothing is there
    write(folder, "data_batch_1.bin", 100)
    assert "holds 100 images of the train split, and 20,000 are asked for" in dataset.missing()
    with pytest.raises(DataMissing):
        dataset.load()


def test_the_size_must_be_that_of_whole_records(folder):
    records = write(folder, "data_batch_1.bin", 50)
    path = folder / "data_batch_1.bin"
    path.write_bytes(records.tobytes()[:-1])
    assert complaint() == (
        f"{path} has 153,649 bytes, not a multiple of 3,073: 3,072 pixels and a label;"
        " put the file of this name of the CIFAR-10 binary version there."
    )


@pytest.mark.parametrize("place", [0, 999, 1000, 1234])
def test_a_label_that_is_none_is_found_wherever_it_is(folder, place):
    records = write(folder, "data_batch_1.bin", 1235)
    records[place, 0] = 10
    (folder / "data_batch_1.bin").write_bytes(records.tobytes())
    assert f"has the label 10 in record {place:,}, but labels are 0 to 9" in complaint()


def test_a_damaged_file_is_found_though_its_images_are_not_asked_for(folder):
    write(folder, "data_batch_1.bin", 50)
    (folder / "data_batch_2.bin").write_bytes(bytes([11]) + bytes(3072))
    assert "data_batch_2.bin has the label 11 in record 0" in complaint()


def test_something_else_in_its_place(folder):
    path = folder / "data_batch_1.bin"
    path.write_bytes(b"")
    assert f"{path} is empty" in complaint()
    path.unlink()
    path.mkdir()
    assert f"{path} is a folder" in complaint()
    path.rmdir()
    os.mkfifo(path)
    assert f"{path} is not a regular file" in complaint()
    path.unlink()
    path.symlink_to(path.name)  # a link to itself
    assert Cifar10().missing() is None
    assert f"{path} cannot be read (Too many levels of symbolic links)" in complaint()


def test_a_mended_file_is_read_again(folder):
    path = folder / "data_batch_1.bin"
    path.write_bytes(b"no records")
    complaint()
    records = write(folder, path.name, 50)
    np.testing.assert_array_equal(Cifar10(samples=2).load().x, records[:2, 1:] / 255)
    records = write(folder, path.name, 50, seed=1)
    stamp = path.stat()
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns + 1))
    np.testing.assert_array_equal(Cifar10(samples=2).load().x, records[:2, 1:] / 255)


def test_only_the_blocks_that_are_asked_for_become_numbers(folder, monkeypatch):
    write(folder, "data_batch_1.bin", 3000)
    Cifar10(samples=1).load()  # the labels are read and kept
    read, fromfile = [], np.fromfile
    monkeypatch.setattr(
        np, "fromfile", lambda stream, dtype, count: read.append(count) or fromfile(stream, dtype, count)
    )
    Cifar10(samples=1000).load()
    assert read == [1000 * 3073]
    fewer = Cifar10(samples=10).load().x
    assert len(read) == 1, "fewer of the same are the first of those that are kept"
    assert fewer.shape == (10, 3072)
