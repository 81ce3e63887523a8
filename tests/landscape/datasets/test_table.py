"""A table as the data of a scene: scikit-learn says how it is standardised, and an owner alone can name it."""

from __future__ import annotations

import csv
import gc
import io
import pickle
import time
import weakref
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError
from sklearn.preprocessing import StandardScaler

import landscape as ls
from landscape.datasets.tables import EXAMPLE, KEPT_BYTES, Reading, digest_of, example, example_digest

FILE = Path(ls.__file__).parent / "datasets" / EXAMPLE


def houses(rows: int = 50, seed: int = 0) -> bytes:
    """Size, rooms, district and price of houses that do not exist."""
    random = np.random.RandomState(seed)
    lines = [
        f"{size:.1f};{rooms};{'north' if rooms % 2 else 'south'};{100 * size + 50 * rooms:.2f}".replace(".", ",")
        for size, rooms in zip(random.uniform(20, 200, rows), random.randint(1, 6, rows), strict=True)
    ]
    return "\n".join(["size;rooms;district;price", *lines]).encode()


def scene(data: Any, **changes: Any) -> ls.Scene:
    fields = {"model": {"hidden": [3]}, "grid": {"resolution": [9, 8]}, "runs": [{"steps": 5}], "data": data}
    return ls.Scene.model_validate(fields | changes)


# --- samples ------------------------------------------------------------------------------------------------


def rows_of_the_example() -> tuple[np.ndarray, np.ndarray]:
    """The five numbers and the species of the rows without a gap, by Python's csv."""
    rows = [row for row in csv.DictReader(io.StringIO(FILE.read_text())) if "NA" not in row.values()]
    numbers = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g", "year"]
    x = np.array([[float(row[name]) for name in numbers] for row in rows])
    return x, np.array([row["species"] for row in rows])


