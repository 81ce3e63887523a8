"""The datasets, one file each. To add one: a file with a frozen class, and its name in this list."""

from landscape.datasets.base import Dataset
from landscape.datasets.blobs import Blobs
from landscape.datasets.breast_cancer import BreastCancer
from landscape.datasets.cifar10 import Cifar10
from landscape.datasets.circles import Circles
from landscape.datasets.diabetes import Diabetes
from landscape.datasets.digits import Digits
from landscape.datasets.fashion import Fashion
from landscape.datasets.iris import Iris
from landscape.datasets.line import Line
from landscape.datasets.memory import Memory
from landscape.datasets.mnist import Mnist
from landscape.datasets.moons import Moons
from landscape.datasets.one_sample import OneSample
from landscape.datasets.sine import Sine
from landscape.datasets.spirals import Spirals
from landscape.datasets.table import Table
from landscape.datasets.wine import Wine
from landscape.datasets.xor import Xor
from landscape.registry import Registry

datasets: Registry[Dataset] = Registry(
    "dataset",
    Digits,
    Mnist,
    Cifar10,
    Fashion,
    Iris,
    Wine,
    BreastCancer,
    Diabetes,
    Line,
    Sine,
    Moons,
    Circles,
    Blobs,
    Spirals,
    Xor,
    Memory,
    OneSample,
    Table,
)
