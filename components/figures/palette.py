"""The colours, dashes and symbols of everything that is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ThemeName = Literal["light", "dark"]


@dataclass(frozen=True)
class Theme:
    """The colours of one theme; the page's own tokens stand in ``assets/00-tokens.css`` with the same values.

    Attributes:
        paper: the background.
        ink: text and contour lines.
        muted: axis titles.
        hairline: grid lines.
        paths: one colour per path, in a fixed order. Okabe and Ito's colour-blind-safe set, darkened or
            lightened until each stands out from the paper by 3:1 or more.
    """

    paper: str
    ink: str
    muted: str
    hairline: str
    paths: tuple[str, ...]


THEMES: dict[ThemeName, Theme] = {
    "light": Theme(
        paper="#fcfcfb",
        ink="#1c1f23",
        muted="#5c646e",
        hairline="#e3e5e8",
        paths=("#cf5200", "#0072b2", "#a8467f", "#007d5b", "#1c1f23", "#9a6700", "#2d7fae", "#75700a"),
    ),
    "dark": Theme(
        paper="#14171a",
        ink="#e9ecef",
        muted="#9aa4af",
        hairline="#2a2f35",
        paths=("#ff8a3d", "#56b4e9", "#e79ac6", "#2fc79a", "#e9ecef", "#f2b33d", "#9ad2f5", "#f0e442"),
    ),
}

MAX_PATHS = 8
"""As many as a theme has colours."""

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "solid", "dash")
"""Line styles by path, so that colour is never the only difference."""

SYMBOLS = ("circle", "square", "diamond", "circle", "square", "diamond", "square", "diamond")
"""End symbols by path; all of them exist in two and in three dimensions."""

DIVERGED_SYMBOL = "x"

BASINS = ("#e69f00", "#56b4e9", "#009e73", "#cc79a7", "#f0e442", "#0072b2", "#d55e00")
"""Of basins of attraction, the largest first: Okabe and Ito's colours, told apart by all eyes."""

ELSEWHERE, ON_ITS_WAY, LOST = "#8a6d4f", "#9aa0a6", "#3c4043"
"""All other basins together; starts that came to no end; starts that were lost."""

VEIL = 0.55
"""How opaque a basin is: the paper shines through, so that lines and paths stand out in both themes."""

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
"""The interface's own typeface, so that a picture reads like the page."""


def modebar(theme: Theme) -> dict[str, str]:
    """Plotly's own buttons in the theme's colours."""
    return {"bgcolor": "rgba(0,0,0,0)", "color": theme.muted, "activecolor": theme.ink}


def halo(theme: Theme) -> str:
    """A shadow in the colour of the paper, so that a number reads on any part of the map."""
    return ", ".join([f"0 0 3px {theme.paper}"] * 3)


def translucent(colour: str, alpha: float) -> str:
    """A ``#rrggbb`` colour with an opacity.

    Example:
        >>> translucent("#1c1f23", 0.35)
        'rgba(28,31,35,0.35)'
    """
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha})"
