"""PyTorch on the CPU: a plain loop and ``torch.func.vmap``, each as its users write it; the faster one counts.

Everything here imports torch inside functions: it is optional (requirements-torch.txt).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import Array, Way
from benchmarks.problem import Problem
from benchmarks.threads import CHOICES, CORES

MISSING = "torch is not installed: pip install -r requirements-torch.txt"

HELD = (1 << 20, 1 << 22, 1 << 24)
"""Numbers in the largest array of one vmap call; each is tried."""


def missing() -> str | None:
    """Why there is no torch here, or None."""
    return None if find_spec("torch") else MISSING


class Net(NamedTuple):
    """A problem as tensors."""

    x: Any
    y: Any
    initial: list[Any]
    origin: list[Any]
    u: list[Any]
    v: list[Any]
    moves: list[bool]
    """Whether a matrix depends on a or b."""
    activation: Callable[[Any], Any]

    @classmethod
    def of(cls, problem: Problem, precision: str) -> Net:
        import torch  # noqa: PLC0415

        dtype = getattr(torch, precision)

        def tensors(arrays: Sequence[Array]) -> list[Any]:
            return [torch.tensor(array, dtype=dtype) for array in arrays]

        moves = [bool(u.any() or v.any()) for u, v in zip(problem.u, problem.v, strict=True)]
        x, y = tensors([problem.x, problem.y])
        return cls(
            x, y, tensors(problem.initial), tensors(problem.origin), tensors(problem.u),
            tensors(problem.v), moves, {"sigmoid": torch.sigmoid, "tanh": torch.tanh}[problem.activation],
        )  # fmt: skip

    def loss(self, weights: Sequence[Any], x: Any, y: Any) -> Any:
        """Mean over the samples of the summed squared error."""
        import torch  # noqa: PLC0415

        h = x
        for matrix in weights[:-1]:
            h = self.activation(torch.nn.functional.linear(h, matrix))
        outputs = torch.sigmoid(torch.nn.functional.linear(h, weights[-1]))
        return (outputs - y).square().sum(dim=1).mean()

    def at(self, ab: Any) -> Any:
        """The loss at a point of the plane, as a function that vmap and autograd can take."""
        moved = [
            origin + ab[0] * u + ab[1] * v if moves else origin
            for origin, u, v, moves in zip(self.origin, self.u, self.v, self.moves, strict=True)
        ]
        return self.loss(moved, self.x, self.y)

    def widest(self) -> int:
        """Numbers per grid point in the largest array that depends on it."""
        first = self.moves.index(True)
        return max(max(matrix.shape[0] * len(self.x), int(matrix.numel())) for matrix in self.origin[first:])


def surface_ways(problem: Problem, precision: str) -> list[Way]:
    """The loss at places of the grid: the plain loop, and vmap in chunks that hold about :data:`HELD` numbers."""
    import torch  # noqa: PLC0415

    net = Net.of(problem, precision)
    points = torch.tensor(problem.points, dtype=net.x.dtype)

    def loop(places: NDArray[np.intp]) -> Array:
        origin = [matrix.clone() if moves else matrix for matrix, moves in zip(net.origin, net.moves, strict=True)]
        losses = []
        with torch.inference_mode():
            for a, b in points[places]:
                if problem.pair is None:
                    moved = [matrix + a * u + b * v for matrix, u, v in zip(origin, net.u, net.v, strict=True)]
                else:
                    moved = origin
                    for (layer, to, source), value in zip(problem.pair, (a, b), strict=True):
                        moved[layer][to, source] = value
                losses.append(net.loss(moved, net.x, net.y).item())
        return np.array(losses)

    def batched(chunk: int, places: NDArray[np.intp]) -> Array:
        with torch.no_grad():
            return np.asarray(torch.func.vmap(net.at, chunk_size=chunk)(points[places]).numpy())

    chunks = sorted({min(len(points), max(1, held // net.widest())) for held in HELD})
    return [
        *(Way(f"loop, {said}", in_torch(threads, loop), 4) for said, threads in CHOICES.items()),
        *(Way(f"vmap by {chunk}", in_torch(CORES, partial(batched, chunk)), chunk) for chunk in chunks),
    ]


def descend_ways(
    problem: Problem, starts: Sequence[tuple[float, float]], lr: float, steps: int
) -> dict[str, Callable[[], Array]]:
    """Gradient descent in the plane, float64; a, b and the loss at each step, (starts, steps + 1, 3)."""
    import torch  # noqa: PLC0415

    net = Net.of(problem, "float64")

    def loop() -> Array:
        paths = []
        for start in starts:
            ab = torch.tensor(start, dtype=torch.float64, requires_grad=True)
            optimizer = torch.optim.SGD([ab], lr=lr)
            path = []
            for _ in range(steps):
                optimizer.zero_grad()
                value = net.at(ab)
                value.backward()
                path.append([*ab.tolist(), value.item()])
                optimizer.step()
            paths.append([*path, [*ab.tolist(), net.at(ab).item()]])
        return np.array(paths)

    def batched() -> Array:
        both = torch.func.vmap(torch.func.grad_and_value(net.at))
        ab = torch.tensor(starts, dtype=torch.float64)
        path = []
        for _ in range(steps + 1):
            gradient, value = both(ab)
            path.append(torch.cat([ab, value[:, None]], dim=1).numpy())
            ab = ab - lr * gradient
        return np.stack(path, axis=1)

    return _in_threads({"torch.optim, start by start": loop, "vmap over the starts": batched})


def train_ways(
    problem: Problem, optimizer: str, lr: float, batches: Sequence[NDArray[np.intp]], every: bool, precision: str
) -> dict[str, Callable[[], Array]]:
    """Train all weights with torch.optim, fused and not; the losses as in :func:`benchmarks.textbook.train`."""
    import torch  # noqa: PLC0415

    net = Net.of(problem, precision)
    make: Any = {"gradient_descent": torch.optim.SGD, "adam": torch.optim.Adam}[optimizer]
    indices = [torch.tensor(chosen) for chosen in batches]
    whole = len(batches[0]) == len(net.x)

    def run(fused: bool) -> Array:
        weights = [matrix.clone().requires_grad_() for matrix in net.initial]
        stepper = make(weights, lr=lr, fused=fused)
        losses = []
        for chosen in indices:
            x, y = (net.x, net.y) if whole else (net.x[chosen], net.y[chosen])
            stepper.zero_grad()
            value = net.loss(weights, x, y)
            value.backward()
            if every:
                with torch.no_grad():
                    losses.append(net.loss(weights, net.x, net.y).item())
            else:
                losses.append(value.item())
            stepper.step()
        return np.array(losses)

    return _in_threads({f"torch.optim{', fused' * fused}": partial(run, fused) for fused in (False, True)})


def in_torch(threads: int, run: Callable[..., Any]) -> Callable[..., Any]:
    """``run`` with torch in so many threads."""
    import torch  # noqa: PLC0415

    def limited(*arguments: Any) -> Any:
        torch.set_num_threads(threads)
        return run(*arguments)

    return limited


def _in_threads(ways: Mapping[str, Callable[[], Array]]) -> dict[str, Callable[[], Array]]:
    return {
        f"{name}, {said}": in_torch(threads, run) for name, run in ways.items() for said, threads in CHOICES.items()
    }
