"""CSV files as rows: Python's own csv and tables written by hand are the judges; what is wrong is told by its line."""

from __future__ import annotations

import csv
import gzip
import io
import time
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscape.datasets.csv_text import BATCH, MOST_BYTES, decoded, read_rows, separator_of
from landscape.errors import DataCorrupt


def table(data: bytes, header: str = "no") -> list[list[str]]:
    """A file's rows, without a header."""
    rows = read_rows(data, header)
    return [list(row) for row in zip(*rows.columns, strict=True)]


def refused(data: bytes, header: str = "detected") -> str:
    with pytest.raises(DataCorrupt) as caught:
        read_rows(data, header)
    assert str(caught.value).endswith((".", "?"))
    return str(caught.value)


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.csv", "a,b\n1,2\n")
    return file.getvalue()


# --- RFC 4180, section 2, rule by rule ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("aaa,bbb,ccc\r\nzzz,yyy,xxx\r\n", [["aaa", "bbb", "ccc"], ["zzz", "yyy", "xxx"]]),
        ("aaa,bbb,ccc\r\nzzz,yyy,xxx", [["aaa", "bbb", "ccc"], ["zzz", "yyy", "xxx"]]),
        ('"aaa","bbb","ccc"\r\nzzz,yyy,xxx', [["aaa", "bbb", "ccc"], ["zzz", "yyy", "xxx"]]),
        ('"aaa","b\r\nbb","ccc"\r\nzzz,yyy,xxx', [["aaa", "b\r\nbb", "ccc"], ["zzz", "yyy", "xxx"]]),
        ('"aaa","b""bb","ccc"', [["aaa", 'b"bb', "ccc"]]),
        ('"a,a",b', [["a,a", "b"]]),
        ("a,b\rc,d\r", [["a", "b"], ["c", "d"]]),
        ("a, b \n", [["a", " b "]]),
    ],
)
def test_quoting(text: str, rows: list[list[str]]) -> None:
    assert table(text.encode()) == rows


LETTERS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")) | st.sampled_from('\n\r"\t,;|'), max_size=6
)


@settings(derandomize=True, deadline=None, database=None, max_examples=300)
@given(
    st.integers(2, 5).flatmap(lambda width: st.lists(st.lists(LETTERS, min_size=width, max_size=width), min_size=2)),
    st.sampled_from(["\r\n", "\n"]),
    st.sampled_from(",;\t|"),
)
def test_what_csv_writes_is_read(rows: list[list[str]], ending: str, separator: str) -> None:
    """With the separator that is found, Python's own reader reads the same; with the one that it was written with,
    that is what was written."""
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=separator, lineterminator=ending, quoting=csv.QUOTE_ALL).writerows(rows)
    text = file.getvalue()
    assert separator_of(text) == separator
    assert table(text.encode()) == rows


@settings(derandomize=True, deadline=None, database=None, max_examples=100)
@given(st.lists(st.tuples(st.sampled_from(["1", "x\ny", "x\r\n\r\ny", "x\ry"]), st.sampled_from(["", "\n", "\r\n"]))))
def test_lines_are_counted_through_breaks_in_values_and_empty_lines(pieces: list[tuple[str, str]]) -> None:
    text, lines = "", []
    for value, gap in [*pieces, ("1", "")]:
        text += gap
        lines.append(
            1 + text.count("\r\n") + text.replace("\r\n", "").count("\n") + text.replace("\r\n", "").count("\r")
        )
        text += f'"{value}",2\n'
    assert read_rows(text.encode(), "no").lines == lines


def test_lines_of_many_batches() -> None:
    text = "".join(f"{row},{row % 7}\n" + "\n" * (row % 3 == 0) for row in range(3 * BATCH))
    rows = read_rows(text.encode(), "no")
    assert rows.columns[0] == [str(row) for row in range(3 * BATCH)]
    where = text.split("\n")
    assert all(where[line - 1].startswith(f"{row},") for row, line in enumerate(rows.lines))


# --- separators, headers, encodings -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("a,b\n1,2\n", ","),
        ("a;b\n1,5;2,5\n", ";"),
        ("1,5;2,5\n3,5;4,5\n", ";"),
        ("a\tb\n1,5\t2,5\n", "\t"),
        ("a|b\n1|2\n", "|"),
        ('a,b\n"x;y",2\n"z;z",3\n', ","),
        ("a,b,c\n1,2,3\n1,2\n4,5,6\n", ","),
        ("a\n1\n", ","),
        ("when,what\n2024-01-01 10:00,1;2\n2024-01-02 10:00,1\n2024-01-02 10:00,3\n", ","),
    ],
)
def test_separators_are_found(text: str, separator: str) -> None:
    assert separator_of(text) == separator


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("size,price\n1,2\n", True),
        ("1,2\n3,4\n", False),
        ("size,7\n1,2\n", False),
        ("colour,kind\nred,a\nblue,b\n", True),
        ("red,a\nblue,b\nred,b\n", False),
        ("size,kind\n1,a\n", True),
        ("a,b\n", True),
        (",price\n1,2\n", True),
        ("NA,NA\n1,2\n", True),
    ],
)
def test_headers_are_told(text: str, header: bool) -> None:
    assert (read_rows(text.encode()).header is not None) == header
    assert read_rows(text.encode(), "yes").header == text.partition("\n")[0].split(",")
    assert read_rows(text.encode(), "no").header is None


TEXT = "größe;preis\n1,5;ü\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252"])
def test_encodings(encoding: str) -> None:
    assert decoded(TEXT.encode(encoding)) == TEXT


