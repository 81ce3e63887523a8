"""A table of one's own: a CSV file, of which one column is predicted from the others."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, PrivateAttr, field_validator, model_validator
from pydantic.config import JsonDict

from landscape.datasets.base import Array, Samples, frozen, one_hot
from landscape.datasets.bundled import parted
from landscape.datasets.collection import Collection
from landscape.datasets.csv_design import MOST_CLASSES, MOST_WORDS, Design, TargetAs, last_target
from landscape.datasets.csv_table import Sheet
from landscape.datasets.csv_text import MOST_BYTES, MOST_COLUMNS, Header
from landscape.datasets.tables import EXAMPLE, Reading, Tables, digest_of, example_digest, own
from landscape.errors import DataCorrupt, DataError, DataMissing
from landscape.part import Part, complaint, refusal

LONGEST_NAME = 80
"""Letters of a file's name at most."""

_NO_NAME = re.compile(r"[\x00-\x1f\x7f-\x9f<>&\"\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
"""Also what cannot be seen and turns the words around a name about: a link brings it to others."""

_MORE: JsonDict = {"more": True}
_FILE: JsonDict = {"derived": True}


class Preview(NamedTuple):
    """What was read, for whoever wants to see it.

    Attributes:
        names: of the columns, in the file's order.
        kinds: of each, what it holds: "number", "3 words", "left out".
        first: the first rows as they stand in the file.
        target: the column that is predicted, counted from 1.
        classes: what its classes are called; empty where it is a number.
        inputs: what the inputs are called.
        notes: sentences that say what is left out and why.
    """

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    first: tuple[tuple[str, ...], ...]
    target: int
    classes: tuple[str, ...]
    inputs: tuple[str, ...]
    notes: tuple[str, ...]


class Table(Collection):
    """Rows of a CSV file (see :func:`read_table`): one column is the target, the others are inputs.

    The file itself is no part of the scene. The scene holds what must be known of it before it is read: its name,
    its content's digest, and the sizes that come of it; when the samples are loaded, the file is found by the digest
    and must have these sizes. By default it is the example, 344 penguins of three species.

    Rows are parted into a training and a testing part as those of the bundled datasets are. x: numbers, and for a
    column of words an input of 0 or 1 for each. ``standardise`` gives inputs that are numbers, and a target that is
    one, mean 0 and variance 1 on the whole training part (those that do not vary there are only centred).

    Example:
        >>> x, y, _ = Table(samples=5).load()
        >>> x.shape, y.sum(axis=1).tolist()
        ((5, 10), [1.0, 1.0, 1.0, 1.0, 1.0])
    """

    noun: ClassVar[str] = "rows of the table"
    choice: ClassVar[str] = "your own table (CSV)"
    item: ClassVar[str] = "row"
    travels: ClassVar[bool] = True

    kind: Literal["table"] = "table"
    target: int = Field(
        1, ge=1, le=MOST_COLUMNS, title="Target", description="The column that is predicted, counted from 1."
    )
    split: Literal["train", "test", "all"] = Field(
        "train",
        title="Split",
        json_schema_extra=_MORE,
        description="Four fifths for training and one for testing, parted at random once and for ever; or all.",
    )
    standardise: bool = Field(
        True,
        title="Standardise",
        json_schema_extra=_MORE,
        description="Gives inputs and targets that are numbers mean 0 and variance 1 on the training part.",
    )
    target_as: TargetAs = Field(
        "detected",
        title="Target as",
        json_schema_extra=_MORE,
        description="Whether it is one of some classes or a number; few different whole numbers are taken for classes.",
    )
    header: Header = Field(
        "detected", title="Header", json_schema_extra=_MORE, description="Whether the first row names the columns."
    )
    file: str = Field(
        EXAMPLE, max_length=LONGEST_NAME, title="File", json_schema_extra=_FILE, description="What the file is called."
    )
    digest: str = Field(
        "2c8b40087e8aba2c95b81cfb8943f8bd",
        title="Digest",
        json_schema_extra=_FILE,
        description="Names the file's content: 32 hexadecimal digits.",
    )
    columns: int = Field(
        8, ge=2, le=MOST_COLUMNS, title="Columns", json_schema_extra=_FILE, description="Columns of the file."
    )
    rows: int = Field(
        333, ge=5, le=MOST_BYTES, title="Rows", json_schema_extra=_FILE, description="Rows that can be used."
    )
    incomplete: int = Field(
        11, ge=0, le=MOST_BYTES, title="Incomplete rows", json_schema_extra=_FILE, description="Rows that are left out."
    )
    width: int = Field(
        10,
        ge=1,
        le=MOST_WORDS * MOST_COLUMNS,
        title="Width",
        json_schema_extra=_FILE,
        description="Inputs of a sample.",
    )
    classes: int = Field(
        3,
        ge=0,
        le=MOST_CLASSES,
        title="Classes",
        json_schema_extra=_FILE,
        description="Different targets; 0 where the target is a number.",
    )

    _tables: Tables = PrivateAttr(default_factory=lambda: own)
    _owner: bytes = PrivateAttr(default=b"")

    @field_validator("file")
    @classmethod
    def _plain_name(cls, name: str) -> str:
        if not name.strip() or _NO_NAME.search(name):
            raise complaint(f"File must be a plain name. Got {_NO_NAME.sub('?', name)[:40].strip() or 'nothing'}.")
        return name

    @field_validator("digest")
    @classmethod
    def _is_digest(cls, digest: str) -> str:
        if not re.fullmatch("[0-9a-f]{32}", digest):
            got = digest if len(digest) <= 40 else digest[:37] + "..."
            raise complaint(f"Digest must be 32 hexadecimal digits. Got {got.strip() or 'nothing'}.")
        return digest

    @model_validator(mode="before")
    @classmethod
    def _fitting(cls, data: Any) -> Any:
        """Give ``samples`` a default that the split can fill."""
        if not isinstance(data, Mapping) or "samples" in data:
            return data
        try:
            rows = int(data.get("rows", cls.model_fields["rows"].default))
            held = _held(rows, data.get("split", "train"))
            return {**data, "samples": max(1, min(int(cls.model_fields["samples"].default), held))}
        except (KeyError, TypeError, ValueError, OverflowError):  # the field says so itself
            return data

    @model_validator(mode="after")
    def _has_target(self) -> Self:
        if self.target > self.columns:
            raise refusal("target", f"Target must be at most {self.columns}, the columns. Got {self.target}.")
        return self

    @property
    def task(self) -> Literal["classes", "numbers"]:  # type: ignore[override]  # other kinds say it once for all
        return "classes" if self.classes else "numbers"

    @property
    def inputs(self) -> int:
        return self.width

    @property
    def outputs(self) -> int:
        return self.classes or 1

    @property
    def available(self) -> int:
        return _held(self.rows, self.split)

    @property
    def labels(self) -> tuple[str, ...]:
        """What the classes are called in the file; their numbers where it is not held, or the target is a number."""
        try:
            names = self._design().classes
        except DataError:
            names = ()
        return names or tuple(map(str, range(self.outputs)))

    @property
    def words(self) -> str:
        what = f"{self.samples:,} {self.noun}" if self.samples > 1 else f"one of the {self.noun}"
        ending = {"train": "", "test": " of the test split", "all": " of both splits"}
        return f"{what} {self.file}{ending[self.split]}"

    @property
    def is_example(self) -> bool:
        """Whether it is the table that everybody has."""
        return self.digest == example_digest()

    def held_by(self, tables: Tables, owner: bytes) -> Self:
        """The same table, which is looked for among those of an owner; digests of its results hold whose it is."""
        mine = self.model_copy()
        mine._tables, mine._owner = tables, owner
        return mine

    def like(self, before: Part) -> Self:
        return self.held_by(before._tables, before._owner) if isinstance(before, Table) else self

    def bare(self) -> Table:
        return self.held_by(own, b"")

    def version(self) -> str:
        return f"owner={digest_of(self._owner)}" if self._owner and not self.is_example else ""

    def missing(self) -> str | None:
        """A sentence that says which file is needed, or None where it is held."""
        if self._tables.find(self.digest, self._owner) is not None:
            return None
        size = f"{self.rows + self.incomplete:,} rows, {self.columns} columns"
        return f"This scene needs {self.file} ({size}). Choose it to see the picture."

    def load(self) -> Samples:
        """The samples.

        Raises:
            DataMissing: the file is not held.
            DataCorrupt: it is not what the scene says of it.
        """
        design = self._design()
        chosen, train = parted(self.rows, self.split)[self.chosen()], parted(self.rows, "train")
        x = design.x[chosen]
        if self.standardise:
            x[:, design.measured] = _standardised(x[:, design.measured], design.x[train][:, design.measured])
        if design.classes:
            return frozen(x, one_hot(design.y[chosen].astype(np.intp), self.outputs))
        y = design.y[chosen][:, None]
        return frozen(x, _standardised(y, design.y[train][:, None]) if self.standardise else y)

    def preview(self) -> Preview:
        """What was read of the file.

        Raises:
            DataMissing: the file is not held.
            DataCorrupt: it is not what the scene says of it.
        """
        design, sheet = self._design(), self._sheet()
        names = tuple(column.name for column in sheet.columns)
        return Preview(names, design.kinds, sheet.first, self.target, design.classes, design.inputs, design.notes)

    def read_again(self, **fields: Any) -> Table:
        """The same file with another target, or read in another way, with the sizes that come of it.

        Args:
            fields: ``target`` (a number or a name; None: the last column that can be one), ``target_as``, ``header``.

        Raises:
            DataMissing: the file is not held.
            DataCorrupt: it cannot be read so; the sentence says why.
            ValueError: there is no column of that name.

        Example:
            >>> mass = Table().read_again(target="body_mass_g")
            >>> mass.target, mass.task, mass.inputs
            (6, 'numbers', 12)
        """
        header = fields.get("header", self.header)
        sheet = self._tables.sheet(self.digest, self._owner, header)
        if sheet is None:
            raise DataMissing(self.missing())
        target = fields.get("target", self.target)
        if target is None:
            target = last_target(sheet)
        elif isinstance(target, str):
            names = [column.name for column in sheet.columns]
            if target not in names:
                raise ValueError(f"Target must be one of {', '.join(names)}. Got {target[:40]}.")
            target = names.index(target) + 1
        reading = Reading(header, int(target), fields.get("target_as", self.target_as))
        design = self._tables.design(self.digest, self._owner, reading)
        assert design is not None  # the sheet is there
        told = {
            "kind": self.kind, "file": self.file, "digest": self.digest, **reading._asdict(),
            "columns": len(sheet.columns), "rows": len(design.x), "incomplete": design.incomplete,
            "width": design.x.shape[1], "classes": len(design.classes),
        }  # fmt: skip
        kept = {"split": self.split, "sample_seed": self.sample_seed, "standardise": self.standardise}
        samples = min(self.samples, _held(len(design.x), self.split))
        return type(self).model_validate(told | kept | {"samples": samples}).held_by(self._tables, self._owner)

    def _sheet(self) -> Sheet:
        sheet = self._tables.sheet(self.digest, self._owner, self.header)
        if sheet is None:
            raise DataMissing(self.missing())
        return sheet

    def _design(self) -> Design:
        reading = Reading(self.header, self.target, self.target_as)
        design = self._tables.design(self.digest, self._owner, reading)
        if design is None:
            raise DataMissing(self.missing())
        found = (len(design.x), design.incomplete, design.x.shape[1], len(design.classes), len(design.kinds))
        if found != (self.rows, self.incomplete, self.width, self.classes, self.columns):
            got = f"{found[0]:,} rows that can be used, {found[2]} inputs and {found[3] or 'no'} classes"
            raise DataCorrupt(f"{self.file} is not what the scene says of it: it has {got}. Choose it again.")
        return design


def read_table(source: str | Path | bytes, target: str | int | None = None, **fields: Any) -> Table:
    r"""The data of a scene: a CSV file, which is held in this process from now on.

    Args:
        source: its path, or its bytes; at most 5 MB and 100 columns. UTF-8, UTF-16 with a byte order mark or
            Windows-1252; separated by commas, semicolons, tabs or vertical bars; quoted as in RFC 4180.
        target: the column to be predicted, by its name or its number from 1; by default the last that can be.
        fields: others of :class:`Table`: ``samples``, ``split``, ``header``, ``file`` (a name for bytes), ...

    Raises:
        DataCorrupt: it cannot be read; the sentence names the line.
        OSError: there is no such file.
        ValueError: there is no such column, or (pydantic.ValidationError) a field breaks its bounds.

    Example:
        >>> import landscape as ls
        >>> data = ls.read_table(b"size,price\n1,2.5\n2,4\n3,6.5\n4,8\n5,9.5\n", target="price")
        >>> scene = ls.Scene(model={"kind": "linear"}, data=data)
        >>> ls.objective(scene).samples.y.shape
        (4, 1)
    """
    data = source if isinstance(source, bytes) else _read(Path(source))
    name = fields.pop("file", "table.csv" if isinstance(source, bytes) else Path(source).name)
    return hold_table(data, name, own, b"", target, **fields)


def hold_table(
    data: bytes, file: str, tables: Tables, owner: bytes, target: str | int | None = None, **fields: Any
) -> Table:
    """A file as the data of a scene, held among an owner's tables. Nothing is held that cannot be read.

    Arguments and errors as for :func:`read_table`; what is no part of a plain name is left out of ``file``.
    """
    digest = digest_of(data)
    reading = {name: fields.pop(name) for name in ("header", "target_as") if name in fields}
    raw = {"file": plain_name(file), "digest": digest, "header": "detected", "target_as": "detected"}
    unread = Table.model_construct(**(Table().model_dump() | raw)).held_by(tables, owner)
    was_held = tables.find(digest, owner) is not None
    tables.keep(data, owner)
    try:
        read = unread.read_again(target=target, **reading)
        made = Table.model_validate({**read.model_dump(exclude={"samples"}), **fields})
    except (DataCorrupt, ValueError):
        if not was_held:
            tables.drop(digest, owner)
        raise
    return made.held_by(tables, owner)


def plain_name(name: str) -> str:
    r"""A file's name without folders and without what names do not have.

    Example:
        >>> plain_name("C:\\data\\houses <1>.csv")
        'houses 1.csv'
    """
    last = re.split(r"[/\\]", name)[-1]
    return _NO_NAME.sub("", last).strip()[:LONGEST_NAME].strip() or "table.csv"


def _read(path: Path) -> bytes:
    """A file, one byte more than is taken at most."""
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def _held(rows: int, split: str) -> int:
    train = rows * 4 // 5
    return {"train": train, "test": rows - train, "all": rows}[split]


def _standardised(values: Array, basis: Array) -> NDArray[np.float64]:
    """``values`` less the mean of ``basis`` (n, D), over its standard deviation where that is more than rounding."""
    mean, sigma = basis.mean(axis=0), basis.std(axis=0)
    sigma = np.where(sigma > 1e-12 * np.abs(mean), sigma, 1.0)
    return np.asarray((values - mean) / sigma)
