"""What holds for every dataset of the registry."""

import math
import subprocess
import sys
from typing import get_args

import numpy as np
import pytest
from pydantic import ValidationError

from landscape.datasets import datasets
from landscape.datasets.bundled import Bundled
from landscape.datasets.generated import Generated
from landscape.errors import DataMissing
from landscape.part import flatten, unflatten

each = pytest.mark.parametrize("kind", list(datasets), ids=datasets.names())
SPLITS = [(kind, split) for kind in datasets for split in get_args(kind.model_fields["split"].annotation)]
each_split = pytest.mark.parametrize(
    ("kind", "split"), SPLITS, ids=[f"{kind.model_fields['kind'].default}-{split}" for kind, split in SPLITS]
)


def make(kind, samples, seed=None, split=None, **fields):
    """A dataset of so many samples, or of all where it has fewer, under whatever name it has for a seed."""
    split = split or kind.model_fields["split"].default
    fields |= {seed_name(kind): seed} if seed is not None else {}
    return kind(samples=min(samples, kind(split=split).available), split=split, **fields)


def seed_name(kind):
    return "sample_seed" if "sample_seed" in kind.model_fields else "seed"


def load(kind, samples, seed=None, split=None, **fields):
    dataset = make(kind, samples, seed, split, **fields)
    if sentence := dataset.missing():
        pytest.skip(sentence)
    return dataset.load()


@each_split
def test_samples_have_the_declared_sizes(kind, split):
    x, y, image = load(kind, 30, split=split)
    dataset = make(kind, 30, split=split)
    assert x.shape == (dataset.samples, dataset.inputs)
    assert y.shape == (dataset.samples, dataset.outputs)
    assert x.dtype == y.dtype == np.float64
    assert dataset.image is None or math.prod(dataset.image) == dataset.inputs
    assert image is None or (1, *image) == dataset.image


@each
def test_images_are_scaled_and_everything_is_finite(kind):
    x, y, _ = load(kind, 200)
    assert np.isfinite(x).all()
    assert np.isfinite(y).all()
    if make(kind, 200).image:
        assert x.min() == 0
        assert x.max() == 1


@each
def test_targets_are_what_the_task_says(kind):
    dataset, y = make(kind, 200), load(kind, 200).y
    if dataset.task == "numbers":
        assert np.all(y.std(axis=0) > 0)
        return
    assert np.all((y == 0) | (y == 1))
    assert np.all(y.sum(axis=1) == 1)
    assert dataset.samples < dataset.outputs or np.all(y.any(axis=0)), "so many samples show every class"


@each_split
@pytest.mark.parametrize("seed", [None, 3])
def test_arrays_are_read_only_and_equal_each_time(kind, split, seed):
    first, second = (load(kind, 20, seed, split) for _ in range(2))
    for one, other in zip(first[:2], second[:2], strict=True):
        np.testing.assert_array_equal(one, other)
        with pytest.raises(ValueError, match="read-only"):
            one[0, 0] = 7
        with pytest.raises(ValueError, match="read-only"):
            one.reshape(-1)[0] = 7
        assert one.base is None or not one.base.flags.writeable


@each_split
def test_fewer_samples_are_the_first_of_more(kind, split):
    for seed in (None, 3):
        few, more = load(kind, 8, seed, split), load(kind, 40, seed, split)
        count = len(few.x)
        np.testing.assert_array_equal(few.x, more.x[:count])
        np.testing.assert_array_equal(few.y, more.y[:count])


@each_split
def test_another_seed_gives_other_samples(kind, split):
    default, third, fourth = (load(kind, 40, seed, split).x for seed in (None, 3, 4))
    assert not np.array_equal(default, third)
    assert not np.array_equal(third, fourth)


@each
def test_a_test_is_made_on_other_samples(kind):
    for seed in (None, 3):
        train, test = (load(kind, 10, seed, split).x for split in ("train", "test"))
        count = min(len(train), len(test))
        assert not np.array_equal(train[:count], test[:count])


