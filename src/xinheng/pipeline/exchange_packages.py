"""Packages of many rows, on columns: what `core.exchange.packaging` does, for millions.

The core is the reference, and a test holds the two to the same bytes. CSV alone, in
UTF-8, or in another encoding where no limit of bytes is known.
"""

from __future__ import annotations

import io
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

import polars as pl

from xinheng.core.exchange import encoding, packaging, rows
from xinheng.core.exchange.encoding import Content
from xinheng.core.exchange.profiles import ACTION, Column, Form, Profile, Sheet

ID, VERSION, ACT = "_id", "_version", "_act"  # beside the sheet's columns, all text
_GROUP, _KEY, _LINE = "_group", "_key", "_line"
QUOTE, BETWEEN_CELLS = '"', '","'
ISO = "%Y-%m-%d"
_UTF8 = ("utf-8", "utf8")

Days = Mapping[str, Mapping[str, str]]


class NotInColumnsError(ValueError):
    """The profile's form or encoding is packed by the core alone."""


class TooLargeRowError(ValueError):
    """One row alone is larger than what the target takes; `id` names it."""

    def __init__(self, row: str) -> None:
        super().__init__(row)
        self.id = row


@dataclass(frozen=True, slots=True)
class Packed:
    """A package: the bytes to send with their digest in hex, and how many rows."""

    id: str
    file_name: str
    rows: int
    data: bytes
    sha256: str


def package(frame: pl.DataFrame, sheet: Sheet, profile: Profile) -> Iterator[Packed]:
    """Yield the packages of n rows; every row stands in exactly one of them.

    `frame` has the sheet's columns by the catalog's names, days as ISO 8601, and ID,
    VERSION and ACT (`put`, `withdraw`); null is an empty text.

    Raises:
        NotInColumnsError: see the class.
        TooLargeRowError: see the class.
    """
    is_utf8 = profile.encoding.lower() in _UTF8
    if profile.form is not Form.CSV or not (is_utf8 or profile.limits.bytes is None):
        raise NotInColumnsError(profile.name)
    ready = _ready(frame, sheet, profile)
    head = _head(sheet)
    lines, versions = ready.select(_LINE), ready.get_column(VERSION)
    for begin, end in _cuts(ready, sheet, profile):
        text = head + _text(lines.slice(begin, end - begin))
        named = versions.slice(begin, end - begin).to_list()
        digest = sha256(text).hexdigest()
        name = packaging.name_of(profile, sheet.dataset, digest, named)
        file_name = profile.file_name.format(
            dataset=sheet.dataset, sheet=sheet.name, package=name, profile=profile.name
        )
        data = text
        if not is_utf8:
            data = text.decode().encode(profile.encoding)
            digest = sha256(data).hexdigest()
        yield Packed(name, file_name, end - begin, data, digest)


def _text(lines: pl.DataFrame) -> bytes:
    """Return lines as bytes, each with its end."""
    target = io.BytesIO(QUOTE.encode())
    target.seek(0, io.SEEK_END)
    # Each line lacks the quotes at its ends: the end of a line brings both.
    lines.write_csv(
        target,
        include_header=False,
        quote_style="never",
        line_terminator=f"{QUOTE}\n{QUOTE}",
    )
    return target.getvalue()[: -len(QUOTE)]


def _head(sheet: Sheet) -> bytes:
    empty = Content(sheet.dataset, "", sheet.titles, ())
    return encoding.encode(empty, form=Form.CSV, encoding="utf-8")


def _ready(frame: pl.DataFrame, sheet: Sheet, profile: Profile) -> pl.DataFrame:
    """Return the rows as lines of a CSV, in order, with what cuts and names them."""
    lines = _lines(frame, sheet, profile, is_escaped=False)
    # Two quotes between two cells, unless a cell holds one.
    marks = lines.select(pl.col(_LINE).str.count_matches(QUOTE, literal=True).sum())
    if marks.item() != len(frame) * 2 * (len(sheet.columns) - 1):
        lines = _lines(frame, sheet, profile, is_escaped=True)
    return lines.sort(_GROUP, _KEY, ACT, ID)


