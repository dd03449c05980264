"""Footing: whether a printed table of counts adds up, down and across.

A table has a row for each unit and a column for each category. What it may print
besides is a column of row totals, a row of column totals, and where they meet the grand
total:

                 permits   penalties   | total
    unit A            95           0   |    95     a row adds up across
    unit B           314           7   |   321
    -------------------------------------------
    totals           409           7   |   416     a column adds up downwards

Only printed totals can be wrong here: the cells of the units are what everything is
computed from. One damaged cell of a unit therefore shows as a wrong row total and a
wrong column total; `suspect_cells` names the cell where they cross.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

REPEATED_COLUMNS = (
    4  # identical counts in so many columns of a unit are worth a question
)


class TableShapeError(ValueError):
    """A row has another number of cells than the table has columns."""


@dataclass(frozen=True, slots=True)
class Row:
    """A unit's counts in the order of the columns.

    An empty cell is a zero: printed tables leave zeros out. `total` is null where the
    table has no column of totals.
    """

    unit: str
    cells: tuple[int, ...]
    total: int | None


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """A table as printed, counts at least 0.

    `totals` is null where no totals row is printed, `total_column` null where no column
    of row totals is; `grand_total` is the cell where both meet. `total_row` and
    `total_column` are what the table calls them.

    Raises:
        TableShapeError: where a row or the totals row does not fit the columns.
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    total_row: str | None
    totals: tuple[int, ...] | None
    total_column: str | None
    grand_total: int | None

    def __post_init__(self) -> None:
        """Refuse a ragged table."""
        widths = {len(row.cells) for row in self.rows}
        if self.totals is not None:
            widths.add(len(self.totals))
        if widths - {len(self.columns)}:
            raise TableShapeError(self.columns)


@dataclass(frozen=True, slots=True)
class WrongCell:
    """A printed total that the units' counts do not add up to."""

    row: str
    column: str
    printed: int
    computed: int

    @property
    def difference(self) -> int:
        """What is missing from the printed total; negative where it is too high."""
        return self.computed - self.printed


@dataclass(frozen=True, slots=True)
class Omission:
    """A unit whose counts, left out, explain what is missing from the totals row."""

    unit: str
    value: int


@dataclass(frozen=True, slots=True)
class SuspectCell:
    """A unit's cell that would make all totals right if it read `expected`."""

    unit: str
    column: str
    printed: int
    expected: int


@dataclass(frozen=True, slots=True)
class RepeatedCount:
    """A count that stands in several columns of one unit: the same cases, perhaps."""

    unit: str
    value: int
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Crossfoot:
    """The verdict on a printed table; every list in the order of the table."""

    wrong_cells: tuple[WrongCell, ...]
    explained_by: tuple[Omission, ...]
    suspect_cells: tuple[SuspectCell, ...]
    silent_units: tuple[str, ...]
    repeated_counts: tuple[RepeatedCount, ...]
    duplicate_units: tuple[str, ...]

    @property
    def is_ok(self) -> bool:
        """Whether every printed total is right."""
        return not self.wrong_cells


def crossfoot(table: PrintedTable) -> Crossfoot:
    """Add the table up, down and across; explain what is wrong where possible.

    A unit is silent where its printed total is zero; without a column of totals, where
    all its cells are.
    """
    across = tuple(_wrong_row_totals(table))
    down = tuple(_wrong_column_totals(table))
    suspect = tuple(_suspect_cells(table, across, down))
    return Crossfoot(
        wrong_cells=across + down,
        explained_by=() if suspect else _explain(table, down),
        suspect_cells=suspect,
        silent_units=tuple(row.unit for row in table.rows if not _printed_total(row)),
        repeated_counts=tuple(_repeated_counts(table)),
        duplicate_units=tuple(_duplicate_units(table)),
    )


def unnamed(silent_units: Collection[str], named: Collection[str]) -> tuple[str, ...]:
    """Return the silent units that a list of names leaves out, in their order."""
    return tuple(unit for unit in silent_units if unit not in named)


def _printed_total(row: Row) -> int:
    return sum(row.cells) if row.total is None else row.total


def _wrong_row_totals(table: PrintedTable) -> Iterator[WrongCell]:
    if table.total_column is None:
        return
    for row in table.rows:
        if row.total is not None and row.total != sum(row.cells):
            yield WrongCell(row.unit, table.total_column, row.total, sum(row.cells))


