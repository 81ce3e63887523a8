"""Rows as columns, and columns as inputs and targets: tables written by hand say what must come of them."""

from __future__ import annotations

import numpy as np
import pytest

from landscape.datasets.csv_design import designed, last_target
from landscape.datasets.csv_table import read_sheet
from landscape.errors import DataCorrupt

nan = np.nan

TABLE = b"""size,colour,rooms,id,price
10,red,1,a1,100.5
20,blue,2,a2,200
NA,red,1,a3,150
30,red,3,a4,-1e2
40,green,2,a5,
50,blue,3,a6,300
60,green,3,a7,350
"""


def columns(data: bytes, header: str = "detected") -> dict[str, list[object]]:
    """Names and values; of words the words."""
    found = {}
    for column in read_sheet(data, header).columns:
        words = [*column.words, None]
        found[column.name] = (
            [words[code] for code in column.codes] if column.codes is not None else column.numbers.tolist()
        )
    return found


def test_numbers_words_and_what_is_missing() -> None:
    found = columns(TABLE)
    np.testing.assert_array_equal(found["size"], [10, 20, nan, 30, 40, 50, 60])
    np.testing.assert_array_equal(found["price"], [100.5, 200, 150, -100, nan, 300, 350])
    assert found["colour"] == ["red", "blue", "red", "red", "green", "blue", "green"]


@pytest.mark.parametrize("mark", ["", " ", "NA", "na", "N/A", "nan", "NaN", "?", "-", "null"])
def test_every_mark_of_what_is_missing(mark: str) -> None:
    found = columns(f"a,b\n1,x\n{mark},{mark}\n2,y\n".encode())
    np.testing.assert_array_equal(found["a"], [1, nan, 2])
    assert found["b"] == ["x", None, "y"]


def test_semicolons_with_decimal_commas() -> None:
    found = columns("größe;preis;art\n1,5;-2,25e1;a\n3;?;b\n0,5;1;a\n".encode("cp1252"))
    assert found["größe"] == [1.5, 3, 0.5]
    np.testing.assert_array_equal(found["preis"], [-22.5, nan, 1])


@pytest.mark.parametrize("text", ["a;b\n1,5;1.5\n2,5;2.5\n", "a;b\n1,5;x\n2.5;y\n3,5;z\n"])
def test_commas_beside_points_are_no_decimal_commas(text: str) -> None:
    """A thousand may be meant: it is not guessed at."""
    sheet = read_sheet(text.encode())
    assert sheet.columns[0].numbers is None
    assert "comma" in sheet.columns[0].odd or "no number" in sheet.columns[0].odd


@pytest.mark.parametrize("text", ["1_000", "1.234,5", "0x10", "1 000", "twelve"])
def test_what_is_no_number(text: str) -> None:
    assert read_sheet(f"a;b\n{text};1\n{text};2\n".encode()).columns[0].words == (text,)


@pytest.mark.parametrize("text", ["inf", "-Infinity", "1e400", "1e101"])
def test_numbers_that_are_too_large_are_refused_by_their_line(text: str) -> None:
    with pytest.raises(DataCorrupt) as caught:
        read_sheet(f"a,b\n1,2\n3,{text}\n".encode())
    assert str(caught.value) == f"Line 3, b: a number must be finite and at most 1e100. Got {text}."


def test_names_are_each_other_ones() -> None:
    assert list(columns(b"a,a,, b  c ,a\n1,2,3,4,5\n")) == ["a", "a (2)", "column 3", "b c", "a (3)"]
    assert list(columns(b"1,2\n3,4\n")) == ["column 1", "column 2"]


@pytest.mark.parametrize(("data", "says"), [(b"a\n1\n2\n", "one column only"), (b"a,b\n", "a header and no rows")])
def test_too_little(data: bytes, says: str) -> None:
    with pytest.raises(DataCorrupt, match=says):
        read_sheet(data)


# --- inputs and targets ---------------------------------------------------------------------------------------


def test_a_number_is_predicted_from_numbers_and_words() -> None:
    design = designed(read_sheet(TABLE), 1)
    assert design.inputs[:4] == ("colour = blue", "colour = green", "colour = red", "rooms")
    np.testing.assert_array_equal(  # the rows of 10, 20, 30, 50 and 60
        design.x[:, :4], [[0, 0, 1, 1], [1, 0, 0, 2], [0, 0, 1, 3], [1, 0, 0, 3], [0, 1, 0, 3]]
    )
    np.testing.assert_array_equal(design.x[:, -1], [100.5, 200, -100, 300, 350])
    assert design.measured.tolist() == [False, False, False, True, *[False] * 7, True]
    np.testing.assert_array_equal(design.y, [10, 20, 30, 50, 60])


