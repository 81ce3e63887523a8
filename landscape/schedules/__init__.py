"""The schedules of the learning rate, one file each. To add one: its file, and its class in the list below."""

from landscape.registry import Registry
from landscape.schedules.base import Schedule
from landscape.schedules.constant import Constant
from landscape.schedules.cosine import Cosine
from landscape.schedules.exponential import Exponential
from landscape.schedules.one_cycle import OneCycle
from landscape.schedules.step import Step

__all__ = ["Constant", "Cosine", "Exponential", "OneCycle", "Schedule", "Step", "schedules"]

schedules: Registry[Schedule] = Registry("schedule", Constant, Step, Exponential, Cosine, OneCycle)
