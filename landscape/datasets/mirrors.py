"""Downloads of IDX files from mirrors, checked before they count."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from landscape.datasets.idx import Damage, IdxFile, read_idx


class NoMirror(Exception):
    """No mirror gave the file. The message goes on from "cannot be fetched: "."""


class _Bounded:
    """A file that takes no more bytes than a compressed ``file`` can have, whatever a server sends."""

    def __init__(self, stream: BinaryIO, file: IdxFile) -> None:
        self._stream, self._left = stream, file.size + (1 << 16)

    def write(self, chunk: bytes) -> None:
        self._left -= len(chunk)
        if self._left < 0:
            raise Damage("is far too long")
        self._stream.write(chunk)

    def flush(self) -> None:
        self._stream.flush()


def download(file: IdxFile, family: Sequence[IdxFile], arrived: Path, mirrors: Sequence[str], timeout: float) -> str:
    """Save a file, checked, under ``arrived``.

    Args:
        file: what is wanted.
        family: the files it may be mistaken for.
        arrived: where to put it.
        mirrors: base addresses, asked in this order.
        timeout: seconds to wait for a connection, and for each piece of an answer.

    Returns:
        The mirror that gave it.

    Raises:
        NoMirror: none did, or none gave the right file.
        OSError: it could not be saved.
    """
    import pooch  # type: ignore[import-untyped]  # noqa: PLC0415 (slow to import, and needed only here)

    get = pooch.HTTPDownloader(timeout=timeout, chunk_size=1 << 16, headers={"Accept-Encoding": "identity"})
    failures = []
    for mirror in mirrors:
        try:
            with arrived.open("wb") as stream:
                get(mirror + file.name, _Bounded(stream, file), None)
            read_idx(arrived, file, family)
            return mirror
        except (OSError, ValueError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise  # of this machine's disk, not of the mirror
            shown = re.sub(r"//[^/@]*@", "//", mirror)  # a password in the address stays out of messages
            failures.append(f"{shown} ({_reason(error, timeout)})")
    raise NoMirror(f"{file.name} was asked of {' and of '.join(failures)}")


def _reason(error: Exception, timeout: float) -> str:
    """Say in a few words why a download failed (the errors are those of requests, which only pooch imports)."""
    if isinstance(error, Damage):
        return f"what came {error}"
    response = getattr(error, "response", None)
    if response is not None:
        return f"it answered {response.status_code}"
    name = type(error).__name__
    if "Timeout" in name or "timed out" in str(error):
        return f"no answer within {timeout:g} s"
    known = {"ConnectionError": "it cannot be reached", "ChunkedEncodingError": "it broke off"}
    return known.get(name, "it is not a web address" if isinstance(error, ValueError) else name)
