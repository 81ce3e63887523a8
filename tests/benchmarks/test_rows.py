"""The table: its rows are complete, one runs from end to end, and it says what it cannot measure and why."""

import json
from functools import partial

import numpy as np
import pytest

import benchmarks.__main__ as table
import landscape as ls
from benchmarks import peers, remains, rows
from benchmarks.measure import Contender
from benchmarks.scenes import network, over, surface_of

TINY = network("digits", 20, hidden=(4, 6)) | over("W3", 5, 2, 3, resolution=(4, 3))


@pytest.fixture(autouse=True)
def one_thread(monkeypatch):
    """Two threads that share their cores with other tests wait for each other."""
    for module in (rows, peers):
        monkeypatch.setattr(module, "CHOICES", {"1 thread": 1})


def tiny(contenders=None, precision="float64"):
    return rows.Row(
        name=f"tiny-{precision}",
        work="a tiny surface",
        precision=precision,
        tolerance=rows.TOLERANCE[precision],
        scene=surface_of(TINY, "float64"),
        contenders=contenders or partial(rows.surface, precision=precision, floor=remains.last_layer),
    )


@pytest.mark.parametrize("data", ["mnist", "digits"])
def test_every_row_can_be_asked_for_by_name(data):
    names = [row.name for row in rows.rows(data)]
    assert len(set(names)) == len(names)
    assert all(row.work.count(row.scene.data.kind) == 1 for row in rows.rows(data))


def test_a_row_runs_from_end_to_end():
    result = table.measure(tiny(), 2)
    assert result["seconds"].keys() >= {"textbook", "floor", "ours"}
    assert all(seconds > 0 for seconds in result["seconds"].values())
    cells = table.cells(result)
    assert len(cells) == len(table.COLUMNS)
    assert cells[-3].endswith(" x")
    assert cells[3] == peers.MISSING if peers.missing() else "torch" not in cells[3]


def test_the_rows_kinds_all_agree_on_small_networks():
    """Surfaces of every kind, descents and training: nothing is timed, results are compared."""
    fields = network("digits", 40, hidden=(4, 6))
    for plane, floor in [
        (over("W2", 4, 0, 3), remains.second_layer),
        (over("W1", 1, 35, 36), remains.first_layer),
        (over("W1", 1, 35, 36), remains.first_layer_directly),
    ]:
        scene = surface_of(fields | plane | {"grid": plane["grid"] | {"resolution": (3, 3)}}, "float64")
        assert scene is not None
        contenders = rows.surface(scene, "float64", floor)
        assert all(apart < 1e-9 for apart in table.gaps(contenders).values())


def test_times_are_not_printed_where_results_disagree():
    def contenders(scene):
        ours = ls.Engine().surface(scene).loss
        return {"textbook": Contender(lambda: ours * (1 + 1e-8)), "ours": Contender(lambda: ours)}

    result = table.measure(tiny(contenders), 1)
    assert result["differs"] == {"textbook": pytest.approx(1e-8, rel=1e-3)}
    assert "seconds" not in result
    assert "textbook and ours differ by 1.0e-08" in table.cells(result)
    assert "seconds" in table.measure(tiny(contenders, precision="float32"), 1)


def test_a_missing_number_is_a_disagreement():
    def contenders(scene):
        return {"textbook": Contender(lambda: np.array([np.nan])), "ours": Contender(lambda: np.array([1.0]))}

    assert table.measure(tiny(contenders), 1)["differs"] == {"textbook": np.inf}


def test_without_mnist_its_rows_say_so_and_the_digits_stand_in(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LANDSCAPE_DATA", str(tmp_path))
    monkeypatch.setattr(table, "rows", lambda data: rows.rows(data)[:1] if data == "mnist" else [tiny()])
    assert table.main(["--rounds", "1"]) == 0
    absent, measured = capsys.readouterr().out.splitlines()[-2:]
    assert "train-images-idx3-ubyte.gz" in absent
    assert "a tiny surface" in measured
    assert measured.count(" x |") >= 2


def test_a_precision_that_cannot_be_asked_for_is_said_to_be_missing():
    assert rows.Row("r", "work", "float32", 1e-6, None, lambda scene: {}).missing == "float32 is not available"


def test_unknown_rows_are_named_with_those_there_are(capsys):
    assert table.main(["--only", "nothing"]) == 2
    assert "There is no row nothing. There are last-layer-float64, " in capsys.readouterr().err


def test_results_come_as_json_too(monkeypatch, capsys):
    monkeypatch.setattr(table, "rows", lambda data: [tiny()])
    assert table.main(["--rounds", "1", "--json", "--data", "digits"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["name"] == "tiny-float64"
    assert result["ratios"].keys() >= {"textbook", "floor"}
