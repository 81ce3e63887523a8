"""The models: one file each."""

from landscape.models.base import Model
from landscape.models.function import Function
from landscape.models.mlp import Mlp
from landscape.registry import Registry

models: Registry[Model] = Registry("model", Mlp, Function)
"""The kinds of model; the first is the default."""