@pytest.mark.parametrize("split", ["train", "test", "all"])
def test_standardised_as_by_scikit_learn(split: str) -> None:
    x, species = rows_of_the_example()
    order = np.random.RandomState(0).permutation(len(x))
    train = order[: len(x) * 4 // 5]
    chosen = {"train": train, "test": order[len(train) :], "all": order}[split]
    data = ls.Table(split=split, samples=len(chosen))
    got, y, _ = data.load()
    want = StandardScaler().fit(x[train]).transform(x[chosen])
    measured = [3, 4, 5, 6, 9]
    np.testing.assert_allclose(got[:, measured], want, rtol=1e-12, atol=1e-12)
    assert (np.sort(got[:, :3], axis=1) == [0, 0, 1]).all(), "the island, one-hot"
    assert [data.preview().classes[label] for label in y.argmax(axis=1)] == species[chosen].tolist()
    plain = ls.Table(split=split, samples=len(chosen), standardise=False).load().x
    np.testing.assert_array_equal(plain[:, measured], x[chosen])


def test_classes_are_called_as_in_the_file_by_whoever_holds_it() -> None:
    data = ls.hold_table(houses(seed=5), "houses.csv", ls.Tables(), b"me", target="district")
    assert data.labels == ("north", "south")
    assert data.held_by(ls.Tables(), b"you").labels == ("0", "1")
    assert data.read_again(target="price").labels == ("0",)


def test_a_number_as_target_is_standardised_too() -> None:
    data = ls.read_table(houses(), target="price")
    assert (data.task, data.inputs, data.outputs, data.rows, data.samples) == ("numbers", 4, 1, 50, 40)
    y = data.load().y
    plain = ls.read_table(houses(), standardise=False).load().y
    np.testing.assert_allclose(y, StandardScaler().fit_transform(plain), rtol=1e-12, atol=1e-13)


def test_a_column_that_does_not_vary_in_the_training_part_is_centred_alone() -> None:
    """0.1 ten times does not sum to 1: what is left of its variance is rounding."""
    train = np.random.RandomState(0).permutation(50)[:40]
    flat = [("0.1" if row in train else "3") for row in range(50)]
    text = "flat,other,y\n" + "".join(f"{flat[row]},{row},{row * row}\n" for row in range(50))
    x = ls.read_table(text.encode(), split="test", samples=10).load().x
    np.testing.assert_allclose(x[:, 0], 2.9, rtol=1e-12)


# --- from Python --------------------------------------------------------------------------------------------


def test_a_file_becomes_a_scene_and_its_link_leads_back(tmp_path: Path) -> None:
    path = tmp_path / "houses.csv"
    path.write_bytes(houses())
    data = ls.read_table(path, target="price", samples=30)
    made = scene(data, model={"kind": "mlp", "hidden": [3], "loss": "squared_error"})
    assert "30 rows of the table houses.csv" in made.words
    link = made.to_query()
    assert len(link) < 500
    assert ls.Scene.from_query(link) == made
    surface = ls.surface(made)
    assert np.isfinite(surface.loss).all()


@pytest.mark.parametrize(
    ("target", "says"), [("cost", "Target must be one of size, rooms, district, price. Got cost."), (9, "from 1 to 4")]
)
def test_a_target_that_is_not_there(target: Any, says: str) -> None:
    with pytest.raises((ValueError, ls.DataError), match=says):
        ls.read_table(houses(seed=9), target=target)
    lost = ls.Table(digest=digest_of(houses(seed=9)))
    assert lost.missing() is not None, "what cannot be read is not held"


def test_other_ways_to_read_it() -> None:
    data = ls.read_table(houses())
    rooms = data.read_again(target="rooms")
    assert (rooms.task, rooms.classes, rooms.width) == ("classes", 5, 4)
    assert rooms.read_again(target_as="numbers").task == "numbers"
    with pytest.raises(ls.DataCorrupt, match="1 value is no number, in line 1"):
        data.read_again(header="no")
    assert ls.read_table(houses(), header="yes") == data.read_again(header="yes")


def test_the_example_is_everybodys_and_as_its_defaults_say() -> None:
    assert ls.Table().digest == example_digest() == digest_of(FILE.read_bytes())
    assert ls.Table().is_example
    assert ls.Table().read_again() == ls.Table()
    assert example() == FILE.read_bytes()
    theirs = ls.Table().held_by(ls.Tables(), b"somebody")
    assert theirs.missing() is None
    assert theirs.version() == "", "its results are everybody's too"


# --- what is not there, or not what the scene says ----------------------------------------------------------


def test_a_file_that_is_not_held_is_asked_for() -> None:
    data = ls.read_table(houses(seed=3), file="houses.csv").held_by(ls.Tables(), b"")
    sentence = "This scene needs houses.csv (50 rows, 4 columns). Choose it to see the picture."
    assert data.missing() == sentence
    for ask in (data.load, data.preview, data.read_again):
        with pytest.raises(ls.DataMissing) as caught:
            ask()
        assert str(caught.value) == sentence


@pytest.mark.parametrize(
    "lie", [{"rows": 60}, {"rows": 40}, {"width": 3}, {"classes": 2}, {"columns": 5}, {"incomplete": 1}]
)
def test_sizes_that_are_not_the_files_are_refused(lie: dict[str, int]) -> None:
    data = ls.Table.model_validate({**ls.read_table(houses()).model_dump(exclude={"samples"}), **lie})
    with pytest.raises(ls.DataCorrupt, match="not what the scene says of it: it has 50 rows"):
        data.load()


NO_NAMES = ["", "  ", "a\nb.csv", "<b>.csv", 'a"b', "x" * 81, "a&b", "a\u202evsc.b", "\u200b", "a\x85b"]


@pytest.mark.parametrize("name", NO_NAMES)
def test_names_that_are_none(name: str) -> None:
    with pytest.raises(ValidationError, match=r"File (must be a plain name|takes this many|must)"):
        ls.Table(file=name)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\data\\a.csv", "a.csv"),
        ("/etc/<b>x.csv", "bx.csv"),
        ("", "table.csv"),
        ("y" * 200, "y" * 80),
        ("\n", "table.csv"),
        ("a\u202evsc.csv", "avsc.csv"),
        ("\u200b\u2066", "table.csv"),
        ("\u5bb6.csv", "\u5bb6.csv"),
    ],
)
def test_names_are_made_plain(given: str, kept: str) -> None:
    assert ls.read_table(houses(), file=given).file == kept


