"""The bulletin as a page: one file to print, or the body of a page of the portal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.template.loader import render_to_string

from xinheng.core.statistics.document import (
    Block,
    Cell,
    Chart,
    Document,
    Section,
    Table,
)

Link = Callable[[str], str]  # the address of a cell's records, from its `drill`


@dataclass(frozen=True, slots=True)
class Bar:
    """A labeled bar; `share` is its length in percent of the longest, 0 to 100."""

    title: str
    value: int
    share: str

    @property
    def text(self) -> str:
        """The value as a page shows it."""
        return f"{self.value:,}"


@dataclass(frozen=True, slots=True)
class _Shown:
    """A cell as a page shows it; `href` is empty where nothing stands behind it."""

    text: str
    is_label: bool
    is_number: bool
    href: str


@dataclass(frozen=True, slots=True)
class _Row:
    cells: tuple[_Shown, ...]
    is_sum: bool


@dataclass(frozen=True, slots=True)
class _Head:
    text: str
    is_upright: bool
    is_number: bool


@dataclass(frozen=True, slots=True)
class _Grid:
    key: str
    caption: str
    heads: tuple[_Head, ...]
    rows: tuple[_Row, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """A block with its table and its bars as a template takes them."""

    block: Block
    grid: _Grid | None
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class _Chapter:
    key: str
    title: str
    parts: tuple[_Part, ...]


def as_html(document: Document) -> bytes:
    """Return the page to print: one file, no address in it is fetched."""
    told = {"document": document, "chapters": _chapters(document, lambda _: "")}
    return render_to_string("statistics/bulletin.html", told).encode()


def body(document: Document, link: Link) -> str:
    """Return the sections alone, each number that has records linked to them."""
    told = {"document": document, "chapters": _chapters(document, link)}
    return str(render_to_string("statistics/sections.html", told))


def bars(chart: Chart) -> tuple[Bar, ...]:
    """Return the bars of a chart, in its order."""
    longest = max((count for _, count in chart.bars), default=0)
    return tuple(
        Bar(label, count, f"{100 * count / longest:.2f}") for label, count in chart.bars
    )


def _chapters(document: Document, link: Link) -> list[_Chapter]:
    return [_chapter(section, link) for section in document.sections]


def _chapter(section: Section, link: Link) -> _Chapter:
    parts = tuple(
        _Part(
            block,
            _grid(block.table, link) if block.table else None,
            bars(block.chart) if block.chart else (),
        )
        for block in section.blocks
    )
    return _Chapter(section.key, section.title, parts)


def _grid(table: Table, link: Link) -> _Grid:
    heads = tuple(
        _Head(
            head,
            table.upright and place >= table.labels and len(head) > 2,
            any(row[place].number is not None for row in table.rows),
        )
        for place, head in enumerate(table.heads)
    )
    sums = len(table.rows) - table.sums
    rows = tuple(
        _Row(
            tuple(
                _shown(cell, link, is_label=place == table.labels - 1)
                for place, cell in enumerate(row)
            ),
            is_sum=number >= sums,
        )
        for number, row in enumerate(table.rows)
    )
    return _Grid(table.key, table.caption, heads, rows)


def _shown(cell: Cell, link: Link, *, is_label: bool) -> _Shown:
    href = link(cell.drill) if cell.drill else ""
    return _Shown(cell.text, is_label, cell.number is not None, href)
