"""MNIST from the real files, from damaged copies of them, and fetched from real servers."""

import gzip
import http.server
import itertools
import os
import re
import shutil
import threading
import time
import tracemalloc
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
import pytest
from pydantic import ValidationError

from landscape.datasets.base import data_directory
from landscape.datasets.mnist import FILES, Mnist
from landscape.errors import DataCorrupt, DataError, DataMissing

TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS = (file.name for file in FILES)


@pytest.fixture(scope="module")
def real():
    """The folder with the real files."""
    for split in ("train", "test"):
        if sentence := Mnist(split=split).missing():
            pytest.skip(sentence)
    return data_directory() / "mnist"


@pytest.fixture
def empty(tmp_path, monkeypatch):
    """An empty data directory: its folder for MNIST, not yet made."""
    monkeypatch.setenv("LANDSCAPE_DATA", str(tmp_path / "data"))
    return tmp_path / "data" / "mnist"


@pytest.fixture
def copy(real, empty):
    """A data directory with copies of the real files of the test split, to be damaged."""
    empty.mkdir(parents=True)
    for name in (TEST_IMAGES, TEST_LABELS):
        shutil.copyfile(real / name, empty / name)
    return empty


def complaint(split="test"):
    with pytest.raises(DataCorrupt) as caught:
        Mnist(split=split, samples=5).load()
    return str(caught.value)


# the real files ----------------------------------------------------------------------------------


@pytest.mark.usefixtures("real")
@pytest.mark.parametrize(
    ("split", "labels"),
    [("train", [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]), ("test", [7, 2, 1, 0, 4, 1, 4, 9, 5, 9])],
)
def test_the_first_ten_are_the_published_ones(split, labels):
    x, y, image = Mnist(split=split, samples=10).load()
    assert x.shape == (10, 784)
    assert image == (28, 28)
    assert y.argmax(axis=1).tolist() == labels


@pytest.mark.usefixtures("real")
def test_the_whole_test_split_has_the_published_counts_and_brightness():
    x, y, _ = Mnist(split="test", samples=10_000).load()
    assert y.sum(axis=0).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert x.mean() == pytest.approx(0.1325, abs=5e-5)
    assert x.std() == pytest.approx(0.3105, abs=5e-5)


def test_pixels_are_the_files_bytes_over_255(real):
    x = Mnist(samples=100).load().x
    with gzip.open(real / TRAIN_IMAGES) as stream:
        raw = stream.read(16 + 100 * 784)[16:]
    assert (x * 255).round().astype(np.uint8).tobytes() == raw
    np.testing.assert_array_equal(x.ravel(), [byte / 255 for byte in raw])


def test_a_draw_keeps_images_and_labels_together(real):
    x, y, _ = Mnist(split="test", samples=500, sample_seed=1).load()
    pixels = gzip.decompress((real / TEST_IMAGES).read_bytes())[16:]
    labels = gzip.decompress((real / TEST_LABELS).read_bytes())[8:]
    by_image = {pixels[784 * i : 784 * (i + 1)]: label for i, label in enumerate(labels)}  # all different
    drawn = [row.tobytes() for row in (x * 255).round().astype(np.uint8)]
    assert len(by_image) == 10_000
    assert len(set(drawn)) == 500
    assert [by_image[image] for image in drawn] == y.argmax(axis=1).tolist()


@pytest.mark.usefixtures("real")
@pytest.mark.parametrize("seed", [None, 3])
def test_only_the_asked_samples_become_floats(seed):
    Mnist(samples=1).load()  # the bytes are read and kept
    tracemalloc.start()
    try:
        Mnist(samples=100, sample_seed=seed).load()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 3e6  # 100 x 784 x 8 bytes = 0.6 MB, a permutation 0.5 MB; all samples would be 376 MB


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"split": "test", "samples": 20_000}, "Samples must be at most 10000 for the test split. Got 20000."),
        ({"samples": 60_001}, "Samples must be at most 60000 for the train split. Got 60001."),
        ({"samples": 0}, "Samples must be at least 1. Got 0."),
        ({"split": "validation"}, "Split must be train or test. Got validation."),
    ],
)
def test_a_bad_field_is_refused_with_a_sentence(fields, sentence):
    with pytest.raises(ValidationError) as caught:
        Mnist(**fields)
    assert [(error["loc"][-1], error["msg"]) for error in caught.value.errors()] == [(list(fields)[-1], sentence)]


