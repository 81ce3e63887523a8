"""A small IDX file made by hand, and everything that can be wrong with it."""

import gzip
import hashlib
import os
import struct
import tracemalloc
import zlib

import numpy as np
import pytest

from landscape.datasets.idx import Damage, IdxFile, read_idx

VALUES = np.random.default_rng(0).integers(0, 256, (20, 3, 4), dtype=np.uint8)
HEADER = bytes([0, 0, 8, 3]) + struct.pack(">III", 20, 3, 4)
CONTENT = HEADER + VALUES.tobytes()


def described(content, shape, words):
    return IdxFile("small.gz", words, shape, hashlib.md5(content, usedforsecurity=False).hexdigest())


FILE = described(CONTENT, (20, 3, 4), "the small images")
LABELS = bytes([0, 0, 8, 1]) + struct.pack(">I", 20) + VALUES[:, 0, 0].tobytes()
OTHER = described(LABELS, (20,), "the small labels")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "small.gz"


def complaint_about(path, raw):
    path.write_bytes(raw)
    with pytest.raises(Damage) as caught:
        read_idx(path, FILE, (FILE, OTHER))
    return str(caught.value)


def test_reads_the_values_by_the_format(path):
    path.write_bytes(gzip.compress(CONTENT))
    array = read_idx(path, FILE)
    np.testing.assert_array_equal(array, VALUES)
    assert array.dtype == np.uint8
    assert not array.flags.writeable
    assert FILE.size == len(CONTENT)
    assert OTHER.size == len(LABELS)


@pytest.mark.parametrize("level", [0, 1, 9])
def test_the_compression_does_not_matter(path, level):
    path.write_bytes(gzip.compress(CONTENT, compresslevel=level))
    np.testing.assert_array_equal(read_idx(path, FILE), VALUES)


def test_several_gzip_members_in_a_row_are_one_file(path):
    path.write_bytes(b"".join(gzip.compress(CONTENT[start : start + 100]) for start in range(0, len(CONTENT), 100)))
    np.testing.assert_array_equal(read_idx(path, FILE), VALUES)


def test_every_truncation_is_found(path):
    whole = gzip.compress(CONTENT)
    for length in range(2, len(whole)):
        assert complaint_about(path, whole[:length]).startswith("is cut off after ")


def test_a_truncation_says_how_far_it_got(path):
    # level 0 stores the bytes as they are, after 10 bytes of gzip header and 5 of the block's
    assert complaint_about(path, gzip.compress(CONTENT, 0)[: 15 + 123]) == "is cut off after 123 of 256 bytes"


def test_every_flipped_byte_is_found_or_harmless(path):
    whole = gzip.compress(CONTENT)
    for place in range(len(whole)):
        raw = bytearray(whole)
        raw[place] ^= 0x55
        path.write_bytes(raw)
        try:
            array = read_idx(path, FILE)
        except Damage:
            continue
        assert 4 <= place < 10, "only the gzip header's time, level and system carry nothing"
        np.testing.assert_array_equal(array, VALUES)


def test_a_flip_under_a_sound_gzip_is_found_by_the_checksum(path):
    altered = bytearray(CONTENT)
    altered[200] ^= 1
    assert "checksum" in complaint_about(path, gzip.compress(altered))


def test_a_damaged_stream(path):
    raw = bytearray(gzip.compress(CONTENT))
    raw[-6] ^= 1  # the CRC-32
    assert complaint_about(path, raw) == "is damaged and cannot be decompressed"
    assert complaint_about(path, gzip.compress(CONTENT) + b"and more") == "is damaged and cannot be decompressed"


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "is empty"),
        (b"\x1f", "is not a gzip file"),
        (b"<html>404 Not Found</html>", "is not a gzip file"),
        (CONTENT, "is not a gzip file"),
        (zlib.compress(CONTENT), "is not a gzip file"),
        (gzip.compress(LABELS), "holds the small labels instead of the small images"),
        (gzip.compress(b""), "holds only 0 of 256 bytes"),
        (gzip.compress(CONTENT[:-1]), "holds only 255 of 256 bytes"),
        (gzip.compress(CONTENT + b"\0"), "is longer than its 256 bytes"),
        (
            gzip.compress(b"some text that is long enough to be a header"),
            "does not hold the small images: its header is not that of 20 x 3 x 4 bytes",
        ),
        (
            gzip.compress(bytes([0, 0, 13, 3]) + CONTENT[4:]),  # 13: 32-bit floats
            "does not hold the small images: its header is not that of 20 x 3 x 4 bytes",
        ),
    ],
)
def test_what_is_wrong_is_said(path, raw, sentence):
    assert complaint_about(path, raw) == sentence


@pytest.mark.parametrize("head", [b"", HEADER], ids=["zeros", "zeros behind the right header"])
def test_a_bomb_is_never_decompressed(path, head):
    path.write_bytes(gzip.compress(head + bytes(64 << 20)))
    tracemalloc.start()
    try:
        with pytest.raises(Damage, match="is longer than its 256 bytes" if head else "its header is not"):
            read_idx(path, FILE, (FILE, OTHER))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1 << 20


def test_a_folder_in_its_place(path):
    path.mkdir()
    with pytest.raises(Damage, match=r"^is a folder$"):
        read_idx(path, FILE)


def test_a_pipe_in_its_place_is_not_waited_for(path):
    os.mkfifo(path)
    with pytest.raises(Damage, match=r"^is not a regular file$"):
        read_idx(path, FILE)


def test_a_file_that_is_not_there(path):
    with pytest.raises(Damage, match=r"^cannot be read \(No such file or directory\)$"):
        read_idx(path, FILE)


def test_a_file_that_cannot_be_read(path):
    path.symlink_to("/proc/self/mem")  # a regular file whose first byte nobody can read, root included
    if not path.is_file():
        pytest.skip("this system has no /proc/self/mem to stand for a file that cannot be read")
    with pytest.raises(Damage, match=r"^cannot be read \(Input/output error\)$"):
        read_idx(path, FILE)


def test_without_a_checksum_header_and_size_are_judged(path):
    unknown = FILE._replace(md5=None)
    altered = HEADER + bytes(len(VALUES.tobytes()))
    path.write_bytes(gzip.compress(altered))
    np.testing.assert_array_equal(read_idx(path, unknown), np.zeros_like(VALUES))
    path.write_bytes(gzip.compress(altered + b"x"))
    with pytest.raises(Damage, match="is longer than its 256 bytes"):
        read_idx(path, unknown)
    path.write_bytes(gzip.compress(LABELS))
    with pytest.raises(Damage, match="holds the small labels instead of the small images"):
        read_idx(path, unknown, (FILE, OTHER))
