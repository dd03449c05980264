"""Dates as people write them.

    2019-05-31    2019/5/31    2019.5.31    2019年5月31日    20190531

Full-width digits and signs, and blanks between them, mean the same. A time of day
behind the date is left out: databases export `2019-05-31 00:00:00`. In a workbook a
bare number of five digits is a spreadsheet's serial date, counted from 1900 (1927 and
later, so the 29 February 1900 that spreadsheets count plays no part). Nothing is
guessed: what could be read in two ways (`05/06/2019`, `2019.5`) is no date.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from xinheng.pipeline.cells.reading import Read, failing

EARLIEST = date(1900, 1, 1)
_SERIAL_ZERO = date(1899, 12, 30)

_ISO = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_WIDE, _NARROW = "０１２３４５６７８９－／．：", "0123456789-/.:"
# Blanks beside a sign that separates; one before a time of day stays.
_LOOSE = r"[\s\x{3000}]*([-/.年月])[\s\x{3000}]*|[\s\x{3000}]+(日)"
_NOT_PLAIN = rf"[{_WIDE}]|[-/.年月][\s\x{{3000}}]|[\s\x{{3000}}][-/.年月日]"
_TIME = r"(?:[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?"
_ONE_OR_TWO = "([0-9]{1,2})"
_WRITTEN = (
    "^([0-9]{4})(?:"
    f"-{_ONE_OR_TWO}-{_ONE_OR_TWO}"
    f"|/{_ONE_OR_TWO}/{_ONE_OR_TWO}"
    f"|\\.{_ONE_OR_TWO}\\.{_ONE_OR_TWO}"
    f"|年{_ONE_OR_TWO}月{_ONE_OR_TWO}日"
    f"|([0-9]{{2}})([0-9]{{2}})){_TIME}$"
)
_SERIAL = r"^([1-9][0-9]{4})(?:\.[0-9]+)?$"
_MONTH = r"^([0-9]{4})(?:[-/]?(0[1-9]|1[0-2])|[-/]([1-9])|年(0?[1-9]|1[0-2])月)$"


def read_dates(cells: pl.Series, *, is_workbook: bool) -> Read:
    """Return cleaned cells as dates; flags DATE_FORMAT."""
    dates = cells.str.to_date("%Y-%m-%d", strict=False)
    # The parser takes signs, blanks and short years, too.
    is_plain = cells.str.contains(_ISO) & (dates >= EARLIEST).fill_null(value=False)
    others = (cells.is_not_null() & ~is_plain).arg_true()
    if not len(others):
        return Read(dates)
    part = _plain(cells.gather(others)).to_frame("cell")
    read = part.select(_written() if not is_workbook else _written_or_serial())
    dates = dates.scatter(others, read.to_series())
    return Read(dates, failing("DATE_FORMAT", cells.is_not_null() & dates.is_null()))


def read_periods(cells: pl.Series) -> Read:
    """Return cleaned cells as months `YYYY-MM`; flags DATE_FORMAT."""
    frame = _plain(cells).to_frame("cell")
    groups = pl.col("cell").str.extract_groups(_MONTH)
    year = groups.struct.field("1")
    month = pl.coalesce(groups.struct.field("2", "3", "4")).str.zfill(2)
    day = _written().dt.to_string("%Y-%m")
    months = frame.select(pl.concat_str(year, pl.lit("-"), month).fill_null(day))
    values = months.to_series().alias(cells.name)
    return Read(values, failing("DATE_FORMAT", cells.is_not_null() & values.is_null()))


def _plain(cells: pl.Series) -> pl.Series:
    """Return the texts with narrow digits and signs, and no blanks beside signs."""
    if not cells.str.contains(_NOT_PLAIN).any():
        return cells
    narrow = cells.str.replace_many([*_WIDE], [*_NARROW])
    return narrow.str.replace_all(_LOOSE, "${1}${2}")


def _written() -> pl.Expr:
    groups = pl.col("cell").str.extract_groups(_WRITTEN)
    month = pl.coalesce(groups.struct.field("2", "4", "6", "8", "10")).str.zfill(2)
    day = pl.coalesce(groups.struct.field("3", "5", "7", "9", "11")).str.zfill(2)
    text = pl.concat_str(groups.struct.field("1"), month, day, separator="-")
    found = text.str.to_date("%Y-%m-%d", strict=False)
    return pl.when(found >= EARLIEST).then(found)


def _written_or_serial() -> pl.Expr:
    days = pl.col("cell").str.extract(_SERIAL).cast(pl.Int32)
    serial = pl.lit(_SERIAL_ZERO) + pl.duration(days=days)
    return pl.coalesce(_written(), serial.cast(pl.Date))
