"""Packages of many rows, on columns: what `core.exchange.packaging` does, for millions.

The core is the reference, and a test holds the two to the same bytes. CSV alone, in
UTF-8 or GB18030: what an encoding can't say is the core's to find.
"""

from __future__ import annotations

import io
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

import polars as pl

from xinheng.core.exchange import encoding, packaging, rows
from xinheng.core.exchange.encoding import Content
from xinheng.core.exchange.profiles import ACTION, Column, Form, Profile, Sheet

ID, VERSION, ACT = "_id", "_version", "_act"  # beside the sheet's columns, all text
_GROUP, _KEY, _LINE, _SENT = "_group", "_key", "_line", "_sent"
_CODE, _COLUMN, _LARGE, _PARTS = "_code", "_column", "_large", "\x1f"
QUOTE, BETWEEN_CELLS = '"', '","'
ISO = "%Y-%m-%d"
_UTF8 = ("utf-8", "utf8")
_ENCODINGS = (*_UTF8, "gb18030")  # both can write everything

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
    """A package: the bytes to send with their digest in hex, and how many rows.

    `ids` and `keys` name its rows here and there, in order; empty unless asked for.
    """

    id: str
    file_name: str
    rows: int
    data: bytes
    sha256: str
    ids: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


def may_pack(profile: Profile) -> bool:
    """Tell whether a profile's form and encoding are packed here."""
    return profile.form is Form.CSV and profile.encoding.lower() in _ENCODINGS


def package(
    frame: pl.DataFrame, sheet: Sheet, profile: Profile, *, names_rows: bool = False
) -> Iterator[Packed]:
    """Yield the packages of n rows; every row stands in exactly one of them.

    `frame` has the sheet's columns by the catalog's names, days as ISO 8601, and ID,
    VERSION and ACT (`put`, `withdraw`); null is an empty text.

    Raises:
        NotInColumnsError: see the class.
        TooLargeRowError: see the class.
    """
    if not may_pack(profile):
        raise NotInColumnsError(profile.name)
    is_utf8 = profile.encoding.lower() in _UTF8
    ready = _ready(frame, sheet, profile, names_rows=names_rows)
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
        part = ready.slice(begin, end - begin) if names_rows else None
        yield Packed(
            name,
            file_name,
            end - begin,
            data,
            digest,
            _column(part, ID),
            _column(part, _SENT),
        )


def _column(part: pl.DataFrame | None, name: str) -> tuple[str, ...]:
    return () if part is None else tuple(part.get_column(name).to_list())


def faults(
    frame: pl.DataFrame, sheet: Sheet, profile: Profile
) -> list[packaging.Fault]:
    """Return why rows can't go, as `core.exchange.packaging.sound` finds it.

    Raises:
        NotInColumnsError: see the class.
    """
    if not may_pack(profile):
        raise NotInColumnsError(profile.name)
    ready = _ready(frame, sheet, profile)
    named = _named_faults(frame, sheet)
    found = ready.join(named, on=ID, how="left", maintain_order="left")
    found = found.with_columns(_is_large(found, sheet, profile))
    # `ACT` is true for what is put, since `_ready`.
    goes = pl.col(_CODE).is_null() & ~pl.col(_LARGE)
    is_again = pl.col(_KEY).is_duplicated() & ~pl.col(_KEY).is_first_distinct()
    put = found.filter(goes & pl.col(ACT)).filter(is_again).select(ID)
    bad = found.filter(pl.col(_CODE).is_not_null() | pl.col(_LARGE))
    code = pl.col(_CODE).fill_null("R-SIZE")
    told = bad.select(ID, code, pl.col(_COLUMN).fill_null("")).rows()
    again = ((row, "R-TWO-KEYS", "") for (row,) in put.rows())
    return [packaging.Fault(*each) for each in (*told, *again)]


def _is_large(found: pl.DataFrame, sheet: Sheet, profile: Profile) -> pl.Series:
    """Return which rows alone are larger than the target takes."""
    most = profile.limits.bytes
    if most is None:
        return pl.Series(_LARGE, [False] * len(found), dtype=pl.Boolean)
    return (_sizes(found, profile) > _room(sheet, profile)).alias(_LARGE)


