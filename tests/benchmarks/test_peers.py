"""PyTorch computes what we compute, where it is installed; where it is not, that is said."""

from pathlib import Path

import numpy as np
import pytest

import landscape as ls
from benchmarks import peers
from benchmarks.problem import Problem, batches
from benchmarks.scenes import dense, network, over, run_of, surface_of

ROOT = Path(__file__).resolve().parents[2]
SMALL = network("digits", 30, hidden=(5, 6))

with_torch = pytest.mark.skipif(peers.missing() is not None, reason=peers.MISSING)


def test_torch_is_asked_for_by_an_exact_pin_and_no_address():
    text = (ROOT / peers.MISSING.split()[-1]).read_text()
    assert [line for line in text.splitlines() if line and line[0] != "#"] == ["torch==2.13.0"]
    assert "://" not in text


def test_torch_is_said_to_be_missing_where_it_is(monkeypatch):
    monkeypatch.setattr(peers, "find_spec", lambda name: None)
    assert peers.missing() == "torch is not installed: pip install -r requirements-torch.txt"


@with_torch
@pytest.mark.parametrize(
    "plane", [over("W3", 5, 2, 3), over("W2", 4, 0, 3), over("W1", 1, 35, 36), dense()], ids=["W3", "W2", "W1", "dense"]
)
@pytest.mark.parametrize(("precision", "tolerance"), [("float64", 1e-10), ("float32", 1e-5)])
def test_both_ways_of_torch_give_the_surface(plane, precision, tolerance):
    scene = surface_of(SMALL | plane | {"grid": plane["grid"] | {"resolution": (4, 3)}}, "float64")
    problem = Problem.of(scene)
    expected = ls.Engine().surface(scene).loss.ravel()
    for way in peers.surface_ways(problem, precision):
        found = way.run(np.array([0, 5, 11]))
        np.testing.assert_allclose(found, expected[[0, 5, 11]], rtol=tolerance, err_msg=way.name)


@with_torch
def test_both_ways_of_torch_descend_as_we_do():
    starts = [(-9.0, 15.0), (3.0, 1.0)]
    run = {"optimizer": {"kind": "gradient_descent", "lr": 5.0}, "starts": starts, "steps": 12}
    scene = run_of(SMALL | over("W3", 5, 2, 3), run, "float64")
    expected = [np.stack([path.a, path.b, path.loss], axis=1) for path in ls.Engine().paths(scene)]
    for name, way in peers.descend_ways(Problem.of(scene), starts, 5.0, 12).items():
        np.testing.assert_allclose(way(), expected, rtol=1e-9, err_msg=name)


@with_torch
@pytest.mark.parametrize(("kind", "lr"), [("gradient_descent", 0.5), ("adam", 0.01)])
@pytest.mark.parametrize(("size", "every"), [(30, False), (10, True)])
def test_every_way_of_torch_trains_as_we_do(kind, lr, size, every):
    run = {"optimizer": {"kind": kind, "lr": lr}, "starts": ["initial"], "steps": 7, "batch": size, "trains": "all"}
    scene = run_of(SMALL | over("W3", 5, 2, 3), run, "float64")
    (path,) = ls.Engine().paths(scene)
    ways = peers.train_ways(Problem.of(scene), kind, lr, batches(30, size, 7), every, "float64")
    for name, way in ways.items():
        np.testing.assert_allclose(way(), (path.loss if every else path.batch_loss)[:7], rtol=1e-9, err_msg=name)