# absent and damaged files ------------------------------------------------------------------------


def test_absent_files_are_named_with_what_to_do(empty):
    sentence = Mnist().missing()
    for part in (str(empty), TRAIN_IMAGES, TRAIN_LABELS, "LANDSCAPE_DATA", 'landscape.fetch("mnist")'):
        assert part in sentence
    with pytest.raises(DataMissing, match=re.escape(sentence)):
        Mnist().load()


def test_a_file_where_the_folder_should_be_counts_as_absent(empty):
    empty.parent.mkdir()
    empty.write_text("not a folder")
    assert TRAIN_IMAGES in Mnist().missing()


def test_only_the_files_of_the_split_are_needed(copy):
    assert Mnist(split="test").missing() is None
    assert Mnist(split="test", samples=3).load().y.argmax(axis=1).tolist() == [7, 2, 1]
    assert TRAIN_IMAGES in Mnist(split="train").missing()
    (copy / TEST_LABELS).unlink()
    sentence = Mnist(split="test").missing()
    assert TEST_LABELS in sentence
    assert TEST_IMAGES not in sentence


@pytest.mark.parametrize("share", [1e-5, 0.1, 0.5, 0.9, 1.0])
def test_a_truncated_file(copy, share):
    path = copy / TEST_IMAGES
    raw = path.read_bytes()
    path.write_bytes(raw[: min(int(share * len(raw)), len(raw) - 1)])
    found = re.search(rf"{TEST_IMAGES} is cut off after ([\d,]+) of 7,840,016 bytes; delete it and run", complaint())
    assert found
    prefix = zlib.decompressobj(wbits=31).decompress(path.read_bytes())
    assert int(found[1].replace(",", "")) == len(prefix)


@pytest.mark.parametrize("place", [5000, 800_000, -5])
def test_a_flipped_byte_in_the_compressed_file(copy, place):
    raw = bytearray((copy / TEST_IMAGES).read_bytes())
    raw[place] ^= 0xFF
    (copy / TEST_IMAGES).write_bytes(raw)
    assert f"{TEST_IMAGES} is " in complaint()


@pytest.mark.parametrize("name", [TEST_IMAGES, TEST_LABELS])
def test_a_flipped_byte_in_the_content(copy, name):
    content = bytearray(gzip.decompress((copy / name).read_bytes()))
    content[len(content) // 2] ^= 1
    (copy / name).write_bytes(gzip.compress(content, 1))
    assert f"{name} is altered: the checksum" in complaint()


def test_another_compression_of_the_same_content_is_sound(copy):
    content = gzip.decompress((copy / TEST_IMAGES).read_bytes())
    (copy / TEST_IMAGES).write_bytes(gzip.compress(content, 1))
    assert Mnist(split="test", samples=3).load().x.shape == (3, 784)


@pytest.mark.parametrize(
    ("name", "holds", "words"),
    [
        (TEST_IMAGES, TEST_LABELS, "holds the labels of the test split instead of the images of the test split"),
        (TEST_IMAGES, TRAIN_LABELS, "holds the labels of the train split instead of the images of the test split"),
        (TEST_LABELS, TEST_IMAGES, "holds the images of the test split instead of the labels of the test split"),
        (TEST_LABELS, TRAIN_LABELS, "holds the labels of the train split instead of the labels of the test split"),
        (TRAIN_IMAGES, TEST_IMAGES, "holds the images of the test split instead of the images of the train split"),
    ],
)
def test_swapped_files_are_recognised(real, copy, name, holds, words):
    for file in FILES:
        shutil.copyfile(real / file.name, copy / file.name)
    shutil.copyfile(real / holds, copy / name)
    sentence = complaint("train" if name.startswith("train") else "test")
    assert sentence == f'{copy / name} {words}; delete it and run landscape.fetch("mnist") to get it anew.'


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "is empty"),
        (b"Not Found", "is not a gzip file"),
        (gzip.compress(bytes(8 << 20)), "its header is not that of 10,000 x 28 x 28 bytes"),
    ],
    ids=["empty", "text", "bomb"],
)
def test_something_else_in_its_place(copy, raw, words):
    (copy / TEST_IMAGES).write_bytes(raw)
    assert words in complaint()


