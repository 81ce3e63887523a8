"""The step at each place of a path: what its arrows and its numbers show."""

from __future__ import annotations

import numpy as np

from landscape import Path

Series = dict[str, np.ndarray]
"""Name -> (T,), one value for each recorded step."""


def steps(path: Path) -> Series:
    """What a path itself tells of its steps.

    Returns:
        ``lr`` and ``grad_norm`` as in :class:`landscape.Path`; ``length``, from each recorded place to the next in
        the plane's coordinates, NaN at the last; where the method gathers momentum, ``va`` and ``vb``, its two
        coordinates, and ``speed``, its length in them.
    """
    told = {"lr": path.lr, "grad_norm": path.grad_norm, "length": np.hypot(*_to_next(path).T)}
    if not np.isfinite(path.momentum).any():
        return told
    va, vb = path.momentum.T
    return told | {"va": va, "vb": vb, "speed": np.hypot(va, vb)}


def downhill(path: Path, gradient: np.ndarray) -> Series:
    """How the steps lie to the gradient.

    Args:
        path: T recorded steps.
        gradient: (T, 2) in the plane's coordinates; NaN where it is not known.

    Returns:
        ``ga`` and ``gb``, the gradient; ``turn``, the angle from its negative to the step, in degrees.
    """
    return {"ga": gradient[:, 0], "gb": gradient[:, 1], "turn": angle(-gradient, _to_next(path))}


def towards(path: Path, gradient: np.ndarray, minima: np.ndarray) -> Series:
    """How the nearest of the known minima lies.

    Args:
        path: T recorded steps.
        gradient: (T, 2), as for :func:`downhill`.
        minima: (M, 2) in the plane's coordinates, at least one.

    Returns:
        ``ma`` and ``mb``, its place; ``astray``, the angle from the negative gradient to it, in degrees.
    """
    places = np.stack([path.a, path.b], axis=-1)  # (T, 2)
    nearest = minima[np.linalg.norm(places[:, None] - minima, axis=-1).argmin(axis=-1)]  # (T, 2)
    return {"ma": nearest[:, 0], "mb": nearest[:, 1], "astray": angle(-gradient, nearest - places)}


def angle(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The angle between vectors (..., 2) in degrees, 0..180, by 2 atan2(|p - q|, |p + q|) of their directions p, q.

    Unlike the arc cosine it is exact next to 0 and 180. NaN where a vector has no direction.

    Example:
        >>> angle(np.array([3.6, -12.0]), np.array([1.8, -0.6])).round(2)
        np.float64(54.87)
    """
    p, q = _direction(first), _direction(second)
    halves = np.arctan2(np.linalg.norm(p - q, axis=-1), np.linalg.norm(p + q, axis=-1))
    return np.asarray(np.degrees(2 * halves))[()]


def _direction(vector: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        scaled = vector / np.abs(vector).max(axis=-1, keepdims=True)  # the square of a tiny one would be zero
        return np.asarray(scaled / np.linalg.norm(scaled, axis=-1, keepdims=True))


def _to_next(path: Path) -> np.ndarray:
    """From each recorded place to the next, (T, 2)."""
    places = np.stack([path.a, path.b], axis=-1)
    return np.diff(places, axis=0, append=np.full((min(1, len(places)), 2), np.nan))
