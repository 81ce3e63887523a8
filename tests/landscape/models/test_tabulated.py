"""The table of a hidden unit: how long, how good, and when it is not taken."""

import numpy as np
import pytest

from landscape.datasets.base import Samples
from landscape.models import tabulated
from landscape.models.hidden_layer import HiddenLayer
from landscape.models.mlp import Mlp
from landscape.models.tabulated import NODES, TOLERANCE, Tabulated, _coefficients, _monomials
from landscape.objective import Objective
from landscape.planes.weights import Weights
from landscape.slice import Lifted, Slice


def slice_of(scale=1.0, samples=60, activation="sigmoid"):
    """Two weights into the first hidden unit of a network whose later weights are ``scale`` times unit variance."""
    random = np.random.RandomState(0)
    x = random.rand(samples, 6)
    x[::3, :2] = 0.0
    objective = Objective(
        Mlp(hidden=(5, 7), activation=activation, seed=4), Samples(x, np.eye(3)[random.randint(3, size=samples)])
    )
    plane = Weights(first=("W1", 2, 0), second=("W1", 2, 1)).build(objective.theta0, objective.blocks, frozenset())
    plane.origin[objective.blocks["W1"][0] * objective.blocks["W1"][1] :] *= scale
    return Slice(objective, plane), Lifted(objective, plane)


A, B = np.linspace(-15, 17, 12), np.linspace(-15, 18, 11)
MESH = np.stack(np.meshgrid(A, B), axis=-1)


def test_coefficients_are_those_of_numpys_interpolation():
    want = np.polynomial.chebyshev.chebinterpolate(lambda t: np.exp(t) * np.sin(3 * t), 15)
    t = np.cos(np.pi * (np.arange(16) + 0.5) / 16)
    np.testing.assert_allclose(_coefficients((np.exp(t) * np.sin(3 * t))[:, None])[:, 0], want, rtol=0, atol=1e-14)


def test_powers_are_numpys_polynomials_of_half_the_argument():
    for degree in (0, 1, 2, 7):
        powers = np.polynomial.chebyshev.cheb2poly(np.eye(8)[degree])
        want = np.zeros(8)
        want[: powers.size] = powers * 2.0 ** np.arange(powers.size)
        np.testing.assert_array_equal(_monomials(8)[:, degree], want)


@pytest.mark.parametrize(
    ("activation", "scale"), [("sigmoid", 0.1), ("sigmoid", 1.0), ("sigmoid", 10.0), ("tanh", 0.1), ("tanh", 1.0)]
)
def test_what_it_says_of_its_error_holds_on_the_grid(activation, scale):
    slice_, plain = slice_of(scale, activation=activation)
    way = slice_.evaluator
    assert isinstance(way, Tabulated)
    assert way.error <= TOLERANCE
    assert np.abs(way.grid(A, B) / plain.value(MESH) - 1).max() <= TOLERANCE


def test_larger_weights_take_longer_tables_and_too_large_ones_none():
    lengths = [len(slice_of(scale)[0].evaluator._tables().table.powers) for scale in (0.1, 1.0, 5.0)]
    assert lengths == sorted(set(lengths))
    assert lengths[-1] <= NODES[-1] == 64
    slice_, plain = slice_of(5.0, activation="tanh")
    assert isinstance(slice_.evaluator, HiddenLayer)  # whose work is known before it is cut into tiles
    none = Tabulated(slice_.evaluator, "tanh")
    assert not none.promises
    assert none.error == np.inf
    np.testing.assert_array_equal(none.grid(A, B), slice_.grid(A, B))
    np.testing.assert_allclose(slice_.grid(A, B), plain.value(MESH), rtol=1e-10)
    ab = np.array([[1.0, 2.0], [-3.0, 0.5]])
    for got, want in zip(slice_.loss_and_gradient(ab), plain.value_and_gradient(ab), strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-9, atol=1e-9)


def test_a_table_that_is_wrong_off_its_nodes_is_not_taken(monkeypatch):
    """A sound series of coefficients is not enough: a kink between the nodes would not show in it."""

    def far_off(self, terms, chosen):
        yield
        return np.full(chosen.size, 1e9)

    monkeypatch.setattr(Tabulated, "_off_nodes", far_off)
    slice_, plain = slice_of()
    assert slice_.evaluator.error == np.inf
    np.testing.assert_allclose(slice_.evaluator.grid(A, B), plain.value(MESH), rtol=1e-10)


def test_only_the_samples_whose_polynomial_is_not_good_enough_get_more_nodes(monkeypatch):
    asked = []

    def at_nodes(self, count, chosen):
        asked.append((count, chosen.size))
        return (yield from plainly(self, count, chosen))

    plainly = Tabulated._at_nodes
    monkeypatch.setattr(Tabulated, "_at_nodes", at_nodes)
    slice_, plain = slice_of(5.0)
    least = slice_.evaluator._least
    slice_.evaluator._least = least - 8  # so short that it must grow
    assert slice_.evaluator.error <= TOLERANCE
    counts, samples = zip(*asked, strict=True)
    assert len(asked) > 1
    assert list(counts) == sorted(set(counts))
    assert list(samples) == sorted(samples, reverse=True)
    assert samples[-1] < samples[0] == slice_.evaluator.direct.live.size
    assert np.abs(slice_.grid(A, B) / plain.value(MESH) - 1).max() <= TOLERANCE


def test_samples_that_feel_nothing_are_not_tabulated():
    slice_, _ = slice_of(samples=60)
    order = slice_.evaluator._tables().table.order
    assert sorted(order) == [n for n in range(60) if n % 3]
    blank, plain = slice_of(samples=1)  # its only sample is blank
    assert blank.evaluator._tables().table.order.size == 0
    np.testing.assert_allclose(blank.grid(A, B), plain.value(MESH), rtol=1e-12)
    np.testing.assert_array_equal(blank.gradient(MESH[0]), 0.0)


def test_a_few_points_of_a_costly_scene_need_no_table(monkeypatch):
    monkeypatch.setattr(tabulated, "WORTHWHILE", 0.0)
    slice_, plain = slice_of()
    few = slice_.grid(A[:5], B[:5])
    assert slice_.evaluator._made is None
    np.testing.assert_allclose(few, plain.value(MESH[:5, :5]), rtol=1e-10)
    slice_.grid(A, B)
    assert slice_.evaluator._made is not None
    np.testing.assert_allclose(slice_.grid(A[:5], B[:5]), few, rtol=1e-11)  # now by the table


def test_making_the_table_in_pieces_is_making_the_table(monkeypatch):
    monkeypatch.setattr(tabulated, "GROUP", 1)
    monkeypatch.setattr(tabulated, "SAMPLES", 8)
    monkeypatch.setattr(tabulated, "PIECE_FLOATS", 1)
    whole, pieces = slice_of()[0], slice_of()[0]
    calls = 1
    while not pieces.prepare(0.0):
        pieces.evaluator._advance()
        calls += 1
    assert calls > 5
    assert pieces.prepare(0.0)
    np.testing.assert_array_equal(pieces.grid(A, B), whole.grid(A, B))
    assert slice_of()[0].prepare(60.0)