def _named_faults(frame: pl.DataFrame, sheet: Sheet) -> pl.DataFrame:
    """Return the first fault of each row that has one: ID, code, column."""
    codes = [
        pl.when(wrong).then(pl.lit(f"{code}{_PARTS}{column}"))
        for wrong, code, column in _conditions(frame, sheet)
    ]
    first = pl.coalesce(*codes) if codes else pl.lit(None, pl.String)
    said = pl.when(pl.col(ACT) != rows.Act.WITHDRAW).then(first)
    parts = said.str.split_exact(_PARTS, 1)
    found = frame.select(ID, parts.alias("_parts")).unnest("_parts")
    found = found.rename({"field_0": _CODE, "field_1": _COLUMN})
    return found.filter(pl.col(_CODE).is_not_null())


def _conditions(
    frame: pl.DataFrame, sheet: Sheet
) -> Iterator[tuple[pl.Expr, str, str]]:
    """Yield what is wrong with a row, in the order in which the core looks."""
    for column in sheet.columns:
        if column.name == ACTION:
            continue
        cell = pl.col(column.name).fill_null("")
        if column.required:
            yield cell == "", "R-REQ", column.name
        if column.max_length is not None:
            yield cell.str.len_chars() > column.max_length, "R-LEN", column.name
        if column.name in sheet.dates:
            texts = frame.get_column(column.name).drop_nulls().unique().to_list()
            wrong = [each for each in texts if each and not rows.is_day(each)]
            if wrong:
                yield cell.is_in(wrong), "R-DATE-FMT", column.name


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


def _ready(
    frame: pl.DataFrame, sheet: Sheet, profile: Profile, *, names_rows: bool = False
) -> pl.DataFrame:
    """Return the rows as lines of a CSV, in order, with what cuts and names them."""
    lines = _lines(frame, sheet, profile, is_escaped=False, names_rows=names_rows)
    # Two quotes between two cells, unless a cell holds one.
    marks = lines.select(pl.col(_LINE).str.count_matches(QUOTE, literal=True).sum())
    if marks.item() != len(frame) * 2 * (len(sheet.columns) - 1):
        lines = _lines(frame, sheet, profile, is_escaped=True, names_rows=names_rows)
    return lines.sort(_GROUP, _KEY, ACT, ID)


def _lines(
    frame: pl.DataFrame,
    sheet: Sheet,
    profile: Profile,
    *,
    is_escaped: bool,
    names_rows: bool,
) -> pl.DataFrame:
    days = _days(frame, sheet, profile)
    cells = [_cell(column, sheet, profile, days) for column in sheet.columns]
    sent = _sent(sheet, cells).alias(_SENT)
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
            *([sent] if names_rows else []),
        )
        .collect(engine="streaming")
    )


def _sent(sheet: Sheet, cells: Sequence[pl.Expr]) -> pl.Expr:
    """Return what the target calls a row."""
    places = {column.name: place for place, column in enumerate(sheet.columns)}
    parts = [cells[places[name]] for name in sheet.natural_key]
    return pl.concat_str(parts, separator=rows.BETWEEN_KEYS)


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
    ends, before = _ends(ready, sheet), _bytes_before(ready, profile)
    room = _room(sheet, profile)
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


def _room(sheet: Sheet, profile: Profile) -> int:
    """Return the bytes that rows may take, beside the header."""
    limits = profile.limits
    head = len(_head(sheet).decode().encode(profile.encoding))
    return (limits.bytes or 0) - head - len(str(limits.rows or 0))


def _bytes_before(ready: pl.DataFrame, profile: Profile) -> list[int]:
    """Return the bytes before each row and behind the last, as the core counts.

    Empty where no limit is known.
    """
    if profile.limits.bytes is None:
        return []
    return [0, *_sizes(ready, profile).cum_sum().to_list()]


def _sizes(ready: pl.DataFrame, profile: Profile) -> pl.Series:
    """Return what each row adds to a package's bytes, as the core counts."""
    lines = ready.get_column(_LINE)
    if profile.encoding.lower() in _UTF8:
        sizes = lines.str.len_bytes().cast(pl.Int64)
    else:
        encoded = (len(each.encode(profile.encoding)) for each in lines.to_list())
        sizes = pl.Series(encoded, dtype=pl.Int64)
    # Both quotes, the end of the line, and one to spare.
    return sizes + 4
