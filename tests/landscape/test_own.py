"""A loss of one's own: a function of flat parameters is a model like the built-in ones."""

from __future__ import annotations

import inspect
import sys
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

import landscape as ls
from landscape.models import models
from landscape.models.base import Array
from landscape.slice import Lifted
from tests.landscape.conftest import register  # noqa: F401 (a fixture)
from tests.landscape.models import test_conformance as conformance

pytestmark = pytest.mark.usefixtures("register")

MIDDLE = np.array([0.5, -1.0, 2.0, 0.0, 1.5, -0.5])
BLOCKS = {"W1": (2, 2), "b1": (2,)}


def bowl(theta: Array) -> float:
    """Quartic, so that no difference of it is exact by accident."""
    return float(np.sum((theta - MIDDLE) ** 2) + np.sum((theta - MIDDLE) ** 4))


def slope(theta: Array) -> Array:
    return 2 * (theta - MIDDLE) + 4 * (theta - MIDDLE) ** 3


def scene(name: str = "my-loss", **fields: Any) -> ls.Scene:
    small = {"grid": {"a": [-2, 2], "b": [-1, 3], "resolution": [7, 5]}}
    return ls.Scene.model_validate({"model": {"kind": name}} | small | fields)


def test_it_gives_back_what_a_scene_takes() -> None:
    model = ls.register("my-loss", bowl, np.zeros(6), gradient=slope, blocks=BLOCKS, text="the energy of a chain")
    assert ls.Scene.model_validate({"model": model}) == ls.Scene.model_validate({"model": {"kind": "my-loss"}})
    assert model.kind == "my-loss"
    found = ls.objective(scene())
    assert dict(found.blocks) == BLOCKS
    assert found.theta0.tolist() == [0.0] * 6
    assert ("my-loss", "the energy of a chain") in ls.kinds("model")
    assert scene().words == "the energy of a chain over two of its 6 weights, W1[0,0] and W1[0,1]"
    assert scene().data is None


@pytest.mark.parametrize("vectorised", [False, True])
def test_its_surface_and_descents_are_those_of_the_function(vectorised: bool) -> None:
    if vectorised:
        many = (lambda t: np.array([bowl(row) for row in t])), (lambda t: np.array([slope(row) for row in t]))
        ls.register("my-loss", many[0], np.zeros(6), gradient=many[1], vectorised=True)
    else:
        ls.register("my-loss", bowl, np.zeros(6), gradient=slope)
    optimizer = {"kind": "gradient_descent", "lr": 0.01}
    runs = [{"optimizer": optimizer, "starts": ["initial"], "steps": 5, "trains": how} for how in ("plane", "all")]
    plane = {"first": ["theta", 1], "second": ["theta", 4]}
    whole = scene(plane=plane, runs=runs)
    surface = ls.surface(whole)
    want = [[bowl(np.array([0, a, 0, 0, b, 0])) for a in surface.a] for b in surface.b]
    np.testing.assert_allclose(surface.loss, want, rtol=1e-14)
    assert surface.precision == "float64"
    theta = [np.zeros(6), np.zeros(6)]
    for _ in range(5):
        theta = [theta[0] - 0.01 * slope(theta[0]) * np.eye(6)[[1, 4]].sum(axis=0), theta[1] - 0.01 * slope(theta[1])]
    for path, end in zip(ls.descend(whole), theta, strict=True):
        np.testing.assert_allclose([path.a[-1], path.b[-1], path.loss[-1]], [end[1], end[4], bowl(end)], rtol=1e-12)
    assert ls.gradient_check(whole).passed


def test_without_a_gradient_slopes_are_differences_and_the_card_says_so() -> None:
    asked = []

    def counted(theta: Array) -> float:
        asked.append(theta)
        return bowl(theta)

    ls.register("plain", counted, np.full(6, 0.3))
    over = scene("plain", plane={"kind": "random", "seed": 2, "normalisation": "none"})
    assert not over.model.has_gradient
    assert any("central differences" in note for note in over.model.notes)
    objective, plane = ls.objective(over), ls.plane(over)
    np.testing.assert_allclose(objective.gradient(objective.theta0), slope(objective.theta0), rtol=1e-8)
    ab = np.array([[0.3, -0.2], [0.0, 0.1]])
    asked.clear()
    slice_ = ls.Engine().slice(over)
    value, gradient = slice_.loss_and_gradient(ab)
    assert len(asked) == 5 * len(ab)  # one and four a point, not one and two for each parameter
    through = [slope(plane.lift(point)) @ np.stack([plane.u, plane.v], axis=-1) for point in ab]
    np.testing.assert_allclose(gradient, through, rtol=1e-7)
    np.testing.assert_allclose(value, Lifted(objective, plane).value(ab), rtol=1e-14)


def test_many_parameters_without_a_gradient_are_walked_in_the_plane() -> None:
    ls.register("wide", lambda theta: float(theta @ theta), np.ones(2_001))
    assert scene("wide").runs[0].trains == "plane"
    with pytest.raises(ValidationError, match=r"at most 2,000 numbers are trained\. Got 2,001\."):
        scene("wide", runs=[{"trains": "all"}])
    ls.register("wide", lambda theta: float(theta @ theta), np.ones(2_001), gradient=lambda theta: 2 * theta)
    assert scene("wide").runs[0].trains == "all"


def test_the_limits_of_a_scene_hold() -> None:
    ls.register("huge", lambda theta: 0.0, np.zeros(2_000_001))
    with pytest.raises(ValidationError, match=r"2,000,001 weights; at most 2,000,000"):
        scene("huge")


