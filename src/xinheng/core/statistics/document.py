"""A publication as its parts, before anybody sets it: the bulletin, in every format.

    Document   masthead, number and day, sections, colophon
    Section    a heading and its blocks
    Block      text | note | figures | chart | table

Renderers say the same thing in HTML, PDF, DOCX and XLSX: a figure stands in one place.
`plain` and `of_plain` are each other's inverse; what they carry is JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its text, its number where it is one, and where its records are found.

    `drill` is `unit/category`, empty where nothing stands behind the cell.
    """

    text: str
    number: int | None = None
    drill: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under `heads`, which are as many as each row has cells.

    The first `labels` columns head their row; where `upright` the other heads are long
    and stand on end; the last `sums` rows are totals.
    """

    key: str
    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    labels: int = 1
    upright: bool = False
    sums: int = 0


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars, in order; each a label and a count. The numbers are in a table, too."""

    key: str
    title: str
    bars: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Block:
    """One thing in a section: exactly one of text, note, figures, chart and table.

    A `note` is set smaller: a rule or a formula. `title` heads a text that has one.
    """

    title: str = ""
    text: str = ""
    note: str = ""
    figures: tuple[tuple[str, str], ...] = ()
    chart: Chart | None = None
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it."""

    key: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A publication. `mark` is empty, or said on every page; `number` empty in a draft.

    `period` and `ledger_size` say what it was counted from.
    """

    masthead: str
    title: str
    number: str
    dated: str
    mark: str
    period: str
    ledger_size: int
    sections: tuple[Section, ...]
    colophon: tuple[tuple[str, str], ...] = ()

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table, in order."""
        return tuple(
            block.table
            for section in self.sections
            for block in section.blocks
            if block.table is not None
        )


def plain(document: Document) -> dict[str, Any]:
    """Return the document as JSON's types."""
    return asdict(document)


def of_plain(told: Mapping[str, Any]) -> Document:
    """Return the document that `plain` told, read back from JSON."""
    sections = tuple(
        Section(each["key"], each["title"], tuple(map(_block, each["blocks"])))
        for each in told["sections"]
    )
    colophon = tuple((str(key), str(text)) for key, text in told["colophon"])
    return Document(**{**told, "sections": sections, "colophon": colophon})


def _block(told: Mapping[str, Any]) -> Block:
    chart, table = told["chart"], told["table"]
    parts: dict[str, Any] = {
        "figures": tuple((str(name), str(value)) for name, value in told["figures"]),
        "chart": None if chart is None else _chart(chart),
        "table": None if table is None else _table(table),
    }
    return Block(**{**told, **parts})


def _chart(told: Mapping[str, Any]) -> Chart:
    bars = tuple((str(label), int(count)) for label, count in told["bars"])
    return Chart(**{**told, "bars": bars})


def _table(told: Mapping[str, Any]) -> Table:
    rows = tuple(tuple(Cell(**cell) for cell in row) for row in told["rows"])
    return Table(**{**told, "heads": tuple(told["heads"]), "rows": rows})