def test_a_folder_in_its_place(copy):
    (copy / TEST_LABELS).unlink()
    (copy / TEST_LABELS).mkdir()
    assert f"{TEST_LABELS} is a folder" in complaint()


def test_what_cannot_be_read_is_there_but_corrupt(copy):
    (copy / TEST_LABELS).unlink()
    (copy / TEST_LABELS).symlink_to(TEST_LABELS)  # a link to itself
    assert Mnist(split="test").missing() is None
    assert f"{TEST_LABELS} cannot be read (Too many levels of symbolic links)" in complaint()


def test_a_mended_file_is_read_again_and_a_sound_one_only_once(copy):
    path, sound = copy / TEST_LABELS, (copy / TEST_LABELS).read_bytes()
    path.write_bytes(sound[:100])
    complaint()
    path.write_bytes(sound)
    assert Mnist(split="test", samples=3).load().y.argmax(axis=1).tolist() == [7, 2, 1]
    stamp = path.stat()
    path.write_bytes(bytes(len(sound)))
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))  # looks the same, so it is not read again
    assert Mnist(split="test", samples=3).load().y.argmax(axis=1).tolist() == [7, 2, 1]
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns + 1))
    complaint()


# fetching ----------------------------------------------------------------------------------------


@contextmanager
def serving(answer):
    """A server on this machine; ``answer(handler)`` answers each GET. Gives its address and the paths asked for."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            answer(self)

        def log_message(self, *args):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = False
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()


def send(handler, body, length=None):
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body) if length is None else length))
    handler.end_headers()
    handler.wfile.write(body)


def from_folder(folder):
    return lambda handler: send(handler, (folder / handler.path.rpartition("/")[2]).read_bytes())


@pytest.fixture
def mirror(monkeypatch):
    """Make an address the only mirror."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")

    def use(address):
        monkeypatch.setenv("LANDSCAPE_MNIST_URL", address)

    return use


def failure(timeout=20.0):
    with pytest.raises(DataError) as caught:
        Mnist.fetch(timeout)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert "Traceback" not in sentence
    return sentence


def identity(path):
    return path.stat().st_ino, path.stat().st_mtime_ns


def left_behind(folder):
    return sorted(path.name for path in folder.iterdir())


def test_fetching_brings_all_files_and_says_nothing(real, empty, mirror, capfd):
    with serving(from_folder(real)) as (address, asked):
        mirror(address + "/mnist")  # with or without a slash at its end
        assert Mnist.fetch() == empty
    assert asked == [f"/mnist/{file.name}" for file in FILES]
    assert left_behind(empty) == sorted(file.name for file in FILES)
    assert all((empty / file.name).read_bytes() == (real / file.name).read_bytes() for file in FILES)
    assert Mnist(samples=10).load().y.argmax(axis=1).tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert capfd.readouterr() == ("", "")


def test_sound_files_are_kept_and_damaged_ones_replaced(real, copy, mirror):
    (copy / TEST_IMAGES).write_bytes(b"damaged")
    shutil.copyfile(real / TRAIN_IMAGES, copy / TRAIN_IMAGES)
    kept = {name: identity(copy / name) for name in (TEST_LABELS, TRAIN_IMAGES)}
    with serving(from_folder(real)) as (address, asked):
        mirror(address + "/")
        Mnist.fetch()
        assert asked == [f"/{TRAIN_LABELS}", f"/{TEST_IMAGES}"]
        Mnist.fetch()
        assert len(asked) == 2, "all is there: nothing is asked for"
    assert {name: identity(copy / name) for name in kept} == kept
    assert Mnist(split="test").load().x.shape == (100, 784)


def test_two_at_once_do_not_disturb_each_other(real, empty, mirror):
    with serving(from_folder(real)) as (address, _):
        mirror(address)
        with ThreadPoolExecutor(2) as pool:
            assert list(pool.map(lambda _: Mnist.fetch(), range(2))) == [empty, empty]
    assert left_behind(empty) == sorted(file.name for file in FILES)
    assert Mnist(split="test", samples=3).load().y.argmax(axis=1).tolist() == [7, 2, 1]