# --- whose it is --------------------------------------------------------------------------------------------


class Spied:
    """A cache in which everything can be seen."""

    def __init__(self) -> None:
        self.entries: dict[str, bytes] = {}

    def get(self, key: str) -> bytes | None:
        return self.entries.get(key)

    def set(self, key: str, value: bytes) -> None:
        self.entries[key] = value


def test_an_owner_alone_can_name_a_table() -> None:
    spied = Spied()
    tables = ls.Tables(spied)
    mine = ls.hold_table(houses(seed=21), "houses.csv", tables, b"me")
    assert mine.missing() is None
    for owner in (b"you", b"", b"me2"):
        assert mine.held_by(tables, owner).missing() is not None
        assert tables.find(mine.digest, owner) is None
        assert tables.sheet(mine.digest, owner, "detected") is None
        assert tables.design(mine.digest, owner, Reading("detected", 4, "detected")) is None
    assert not any(mine.digest in key for key in spied.entries), "a link's digest is no key"
    assert ls.Table.model_validate(mine.model_dump()).missing() is not None, "what a link says is nobody's"


def test_results_of_two_owners_have_other_keys() -> None:
    tables = ls.Tables()
    one, two = (ls.hold_table(houses(), "houses.csv", tables, owner) for owner in (b"one", b"two"))
    assert one != two
    first, second = (scene(ls.Table()).model_copy(update={"data": data}) for data in (one, two))
    for name in ("objective_digest", "slice_digest", "surface_digest"):
        assert getattr(first, name) != getattr(second, name)
    assert first.run_digest(0) != second.run_digest(0)
    assert ls.Engine().objective(first).samples.x.shape == (40, 4)
    engine = ls.Engine()
    samples = [engine.objective(made).samples.x for made in (first, second)]
    assert samples[0] is not samples[1]


def test_an_engine_that_has_computed_it_tells_nobody_else() -> None:
    tables, engine = ls.Tables(), ls.Engine()
    mine = ls.hold_table(houses(seed=22), "houses.csv", tables, b"me")
    shown = scene(mine.model_dump(), model={"kind": "mlp", "hidden": [3], "loss": "squared_error"})
    while not engine.advance(shown.model_copy(update={"data": mine})).done:
        pass
    for theirs in (mine.held_by(tables, b"you"), shown.data):
        with pytest.raises(ls.DataMissing):
            engine.advance(shown.model_copy(update={"data": theirs}), budget=None)


def test_a_scene_that_is_changed_stays_its_owners_and_its_link_names_nobody() -> None:
    tables = ls.Tables()
    mine = ls.hold_table(houses(seed=23), "houses.csv", tables, b"me", samples=20)
    made = ls.Scene.model_validate({"data": mine, "model": {"hidden": [3]}})
    assert made.data == mine
    for changes in ({"runs.0.steps": "7"}, {"data.samples": "40", "data.split": "all"}):
        changed = ls.revise(made, changes).scene
        assert ls.Engine().objective(changed).samples.x.shape[1] == 4
        assert changed.to_query() == ls.Scene.from_query(changed.to_query()).to_query()
        with pytest.raises(ls.DataMissing):
            ls.Engine().objective(ls.Scene.from_query(changed.to_query()))
    assert ls.revise(made, {"data.kind": "digits"}).scene.data.kind == "digits"


def test_predictions_beside_those_of_the_other_split_are_the_owners_too() -> None:
    text = "x,y\n" + "".join(f"{row},{row * row}.5\n" for row in range(30))
    mine = ls.hold_table(text.encode(), "curve.csv", ls.Tables(), b"me")
    study = ls.Engine().predictions(ls.Scene.model_validate({"model": {"kind": "linear"}, "data": mine, "runs": []}))
    study.advance(60)
    assert (study.form.value, study.predicted.held_x.shape) == ("curve", (6,))


def test_what_is_altered_in_the_cache_is_missing() -> None:
    spied = Spied()
    tables = ls.Tables(spied)
    digest = tables.keep(houses(), b"me")
    for key, value in list(spied.entries.items()):
        spied.entries[key] = value[:-1] + b"x"
    assert tables.find(digest, b"me") is None
    assert tables.keep(houses(seed=1), b"me")