def _lines(
    frame: pl.DataFrame, sheet: Sheet, profile: Profile, *, is_escaped: bool
) -> pl.DataFrame:
    days = _days(frame, sheet, profile)
    cells = [_cell(column, sheet, profile, days) for column in sheet.columns]
    if is_escaped:
        cells = [cell.str.replace_all(QUOTE, 2 * QUOTE, literal=True) for cell in cells]
    line = pl.concat_str(cells, separator=BETWEEN_CELLS)
    group = pl.col(sheet.together).fill_null("") if sheet.together else pl.lit("")
    key = [_normal(pl.col(name).fill_null("")) for name in sheet.natural_key]
    return (
        frame.lazy()
        .select(
            line.alias(_LINE),
            group.alias(_GROUP),
            pl.concat_str(key, separator=rows.BETWEEN_KEYS).alias(_KEY),
            (pl.col(ACT) != rows.Act.WITHDRAW).alias(ACT),
            pl.col(ID),
            (pl.col(ID) + "@" + pl.col(VERSION)).alias(VERSION),
        )
        .collect(engine="streaming")
    )


def _cell(column: Column, sheet: Sheet, profile: Profile, days: Days) -> pl.Expr:
    if column.name == ACTION:
        is_withdrawn = pl.col(ACT) == rows.Act.WITHDRAW
        put, withdraw = pl.lit(profile.put), pl.lit(profile.withdraw)
        return pl.when(is_withdrawn).then(withdraw).otherwise(put)
    cell = pl.col(column.name).fill_null("")
    if column.name in sheet.dates:
        return cell.replace(days[column.name]) if column.name in days else cell
    if column.labels:
        cell = cell.replace(dict(column.labels))
    if profile.forbidden:
        cell = cell.str.replace_many(
            list(profile.forbidden), [profile.substitute or ""]
        )
    return cell


def _days(frame: pl.DataFrame, sheet: Sheet, profile: Profile) -> Days:
    """Return what each day is written as; there are few in however many rows."""
    if profile.date_format == ISO:
        return {}
    return {
        name: {
            text: rows.written_day(text, profile.date_format)
            for text in frame.get_column(name).drop_nulls().unique().to_list()
        }
        for name in sheet.dates
    }


def _normal(column: pl.Expr) -> pl.Expr:
    return column.str.replace_many(*map(list, rows.BRACKETS)).str.to_uppercase()


def _cuts(
    ready: pl.DataFrame, sheet: Sheet, profile: Profile
) -> Iterator[tuple[int, int]]:
    """Yield where packages begin and end, as `core.exchange.packaging.split` cuts.

    A package ends at the last end of a group that it has room for; a group that fits
    into none is cut where the room ends.
    """
    count, limits = len(ready), profile.limits
    ends, before = _ends(ready, sheet), _bytes_before(ready, limits.bytes)
    room = (limits.bytes or 0) - len(_head(sheet)) - len(str(limits.rows or 0))
    begin = 0
    while begin < count:
        furthest = min(begin + (limits.rows or count), count)
        if before:
            fits = bisect_right(before, before[begin] + room) - 1
            furthest = min(furthest, fits)
        if furthest <= begin:
            raise TooLargeRowError(str(ready.get_column(ID)[begin]))
        place = bisect_right(ends, furthest)
        end = ends[place - 1] if place and ends[place - 1] > begin else furthest
        yield begin, end
        begin = end


def _ends(ready: pl.DataFrame, sheet: Sheet) -> list[int]:
    """Return behind which rows a group ends."""
    if sheet.together is None or ready.is_empty():
        return list(range(1, len(ready) + 1))
    return ready.get_column(_GROUP).rle().struct.field("len").cum_sum().to_list()


def _bytes_before(ready: pl.DataFrame, most: int | None) -> list[int]:
    """Return the bytes before each row and behind the last, as the core counts.

    Empty where no limit is known.
    """
    if most is None:
        return []
    # Both quotes, the end of the line, and one to spare.
    sizes = ready.get_column(_LINE).str.len_bytes().cast(pl.Int64) + 4
    return [0, *sizes.cum_sum().to_list()]