@pytest.mark.parametrize("kind", [kind for kind in datasets if issubclass(kind, Bundled)])
def test_what_comes_in_one_piece_is_parted_without_overlap(kind):
    train, test = (kind.rows(split).tolist() for split in ("train", "test"))
    assert sorted(train + test) == list(range(kind.total)) == sorted(kind.rows("all").tolist())
    assert (len(train), len(test)) == (math.floor(0.8 * kind.total), math.ceil(0.2 * kind.total))
    assert (kind.held("train"), kind.held("test"), kind.held("all")) == (len(train), len(test), kind.total)


@pytest.mark.parametrize("kind", [kind for kind in datasets if issubclass(kind, Generated)])
def test_the_splits_of_a_process_are_independent_draws(kind):
    train, test = (load(kind, 2000, 5, split) for split in ("train", "test"))
    if kind().available > 1:  # equal means, within 6 standard errors of their difference
        error = np.sqrt((train.x.var(axis=0) + test.x.var(axis=0)) / len(train.x))
        assert np.all(np.abs(train.x.mean(axis=0) - test.x.mean(axis=0)) <= 6 * error)
    assert not (train.x[:, None, :] == test.x[None, :50, :]).all(axis=2).any()


@each_split
def test_no_more_samples_than_there_are(kind, split):
    available = kind(split=split).available
    assert kind(samples=available, split=split).samples == available
    with pytest.raises(ValidationError, match=f"Samples must be at most {available}.*Got {available + 1}") as caught:
        kind(samples=available + 1, split=split)
    assert caught.value.errors()[0]["loc"] == ("samples",)


@each_split
def test_a_split_has_a_default_number_of_samples_that_it_can_fill(kind, split):
    dataset = kind(split=split)
    assert dataset.samples == min(kind().samples, dataset.available)


@each_split
def test_a_dataset_is_a_value_that_reads_its_own_text(kind, split):
    dataset = make(kind, 17, 4, split)
    assert datasets.read(unflatten(flatten(dataset))) == dataset
    assert datasets.read(dataset.model_dump(mode="json")) == dataset
    assert datasets.read(unflatten(flatten(kind()))) == kind()
    assert hash(make(kind, 17, 4, split)) == hash(dataset)


@each
def test_every_field_is_declared_for_people(kind):
    assert kind.noun
    assert kind.item
    for name, field in kind.model_fields.items():
        assert name == "kind" or (field.title and field.description), name
        assert name == "kind" or field.description.endswith("."), name


@each
def test_words_say_how_many_of_what_and_which_split(kind):
    words = {split: make(kind, 20, split=split).words for each_kind, split in SPLITS if each_kind is kind}
    assert len(set(words.values())) == len(words)
    assert "test split" in words["test"]
    for split, text in words.items():
        assert kind.noun in text
        assert str(make(kind, 20, split=split).samples) in text or kind().available == 1


@each
def test_nouns_are_different(kind):
    assert [other.noun for other in datasets].count(kind.noun) == 1


@each_split
def test_what_lives_in_files_says_where_they_must_be(kind, split, tmp_path, monkeypatch):
    monkeypatch.setenv("LANDSCAPE_DATA", str(tmp_path))
    dataset = kind(split=split)
    sentence = dataset.missing()
    if kind.model_fields["kind"].default not in ("mnist", "fashion", "cifar10"):
        assert sentence is None
        return
    folder = dataset.kind
    assert f"{tmp_path / folder} has no" in sentence
    assert sentence.endswith(f"or set LANDSCAPE_DATA to the folder that holds {folder}/.")
    with pytest.raises(DataMissing) as caught:
        dataset.load()
    assert str(caught.value) == sentence


def test_no_heavy_library_is_loaded_before_samples_are_asked_for():
    script = (
        "import sys; from landscape.datasets import datasets; [(kind().missing(), kind().words) for kind in datasets]; "
        "print(sorted({'sklearn', 'scipy', 'pooch', 'requests', 'dash', 'plotly'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert not done.stderr
