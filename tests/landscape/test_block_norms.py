"""How long each block's part of the gradient is along a run, against differences of losses on a path walked by hand."""

import numpy as np
import pytest

import landscape as ls
from landscape import running


def network(**run):
    optimizer = {"kind": "gradient_descent", "lr": 0.5}
    run = {"optimizer": optimizer, "starts": ["initial"], "steps": 6, "trains": "all"} | run
    return ls.Scene.model_validate(
        {
            "model": {"kind": "mlp", "hidden": [5, 4], "activation": "tanh", "bias": True, "seed": 3},
            "data": {"kind": "digits", "samples": 12},
            "plane": {"kind": "random"},
            "runs": [run],
        }
    )


def differences(objective, theta, width=1e-6):
    """The gradient by centred differences, (P,)."""
    steps = width * np.eye(theta.size)
    return (objective.loss(theta + steps) - objective.loss(theta - steps)) / (2 * width)


def test_each_blocks_norm_is_that_of_its_differences():
    scene = network(steps=3)
    objective, (path,) = ls.objective(scene), ls.descend(scene)
    theta = objective.theta0
    ends = np.cumsum([np.prod(shape) for shape in objective.blocks.values()]).tolist()
    assert list(path.block_norms) == ["W1", "b1", "W2", "b2", "W3", "b3"]
    for step in range(4):
        slope = differences(objective, theta)
        for name, begins, end in zip(objective.blocks, [0, *ends], ends, strict=False):
            np.testing.assert_allclose(path.block_norms[name][step], np.linalg.norm(slope[begins:end]), rtol=1e-6)
        theta = theta - 0.5 * slope


@pytest.mark.parametrize(
    "run",
    [{}, {"batch": 5}, {"optimizer": {"kind": "adam", "lr": 0.01}}, {"starts": ["initial", [0.5, 0.5]]},
     {"steps": 2500, "batch": 4}, {"precision": "float32"}],
    ids=["plain", "batches", "adam", "starts", "recorded now and then", "float32"],
)  # fmt: skip
def test_the_squares_add_up_to_the_gradients(run):
    scene = network(**run)
    for path in ls.descend(scene):
        assert all(norm.shape == path.step.shape for norm in path.block_norms.values())
        total = np.sqrt(sum(np.square(norm) for norm in path.block_norms.values()))
        np.testing.assert_allclose(total, path.grad_norm, rtol=1e-5 if "precision" in run else 1e-12)


def test_a_run_in_the_plane_has_none():
    assert ls.descend(network(trains="plane"))[0].block_norms == {}


def test_they_do_not_depend_on_how_a_run_is_cut(monkeypatch):
    scene = network(steps=40, batch=3)
    (whole,) = ls.Engine().paths(scene)
    monkeypatch.setattr(running, "CHUNK_SECONDS", 1e-9)
    (cut,) = ls.Engine().paths(scene)
    for name, norm in whole.block_norms.items():
        np.testing.assert_array_equal(cut.block_norms[name], norm)


def test_they_end_where_the_run_blows_up():
    scene = network(optimizer={"kind": "gradient_descent", "lr": 900.0}, steps=400)
    relu = ls.revise(scene, {"model.activation": "relu", "model.output": "identity"}).scene
    (path,) = ls.descend(relu)
    assert path.status in (ls.Status.DIVERGED, ls.Status.NON_FINITE)
    assert {norm.size for norm in path.block_norms.values()} == {path.step.size}
    assert all(np.isfinite(norm).all() for norm in path.block_norms.values())
