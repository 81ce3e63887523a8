"""Loss landscapes of real networks and the descents that walk them, as exact numbers.

    scene = Scene.model_validate({...})   a frozen value; every field has a default
    surface(scene)                        the loss over the plane's grid
    descend(scene)                        one Path per run and start
    Engine().advance(scene, budget=0.3)   the same in slices of time, coarse to fine

This is the only import path for everybody outside the package.
"""

from landscape.api import (
    basins,
    batch_surface,
    convexity,
    cube_start,
    descend,
    fetch,
    gradient_check,
    kinds,
    lowest,
    objective,
    pairs,
    plane,
    predictions,
    profiles,
    register,
    step_sizes,
    surface,
    sweep,
)
from landscape.basins import Basins
from landscape.batch_surface import BatchSurface
from landscape.batches import samples_seen
from landscape.cache import MemoryCache
from landscape.container import pack
from landscape.convexity import Convexity, ConvexityProbe, Segment
from landscape.cube import Cube
from landscape.datasets.csv_text import MOST_BYTES as MOST_TABLE_BYTES
from landscape.datasets.table import Preview, Table, hold_table, read_table
from landscape.datasets.tables import Tables
from landscape.directions import Direction, direction_name, directions
from landscape.engine import Engine, Frame
from landscape.errors import (
    CacheCorrupt,
    DataCorrupt,
    DataError,
    DataMissing,
    LandscapeError,
    LibraryMissing,
    LinkWarning,
    ModelError,
    PlaneError,
)
from landscape.facets import Facet, Facets
from landscape.given import given_mlp
from landscape.gradient_check import GradientCheck, GradientReport
from landscape.grid import Grid
from landscape.grid_start import GridMinima, grid_minima, grid_start
from landscape.lessons import lesson, lesson_beside, lesson_groups, lesson_title, lesson_view, lessons
from landscape.link import Revision, read_query, revise
from landscape.lowest import Lowest
from landscape.notebook import Page, explore
from landscape.optimizers.base import Optimizer
from landscape.part import Part, flatten, to_text
from landscape.path import ADVICE, Path, Status
from landscape.predicted import NO_CLASS, Form, Predicted
from landscape.predictions import Predictions
from landscape.predictor import can_predict
from landscape.race import Race, follows, price
from landscape.run import Run
from landscape.scene import Scene
from landscape.search import Corner
from landscape.seeds import next_seeds, seeds
from landscape.sklearn import from_sklearn
from landscape.stability import Explanation, explain, rates_that_hold
from landscape.start import Lattice
from landscape.step_sizes import StepSizes
from landscape.study import Study
from landscape.suggest import suggest_pair, why_constant
from landscape.surface import Surface
from landscape.sweep import RateSweep, Sweep
from landscape.torch import from_torch

__all__ = [
    "ADVICE", "MOST_TABLE_BYTES", "NO_CLASS", "Basins", "BatchSurface", "CacheCorrupt", "Convexity",
    "ConvexityProbe", "Corner", "Cube", "DataCorrupt", "DataError", "DataMissing", "Direction", "Engine",
    "Explanation", "Facet", "Facets", "Form", "Frame", "GradientCheck", "GradientReport", "Grid", "GridMinima",
    "LandscapeError", "Lattice", "LibraryMissing", "LinkWarning", "Lowest", "MemoryCache", "ModelError",
    "Optimizer", "Page", "Part", "Path", "PlaneError", "Predicted", "Predictions", "Preview", "Race",
    "RateSweep", "Revision", "Run", "Scene", "Segment", "Status", "StepSizes", "Study", "Surface", "Sweep",
    "Table", "Tables", "basins", "batch_surface", "can_predict", "convexity", "cube_start", "descend",
    "direction_name", "directions", "explain", "explore", "fetch", "flatten", "follows", "from_sklearn",
    "from_torch", "given_mlp", "gradient_check", "grid_minima", "grid_start", "hold_table", "kinds", "lesson",
    "lesson_beside", "lesson_groups", "lesson_title", "lesson_view", "lessons", "lowest", "next_seeds",
    "objective", "pack", "pairs", "plane", "predictions", "price", "profiles", "rates_that_hold", "read_query",
    "read_table", "register", "revise", "samples_seen", "seeds", "step_sizes", "suggest_pair", "surface",
    "sweep", "to_text", "why_constant",
]  # fmt: skip
