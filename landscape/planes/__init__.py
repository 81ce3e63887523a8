"""The ways to choose a plane, one file each. To add one: its file, and its class in the list below."""

from landscape.planes.base import Plane, PlaneKind
from landscape.planes.columns import Columns
from landscape.planes.random import Random
from landscape.planes.weights import Weights
from landscape.registry import Registry

__all__ = ["Columns", "Plane", "PlaneKind", "Random", "Weights", "planes"]

planes: Registry[PlaneKind] = Registry("plane", Weights, Random, Columns)