def _wrong_column_totals(table: PrintedTable) -> Iterator[WrongCell]:
    if table.totals is None or table.total_row is None:
        return
    computed = [sum(cells) for cells in _by_column(table)]
    for column, printed, right in zip(
        table.columns, table.totals, computed, strict=True
    ):
        if printed != right:
            yield WrongCell(table.total_row, column, printed, right)
    grand = table.grand_total
    if table.total_column is not None and grand is not None and grand != sum(computed):
        yield WrongCell(table.total_row, table.total_column, grand, sum(computed))


def _by_column(table: PrintedTable) -> Iterator[tuple[int, ...]]:
    for index in range(len(table.columns)):
        yield tuple(row.cells[index] for row in table.rows)


def _explain(table: PrintedTable, wrong: tuple[WrongCell, ...]) -> tuple[Omission, ...]:
    """Return the units whose omission explains every wrong total, or else each one.

    The totals row may have left out a unit altogether, or a unit's count in one column.
    """
    missing = {cell.column: cell.difference for cell in wrong}
    if not missing:
        return ()
    if together := _omissions(table, missing):
        return together
    found: dict[str, Omission] = {}
    for column, difference in missing.items():
        for omission in _omissions(table, {column: difference}):
            found.setdefault(omission.unit, omission)
    return tuple(found.values())


def _omissions(table: PrintedTable, missing: Mapping[str, int]) -> tuple[Omission, ...]:
    """Return every single unit that fits, else the one pair that does."""
    target = tuple(missing.values())
    sizes = [(row, _sizes(table, row, missing)) for row in table.rows]
    fitting = [row for row, size in sizes if size == target]
    return tuple(
        Omission(row.unit, _value(table, row, missing))
        for row in fitting or _only_pair(sizes, target)
    )


def _only_pair(
    sizes: Iterable[tuple[Row, tuple[int, ...]]], target: tuple[int, ...]
) -> tuple[Row, ...]:
    """Return the two rows that add up to the target, none where several pairs do.

    Several pairs are no explanation: small counts add up to anything.
    """
    pairs: list[tuple[Row, ...]] = []
    seen: dict[tuple[int, ...], list[Row]] = {}
    for row, size in sizes:
        rest = tuple(whole - part for whole, part in zip(target, size, strict=True))
        pairs += [(other, row) for other in seen.get(rest, [])]
        if len(pairs) > 1:
            return ()
        if any(size):
            seen.setdefault(size, []).append(row)
    return pairs[0] if pairs else ()


def _sizes(
    table: PrintedTable, row: Row, missing: Mapping[str, int]
) -> tuple[int, ...]:
    """Return what each wrong total would lack if it had left this unit out."""
    cells = dict(zip(table.columns, row.cells, strict=True))
    whole = _value(table, row, missing)
    return tuple(cells.get(column, whole) for column in missing)


def _value(table: PrintedTable, row: Row, missing: Mapping[str, int]) -> int:
    """Return the unit's counts in the wrong columns; its row where only the sum is."""
    wrong = [
        cell
        for column, cell in zip(table.columns, row.cells, strict=True)
        if column in missing
    ]
    return sum(wrong) if wrong else sum(row.cells)


def _suspect_cells(
    table: PrintedTable, across: tuple[WrongCell, ...], down: tuple[WrongCell, ...]
) -> Iterator[SuspectCell]:
    """Name the cell where the only wrong row and the only wrong column cross."""
    columns = [cell for cell in down if cell.column != table.total_column]
    if len(across) != 1 or len(columns) != 1:
        return
    row_total, column_total = across[0], columns[0]
    if row_total.difference != column_total.difference:
        return
    index = table.columns.index(column_total.column)
    for row in table.rows:
        if row.unit == row_total.row and row.total == row_total.printed:
            printed = row.cells[index]
            expected = printed - row_total.difference
            if expected >= 0:
                yield SuspectCell(row.unit, column_total.column, printed, expected)


def _repeated_counts(table: PrintedTable) -> Iterator[RepeatedCount]:
    for row in table.rows:
        for value in dict.fromkeys(cell for cell in row.cells if cell):
            columns = tuple(
                column
                for column, cell in zip(table.columns, row.cells, strict=True)
                if cell == value
            )
            if len(columns) >= REPEATED_COLUMNS:
                yield RepeatedCount(row.unit, value, columns)


def _duplicate_units(table: PrintedTable) -> Iterator[str]:
    rows = Counter(row.unit for row in table.rows)
    return (unit for unit, count in rows.items() if count > 1)
