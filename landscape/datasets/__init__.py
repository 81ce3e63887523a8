"""The datasets, one file each. To add one: a file with a frozen class, and its name in this list."""

from landscape.datasets.base import Dataset
from landscape.datasets.digits import Digits
from landscape.datasets.mnist import Mnist
from landscape.registry import Registry

datasets: Registry[Dataset] = Registry("dataset", Digits, Mnist)
