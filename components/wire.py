"""Frames as bytes: a JSON header and raw arrays behind it; ``assets/wire.js`` reads them."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from plotly.utils import PlotlyJSONEncoder

from landscape import pack

FLOAT32 = 2.0**-24
"""Largest relative error of rounding to float32."""


def encode(meta: dict[str, Any], props: dict[str, dict[str, Any]]) -> bytes:
    """A frame's bytes: the arrays are put behind the header, each once."""
    arrays: dict[str, Any] = {}
    names: dict[int, str] = {}

    def sent(value: Any) -> Any:
        if isinstance(value, np.ndarray):
            name = names.setdefault(id(value), str(len(names)))
            if name not in arrays:
                arrays[name] = narrow(value)
            return {"$": name}
        if isinstance(value, dict):
            return {key: sent(inner) for key, inner in value.items()}
        return [sent(inner) for inner in value] if isinstance(value, list | tuple) else value

    whole = {"updates": [], "hidden": None, "paths": None, "title": None} | meta
    header = sent(whole) | {"props": props}
    data = pack(json.loads(json.dumps(header, cls=PlotlyJSONEncoder)), arrays)
    return len(data).to_bytes(4, "little") + data


def narrow(array: np.ndarray) -> np.ndarray:
    """Float32 where that moves no value by more than a ten-thousandth of what they span, else float64; bytes stay."""
    if array.dtype == np.uint8:
        return array
    exact = array.dtype.kind == "i" and array.size > 0 and int(np.abs(array).max()) > 1 / FLOAT32
    array = np.asarray(array, dtype=np.float64)
    if exact:  # counts are compared with the slider's place
        return array
    finite = array[np.isfinite(array)]
    if not finite.size:
        return array.astype(np.float32)
    largest, known = float(np.abs(finite).max()), np.finfo(np.float32)
    if largest > float(known.max) or 0 < largest < float(known.tiny):
        return array
    span = float(np.ptp(finite))
    return array.astype(np.float32) if span == 0 or FLOAT32 * largest <= 1e-4 * span else array
