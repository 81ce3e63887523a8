"""Every optimizer against the places where PyTorch's own was: numbers written by tools/torch_paths.py."""

import json
from pathlib import Path

import numpy as np
import pytest

from landscape.models.function import Function
from landscape.models.mlp import Mlp
from landscape.optimizers import optimizers

STORED = json.loads(Path(__file__).with_name("torch_paths.json").read_text())
NOTHING = np.empty((1, 0))


class Problem:
    """One of the stored problems: its model, its samples, its first parameters."""

    def __init__(self, name):
        given = STORED["problems"][name]
        self.start = np.array(given["start"])
        self.samples = np.array(given.get("x", NOTHING)), np.array(given.get("y", NOTHING))
        network = Mlp(hidden=(4,), activation="tanh", output="identity", bias=True)
        self.model = network if name == "network" else Function(name=name)

    def gradient(self, theta):
        return self.model.value_and_gradient(theta, *self.samples)[1]


def name_of(path):
    decay = "-decayed" if path["settings"].get("weight_decay") else ""
    return f"{path['kind']}-{path['problem']}{decay}"


@pytest.mark.parametrize("path", STORED["paths"], ids=name_of)
def test_is_where_torch_is(path):
    """Of every parameter the first 9 digits, at every stored step; measured: 12 digits and more."""
    optimizer, problem = optimizers[path["kind"]](**path["settings"]), Problem(path["problem"])
    theta, state, seen = problem.start, optimizer.init(problem.start), []
    for step in range(1, STORED["steps"][-1] + 1):
        delta, state = optimizer.step(problem, theta, state, optimizer.lr)
        theta = theta + delta
        if step in STORED["steps"]:
            seen.append(theta)
    np.testing.assert_allclose(seen, path["theta"], rtol=1e-9, atol=0)


def test_every_step_that_is_asked_for_is_stored():
    assert STORED["steps"] == [1, 2, 3, 10, 50, 100, 200]
    assert "torch 2." in STORED["provenance"]
    for path in STORED["paths"]:
        assert np.shape(path["theta"]) == (7, len(STORED["problems"][path["problem"]]["start"]))
    mine = [(path["kind"], path["problem"], bool(path["settings"].get("weight_decay"))) for path in STORED["paths"]]
    kinds = dict.fromkeys(kind for kind, _, _ in mine)
    assert mine == [
        (kind, problem, decayed)
        for kind in kinds
        for problem in ("ravine", "rosenbrock", "network")
        for decayed in ((False,) if kind == "rprop" else (False, True))  # PyTorch's Rprop has no weight decay
    ]
    assert len(kinds) == 13