def test_words_of_many_kinds_are_left_out() -> None:
    rows = "".join(f"{row},name{row},{row % 2}\n" for row in range(12))
    design = designed(read_sheet(f"a,name,b\n{rows}".encode()), 1)
    assert design.inputs == ("b",)
    assert design.kinds == ("number", "left out", "number")
    assert design.notes == ("name is left out: it has 12 different words, more than 10.",)
    assert design.classes == ()


def test_rows_with_gaps_are_left_out_and_counted() -> None:
    design = designed(read_sheet(TABLE), 1)
    assert design.incomplete == 2
    assert "2 rows are left out: something is missing." in design.notes
    np.testing.assert_array_equal(design.y, [10, 20, 30, 50, 60])


def test_gaps_in_what_is_not_taken_do_not_count() -> None:
    rows = "".join(f"{row},{'' if row % 3 else row},{row % 2}\n" for row in range(9))
    design = designed(read_sheet(f"a,rare,b\n{rows}".encode()), 1)
    assert len(design.y) == 9
    assert design.incomplete == 0
    assert design.notes == ("rare is left out: 6 of its 9 values are missing.",)


@pytest.mark.parametrize(
    ("values", "target_as", "classes"),
    [
        (["b", "a", "b", "c", "a", "c"], "detected", ("a", "b", "c")),
        (["3", "1", "1", "3", "1", "3"], "detected", ("1", "3")),
        (["3", "1", "1", "3", "1", "3"], "numbers", ()),
        (["1", "2", "3", "4", "5", "6"], "detected", ()),
        (["1", "2", "3", "4", "5", "6"], "classes", ("1", "2", "3", "4", "5", "6")),
        (["0.5", "1", "1", "0.5", "1", "1"], "detected", ()),
    ],
)
def test_what_a_target_is(values: list[str], target_as: str, classes: tuple[str, ...]) -> None:
    rows = "".join(f"{row},{value}\n" for row, value in enumerate(values))
    design = designed(read_sheet(f"x,y\n{rows}".encode()), 2, target_as)
    assert design.classes == classes
    assert [(classes[int(y)] if classes else f"{y:g}") for y in design.y] == values


@pytest.mark.parametrize(
    ("column", "target_as", "says"),
    [
        (["a"] * 6, "detected", "t cannot be predicted: it is the same in every row. Choose another target."),
        (["7"] * 6, "detected", "t cannot be predicted: it is the same in every row. Choose another target."),
        (
            ["a", "", "", "", "", "b"],
            "detected",
            "t cannot be predicted: 4 of its 6 values are missing. Choose another",
        ),
        (["1", "2", "x", "3", "4", "5"], "detected", "t cannot be predicted: 1 value is no number, in line 4: 'x'."),
        (["a", "b"] * 3, "numbers", "t holds words, which can be predicted as classes only."),
        ([f"w{n}" for n in range(60)], "detected", "it has 60 different words, and at most 50 classes"),
        ([f"{n}.5" for n in range(60)], "classes", "t has 60 different numbers; at most 50 classes"),
        (["1", "2", "3", "4"], "detected", "Only 4 rows have nothing missing; at least 5 are needed."),
    ],
)
def test_targets_that_cannot_be(column: list[str], target_as: str, says: str) -> None:
    rows = "".join(f"{row},{value}\n" for row, value in enumerate(column))
    with pytest.raises(DataCorrupt) as caught:
        designed(read_sheet(f"x,t\n{rows}".encode()), 2, target_as)
    assert says in str(caught.value)


def test_a_table_without_inputs_and_a_column_that_is_not_there() -> None:
    sheet = read_sheet(b"x,t\n1,1\n1,2\n1,3\n1,4\n1,5\n")
    says = r"No column is left to predict t from. x is left out: it is the same in every row.$"
    with pytest.raises(DataCorrupt, match=says):
        designed(sheet, 2)
    with pytest.raises(DataCorrupt, match=r"Target must be a column from 1 to 2. Got 3."):
        designed(sheet, 3)


def test_where_no_input_is_left_the_first_reason_is_told() -> None:
    thousands = "".join(f'"{row},000,000",7,{row}\n' if row % 3 == 0 else f"{row},7,{row}\n" for row in range(1, 10))
    with pytest.raises(DataCorrupt) as caught:
        designed(read_sheet(f"x,u,t\n{thousands}".encode()), 3)
    assert str(caught.value) == (
        "No column is left to predict t from. x is left out: 3 values are no numbers, the first, in line 4:"
        " '3,000,000'. So is 1 more."
    )


def test_the_last_column_that_can_be_predicted() -> None:
    rows = "".join(f"{row},{row * 0.5},same\n" for row in range(8))
    assert last_target(read_sheet(f"a,b,c\n{rows}".encode())) == 2
