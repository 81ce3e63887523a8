"""Reference numbers for the optimizers: walks PyTorch's own, and writes where they were.

    python -m tools.torch_paths [tests/landscape/optimizers/torch_paths.json]

from the root of the repository, where PyTorch is installed (requirements-torch.txt). In float64, 200 steps of every
optimizer with and without weight decay, down three problems:

    ravine       x^2 + 10 y^2                       from (-1.8, 0.6)
    rosenbrock   (1 - x)^2 + 100 (y - x^2)^2        from (-1.2, 1)
    network      3-4-2, tanh, identity outputs, biases; the mean over 12 samples of the sum over the outputs of
                 (o - y)^2; parameters W1, b1, W2, b2, each row by row; it learns from all samples at every step

Everything but the rates below is as PyTorch has it (SGD's momentum is 0.9). The rates are such that errors of rounding
do not grow on the way: a start moved by 1e-12 of itself moves no later place by more than about 1e-11.
"""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import torch

TARGET = "tests/landscape/optimizers/torch_paths.json"
STEPS = (1, 2, 3, 10, 50, 100, 200)
INPUTS, HIDDEN, OUTPUTS, SAMPLES = 3, 4, 2, 12
DECAY = 0.05


class Reference(NamedTuple):
    """One of PyTorch's optimizers, our name for it, and a rate on each problem."""

    kind: str
    make: Callable[..., torch.optim.Optimizer]
    ravine: float
    rosenbrock: float
    network: float


optim = torch.optim
REFERENCES = (
    Reference("gradient_descent", optim.SGD, 0.02, 0.001, 0.05),
    Reference("momentum", partial(optim.SGD, momentum=0.9), 0.01, 0.0002, 0.01),
    Reference("nesterov", partial(optim.SGD, momentum=0.9, nesterov=True), 0.01, 0.0002, 0.01),
    Reference("adagrad", optim.Adagrad, 0.1, 0.1, 0.05),
    Reference("adadelta", optim.Adadelta, 1.0, 1.0, 1.0),
    Reference("rmsprop", optim.RMSprop, 0.005, 0.005, 0.005),
    Reference("adam", optim.Adam, 0.02, 0.02, 0.02),
    Reference("amsgrad", partial(optim.Adam, amsgrad=True), 0.02, 0.02, 0.02),
    Reference("adamax", optim.Adamax, 0.02, 0.02, 0.02),
    Reference("adamw", optim.AdamW, 0.02, 0.02, 0.02),
    Reference("nadam", optim.NAdam, 0.02, 0.02, 0.01),
    Reference("radam", optim.RAdam, 0.02, 0.002, 0.02),
    Reference("rprop", optim.Rprop, 0.01, 0.01, 0.01),
)


def network_problem() -> dict[str, Any]:
    """Samples and first parameters, drawn to three decimals."""
    draw = torch.Generator().manual_seed(0)

    def numbers(*shape: int) -> Any:
        return torch.randn(shape, generator=draw, dtype=torch.float64).mul(1000).round().div(1000).tolist()

    parameters = HIDDEN * INPUTS + HIDDEN + OUTPUTS * HIDDEN + OUTPUTS
    return {"start": numbers(parameters), "x": numbers(SAMPLES, INPUTS), "y": numbers(SAMPLES, OUTPUTS)}


PROBLEMS: dict[str, dict[str, Any]] = {
    "ravine": {"start": [-1.8, 0.6]},
    "rosenbrock": {"start": [-1.2, 1.0]},
    "network": network_problem(),
}


def loss(problem: str, theta: torch.Tensor) -> torch.Tensor:
    """The problem's loss at ``theta`` (P,)."""
    if problem == "ravine":
        return theta[0] ** 2 + 10 * theta[1] ** 2
    if problem == "rosenbrock":
        return (1 - theta[0]) ** 2 + 100 * (theta[1] - theta[0] ** 2) ** 2
    x, y = torch.tensor(PROBLEMS[problem]["x"]), torch.tensor(PROBLEMS[problem]["y"])
    w1, b1, w2, b2 = theta.split([HIDDEN * INPUTS, HIDDEN, OUTPUTS * HIDDEN, OUTPUTS])
    hidden = torch.tanh(x @ w1.view(HIDDEN, INPUTS).T + b1)
    return ((hidden @ w2.view(OUTPUTS, HIDDEN).T + b2 - y) ** 2).sum(1).mean()


def walk(reference: Reference, problem: str, settings: dict[str, float]) -> list[list[float]]:
    """The parameters after each of ``STEPS``."""
    theta = torch.tensor(PROBLEMS[problem]["start"], requires_grad=True)
    optimizer, seen = reference.make([theta], **settings), []
    for step in range(1, STEPS[-1] + 1):
        optimizer.zero_grad()
        loss(problem, theta).backward()
        optimizer.step()
        if step in STEPS:
            seen.append(theta.tolist())
    return seen


def references() -> dict[str, Any]:
    """All that the file holds."""
    torch.set_default_dtype(torch.float64)  # NAdam keeps its product of momenta in the default precision
    paths = []
    for reference in REFERENCES:
        for problem in PROBLEMS:
            for decay in (0.0,) if reference.kind == "rprop" else (0.0, DECAY):
                settings = {"lr": getattr(reference, problem)} | ({"weight_decay": decay} if decay else {})
                if reference.kind == "adamw":
                    settings["weight_decay"] = decay  # its default is not zero
                known = {"kind": reference.kind, "problem": problem, "settings": settings}
                paths.append(known | {"theta": walk(reference, problem, settings)})
    made = f"python -m tools.torch_paths, {date.today()}, torch {torch.__version__} on {platform.machine()}"
    return {"provenance": made, "steps": STEPS, "problems": PROBLEMS, "paths": paths}


def written(found: dict[str, Any]) -> str:
    """As JSON, one path a line; every digit of every number."""
    paths = ",\n".join(json.dumps(path) for path in found["paths"])
    head = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in found.items() if key != "paths"]
    return "{\n" + ",\n".join(head) + ',\n"paths": [\n' + paths + "\n]\n}\n"


def main(target: str = TARGET) -> None:
    """Write the numbers to ``target``."""
    found = references()
    Path(target).write_text(written(found))
    print(found["provenance"])


if __name__ == "__main__":
    main(*sys.argv[1:])
