"""Rows on their way out: what is to be told to a target about one record.

Values are text; days stand as ISO 8601 and leave in the target's own format. What a row
is called outside is its natural key as the target reads it: `sent_key`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from xinheng.core.exchange.profiles import ACTION, Column, Profile, Sheet

BETWEEN_KEYS = "|"
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Brackets around the year of a document number: one document, written in many ways.
BRACKETS = ("〔〕【】［］（）()[]", "[][][][][][]")
_BRACKETS = str.maketrans(*BRACKETS)


class Act(StrEnum):
    """What the target is to do with the record."""

    PUT = "put"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Row:
    """One record for one target: `id` names it here, `version` this state of it.

    `sent_in` are the packages in which it left before and whose answer is not known;
    `sent_key` what it was called there, empty before.
    """

    id: str
    version: str
    act: Act
    values: Mapping[str, str]
    sent_in: tuple[str, ...] = ()
    sent_key: str = ""


def key_of(row: Row, sheet: Sheet) -> str:
    """Return the natural key here: kinds of brackets and case don't count."""
    parts = (row.values.get(name, "") for name in sheet.natural_key)
    return BETWEEN_KEYS.join(part.translate(_BRACKETS).upper() for part in parts)


def cells(row: Row, sheet: Sheet, profile: Profile) -> tuple[str, ...]:
    """Return the row's cells as the target wants them, in the order of the columns."""
    replacing = replacements(profile)
    return tuple(
        _cell(row, column, sheet, profile, replacing) for column in sheet.columns
    )


def texts(row: Row, sheet: Sheet, profile: Profile) -> list[str]:
    """Return the cells in which characters may be replaced: no days."""
    fixed = {ACTION, *sheet.dates}
    found = zip(sheet.columns, cells(row, sheet, profile), strict=True)
    return [text for column, text in found if column.name not in fixed]


def replacements(profile: Profile) -> dict[int, str]:
    """Return what stands for the characters that the target does not take."""
    return {ord(each): profile.substitute or "" for each in profile.forbidden}


def sent_key(texts: tuple[str, ...], sheet: Sheet) -> str:
    """Return what the target calls a row with these cells."""
    places = {column.name: place for place, column in enumerate(sheet.columns)}
    return BETWEEN_KEYS.join(texts[places[name]] for name in sheet.natural_key)


def faults(row: Row, sheet: Sheet) -> Iterator[tuple[str, str]]:
    """Yield (code, column) for what the target is known to refuse."""
    for column in sheet.columns:
        text = row.values.get(column.name, "")
        if column.name == ACTION:
            continue
        if column.required and not text:
            yield "R-REQ", column.name
        if column.max_length is not None and len(text) > column.max_length:
            yield "R-LEN", column.name
        if text and column.name in sheet.dates and not is_day(text):
            yield "R-DATE-FMT", column.name


def _cell(
    row: Row,
    column: Column,
    sheet: Sheet,
    profile: Profile,
    replacing: Mapping[int, str],
) -> str:
    if column.name == ACTION:
        return profile.put if row.act is Act.PUT else profile.withdraw
    text = row.values.get(column.name, "")
    if column.name in sheet.dates:
        return written_day(text, profile.date_format)
    return dict(column.labels).get(text, text).translate(replacing)


def written_day(text: str, date_format: str) -> str:
    """Return an ISO day in another format; what is no day stays as it is."""
    day = _day(text)
    return text if day is None else day.strftime(date_format)


def is_day(text: str) -> bool:
    """Tell whether a text is a day in ISO 8601."""
    return _day(text) is not None


def _day(text: str) -> date | None:
    if not _ISO.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
