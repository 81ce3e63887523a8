import numpy as np
import pytest

from landscape.datasets.memory import Memory

LENGTHS = [2, 3, 4, 10, 37, 100]


def sequences(**fields):
    """Values and marks, (N, T) each, and y (N,)."""
    memory = Memory(**{"samples": 3000, "seed": 1} | fields)
    x, y, _ = memory.load()
    assert x.shape == (3000, 2 * memory.steps) == (3000, memory.inputs)
    return x[:, 0::2], x[:, 1::2], y[:, 0]


@pytest.mark.parametrize("steps", LENGTHS)
def test_adding_asks_for_the_sum_of_two_marked_values_one_in_each_half(steps):
    value, mark, y = sequences(steps=steps)
    assert set(np.unique(mark)) <= {0, 1}
    half = steps // 2
    assert np.all(mark[:, :half].sum(axis=1) == 1)
    assert np.all(mark[:, half:].sum(axis=1) == 1)
    expected = [sum(v for v, m in zip(*row, strict=True) if m) for row in zip(value.tolist(), mark, strict=True)]
    np.testing.assert_allclose(y, expected, rtol=1e-15)
    assert value.min() >= 0
    assert value.max() < 1


@pytest.mark.parametrize("steps", LENGTHS)
def test_recall_asks_for_one_early_value(steps):
    value, mark, y = sequences(problem="recall", steps=steps)
    assert np.all(mark.sum(axis=1) == 1)
    place = mark.argmax(axis=1)
    assert place.max() == max(steps // 4, 1) - 1, "every place of the first quarter, and none after it"
    np.testing.assert_array_equal(y, value[np.arange(len(value)), place])


@pytest.mark.parametrize("steps", [10, 37])
def test_every_place_is_marked_as_often(steps):
    _, mark, _ = sequences(steps=steps)
    half = steps // 2
    for part in (mark[:, :half], mark[:, half:]):
        share = 1 / part.shape[1]
        error = np.sqrt(share * (1 - share) / len(mark))
        np.testing.assert_allclose(part.mean(axis=0), share, atol=5 * error)


@pytest.mark.parametrize(("problem", "guess", "cost"), [("adding", 1, 1 / 6), ("recall", 0.5, 1 / 12)])
def test_what_guessing_costs(problem, guess, cost):
    *_, y = sequences(problem=problem)
    assert np.mean((y - guess) ** 2) == pytest.approx(cost, rel=0.1)


def test_both_problems_are_of_numbers_and_of_any_length():
    assert Memory().task == "numbers"
    assert [Memory(steps=steps).inputs for steps in (2, 100)] == [4, 200]
