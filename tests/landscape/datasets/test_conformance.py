"""What holds for every dataset of the registry."""

import math
import subprocess
import sys

import numpy as np
import pytest
from pydantic import ValidationError

from landscape.datasets import datasets
from landscape.part import flatten, unflatten

each = pytest.mark.parametrize("kind", list(datasets), ids=datasets.names())


def load(kind, **fields):
    dataset = kind(**fields)
    if sentence := dataset.missing():
        pytest.skip(sentence)
    return dataset.load()


@each
def test_samples_have_the_declared_sizes(kind):
    x, y, image = load(kind, samples=30)
    assert x.shape == (30, kind.inputs)
    assert y.shape == (30, kind.outputs)
    assert x.dtype == y.dtype == np.float64
    assert image is None or math.prod(image) == kind.inputs


@each
def test_inputs_are_scaled_and_classes_are_one_hot(kind):
    x, y, _ = load(kind, samples=200)
    assert x.min() == 0
    assert x.max() == 1
    assert np.all((y == 0) | (y == 1))
    assert np.all(y.sum(axis=1) == 1)
    assert np.all(y.any(axis=0)), "200 samples show every class"


@each
@pytest.mark.parametrize("seed", [None, 3])
def test_arrays_are_read_only_and_equal_each_time(kind, seed):
    first, second = (load(kind, samples=20, sample_seed=seed) for _ in range(2))
    for one, other in zip(first[:2], second[:2], strict=True):
        np.testing.assert_array_equal(one, other)
        with pytest.raises(ValueError, match="read-only"):
            one[0, 0] = 7
        with pytest.raises(ValueError, match="read-only"):
            one.reshape(-1)[0] = 7


@each
def test_fewer_samples_are_the_first_of_more(kind):
    for seed in (None, 3):
        few, more = load(kind, samples=8, sample_seed=seed), load(kind, samples=40, sample_seed=seed)
        np.testing.assert_array_equal(few.x, more.x[:8])
        np.testing.assert_array_equal(few.y, more.y[:8])


@each
def test_a_draw_differs_from_the_first_ones_and_between_seeds(kind):
    first, third, fourth = (load(kind, samples=40, sample_seed=seed).x for seed in (None, 3, 4))
    assert not np.array_equal(first, third)
    assert not np.array_equal(third, fourth)


@each
def test_no_more_samples_than_there_are(kind):
    available = kind().available
    assert kind(samples=available).samples == available
    with pytest.raises(ValidationError, match=f"Samples must be at most {available}.*Got {available + 1}") as caught:
        kind(samples=available + 1)
    assert caught.value.errors()[0]["loc"] == ("samples",)


@each
def test_a_dataset_is_a_value_that_reads_its_own_text(kind):
    dataset = kind(samples=17, sample_seed=4)
    assert datasets.read(unflatten(flatten(dataset))) == dataset
    assert datasets.read(dataset.model_dump(mode="json")) == dataset
    assert datasets.read(unflatten(flatten(kind()))) == kind()
    assert hash(kind(samples=17, sample_seed=4)) == hash(dataset)


@each
def test_every_field_is_declared_for_people(kind):
    assert kind.noun
    for name, field in kind.model_fields.items():
        assert name == "kind" or (field.title and field.description), name


def test_no_heavy_library_is_loaded_before_samples_are_asked_for():
    script = (
        "import sys; from landscape.datasets import datasets; [kind().missing() for kind in datasets]; "
        "print(sorted({'sklearn', 'scipy', 'pooch', 'requests', 'dash', 'plotly'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert not done.stderr
