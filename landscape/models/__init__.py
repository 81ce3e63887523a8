"""The models: one file each."""

from landscape.models.base import Model
from landscape.models.classifier import Classifier
from landscape.models.convnet import Convnet
from landscape.models.formula import TypedFormula
from landscape.models.function import Function
from landscape.models.linear import Linear
from landscape.models.mlp import Mlp
from landscape.models.polynomial import Polynomial
from landscape.models.recurrent import Recurrent
from landscape.registry import Registry

models: Registry[Model] = Registry(
    "model", Mlp, Linear, Polynomial, Classifier, Convnet, Recurrent, Function, TypedFormula
)
"""The kinds of model; the first is the default."""
