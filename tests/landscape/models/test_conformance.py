"""What every model must do, whichever it is: each registered kind, small, at random parameters."""

import inspect
from typing import NamedTuple

import numpy as np
import pytest

from landscape.models import models
from landscape.models.base import Intake, address, size, spans, split
from landscape.part import flatten, unflatten


class Case(NamedTuple):
    """How a kind is kept small, and the samples that it is tried on."""

    fields: dict = {}
    inputs: int = 6
    task: str = "classes"
    targets: int = 2
    image: tuple | None = None


CASES = {
    "mlp": Case({"hidden": (4, 3), "bias": True, "l2": 0.1}),
    "linear": Case({"ridge": 0.1}),
    "polynomial": Case({"ridge": 0.1}, inputs=1, task="numbers", targets=1),
    "classifier": Case({"loss": "cross_entropy", "penalty": "frobenius", "bias": True, "scale": 0.5}),
    "convnet": Case(inputs=36, image=(1, 6, 6)),
    "recurrent": Case({"hidden": 3}, task="numbers"),
}
"""Every other kind is taken as it is."""

KINDS = models.names()  # when the tests are collected: kinds that tests add come and go
every_kind = pytest.mark.parametrize("kind", KINDS)


def build(kind):
    case = CASES.get(kind, Case())
    model = models.read({"kind": kind} | case.fields)
    random = np.random.RandomState(0)
    if model.uses_data:
        x, y = random.randn(5, case.inputs), np.eye(3)[random.randint(3, size=5)]
        if case.task == "numbers":
            y = random.randn(5, case.targets)
        model.check(Intake(x.shape[1], y.shape[1], case.task, case.image))
    else:
        x, y = np.empty((1, 0)), np.empty((1, 0))
    inputs, outputs = x.shape[1], y.shape[1]
    return model, x, y, model.blocks(inputs, outputs), model.initial(inputs, outputs)


@every_kind
def test_initial_parameters_fill_the_blocks_and_are_the_same_again(kind):
    model, x, y, blocks, theta0 = build(kind)
    assert theta0.shape == (size(blocks),)
    assert theta0.dtype == np.float64
    assert np.isfinite(theta0).all()
    np.testing.assert_array_equal(theta0, model.initial(x.shape[1], y.shape[1]))


@every_kind
def test_gradient_against_central_differences(kind):
    model, x, y, _, theta0 = build(kind)
    theta, h = theta0 + 0.1 * np.random.RandomState(1).randn(theta0.size), 1e-6
    steps = h * np.eye(theta.size)
    differences = (model.value(theta + steps, x, y) - model.value(theta - steps, x, y)) / (2 * h)
    loss, gradient = model.value_and_gradient(theta, x, y)
    assert float(loss) == float(model.value(theta, x, y))
    assert np.linalg.norm(gradient - differences) <= 1e-6 * np.linalg.norm(differences)


@every_kind
def test_leading_axes_are_each_alone_and_nothing_is_changed(kind):
    model, x, y, _, theta0 = build(kind)
    theta = theta0 + np.random.RandomState(2).randn(2, 3, theta0.size)
    kept = theta.copy()
    loss, gradient = model.value_and_gradient(theta, x, y)
    assert loss.shape == (2, 3)
    assert gradient.shape == theta.shape
    np.testing.assert_array_equal(theta, kept)
    for place in np.ndindex(2, 3):
        alone = model.value_and_gradient(theta[place], x, y)
        np.testing.assert_allclose(loss[place], alone[0], rtol=1e-12)
        np.testing.assert_allclose(gradient[place], alone[1], rtol=1e-10, atol=1e-13)


@every_kind
def test_blocks_biases_and_addresses_agree(kind):
    model, _, _, blocks, theta0 = build(kind)
    assert model.biases() <= blocks.keys()
    parts = split(np.arange(theta0.size, dtype=float), blocks)
    for name, shape, span in spans(blocks):
        assert parts[name].shape == shape
        for index in (span.start, span.stop - 1):
            found, indices = address(index, blocks)
            assert (found, parts[found][indices]) == (name, index)
    with pytest.raises(IndexError, match=f"no parameter {theta0.size}"):
        address(theta0.size, blocks)


@every_kind
def test_a_restriction_is_the_same_loss(kind):
    model, x, y, _, theta0 = build(kind)
    random = np.random.RandomState(3)
    u, v = random.randn(2, theta0.size)
    planes = [(theta0, u, v)]
    for _ in range(10):
        pair = random.choice(theta0.size, 2, replace=False)
        origin, (u, v) = theta0.copy(), np.zeros((2, theta0.size))
        origin[pair] = 0
        u[pair[0]] = v[pair[1]] = 1
        planes.append((origin, u, v))
    for origin, u, v in planes:
        ab = random.randn(4, 2)
        want, slope = model.value_and_gradient(origin + ab[:, :1] * u + ab[:, 1:] * v, x, y)
        for restriction in model.restrict(origin, u, v, x, y):
            value, gradient = restriction.value_and_gradient(ab)
            np.testing.assert_allclose(value, want, rtol=1e-10)
            np.testing.assert_allclose(gradient, slope @ np.stack([u, v], axis=1), rtol=1e-7, atol=1e-7)


@every_kind
def test_work_is_a_whole_number_of_multiplications(kind):
    model, x, y, _, _ = build(kind)
    work = model.work(x.shape[1], y.shape[1])
    assert isinstance(work, int)
    assert work > 0


@every_kind
def test_fields_are_declared_for_people(kind):
    cls = models[kind]
    assert cls.noun
    assert inspect.getdoc(cls)
    for name, field in cls.model_fields.items():
        if name != "kind":
            assert field.title, name
            assert field.description, name
            assert field.description.endswith("."), name


@every_kind
def test_is_a_value(kind):
    model = models.read({"kind": kind})
    assert model == models.read({"kind": kind})
    assert hash(model) == hash(models.read({"kind": kind}))
    assert models.read(unflatten(flatten(model))) == model
    assert models.read(model.model_dump(mode="json")) == model
