"""A file of feedback: what a platform says of rows, handed over by a person or a drop.

    dataset   数据集     the catalog's name or the sheet's; needed where several fit
    key       键         what the platform calls the row, or the columns of the key by
                         their titles in the profile
    status    结果       accepted, refused, pending; 成功, 失败, 处理中
    code      代码       the reason, where it was refused
    message   说明       in the platform's words
    package   包编号     the package, where it says so

A line is followed only where it can be read whole; the others are named and kept.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from xinheng.core.exchange import answers
from xinheng.core.exchange.answers import RowAnswer, RowState
from xinheng.core.exchange.profiles import Profile, Sheet
from xinheng.core.exchange.rows import BETWEEN_KEYS

MOST_BYTES = 20_000_000
MOST_LINES = 200_000
_TITLES = {
    "dataset": "dataset",
    "数据集": "dataset",
    "key": "key",
    "键": "key",
    "status": "status",
    "结果": "status",
    "code": "code",
    "代码": "code",
    "message": "message",
    "说明": "message",
    "package": "package",
    "包编号": "package",
}
_STATES = {
    "accepted": RowState.ACCEPTED,
    "成功": RowState.ACCEPTED,
    "已接收": RowState.ACCEPTED,
    "refused": RowState.REFUSED,
    "失败": RowState.REFUSED,
    "退回": RowState.REFUSED,
    "pending": RowState.PENDING,
    "处理中": RowState.PENDING,
}
Table = Sequence[Sequence[str]]


class Why(StrEnum):
    """Why a line is not followed; kept with it."""

    NO_STATUS = "STATUS_UNKNOWN"
    NO_DATASET = "DATASET_UNKNOWN"
    NO_KEY = "KEY_MISSING"
    CONTRADICTS = "FEEDBACK_CONTRADICTS"
    NEVER_SENT = "ROW_NEVER_SENT"
    OTHER_PACKAGE = "OTHER_PACKAGE"
    CHECKSUM = "MANIFEST_MISMATCH"  # of the file as a whole


class UnreadableFeedbackError(ValueError):
    """The file as a whole is no feedback; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Line:
    """What is said of one row; `number` counts the file's rows from 1."""

    number: int
    dataset: str
    key: str
    said: RowAnswer


@dataclass(frozen=True, slots=True)
class Kept:
    """A line that is not followed, and why."""

    number: int
    why: Why
    dataset: str = ""
    key: str = ""
    code: str = ""
    message: str = ""


def table(data: bytes) -> Table:
    """Return the rows of a file in CSV or JSON, the header first.

    Raises:
        UnreadableFeedbackError: TOO_LARGE, FORM.
    """
    if len(data) > MOST_BYTES:
        raise UnreadableFeedbackError("TOO_LARGE")
    text = _text(data)
    found = _from_json(text) if text.lstrip()[:1] in ("{", "[") else _from_csv(text)
    if not found or len(found) > MOST_LINES:
        raise UnreadableFeedbackError("TOO_LARGE" if found else "FORM")
    return found


def read(rows: Table, profile: Profile) -> tuple[list[Line], list[Kept]]:
    """Return what can be followed, and what can't.

    Raises:
        UnreadableFeedbackError: HEADER, where it has no status or nothing that names a
            row.
    """
    header = [_TITLES.get(title.strip().lower(), title.strip()) for title in rows[0]]
    is_named = "key" in header or any(
        _has_key(sheet, header) for sheet in profile.sheets
    )
    if "status" not in header or not is_named:
        raise UnreadableFeedbackError("HEADER")
    lines: list[Line] = []
    kept: list[Kept] = []
    for number, cells in enumerate(rows[1:], start=1):
        if not any(cells):
            continue
        told = dict(zip(header, (cell.strip() for cell in cells), strict=False))
        found = _line(number, told, profile)
        if isinstance(found, Line):
            lines.append(found)
        else:
            kept.append(found)
    return _without_contradictions(lines, kept)


def _line(number: int, told: Mapping[str, str], profile: Profile) -> Line | Kept:
    sheet = _sheet(told, profile)
    key = _key(told, sheet)
    said = RowAnswer(
        _STATES.get(told.get("status", "").lower(), RowState.UNKNOWN),
        answers.clean(told.get("code", ""))[:64],
        answers.clean(told.get("message", "")),
        told.get("package", "")[:64],
    )
    why = _why(sheet, key, said)
    if why is None and sheet is not None:
        return Line(number, sheet.dataset, key, said)
    return Kept(
        number,
        why or Why.NO_KEY,
        sheet.dataset if sheet else "",
        answers.clean(key),
        said.code,
        said.message,
    )


def _why(sheet: Sheet | None, key: str, said: RowAnswer) -> Why | None:
    if sheet is None:
        return Why.NO_DATASET
    if not key:
        return Why.NO_KEY
    return Why.NO_STATUS if said.state is RowState.UNKNOWN else None


def _sheet(told: Mapping[str, str], profile: Profile) -> Sheet | None:
    named = told.get("dataset", "")
    if named:
        found = [one for one in profile.sheets if named in (one.dataset, one.name)]
    else:
        found = [one for one in profile.sheets if _has_key(one, told)]
        found = found or list(profile.sheets)
    return found[0] if len(found) == 1 else None


def _key(told: Mapping[str, str], sheet: Sheet | None) -> str:
    if told.get("key") or sheet is None or not _has_key(sheet, told):
        return told.get("key", "")
    parts = [told[title] for title in _key_titles(sheet)]
    return BETWEEN_KEYS.join(parts) if all(parts) else ""


def _has_key(sheet: Sheet, titles: Iterable[str]) -> bool:
    return set(_key_titles(sheet)) <= set(titles)


def _key_titles(sheet: Sheet) -> list[str]:
    titles = {column.name: column.title for column in sheet.columns}
    return [titles[name] for name in sheet.natural_key]


def _without_contradictions(
    lines: Sequence[Line], kept: Sequence[Kept]
) -> tuple[list[Line], list[Kept]]:
    """Return the lines without those that say different things about one row."""
    states: dict[tuple[str, str], set[RowState]] = {}
    for line in lines:
        states.setdefault((line.dataset, line.key), set()).add(line.said.state)
    fine = [one for one in lines if len(states[one.dataset, one.key]) == 1]
    wrong = [one for one in lines if len(states[one.dataset, one.key]) > 1]
    return fine, [*kept, *(keep(one, Why.CONTRADICTS) for one in wrong)]


def keep(line: Line, why: Why) -> Kept:
    """Return a line as one that is not followed."""
    said = line.said
    key = answers.clean(line.key)
    return Kept(line.number, why, line.dataset, key, said.code, said.message)


def _text(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFeedbackError("FORM")


def _from_csv(text: str) -> Table:
    if "\x00" in text:
        raise UnreadableFeedbackError("FORM")
    try:
        return list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        raise UnreadableFeedbackError("FORM") from None


def _from_json(text: str) -> Table:
    try:
        said = json.loads(text)
        rows = said["rows"] if isinstance(said, dict) else said
        header = list(dict.fromkeys(name for row in rows for name in row))
        return [header, *(list(_cells(row, header)) for row in rows)]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UnreadableFeedbackError("FORM") from None


def _cells(row: Mapping[str, object], header: Sequence[str]) -> Iterator[str]:
    return (str(row.get(name, "")) for name in header)
