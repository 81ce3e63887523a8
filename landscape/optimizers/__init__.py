"""The optimizers, one file each. To add one: its file, and its class in the list below."""

from landscape.optimizers.adadelta import Adadelta
from landscape.optimizers.adagrad import Adagrad
from landscape.optimizers.adam import Adam
from landscape.optimizers.adamax import Adamax
from landscape.optimizers.adamw import AdamW
from landscape.optimizers.amsgrad import AMSGrad
from landscape.optimizers.base import Optimizer
from landscape.optimizers.gradient_descent import GradientDescent
from landscape.optimizers.lbfgs import LBFGS
from landscape.optimizers.lion import Lion
from landscape.optimizers.local_search import LocalSearch
from landscape.optimizers.momentum import Momentum
from landscape.optimizers.nadam import NAdam
from landscape.optimizers.nesterov import Nesterov
from landscape.optimizers.newton import Newton
from landscape.optimizers.radam import RAdam
from landscape.optimizers.random_search import RandomSearch
from landscape.optimizers.rmsprop import RMSprop
from landscape.optimizers.rprop import Rprop
from landscape.registry import Registry

__all__ = [
    "LBFGS",
    "AMSGrad",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "GradientDescent",
    "Lion",
    "LocalSearch",
    "Momentum",
    "NAdam",
    "Nesterov",
    "Newton",
    "Optimizer",
    "RAdam",
    "RMSprop",
    "RandomSearch",
    "Rprop",
    "optimizers",
]

optimizers: Registry[Optimizer] = Registry(
    "optimizer",
    GradientDescent,
    Momentum,
    Nesterov,
    Adagrad,
    Adadelta,
    RMSprop,
    Adam,
    AMSGrad,
    Adamax,
    AdamW,
    NAdam,
    RAdam,
    Lion,
    Rprop,
    LBFGS,
    Newton,
    RandomSearch,
    LocalSearch,
)
