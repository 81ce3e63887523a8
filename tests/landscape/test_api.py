"""The public names, as other people's scripts use them."""

import doctest
import importlib
import pkgutil
import warnings
from typing import ClassVar, Literal

import numpy as np
import pytest

import landscape as ls
from landscape.optimizers.gradient_descent import GradientDescent

MODULES = sorted(module.name for module in pkgutil.walk_packages(ls.__path__, "landscape."))


def test_every_public_name_is_there():
    assert len(set(ls.__all__)) == len(ls.__all__)
    for name in ls.__all__:
        assert getattr(ls, name) is not None, name


@pytest.mark.usefixtures("register")  # some examples add kinds
@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_run(name):
    module = importlib.import_module(name)
    assert doctest.testmod(module, extraglobs={"np": np}).failed == 0


EXAMPLE = {
    "model": {"kind": "mlp", "hidden": [50, 500], "activation": "sigmoid", "output": "sigmoid", "bias": False,
              "loss": "squared_error", "init": "normal", "seed": 135},
    "data":  {"kind": "mnist", "split": "train", "samples": 100},
    "plane": {"kind": "weights", "first": ["W3", 5, 250], "second": ["W3", 5, 251]},
    "grid":  {"a": [-15, 17], "b": [-15, 18], "resolution": [40, 40]},
    "runs":  [{"optimizer": {"kind": "gradient_descent", "lr": 5.0}, "starts": [[-9, 15], [-10.1, 15], [-11, 15]],
               "steps": 100, "batch": None, "trains": "plane", "seed": 0}],
}  # fmt: skip


def run_the_example(fields):
    scene = ls.Scene.model_validate(fields)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert ls.Scene.from_query(scene.to_query()) == scene
    inputs = 784 if fields["data"]["kind"] == "mnist" else 64
    count = 50 * inputs + 500 * 50 + 10 * 500

    objective = ls.objective(scene)
    assert objective.theta0.shape == (count,)
    assert objective.blocks == {"W1": (50, inputs), "W2": (500, 50), "W3": (10, 500)}
    theta = np.stack([objective.theta0, 2 * objective.theta0])
    assert objective.loss(theta).shape == (2,)
    assert objective.gradient(theta).shape == (2, count)

    plane = ls.plane(scene)
    for array in (plane.origin, plane.u, plane.v):
        assert array.shape == (count,)
    ab = np.array([[1.0, 2.0], [-3.0, 4.0], [0.0, 0.0]])
    np.testing.assert_allclose(plane.project(plane.lift(ab)), ab, atol=1e-12)
    np.testing.assert_allclose(plane.project(plane.origin + 7 * plane.u - 2 * plane.v), [7, -2], atol=1e-12)
    first = objective.theta0.size - 10 * 500 + 5 * 500 + 250  # the coordinates are the two weights' values
    assert plane.lift(np.array([6.0, 7.0]))[[first, first + 1]].tolist() == [6, 7]
    assert plane.origin[[first, first + 1]].tolist() == [0, 0]

    surface = ls.surface(scene)
    assert (surface.a.shape, surface.b.shape, surface.loss.shape) == ((40,), (40,), (40, 40))
    assert surface.loss.dtype == np.float64
    assert not surface.diverged.any()
    corner = plane.lift(np.array([surface.a[3], surface.b[38]]))
    assert surface.loss[38, 3] == pytest.approx(float(objective.loss(corner)), rel=1e-12)

    paths = ls.descend(scene)
    assert [(path.a[0], path.b[0]) for path in paths] == [(-9, 15), (-10.1, 15), (-11, 15)]
    for path in paths:
        assert path.step.dtype == np.int64
        for name in ("step", "a", "b", "loss", "slice_loss", "batch_loss", "grad_norm", "lr", "outside"):
            assert getattr(path, name).shape == (101,)
        assert isinstance(path.status, ls.Status)
        assert isinstance(path.message, str)
        theta = plane.lift(np.stack([path.a, path.b], axis=-1)[::25])
        np.testing.assert_allclose(path.loss[::25], objective.loss(theta), rtol=1e-9)

    assert ls.gradient_check(scene, per_block=4).passed
    engine = ls.Engine()
    frame = engine.advance(scene, budget=0.3)
    assert 0 <= frame.progress <= 1
    while not frame.done:
        frame = engine.advance(scene, budget=0.3)
    np.testing.assert_allclose(frame.surface.loss, surface.loss, rtol=1e-12)
    assert len(frame.paths) == 3


def test_the_example_on_the_digits():
    run_the_example(EXAMPLE | {"data": {"kind": "digits", "samples": 100}})


def test_the_example_on_mnist(mnist_files):
    run_the_example(EXAMPLE)


def test_without_the_files_python_is_told_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("LANDSCAPE_DATA", str(tmp_path))
    scene = ls.Scene.model_validate(EXAMPLE | {"data": {"kind": "mnist", "samples": 99}})
    with pytest.raises(ls.DataMissing, match=r"train-images-idx3-ubyte\.gz") as caught:
        ls.Engine().advance(scene)
    assert isinstance(caught.value, ls.LandscapeError)


class Doubled(GradientDescent):
    """Gradient descent with twice the rate."""

    noun: ClassVar[str] = "doubled gradient descent"
    kind: Literal["doubled"] = "doubled"

    def step(self, oracle, theta, state, lr):
        return -2 * lr * oracle.gradient(theta), state


def test_a_kind_can_be_registered(register):
    fields = {"model": {"kind": "function"}, "runs": [{"optimizer": {"kind": "doubled", "lr": 0.1}, "steps": 4}]}
    with pytest.raises(ValueError, match="must be one of gradient_descent"):
        ls.Scene.model_validate(fields)
    register(Doubled)
    scene = ls.Scene.model_validate(fields)
    (path,) = ls.descend(scene)
    np.testing.assert_allclose(path.a, -1.8 * 0.6 ** np.arange(5), rtol=1e-12)  # x <- x - 2 * 0.1 * 2 x
    assert ls.Scene.from_query(scene.to_query()) == scene
    assert ("doubled", "doubled gradient descent") in ls.kinds("optimizer")
    before = scene.run_digest(0)
    register(Doubled)
    assert scene.run_digest(0) != before


@pytest.mark.parametrize(
    ("kind", "error", "words"),
    [
        (ls.Grid, TypeError, "Grid must be a Model, Dataset, PlaneKind or Optimizer"),
        (GradientDescent, ValueError, "'gradient_descent' is built in"),
    ],
)
def test_what_cannot_be_registered(register, kind, error, words):
    with pytest.raises(error, match=words):
        register(kind)


def test_kinds_are_listed_with_their_nouns():
    for part, first in (("model", "mlp"), ("data", "digits"), ("plane", "weights"), ("optimizer", "gradient_descent")):
        listed = ls.kinds(part)
        assert listed[0][0] == first
        assert all(noun for _, noun in listed)


@pytest.mark.parametrize("name", ["digits", "unknown"])
def test_there_is_nothing_to_fetch_for_what_does_not_live_in_files(name):
    with pytest.raises(ValueError, match=f"There is nothing to fetch for '{name}'"):
        ls.fetch(name)
