"""The sealed cache: what was kept comes back, what is broken is missing."""

import numpy as np
import pytest

from landscape.cache import MemoryCache
from landscape.store import Store


@pytest.fixture
def cache():
    return MemoryCache()


def test_arrays_and_bytes_come_back(cache):
    store = Store(cache)
    store.keep("tile", {"loss": np.arange(6.0).reshape(2, 3)})
    store.keep_bytes("state", b"bytes")
    np.testing.assert_array_equal(Store(cache).find("tile")["loss"], np.arange(6.0).reshape(2, 3))
    assert Store(cache).find_bytes("state") == b"bytes"
    assert store.find("other") is None
    assert store.find_bytes("other") is None


@pytest.mark.parametrize("place", [0, 15, 16, 40, -1])
def test_what_is_broken_is_missing(cache, place):
    store = Store(cache)
    store.keep("tile", {"loss": np.arange(6.0)})
    broken = bytearray(cache.get("tile"))
    broken[place] ^= 4
    cache.set("tile", bytes(broken))
    assert store.find("tile") is None


def test_an_entry_holds_under_its_own_key_alone(cache):
    store = Store(cache)
    store.keep("tile", {"loss": np.arange(6.0)})
    cache.set("other", cache.get("tile"))
    assert store.find("other") is None