def test_tables_are_bounded_and_the_oldest_go() -> None:
    spied = Spied()
    tables = ls.Tables(spied, limit=3000)
    digests = [tables.keep(houses(seed=seed), b"me") for seed in range(5)]
    held = [tables.find(digest, b"me") is not None for digest in digests]
    assert held[-1]
    assert not held[0]
    assert sum(len(value) for key, value in spied.entries.items() if key.startswith("table/")) <= 3000
    assert tables.keep(b"x" * 4000, b"me")
    assert tables.find(digest_of(b"x" * 4000), b"me") is not None, "the newest stays"


def test_a_file_that_is_no_table_takes_nobodys_room() -> None:
    """It is held while it is read, and not counted any more once it is refused."""
    tables = ls.Tables(Spied(), limit=3 * len(houses()))
    mine = ls.hold_table(houses(), "houses.csv", tables, b"me")
    for number in range(5):
        with pytest.raises(ls.DataCorrupt):
            ls.hold_table(b"a,b\n1\n" + b"1,2\n" * 100 + bytes([65 + number]), "broken.csv", tables, b"other")
    ls.hold_table(houses(seed=1), "houses.csv", tables, b"other")
    assert tables.find(mine.digest, b"me") is not None


def test_what_is_kept_read_is_bounded_in_bytes() -> None:
    """Words of one letter become ten inputs: 8 such tables of 5 MB would hold 1.6 GB."""
    letters = np.random.RandomState(0).choice(list("abcdefghij"), (2000, 100))
    data = "\n".join(",".join(row) for row in letters).encode()
    tables, alive = ls.Tables(), []
    for number in range(8):
        owner = b"%d" % number
        table = ls.hold_table(data, "words.csv", tables, owner, header="no")
        design = tables.design(table.digest, owner, Reading(table.header, table.target, table.target_as))
        assert design is not None
        assert (design.x.sum(axis=1) == 99).all()
        alive.append(weakref.ref(design.x))
        del design
    gc.collect()
    kept = [x.nbytes for ref in alive if (x := ref()) is not None]
    assert alive[-1]() is not None, "the newest stays"
    assert 1 < len(kept) < 8
    assert sum(kept) <= KEPT_BYTES


def test_several_processes_find_it_in_a_shared_cache() -> None:
    shared = Spied()
    mine = ls.hold_table(houses(), "houses.csv", ls.Tables(shared), b"me")
    other = mine.held_by(ls.Tables(shared), b"me")
    np.testing.assert_array_equal(other.load().x, mine.load().x)


# --- other processes, and time ------------------------------------------------------------------------------


def test_an_errand_takes_the_samples_along_and_nobodys_secret() -> None:
    mine = ls.hold_table(houses(), "houses.csv", ls.Tables(), b"a very secret word")
    made = scene(ls.Table()).model_copy(update={"data": mine})
    from landscape.errand import Errand, evaluate  # noqa: PLC0415

    letter = pickle.dumps(Errand(made, ls.Engine().slice(made)))
    assert b"a very secret word" not in letter
    loss, _ = evaluate(pickle.loads(letter), np.zeros(1), np.zeros(1))
    assert loss[0, 0] == pytest.approx(float(ls.Engine().slice(made).grid(np.zeros(1), np.zeros(1))[0, 0]), rel=1e-12)


def test_processes_compute_a_table_that_only_this_one_holds() -> None:
    mine = ls.hold_table(houses(), "houses.csv", ls.Tables(), b"me")
    made = scene(ls.Table()).model_copy(update={"data": mine})
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        there = ls.Engine(executor=pool).surface(made)
    np.testing.assert_array_equal(there.loss, ls.Engine().surface(made).loss)


def test_five_megabytes_are_read_in_two_seconds() -> None:
    """Of the processor: beside others the clock says less. The narrowest rows are the most."""
    data = b"1,22\n" * 400_000 + b"2,33\n3,44\n" * 299_999
    file = io.BytesIO(data)
    begun = time.process_time()
    read = ls.read_table(file.getvalue())
    assert time.process_time() - begun <= 2
    assert read.rows == 999_998