def test_both_byte_orders_and_a_euro_sign() -> None:
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        assert decoded(mark + TEXT.encode(encoding)) == TEXT
    assert decoded("a;€\n".encode("cp1252")) == "a;€\n"


# --- what is wrong, and in which line -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b"\xef\xbb\xbf", "The file is empty."),
        (b"\n\r\n  \n", "The file has empty lines only."),
        (b"a,b\n" + b"1,2\n" * 15 + b"3\n", "Line 17 has 1 value; the header has 2."),
        (b"a,b\n1,2\n\n1,2,3\n", "Line 4 has 3 values; the header has 2."),
        (b"1,2\n3,4\n5,6,7\n", "Line 3 has 3 values; line 1 has 2."),
        (b'a,b\n1,2\n3,"4\n5,6\n', "Line 3: a quote that opens here is never closed."),
        (b'a,b\n"1\n\n2",3\n"4\n",5\n6,7\n"8\n9', "Line 8: a quote that opens here is never closed."),
        (b'a,b\n"1\n2","3\n', "Line 3: a quote that opens here is never closed."),
        (b'a,b\n"1"2,3\n', "Line 2: a closing quote is followed by '2'; a comma must come."),
        (b'a;b\n1;2\n"1\n"x;3\n', "Line 4: a closing quote is followed by 'x'; a semicolon must come."),
        (b"a,b\n1,2\x07\n", "Line 2 has a character that no text has (code 7): is this a CSV?"),
        (b"a,b\n1,2\n3,\x00\n", "Line 3 has a character that no text has (code 0): is this a CSV?"),
        (b"\xff\xfea\x00,\x00b\x00\n\x00\x00\xd8\n\x00", "Line 2 is not the text that the file's first bytes promise."),
        (b"1," * 100 + b"1\n", "Line 1 has 101 values; at most 100 columns are taken."),
        (b"%PDF-1.7\n", "The file is a PDF document, whatever its name says. Save the table as CSV and choose that."),
    ],
)
def test_sentences(data: bytes, sentence: str) -> None:
    assert refused(data) == sentence


@pytest.mark.parametrize("data", [zipped(), gzip.compress(b"a,b\n1,2\n"), b"\x89PNG\r\n\x1a\n", b"\xd0\xcf\x11\xe0"])
def test_what_is_renamed_is_not_read(data: bytes) -> None:
    assert "whatever its name says" in refused(data)


def test_five_megabytes_are_taken_and_a_byte_more_is_not() -> None:
    data = b"1,22\n" * (MOST_BYTES // 5)
    assert len(data) == MOST_BYTES
    rows = read_rows(data)
    assert len(rows.lines) == MOST_BYTES // 5
    assert (rows.lines[-1], rows.columns[1][-1]) == (MOST_BYTES // 5, "22")
    assert refused(data + b"\n") == "The file must have at most 5,000,000 bytes (5 MB). Got 5,000,001."


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\n" * MOST_BYTES, "The file has empty lines only."),
        (b"," * MOST_BYTES, "Line 1 has 5,000,001 values; at most 100 columns are taken."),
    ],
    ids=["empty lines", "separators"],
)
def test_five_megabytes_of_nothing_take_no_longer_than_a_table(data: bytes, says: str) -> None:
    """Others wait meanwhile: the interpreter does one thing at a time."""
    begun = time.thread_time()
    read_rows(b"1,22\n" * (MOST_BYTES // 5))
    table_takes = time.thread_time() - begun
    begun = time.thread_time()
    assert refused(data) == says
    assert time.thread_time() - begun < table_takes


def test_a_table_below_many_empty_lines_is_read() -> None:
    rows = read_rows(b"\n" * 20_000 + b"a;b\n" + b"\n" * 20_000 + b"1,5;2,5\n")
    assert (rows.separator, rows.header, rows.columns, rows.lines) == (";", ["a", "b"], [["1,5"], ["2,5"]], [40_002])


def test_lines_of_a_million_letters() -> None:
    limit = csv.field_size_limit()
    long = b"x" * 10**6
    assert refused(b"a,b\n1,2\n3," + long + b"\n") == f"Line 3 has a value of more than {limit:,} characters."
    assert refused(b'a,b\n1,2\n"' + long + b'",3\n') == f"Line 3 has a value of more than {limit:,} characters."
    assert refused(b'a,b\n1,2\n"' + long + b"\n3,4\n") == "Line 3: a quote that opens here is never closed."
    assert refused(b"1," * 500_000 + b"1\n") == "Line 1 has 500,001 values; at most 100 columns are taken."
    assert csv.field_size_limit() == limit, "it is the whole process's"


def test_a_line_of_ten_thousand_letters_in_each_column_is_a_line() -> None:
    text = ",".join("y" * 10_000 for _ in range(100)) + "\n"
    assert len(text) > 1_000_000
    assert table((text * 3).encode()) == [["y" * 10_000] * 100] * 3


@settings(derandomize=True, deadline=None, database=None, max_examples=400)
@given(st.binary(max_size=60) | st.text(st.sampled_from('a1,;"\n\r\t| '), max_size=40).map(str.encode))
def test_any_bytes_are_a_table_or_a_sentence(data: bytes) -> None:
    try:
        rows = read_rows(data)
    except DataCorrupt as error:
        sentence = str(error)
    else:
        assert {len(column) for column in rows.columns} == {len(rows.lines)}
        return
    assert sentence.endswith((".", "?"))
