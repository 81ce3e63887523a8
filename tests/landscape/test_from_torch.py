"""A PyTorch module, its loss and a batch as a scene, against PyTorch itself and the same network as an mlp."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

import landscape as ls
from tests.landscape.conftest import register  # noqa: F401 (a fixture)

torch = pytest.importorskip("torch", reason="torch is not installed: pip install -r requirements-torch.txt")
nn = torch.nn

pytestmark = pytest.mark.usefixtures("register")


def two_layers(width: int = 140) -> Any:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(64, width), nn.Tanh(), nn.Linear(width, 10))


def digits(count: int = 60) -> tuple[Any, Any]:
    samples = ls.Scene.from_query(f"data.samples={count}").data.load()
    return torch.tensor(samples.x, dtype=torch.float32), torch.tensor(samples.y.argmax(axis=1))


def small(scene: ls.Scene, **fields: Any) -> ls.Scene:
    grid = {"a": [-1, 1], "b": [-0.8, 1.2], "resolution": [9, 8]}
    return ls.Scene.model_validate({"model": scene.model, "data": scene.data, "grid": grid} | fields)


def theta_of(module: Any) -> Any:
    return torch.cat([parameter.detach().double().reshape(-1) for parameter in module.parameters()]).numpy()


def test_it_is_the_modules_own_loss_and_gradient() -> None:
    net, (x, y) = two_layers(), digits()
    scene = ls.from_torch(net, nn.CrossEntropyLoss(), (x, y))
    objective = ls.objective(scene)
    assert dict(objective.blocks) == {"0.weight": (140, 64), "0.bias": (140,), "2.weight": (10, 140), "2.bias": (10,)}
    np.testing.assert_array_equal(objective.theta0, theta_of(net))
    wide = copy.deepcopy(net).double()
    loss = nn.functional.cross_entropy(wide(x.double()), y)
    loss.backward()
    slope = torch.cat([parameter.grad.reshape(-1) for parameter in wide.parameters()]).numpy()
    assert float(objective.loss(objective.theta0)) == pytest.approx(loss.item(), rel=1e-14)
    np.testing.assert_allclose(objective.gradient(objective.theta0), slope, rtol=1e-9, atol=1e-14)
    assert ls.gradient_check(scene).passed


@pytest.mark.parametrize("plane", [None, ("2.weight", "W2", 3, 70), ("0.weight", "W1", 3, 30)])
def test_the_same_module_rebuilt_as_an_mlp_gives_the_same_surface(plane: tuple[str, str, int, int] | None) -> None:
    net, (x, y) = two_layers(), digits()
    theirs = ls.from_torch(net, nn.CrossEntropyLoss(), (x, y))
    layers = [net[0], net[2]]
    matrices, shifts = [layer.weight.detach() for layer in layers], [layer.bias.detach() for layer in layers]
    ours = ls.given_mlp(matrices, shifts, (x, y), activation="tanh")
    planes: list[dict[str, Any]] = [{}, {}]
    if plane is not None:
        block, matrix, to, from_ = plane
        planes = [{"kind": "weights", "first": [name, to, from_], "second": [name, to, from_ + 1]}
                  for name in (block, matrix)]  # fmt: skip
    one, other = (ls.surface(small(scene, **({"plane": over} if over else {})))
                  for scene, over in zip((theirs, ours), planes, strict=True))  # fmt: skip
    np.testing.assert_allclose(one.loss, other.loss, rtol=1e-6)
    assert np.ptp(one.loss) > 1e-3


def test_it_is_not_changed() -> None:
    net = nn.Sequential(nn.Linear(64, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.5), nn.Linear(8, 10))
    net(digits()[0])  # its running statistics move
    before = copy.deepcopy(net.state_dict())
    scene = ls.from_torch(net, nn.CrossEntropyLoss(), digits())
    ls.descend(small(scene, runs=[{"trains": "all", "steps": 3}]))
    assert net.training
    assert all(parameter.requires_grad and parameter.grad is None for parameter in net.parameters())
    assert all(torch.equal(before[name], value) for name, value in net.state_dict().items())


def test_dropout_and_batch_normalisation_are_those_of_evaluation_mode() -> None:
    net = nn.Sequential(nn.Linear(64, 8), nn.BatchNorm1d(8), nn.Tanh(), nn.Dropout(0.5), nn.Linear(8, 10))
    x, y = digits()
    net(x)
    scene = ls.from_torch(net, nn.CrossEntropyLoss(), (x, y))
    objective = ls.objective(scene)
    still = copy.deepcopy(net).double().eval()
    want = nn.functional.cross_entropy(still(x.double()), y).item()
    assert float(objective.loss(objective.theta0)) == pytest.approx(want, rel=1e-13)
    assert scene.model.notes == (
        "Your module is a copy in evaluation mode, in 64 bits: dropout drops nothing and batch normalisation uses its"
        " running statistics.",
    )
    assert ls.gradient_check(scene).passed


def test_a_batch_of_a_run_is_some_of_its_rows() -> None:
    net, (x, y) = two_layers(6), digits(50)
    scene = ls.from_torch(net, nn.CrossEntropyLoss(), (x, y))
    objective, rows = ls.objective(scene), np.array([3, 17, 40])
    wide = copy.deepcopy(net).double()
    want = nn.functional.cross_entropy(wide(x[rows].double()), y[rows]).item()
    assert float(objective.loss(objective.theta0, rows)) == pytest.approx(want, rel=1e-13)
    (path,) = ls.descend(small(scene, runs=[{"trains": "all", "steps": 4, "batch": 10}]))
    assert path.samples_seen[-1] == 40


def test_convolutions_images_and_numbers_for_targets() -> None:
    net = nn.Sequential(nn.Conv2d(1, 3, 3), nn.Tanh(), nn.Flatten(), nn.Linear(3 * 36, 2))
    x, y = digits(12)[0].reshape(-1, 1, 8, 8), torch.randn(12, 2)
    scene = ls.from_torch(net, nn.MSELoss(), (x, y), text="your filters")
    assert dict(scene.blocks)["0.weight"] == (3, 1, 3, 3)
    objective = ls.objective(scene)
    want = nn.functional.mse_loss(copy.deepcopy(net).double()(x.double()), y.double()).item()
    assert float(objective.loss(objective.theta0)) == pytest.approx(want, rel=1e-13)
    assert ls.gradient_check(scene).passed
    over = small(scene, plane={"kind": "weights", "first": ["0.weight", 2, 0, 1, 1], "second": ["3.bias", 1]})
    assert ls.Scene.from_query(over.to_query()) == over
    assert over.words.startswith("the loss of your filters on 12 samples of your batch over two of its 248 weights,")


def test_what_vmap_cannot_do_is_done_one_by_one() -> None:
    class Choosing(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = nn.Linear(64, 10)

        def forward(self, x: Any) -> Any:
            return self.inner(x) * (2.0 if self.inner.weight.sum().item() > 0 else 1.0)

    net, batch = Choosing(), digits(20)
    scene = ls.from_torch(net, nn.CrossEntropyLoss(), batch)
    assert not scene.model.source.vectorised
    objective = ls.objective(scene)
    points = objective.theta0 + np.array([[-1.0], [1.0]])
    each = [float(objective.loss(point)) for point in points]
    np.testing.assert_allclose(objective.loss(points), each, rtol=1e-14)
    assert ls.gradient_check(scene).passed


def test_many_at_once_are_each_by_itself() -> None:
    scene = ls.from_torch(two_layers(6), nn.CrossEntropyLoss(), digits(20))
    source, points = scene.model.source, ls.objective(scene).theta0 * np.linspace(0.5, 1.5, 5)[:, None]
    source.vectorised = True
    together = source.value(points, *source.rows), *source.value_and_gradient(points, *source.rows)
    source.vectorised = False
    alone = source.value(points, *source.rows), *source.value_and_gradient(points, *source.rows)
    for one, other in zip(together, alone, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-14)


def test_32_bits_are_kept_where_they_are_asked_for() -> None:
    net, batch = two_layers(6), digits(20)
    scene = ls.from_torch(net, nn.CrossEntropyLoss(), batch, precision="float32")
    objective = ls.objective(scene)
    want = nn.functional.cross_entropy(net(batch[0]), batch[1]).item()
    assert float(objective.loss(objective.theta0)) == pytest.approx(want, rel=1e-6)
    assert scene.model.notes == ("Your module is a copy in evaluation mode, in 32 bits.",)


def test_two_modules_do_not_meet() -> None:
    one, other = (ls.from_torch(two_layers(width), nn.CrossEntropyLoss(), digits(20)) for width in (3, 4))
    assert (one.to_query(), other.to_query()) == ("model.kind=module", "model.kind=module-2")
    assert one.parameters != other.parameters


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"module": len}, "Module must be a torch.nn.Module. Got builtin_function_or_method."),
        ({"module": nn.Tanh()}, "Module must have parameters. Got one without."),
        ({"batch": (torch.ones(3, 64), torch.ones(2))}, "Batch must have as many rows in x as in y. Got 3 and 2."),
        ({"batch": (np.ones((3, 64)), torch.ones(3))}, "two tensors with a row for each sample. Got ndarray for x."),
        ({"batch": torch.ones(3, 64)}, "Batch must be two tensors, (x, y). Got Tensor."),
        ({"batch": (torch.ones(3, 5), torch.ones(3))}, "The module or its loss raised RuntimeError: mat1 and mat2"),
        ({"batch": (torch.full((3, 64), np.nan), torch.zeros(3).long())}, "real numbers. Got some that are not in x."),
        ({"loss": nn.CrossEntropyLoss(reduction="none")}, "must give one number, the mean over the samples. Got a"),
        ({"loss": lambda outputs, y: 0.5}, "The loss function must give one number"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_said(change: dict[str, Any], says: str) -> None:
    given = {"module": two_layers(3), "loss": nn.CrossEntropyLoss(), "batch": digits(5)} | change
    with pytest.raises(ls.ModelError) as caught:
        ls.from_torch(given["module"], given["loss"], given["batch"])
    assert says in str(caught.value)


def test_a_loss_that_sums_says_so() -> None:
    net, (x, y) = two_layers(4), digits(10)
    mean, total = (ls.from_torch(net, nn.CrossEntropyLoss(reduction=how), (x, y)) for how in ("mean", "sum"))
    values = [float(ls.objective(scene).loss(ls.objective(scene).theta0)) for scene in (mean, total)]
    assert values[1] == pytest.approx(10 * values[0], rel=1e-13)
    assert (mean.model.sums, total.model.sums) == (False, True)
