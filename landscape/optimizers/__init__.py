"""The optimizers, one file each. To add one: its file, and its class in the list below."""

from landscape.optimizers.adam import Adam
from landscape.optimizers.base import Optimizer
from landscape.optimizers.gradient_descent import GradientDescent
from landscape.optimizers.momentum import Momentum
from landscape.registry import Registry

__all__ = ["Adam", "GradientDescent", "Momentum", "Optimizer", "optimizers"]

optimizers: Registry[Optimizer] = Registry("optimizer", GradientDescent, Momentum, Adam)
