"""One table out of the sheets of a file: those of one layout run on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

import polars as pl

from xinheng.core.catalog.headers import fold
from xinheng.pipeline import refusals
from xinheng.pipeline.parts import Part, Reason, Skipped
from xinheng.pipeline.reading.sheets import Contents, Sheet
from xinheng.pipeline.reading.table import FLAWS, ROW, Table

_EXAMPLE = re.compile(
    r"示例$|样例|样表|范例|填写说明|填报说明|填表说明|\bexample\b|\bsample\b",
    re.IGNORECASE,
)


def assemble(contents: Contents, *, runs_on: bool) -> Table:
    """Return the table of a file: one sheet, or all of one layout if it `runs_on`.

    Raises:
        UnreadableFileError: no sheet has a known header, or two that may both be data
            have different ones.
    """
    if not contents.sheets:
        is_hidden = any(each.why is Reason.HIDDEN for each in contents.skipped)
        raise refusals.hidden() if is_hidden else refusals.no_columns()
    best = _best(contents.sheets) if runs_on else _most_known(contents.sheets)
    taken, left = [best], []
    for sheet in contents.sheets:
        if sheet is best:
            continue
        why = _why_left(sheet, best) if runs_on else Reason.NO_HEADER
        if why is None:
            taken.append(sheet)
        else:
            left.append((sheet, why))
    in_order = [sheet for sheet in contents.sheets if sheet in taken]
    return _table(contents, in_order, left)


def _best(sheets: Sequence[Sheet]) -> Sheet:
    """Return the sheet that is the table if any is: no example, not empty."""
    data = [sheet for sheet in sheets if not _EXAMPLE.search(sheet.name)] or sheets
    return _most_known([each for each in data if each.is_filled is not False] or data)


def _most_known(sheets: Sequence[Sheet]) -> Sheet:
    return max(sheets, key=lambda sheet: sheet.header.known)


def _table(
    contents: Contents, sheets: Sequence[Sheet], left: list[tuple[Sheet, Reason]]
) -> Table:
    parts = [Part(each.file, each.name, each.header.row, 0, 0) for each in sheets]
    above = chain.from_iterable(each.header.above for each in contents.sheets)
    beside = chain.from_iterable(each.header.cells for each, _ in left)
    return Table(
        header=sheets[0].header.cells,
        names=(*above, *beside, *contents.names),
        is_workbook=any(sheet.is_workbook for sheet in sheets),
        is_1904=any(sheet.is_1904 for sheet in sheets),
        batches=_run_on(sheets, parts),
        asides=chain(contents.asides, *(_without_flaws(each) for each, _ in left)),
        parts=parts,
        skipped=(
            *contents.skipped,
            *(Skipped(sheet.file, sheet.name, why) for sheet, why in left),
        ),
        titles=sheets[0].header.titles,
    )


def _why_left(sheet: Sheet, best: Sheet) -> Reason | None:
    """Return why a sheet is no data beside the best one, null where it is."""
    if _EXAMPLE.search(sheet.name):
        return Reason.EXAMPLE
    if sheet.is_filled is False:
        return Reason.EMPTY
    if sheet.header.known * 2 < best.header.known:
        return Reason.NO_HEADER
    if _layout(sheet) != _layout(best):
        raise refusals.layouts()
    if (sheet.is_workbook, sheet.is_1904) != (best.is_workbook, best.is_1904):
        raise refusals.mixed()
    return None


def _layout(sheet: Sheet) -> list[str]:
    return [fold(header) for header in sheet.header.cells]


def _run_on(sheets: Sequence[Sheet], parts: list[Part]) -> Iterator[pl.DataFrame]:
    row = 1
    for number, sheet in enumerate(sheets):
        first = row
        for frame in sheet.frames:
            yield frame.with_row_index(ROW, offset=row)
            row += frame.height
        parts[number] = replace(parts[number], first_row=first, rows=row - first)


def _without_flaws(sheet: Sheet) -> Iterator[pl.DataFrame]:
    for frame in sheet.frames:
        yield frame.drop(FLAWS, strict=False)