def test_the_next_mirror_is_asked_when_one_fails(real, empty, mirror, monkeypatch):
    monkeypatch.delenv("LANDSCAPE_MNIST_URL", raising=False)
    with serving(lambda handler: handler.send_error(503)) as (bad, asked_bad), serving(from_folder(real)) as (good, _):
        monkeypatch.setattr("landscape.datasets.mnist.MIRRORS", (bad + "/", good + "/"))
        Mnist.fetch()
    assert asked_bad == [f"/{TRAIN_IMAGES}"], "a mirror that failed is not asked for the other files first"
    assert left_behind(empty) == sorted(file.name for file in FILES)


def endless(handler):
    """Send more than any of the files can have, for as long as it is taken."""
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in itertools.repeat(None):
            handler.wfile.write(bytes(1 << 20))
    except OSError:
        pass


def cut_in_the_middle(handler):
    raw = gzip.compress(np.random.default_rng(0).bytes(20_000))
    send(handler, raw[:10], length=len(raw))


CUT = r"(it broke off|what came is cut off after [\d,]+ of 47,040,016 bytes)"  # older urllib3 do not count the bytes


def shutting(handler):
    """Close the connection without an answer."""


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda handler: handler.send_error(404), "it answered 404"),
        (lambda handler: send(handler, b"<html>Please log in</html>"), "what came is not a gzip file"),
        (lambda handler: send(handler, b""), "what came is empty"),
        (lambda handler: send(handler, gzip.compress(b"x" * 99)), "what came does not hold the images of the train"),
        (cut_in_the_middle, CUT),
        (shutting, "it cannot be reached"),
        (endless, "what came is far too long"),
    ],
    ids=["404", "garbage", "nothing", "another file", "cut in the middle", "no answer", "endless"],
)
def test_a_failing_mirror_is_named_with_the_reason(empty, mirror, answer, words):
    with serving(answer) as (address, asked):
        mirror(address)
        sentence = failure()
    assert asked == [f"/{TRAIN_IMAGES}"]
    assert re.match(rf"MNIST cannot be fetched: {TRAIN_IMAGES} was asked of {address}/ \({words}", sentence)
    assert "bundled digits" in sentence
    assert left_behind(empty) == []


def test_a_real_file_cut_halfway_is_not_kept(real, empty, mirror):
    def half(handler):
        raw = (real / TRAIN_IMAGES).read_bytes()
        send(handler, raw[: len(raw) // 2], length=None if handler.path.startswith("/quiet") else len(raw))

    with serving(half) as (address, _):
        mirror(address + "/open")
        assert re.search(CUT, failure())
        mirror(address + "/quiet")  # a server that calls the half the whole
        assert re.search(r"what came is cut off after [\d,]+ of 47,040,016 bytes", failure())
    assert left_behind(empty) == []


@pytest.mark.parametrize("begin", [False, True], ids=["before the answer", "in the middle of it"])
def test_a_mirror_that_hangs_is_given_up(empty, mirror, begin):
    release = threading.Event()

    def hang(handler):
        if begin:
            send(handler, b"\x1f\x8b", length=20_000)
        release.wait(30)

    with serving(hang) as (address, _):
        try:
            mirror(address)
            started = time.monotonic()
            sentence = failure(timeout=0.3)
            assert time.monotonic() - started < 10
        finally:
            release.set()
    assert "no answer within 0.3 s" in sentence
    assert left_behind(empty) == []


@pytest.mark.parametrize("address", ["nonsense", "http://", "gopher://127.0.0.1", "http://[::1"])
def test_an_address_that_is_none(empty, mirror, address):
    mirror(address)
    assert "it is not a web address" in failure()
    assert left_behind(empty) == []


def test_all_mirrors_are_named_and_no_password_is(empty, mirror, monkeypatch):
    with serving(lambda handler: handler.send_error(404)) as (address, _):
        host = address.removeprefix("http://")
        monkeypatch.delenv("LANDSCAPE_MNIST_URL", raising=False)
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        monkeypatch.setattr("landscape.datasets.mnist.MIRRORS", (f"http://user:secret@{host}/a/", f"http://{host}/b/"))
        sentence = failure()
    assert f"http://{host}/a/ (it answered 404) and of http://{host}/b/ (it answered 404)" in sentence
    assert "secret" not in sentence


def test_a_data_directory_that_cannot_be_written(empty, mirror):
    empty.parent.write_text("not a folder")
    mirror("http://127.0.0.1:9/")
    assert failure() == f"MNIST cannot be saved in {empty} (Not a directory)."
