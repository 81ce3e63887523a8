"""The cache in memory: bound, order, threads."""

from concurrent.futures import ThreadPoolExecutor

from landscape.cache import MemoryCache


def test_gives_back_what_it_was_given_and_none_for_the_rest():
    cache = MemoryCache()
    cache.set("a", b"1")
    cache.set("a", b"22")
    assert (cache.get("a"), cache.get("b")) == (b"22", None)


def test_least_recently_used_goes_first():
    cache = MemoryCache(limit=30)
    for key in "abc":
        cache.set(key, bytes(10))
    cache.get("a")
    cache.set("d", bytes(10))
    assert [key for key in "abcd" if cache.get(key) is not None] == ["a", "c", "d"]


def test_bytes_are_counted_once_for_each_key():
    cache = MemoryCache(limit=20)
    cache.set("a", bytes(10))
    for size in (1, 10, 3, 10):
        cache.set("b", bytes(size))
    assert cache.get("a") is not None
    cache.set("b", bytes(11))
    assert cache.get("a") is None
    assert cache.get("b") == bytes(11)


def test_what_is_larger_than_the_bound_is_not_kept():
    cache = MemoryCache(limit=20)
    cache.set("a", bytes(10))
    cache.set("b", bytes(21))
    assert cache.get("b") is None
    cache.set("c", bytes(20))
    assert cache.get("c") == bytes(20)


def test_the_bound_holds_with_many_threads():
    cache = MemoryCache(limit=500)

    def work(seed):
        for number in range(200):
            key = f"{(seed * 7 + number) % 40}"
            cache.set(key, bytes(int(key)))
            found = cache.get(f"{number % 40}")
            assert found is None or len(found) == number % 40

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert sum(len(cache.get(str(key)) or b"") for key in range(40)) <= 500
