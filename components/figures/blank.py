"""What every flat picture looks like, whatever it draws."""

from __future__ import annotations

from typing import Any

from components.figures.palette import FONT, Theme, modebar


def axis(drawn: Theme) -> dict[str, Any]:
    """An axis of a curve: hairlines across, and no name or number before there is something to count."""
    return {"gridcolor": drawn.hairline, "zeroline": False, "linecolor": drawn.hairline,
            "title": {"text": "", "standoff": 8}, "showticklabels": False}  # fmt: skip


def layout(drawn: Theme) -> dict[str, Any]:
    """Of the whole picture, but for its axes and margins."""
    return {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "dragmode": "pan",
        "font": {"family": FONT, "size": 12, "color": drawn.muted},
        "uirevision": "kept",
        "modebar": modebar(drawn),
    }


def colour_bar(title: str = "") -> dict[str, Any]:
    """What a map's colours stand for, at its right."""
    return {"thickness": 10, "len": 0.93, "y": 0, "yanchor": "bottom", "outlinewidth": 0,
            "title": {"side": "right", "text": title}, "nticks": 6}  # fmt: skip
