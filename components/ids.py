"""Every id on the page, and what the stores hold."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from dash import ALL


class Id(StrEnum):
    """Ids of components.

    Stores:
        SCENE: ``{"search": str}``: the address of the scene that is shown, from ``?`` on.
        BEGUN: ``true`` once the first picture is drawn, or could not be; the controls are put on the page then, not
            before, since they would take the picture's time.
        TABLE: ``{"data": str}``: the answer of the route by which a table came in.
        THEME: ``"light"`` or ``"dark"``; kept in the browser.
    """

    THEME_PROVIDER = "theme-provider"
    LOCATION = "location"
    SCENE = "scene"
    BEGUN = "begun"
    TABLE = "table"
    THEME = "theme"

    SENTENCE = "sentence"
    UNDO = "undo"
    REDO = "redo"
    SHARE = "share"
    THEME_BUTTON = "theme-button"
    RAIL = "rail"
    RAIL_BUTTON = "rail-button"
    WHAT = "what"
    WHERE = "where"
    WHO = "who"
    NOTICES = "notices"

    SURFACE = "surface"
    CONTOUR = "contour"
    TABS = "tabs"
    CURVE = "curve"
    STUDIES = "studies"
    BESIDE = "beside"
    BESIDE_WORD = "beside-word"
    BESIDE_FIRST = "beside-first"
    BESIDE_SECOND = "beside-second"
    BESIDE_SPLIT = "beside-split"
    BESIDE_MORE = "beside-more"
    BESIDE_MORE_WORD = "beside-more-word"
    BESIDE_SCALE = "beside-scale"
    BESIDE_SCALE_WORD = "beside-scale-word"
    NORMS = "norms"
    RATES = "rates"
    RATES_WORD = "rates-word"
    SWEEP = "sweep"
    USE_BEST = "use-best"
    SIZES = "sizes"
    SIZES_WORD = "sizes-word"
    CHECK = "check"
    CHECK_WORD = "check-word"
    CHECK_WAYS = "check-ways"
    CHECK_BLOCKS = "check-blocks"
    PREDICTIONS = "predictions"
    PREDICTIONS_WORD = "predictions-word"
    PREDICTIONS_NOTE = "predictions-note"
    PREDICTIONS_CHOICE = "predictions-choice"
    PREDICTIONS_CANVAS = "predictions-canvas"
    PREDICTIONS_SHEET = "predictions-sheet"
    PREDICTIONS_TABLE = "predictions-table"
    PROFILES = "profiles"
    PROFILES_WORD = "profiles-word"
    PROFILES_LINKS = "profiles-links"
    PAIRS = "pairs"
    PAIRS_WORD = "pairs-word"
    PAIRS_POINT = "pairs-point"
    PAIRS_LINKS = "pairs-links"
    CONVEXITY = "convexity"
    CONVEXITY_WORD = "convexity-word"
    CARD = "card"
    BASINS = "basins"
    HOLD = "hold"
    HOLD_WORD = "hold-word"
    RUNS = "runs"

    STEP = "step"
    STEP_WORD = "step-word"
    STEP_FACTS = "step-facts"
    BATCH_WORD = "batch-word"
    REWIND = "rewind"
    PLAY = "play"
    BACK = "back"
    FORWARD = "forward"
    SPEED = "speed"

    PROGRESS = "progress"
    PROGRESS_WORD = "progress-word"
    CANCEL = "cancel"
    ALARM = "alarm"
    WHY = "why"


def field(key: str, part: int = 0) -> dict[str, str | int]:
    """The id of the control for a field of the scene.

    Args:
        key: dotted name as in a link: "runs.0.optimizer.lr".
        part: which of several inputs, for a weight's address.
    """
    return {"type": "field", "key": key, "part": part}


ALL_FIELDS: dict[str, Any] = {"type": "field", "key": ALL, "part": ALL}
"""Every control of the rail."""


def action(name: str, index: int = 0) -> dict[str, str | int]:
    """The id of a button that is not always there: "suggest", "fit", "fetch".

    Args:
        name: what it does; ``components/controls/actions.py`` lists those that make another scene.
        index: which of several: of runs, where each has its own.
    """
    return {"type": "action", "name": name, "index": index}


ALL_ACTIONS: dict[str, Any] = {"type": "action", "name": ALL, "index": ALL}
"""Every such button."""


def lesson(name: str) -> dict[str, str]:
    """The id of a lesson's entry in the menu."""
    return {"type": "lesson", "name": name}