def test_its_link_leads_back_to_it_and_elsewhere_says_what_is_there() -> None:
    ls.register("my-loss", bowl, np.zeros(6), gradient=slope, blocks={"0.weight": (2, 2), "0.bias": (2,)})
    there = scene(plane={"kind": "weights", "first": ["0.weight", 1, 0], "second": ["0.bias", 1]})
    assert {"plane.first=0.weight,1,0", "plane.second=0.bias,1"} <= set(there.to_query().split("&"))
    assert ls.read_query(there.to_query()) == (there, [])
    link = there.to_query()
    models._kinds.pop("my-loss")
    opened, notices = ls.read_query(link)
    assert opened.model.kind == "mlp"
    assert any("Model must be one of mlp," in notice and "Got my-loss." in notice for notice in notices)


def test_the_same_name_again_is_another_model() -> None:
    ls.register("my-loss", bowl, np.zeros(6), gradient=slope)
    before = scene()
    ls.register("my-loss", lambda theta: bowl(theta) + 1, np.zeros(6), gradient=slope)
    after = scene()
    assert before.surface_digest != after.surface_digest
    np.testing.assert_allclose(ls.surface(after).loss, ls.surface(before).loss + 1, rtol=1e-14)


def test_a_function_is_called_by_one_thread_at_a_time() -> None:
    inside, most = [0], [0]
    gate = threading.Lock()

    def slow(theta: Array) -> float:
        with gate:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
        threading.Event().wait(0.002)
        with gate:
            inside[0] -= 1
        return bowl(theta)

    for parallel, wanted in ((False, 1), (True, 2)):
        ls.register("slow", slow, np.zeros(6), parallel=parallel)
        objective = ls.Engine().objective(scene("slow"))
        most[0] = 0
        threads = [threading.Thread(target=objective.loss, args=[np.ones((20, 6))]) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert most[0] == wanted


def test_what_is_not_finite_is_a_value() -> None:
    ls.register("edge", lambda theta: np.log(theta[0]) if theta[0] else np.inf, np.array([1.0, 1.0]))
    surface = ls.surface(scene("edge"))
    np.testing.assert_array_equal(surface.diverged, np.tile(surface.a <= 0, (5, 1)))


def test_parameters_are_copies() -> None:
    def greedy(theta: Array) -> float:
        theta *= 0
        return 1.0

    ls.register("greedy", greedy, np.ones(3))
    assert ls.objective(scene("greedy")).theta0.tolist() == [1.0, 1.0, 1.0]


def fails(theta: Array) -> float:
    raise KeyError("no such thing")


@pytest.mark.parametrize(
    ("name", "given", "says"),
    [
        ("my loss", {}, "Name must be 1 to 40 letters, digits, - or _, the first a letter or digit. Got my loss."),
        ("my-loss", {"theta0": [[1.0]]}, "Theta0 must be flat, of shape (P,). Got numbers of shape (1, 1)."),
        ("my-loss", {"theta0": [1.0, np.nan]}, "Theta0 must be finite numbers. Got nan."),
        ("my-loss", {"theta0": ["a"]}, "Theta0 must be numbers of shape (P,). Got list."),
        ("my-loss", {"blocks": {"W": (2, 2)}}, "Blocks must hold 6 numbers together, as many as theta0. Got 4."),
        ("my-loss", {"blocks": {"a,b": (6,)}}, "Block names must be 1 to 60 letters, digits, dots, - or _, and not"),
        ("my-loss", {"blocks": {"none": (6,)}}, "and not none. Got none."),
        ("my-loss", {"blocks": {"W": (6, 1.5)}}, "Blocks must be shapes by name, as in W1: (3, 4). Got {'W': (6, "),
        ("my-loss", {"blocks": {"W": (0, 6)}}, "Blocks must have lengths of at least 1. Got {'W': (0, 6)}."),
        ("my-loss", {"loss": lambda theta: theta}, "The loss must be one number. Got numbers of shape (6,)."),
        ("my-loss", {"loss": lambda theta: "much"}, "The loss must be one number. Got str: could not convert"),
        ("my-loss", {"loss": lambda theta: None}, "The loss must be one number. Got nothing: it returns None."),
        ("my-loss", {"loss": fails}, "The loss raised KeyError for parameters of shape (6,): 'no such thing'."),
        ("my-loss", {"gradient": lambda theta: theta[:2]}, "The gradient must be numbers of shape (6,). Got numbers"),
        ("my-loss", {"loss": bowl, "vectorised": True}, "The loss must be numbers of shape (1,). Got one number."),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_said(name: str, given: dict[str, Any], says: str) -> None:
    with pytest.raises(ls.ModelError) as caught:
        ls.register(name, **({"loss": bowl, "theta0": np.zeros(6)} | given))
    assert says in str(caught.value)
    assert name not in models


def test_a_loss_needs_its_parameters_and_no_built_in_name() -> None:
    with pytest.raises(TypeError, match="needs a loss and theta0"):
        ls.register("my-loss", bowl, None)
    with pytest.raises(TypeError, match="5 must be a Model"):
        ls.register(5, bowl, np.zeros(6))  # type: ignore[call-overload]
    with pytest.raises(ValueError, match="'mlp' is built in"):
        ls.register("mlp", bowl, np.zeros(6))


CHECKS = [check for name, check in inspect.getmembers(conformance) if name.startswith("test_")]


@pytest.mark.parametrize("check", CHECKS, ids=[check.__name__.removeprefix("test_") for check in CHECKS])
def test_it_does_what_every_model_must_do(check: Callable[[str], None]) -> None:
    ls.register("my-loss", bowl, np.linspace(-1, 1, 6), gradient=slope, blocks=BLOCKS)
    check("my-loss")


def test_without_an_optional_library_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ls.LibraryMissing, match=r"PyTorch is not installed\. pip install -r requirements-torch"):
        ls.from_torch(None, len, (None, None))
