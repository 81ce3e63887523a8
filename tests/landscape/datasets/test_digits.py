import gzip
from importlib.resources import files

import numpy as np
import pytest
from pydantic import ValidationError

from landscape.datasets.digits import Digits


@pytest.fixture(scope="module")
def table():
    """The bundled file, read without scikit-learn's reader: 64 pixels and a label in each row."""
    raw = files("sklearn.datasets.data").joinpath("digits.csv.gz").read_bytes()
    return np.array([line.split(",") for line in gzip.decompress(raw).decode().split()], dtype=np.float64)


def test_all_samples_are_the_files_own_in_its_order(table):
    x, y, image = Digits(samples=1797).load()
    assert image == (8, 8)
    np.testing.assert_array_equal(x, table[:, :64] / 16)
    np.testing.assert_array_equal(y.argmax(axis=1), table[:, 64])
    np.testing.assert_array_equal(y.sum(axis=0), [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])


def test_only_the_first_n_are_taken(table):
    x, y, _ = Digits(samples=12).load()
    np.testing.assert_array_equal(x, table[:12, :64] / 16)
    assert y.argmax(axis=1).tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]


def test_a_seeded_draw_keeps_images_and_labels_together(table):
    x, y, _ = Digits(samples=300, sample_seed=9).load()
    labels = {tuple(row[:64] / 16): row[64] for row in table}  # the 1,797 images are all different
    assert len(labels) == 1797
    assert len({tuple(row) for row in x}) == 300
    assert [labels[tuple(row)] for row in x] == y.argmax(axis=1).tolist()


def test_the_parting_is_fixed_and_numpys_own(table):
    """Four fifths of a permutation that numpy keeps the same for ever."""
    order = np.random.RandomState(0).permutation(1797)
    train, test = Digits(split="train", samples=1437).load(), Digits(split="test", samples=360).load()
    np.testing.assert_array_equal(train.x, table[order[:1437], :64] / 16)
    np.testing.assert_array_equal(train.y.argmax(axis=1), table[order[:1437], 64])
    np.testing.assert_array_equal(test.x, table[order[1437:], :64] / 16)
    assert not {tuple(row) for row in train.x} & {tuple(row) for row in test.x}  # the images are all different


def test_a_draw_from_a_split_stays_in_it():
    drawn = {tuple(row) for row in Digits(split="test", samples=200, sample_seed=6).load().x}
    assert len(drawn) == 200
    assert drawn < {tuple(row) for row in Digits(split="test", samples=360).load().x}


def test_words_name_a_split():
    assert Digits(samples=20).words == "20 handwritten digits (8 x 8)"
    assert Digits(samples=20, split="train").words == "20 handwritten digits (8 x 8) of the train split"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"samples": 361, "split": "test"}, "Samples must be at most 360 for the test split. Got 361."),
        ({"samples": 1798}, "Samples must be at most 1797. Got 1798."),
        ({"samples": 0}, "Samples must be at least 1. Got 0."),
        ({"samples": "many"}, "Samples must be a whole number. Got many."),
        ({"sample_seed": -1}, "Sample seed must be at least 0. Got -1."),
    ],
)
def test_a_bad_field_is_refused_with_a_sentence(fields, sentence):
    with pytest.raises(ValidationError) as caught:
        Digits(**fields)
    assert [error["msg"] for error in caught.value.errors()] == [sentence]
