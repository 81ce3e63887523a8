"""Hidden units that no longer answer: where they are saturated, next to no gradient passes them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from landscape.models.activations import ACTIVATIONS
from landscape.models.base import Array, split
from landscape.models.mlp import Mlp
from landscape.models.propagation import forward
from landscape.objective import Objective

FLAT_SLOPE = 1e-3
"""A unit's derivative below this counts as none; the sigmoid's is 0.25 at most, tanh's 1."""

SATURATES = ("sigmoid", "tanh", "relu")
"""Activations with a flat side; the leaky ReLU and the identity have none, and the step nothing else."""


class Saturated(NamedTuple):
    """The share of the hidden units that are saturated.

    Attributes:
        share: of all hidden layers, 0..1.
        worst: the largest one of a single layer, 0..1.
        dead: whether a unit counts only where it is so on every sample; else the mean over the samples is meant.
    """

    share: float
    worst: float
    dead: bool


def saturated(objective: Objective, theta: Array) -> Saturated | None:
    """The share of a fully connected network's hidden units whose derivative is all but zero.

    With h a unit's value: sigmoid ``h (1 - h) < 1e-3``, tanh ``1 - h^2 < 1e-3``, each averaged over the samples. A
    ReLU is at ``z <= 0`` on some samples as a rule, so it counts where it is so on all of them: "dead".

    Args:
        objective: the network and its samples.
        theta: (P,), where.

    Returns:
        The shares; None where the model is no such network, or its units have no flat side.

    Source: X. Glorot, Y. Bengio, Understanding the difficulty of training deep feedforward neural networks
    (AISTATS 2010), section 3.
    """
    model = objective.model
    if not isinstance(model, Mlp) or not model.hidden or model.activation not in SATURATES:
        return None
    parts = split(theta, objective.blocks)
    if model.dropout:
        for layer, mask in enumerate(model.masks(), start=2):
            parts[f"W{layer}"] = parts[f"W{layer}"] * mask / (1.0 - model.dropout)
    slope = ACTIVATIONS[model.activation].slope
    with np.errstate(all="ignore"):
        values = forward(parts, model.activation, objective.samples.x).values[1:]
        flat = [np.asarray(slope(value) < FLAT_SLOPE) for value in values]  # each (N, H)
    dead = model.activation == "relu"
    counted = [layer.all(axis=0) if dead else layer.mean(axis=0) for layer in flat]  # each (H,)
    shares = [float(layer.mean()) for layer in counted]
    return Saturated(float(np.concatenate(counted).mean()), max(shares), dead)
