"""Arrays as bytes: round trips, checksums, and nothing that can be executed."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from landscape.container import DTYPES, pack, seal, unpack, unseal
from landscape.errors import CacheCorrupt

ARRAYS = {
    "point": np.array(3.5),
    "nothing": np.empty((3, 0, 2)),
    "flags": np.array([True, False, True]),
    "steps": np.arange(5),
    "small": np.arange(6, dtype=np.float32).reshape(2, 3),
    "odd": np.array([np.nan, np.inf, -np.inf, -0.0, 5e-324]),
    "turned": np.arange(12.0).reshape(3, 4).T,
    "every other": np.arange(10.0)[::2],
}


def assert_same(got, want):
    assert got.keys() == want.keys()
    for name, array in want.items():
        assert (got[name].dtype, got[name].shape) == (array.dtype, array.shape)
        assert got[name].tobytes() == array.tobytes()  # to the bit, signs of zeros and NaN included


def test_round_trip():
    meta = {"level": 1, "name": "größe", "none": None, "list": [1.5, "x"]}
    got_meta, got = unpack(pack(meta, ARRAYS))
    assert got_meta == meta
    assert_same(got, ARRAYS)
    assert not any(array.flags.writeable for array in got.values())


@settings(derandomize=True, deadline=None, database=None, max_examples=60)
@given(
    st.dictionaries(
        st.text(max_size=9),
        st.sampled_from([np.float32, np.float64, np.int64, np.bool_]).flatmap(
            lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))
        ),
        max_size=4,
    )
)
def test_round_trip_of_any_arrays(arrays):
    meta, got = unpack(pack(None, arrays))
    assert meta is None
    assert_same(got, arrays)


def test_layout_is_what_the_browser_reads():
    """Header length, header, and every array at a multiple of 8 bytes, little-endian."""
    data = pack({"a": 1}, {"x": np.array([True]), "y": np.array([1.5, -2.0])})
    length = int.from_bytes(data[:4], "little")
    header = json.loads(data[4 : 4 + length])
    assert (4 + length) % 8 == 0
    assert header["meta"] == {"a": 1}
    dtype, shape, offset, size = header["arrays"]["y"]
    assert (dtype, shape, size, offset % 8) == ("float64", [2], 16, 0)
    body = data[4 + length :]
    assert body[offset : offset + size] == np.array([1.5, -2.0], dtype="<f8").tobytes()


@pytest.mark.parametrize("array", [np.array(["x"]), np.array([object()]), np.array([1], dtype=np.int32)])
def test_other_types_are_refused(array):
    with pytest.raises(TypeError, match=f"Array z must be float32, float64, int64, uint8 or bool. Got {array.dtype}"):
        pack(None, {"z": array})
    assert array.dtype.name not in DTYPES


def test_meta_must_be_json():
    with pytest.raises(ValueError, match="JSON"):
        pack({"x": float("nan")}, {})


def test_seal_holds_for_its_bytes_and_its_key_only():
    data = pack(None, {"z": np.arange(4.0)})
    sealed = seal(data, "tile/1")
    assert unseal(sealed, "tile/1") == data
    with pytest.raises(CacheCorrupt, match="does not match"):
        unseal(sealed, "tile/2")
    for place in range(len(sealed)):
        broken = bytearray(sealed)
        broken[place] ^= 1
        with pytest.raises(CacheCorrupt, match="does not match"):
            unseal(bytes(broken), "tile/1")
    for length in range(len(sealed)):
        with pytest.raises(CacheCorrupt):
            unseal(sealed[:length], "tile/1")


@pytest.mark.parametrize("foreign", [None, 5, "text", {"z": 1}, b"", bytearray(40), np.zeros(9), object()])
def test_what_is_not_sealed_bytes_is_refused(foreign):
    with pytest.raises(CacheCorrupt, match="not in its sealed form"):
        unseal(foreign, "key")
