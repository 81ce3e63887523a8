"""The bytes of a CSV file as rows of text, each with the line that it begins in.

What cannot be read is a sentence that names the line. Quoting is that of RFC 4180, strictly: a quoted value may hold
separators, line breaks and doubled quotes, and ends at its closing quote.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import accumulate, islice
from typing import Literal, NamedTuple

from landscape.datasets.csv_values import is_missing, number
from landscape.errors import DataCorrupt

MOST_BYTES = 5_000_000
"""Bytes of a file at most: 5 MB."""

MOST_COLUMNS = 100
"""Values of a row at most."""

SEPARATORS = "\t;|,"
"""In the order in which they are taken where several would do: text and decimal numbers hold commas most often."""

NAMES = {"\t": "tab", ";": "semicolon", "|": "vertical bar", ",": "comma"}

LOOKED_AT = 100
"""Rows by which separator and header are told."""

LINES_LOOKED_AT = 10_000
"""Lines in which these are looked for, of those from the first that is not empty."""

BATCH = 500
"""Rows that are read at a time: so few that Python's search for garbage does not go through them."""

_BINARY = (
    (b"PK\x03\x04", "a zip archive, as spreadsheets are (.xlsx, .ods)"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"%PDF", "a PDF document"),
    (b"\xd0\xcf\x11\xe0", "an old spreadsheet (.xls)"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)
_ENCODINGS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_BREAK = re.compile("\r\n|\r|\n")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")


Header = Literal["detected", "yes", "no"]
"""Whether the first row names the columns."""


class Rows(NamedTuple):
    """The rows of a file that are not empty, all of the same length, by columns.

    Attributes:
        header: the first row where it names the columns, else None.
        columns: of each column the values of the other rows, from the top.
        lines: the line of the file that each of these rows begins in, counted from 1.
        separator: what stands between values.
    """

    header: list[str] | None
    columns: list[list[str]]
    lines: list[int]
    separator: str


def read_rows(data: bytes, header: Header = "detected") -> Rows:
    r"""The rows of a CSV file.

    Args:
        data: UTF-8, UTF-16 with a byte order mark, or else Windows-1252 (which holds Latin-1's letters).
        header: "detected": the first row names the columns where it holds no number, and some column holds numbers
            below it, or no column holds its name again.

    Raises:
        DataCorrupt: it is too large, no text, empty, or a line breaks the rules; the sentence says which.

    Example:
        >>> rows = read_rows(b'name;size\n"a ""b""; c";1,5\n')
        >>> rows.header, rows.columns
        (['name', 'size'], [['a "b"; c'], ['1,5']])
    """
    text = decoded(data)
    if not text.strip("\r\n"):
        raise DataCorrupt("The file has empty lines only." if text else "The file is empty.")
    separator = separator_of(text)
    names: list[str] | None = None
    columns: list[list[str]] = []
    lines: list[int] = []
    for rows, begun in _batches(text, separator):
        if not columns:
            width, first = len(rows[0]), begun[0]
            if width > MOST_COLUMNS:
                raise DataCorrupt(f"Line {first} has {width:,} values; at most {MOST_COLUMNS} columns are taken.")
            columns = [[] for _ in rows[0]]
            if header == "yes" or (header == "detected" and _is_header(rows)):
                names = rows[0]
        if not {width}.issuperset(map(len, rows)):
            row, line = next((row, line) for row, line in zip(rows, begun, strict=True) if len(row) != width)
            count = f"{len(row):,} value{'s' if len(row) != 1 else ''}"
            raise DataCorrupt(f"Line {line} has {count}; {'the header' if names else f'line {first}'} has {width}.")
        start = 1 if names is not None and not lines and rows[0] is names else 0
        for place, column in enumerate(columns):
            column += [row[place] for row in rows[start:]]
        lines += begun[start:]
    if not columns:
        raise DataCorrupt("The file has empty lines only.")
    return Rows(names, columns, lines, separator)


def _batches(text: str, separator: str) -> Iterator[tuple[list[list[str]], list[int]]]:
    """The rows that are not empty, some thousands at a time, and the lines that they begin in."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    ended = 0
    while True:
        try:
            rows = list(islice(reader, BATCH))
        except csv.Error as error:
            raise DataCorrupt(_why(text, separator)) from error
        if not rows:
            return
        lines = list(range(ended + 1, ended + len(rows) + 1))
        if reader.line_num != ended + len(rows):  # values with line breaks in them
            taken = accumulate((1 + len(_BREAK.findall(separator.join(row))) for row in rows), initial=ended + 1)
            lines = list(taken)[:-1]
        ended = reader.line_num
        if not all(map(len, rows)) or (len(rows[0]) == 1 and any(row == [] or not row[0].strip() for row in rows)):
            kept = [place for place, row in enumerate(rows) if len(row) > 1 or (row and row[0].strip())]
            rows, lines = [rows[place] for place in kept], [lines[place] for place in kept]
        if rows:
            yield rows, lines


def _is_header(rows: Sequence[Sequence[str]]) -> bool:
    first, below = rows[0], rows[1 : LOOKED_AT + 1]
    if any(number(text) is not None for text in first):
        return False
    for place, name in enumerate(first):
        column = [row[place] for row in below if len(row) == len(first) and not is_missing(row[place])]
        if column and all(number(text) is not None for text in column):
            return True
        if name.strip() and name in column:
            return False
    return True


def decoded(data: bytes) -> str:
    """The text of a file.

    Raises:
        DataCorrupt: it is larger than ``MOST_BYTES``, or no text.
    """
    if len(data) > MOST_BYTES:
        raise DataCorrupt(f"The file must have at most {MOST_BYTES:,} bytes (5 MB). Got {len(data):,}.")
    for mark, what in _BINARY:
        if data.startswith(mark):
            raise DataCorrupt(f"The file is {what}, whatever its name says. Save the table as CSV and choose that.")
    encoding = next((name for mark, name in _ENCODINGS if data.startswith(mark)), None)
    try:
        text = data.decode(encoding or "utf-8")
    except UnicodeDecodeError as error:
        if encoding:
            line = data[: error.start].count(b"\n") + 1
            raise DataCorrupt(f"Line {line} is not the text that the file's first bytes promise.") from error
        text = data.decode("cp1252", "replace")
    if found := _CONTROL.search(text):
        line = _lines(text[: found.start()])
        raise DataCorrupt(f"Line {line} has a character that no text has (code {ord(found.group())}): is this a CSV?")
    return text


def separator_of(text: str) -> str:
    r"""The separator that parts the first rows most evenly; a comma where none does.

    Example:
        >>> separator_of("a;b\n1,5;2,5\n")
        ';'
    """
    best, most = ",", 0.0
    text = text.lstrip("\r\n")
    for separator in SEPARATORS:
        counts = Counter(map(len, _first(text, separator)))
        (width, rows), *_ = counts.most_common(1) or [(1, 0)]
        if width > 1 and (share := rows / counts.total()) > most:
            best, most = separator, share
    return best


def _first(text: str, separator: str) -> Iterator[list[str]]:
    """The first rows, as far as they can be read."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    count = 0
    try:
        for row in islice(reader, LINES_LOOKED_AT):
            if row:
                yield row
                count += 1
            if count == LOOKED_AT:
                return
    except csv.Error:
        return


def _why(text: str, separator: str) -> str:
    """What is wrong with the row that cannot be read, found by going through it letter by letter."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    with suppress(csv.Error):
        for _ in reader:
            line = reader.line_num + 1
    at, quote_line, begins, quoted, size = _start_of(text, line), line, True, False, 0
    limit = csv.field_size_limit()
    while at < len(text):
        letter = text[at]
        size += 1
        if quoted:
            if letter == '"' and text[at + 1 : at + 2] == '"':
                at += 1
            elif letter == '"':
                quoted = False
                after = text[at + 1 : at + 2]
                if after and after not in (separator, "\r", "\n"):
                    return f"Line {line}: a closing quote is followed by {after!r}; a {NAMES[separator]} must come."
        elif letter == '"' and begins:
            quoted, quote_line = True, line
        elif letter in "\r\n" or size > limit:
            break
        begins = not quoted and letter == separator
        size = 0 if begins else size
        line += letter == "\n" or (letter == "\r" and text[at + 1 : at + 2] != "\n")
        at += 1
    if quoted:
        return f"Line {quote_line}: a quote that opens here is never closed."
    return f"Line {line} has a value of more than {limit:,} characters."


def _start_of(text: str, line: int) -> int:
    """Where a line begins."""
    if line == 1:
        return 0
    return next(islice(_BREAK.finditer(text), line - 2, None)).end()


def _lines(text: str) -> int:
    """The line that a text ends in, counted from 1."""
    return len(_BREAK.findall(text)) + 1
