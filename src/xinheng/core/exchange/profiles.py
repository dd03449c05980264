"""Profiles: what another platform wants to be sent, as data.

    form      csv | xlsx | xml | json       how rows become bytes
    carrier   file | http | sftp | database how bytes get there
    mode      file | database | service     the three of GB/T 39443-2020, chapter 5

No public text states the limits of the national module, and they change. A profile
holds what is known today, says how well, and is changed by what a target answers.

Source: GB/T 39443-2020 (chapter titles only; its inside was not read), practice.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from xinheng.core.catalog.datasets import Dataset, Verification
from xinheng.core.catalog.fields import Field, FieldType

ACTION = "_action"  # the column that says whether a row is put or withdrawn
DATE_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日", "%Y.%m.%d")
MOST_ROWS = 1_000_000
SMALLEST_PACKAGE = 1_024  # bytes: below that no header and row fit
LONGEST_MINUTE = 6_000


class Form(StrEnum):
    """How rows become bytes."""

    CSV = "csv"
    XLSX = "xlsx"
    XML = "xml"
    JSON = "json"


class Carrier(StrEnum):
    """How a package gets to the target."""

    FILE = "file"  # a person takes it there
    HTTP = "http"
    SFTP = "sftp"
    DATABASE = "database"


class Mode(StrEnum):
    """The modes of exchange of GB/T 39443."""

    FILE = "file"
    DATABASE = "database"
    SERVICE = "service"


class Meaning(StrEnum):
    """What a target's code says, whatever it calls it."""

    ROWS = "rows"  # too many rows in a package
    BYTES = "bytes"  # a package too large
    RATE = "rate"  # too many packages in a minute
    TEMPLATE = "template"  # columns missing or in another order
    DATE = "date"  # dates in another format
    CHARACTERS = "characters"  # characters that it does not take
    SUBJECT = "subject"  # name and code of the organization do not agree
    DUPLICATE = "duplicate"  # it holds the row already
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `name` is the catalog's field (or ACTION), `title` their header.

    `labels` pairs our words with their codes, where they want codes.
    """

    name: str
    title: str
    required: bool = False
    max_length: int | None = None
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a dataset looks like to the target; `name` is that of sheet or table.

    `together` names the column whose rows of one value stay in one package.
    """

    dataset: str
    name: str
    natural_key: tuple[str, ...]
    columns: tuple[Column, ...]
    dates: tuple[str, ...] = ()
    together: str | None = None

    @property
    def titles(self) -> tuple[str, ...]:
        """The header, in order."""
        return tuple(column.title for column in self.columns)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a target takes at once; null means that no limit is known."""

    rows: int | None = None
    bytes: int | None = None
    per_minute: int | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """A target's wishes. `file_name` may hold `{dataset}`, `{package}`, `{day}`.

    `forbidden` characters are replaced by `substitute`, nothing where it is null.
    `unverified` names the details for which no source was found.
    """

    name: str
    title: str
    title_en: str
    edition: str
    mode: Mode
    form: Form
    carrier: Carrier
    encoding: str
    date_format: str
    file_name: str
    put: str
    withdraw: str
    sheets: tuple[Sheet, ...]
    verification: Verification
    source: str
    unverified: tuple[str, ...]
    limits: Limits = field(default_factory=Limits)
    forbidden: tuple[str, ...] = ()
    substitute: str | None = None
    meanings: tuple[tuple[str, Meaning], ...] = ()

    def sheet(self, dataset: str) -> Sheet:
        """Return the sheet of a dataset.

        Raises:
            KeyError: where the target takes no such dataset.
        """
        for sheet in self.sheets:
            if sheet.dataset == dataset:
                return sheet
        raise KeyError(dataset)

    def meaning(self, code: str) -> Meaning:
        """Return what a code of the target means, UNKNOWN for one never met."""
        return dict(self.meanings).get(code, Meaning.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a profile can't stand: at which key, and what is wrong there."""

    key: str
    text: str


def problems(profile: Profile, catalog: Mapping[str, Dataset]) -> Iterator[Problem]:
    """Yield what is wrong with a profile, against the catalog's datasets."""
    yield from form_problems(profile)
    seen: set[str] = set()
    for sheet in profile.sheets:
        key = f"sheets.{sheet.dataset}"
        if sheet.dataset in seen:
            yield Problem(key, "is given twice")
        seen.add(sheet.dataset)
        if sheet.dataset not in catalog:
            yield Problem(key, "is no dataset of the catalog")
        else:
            yield from _sheet(sheet, catalog[sheet.dataset], key)


def form_problems(profile: Profile) -> Iterator[Problem]:
    """Yield what is wrong with a profile, its sheets apart."""
    yield from _form(profile)
    yield from _limits(profile.limits)


def _form(profile: Profile) -> Iterator[Problem]:
    try:
        codecs.lookup(profile.encoding)
    except LookupError:
        yield Problem("encoding", f"{profile.encoding!r} is no encoding")
    if profile.date_format not in DATE_FORMATS:
        yield Problem("date_format", f"{profile.date_format!r} is no format of a day")
    if profile.put == profile.withdraw:
        yield Problem("withdraw", "is the same as put")
    if "{package}" not in profile.file_name:
        yield Problem("file_name", "does not tell packages apart: needs {package}")
    if any(len(each) != 1 for each in profile.forbidden):
        yield Problem("forbidden", "holds more than single characters")
    if not profile.sheets:
        yield Problem("sheets", "is empty")


def _limits(limits: Limits) -> Iterator[Problem]:
    bounds = {
        "rows": (1, MOST_ROWS),
        "bytes": (SMALLEST_PACKAGE, 1 << 40),
        "per_minute": (1, LONGEST_MINUTE),
    }
    for name, (least, most) in bounds.items():
        value = getattr(limits, name)
        if value is not None and not least <= value <= most:
            yield Problem(f"limits.{name}", f"is impossible: {least} to {most}")


def _sheet(sheet: Sheet, dataset: Dataset, key: str) -> Iterator[Problem]:
    names = [column.name for column in sheet.columns]
    stored = {one.name: one for one in dataset.stored_fields}
    for name in sorted(set(names) - stored.keys() - {ACTION}):
        yield Problem(f"{key}.columns", f"{name!r} is no field that is kept")
    for what, values in (("columns", names), ("titles", sheet.titles)):
        if double := _double(values):
            yield Problem(f"{key}.{what}", f"{double!r} is given twice")
    for name in (ACTION, *dataset.natural_key):
        if name not in names:
            yield Problem(f"{key}.columns", f"{name!r} is missing")
    yield from _key(sheet, key)
    days = {name for name in names if _is_day(stored.get(name))}
    for name in sorted(set(sheet.dates) - days):
        yield Problem(f"{key}.dates", f"{name!r} is no date among the columns")


def _is_day(field: Field | None) -> bool:
    return field is not None and field.type is FieldType.DATE


def _key(sheet: Sheet, key: str) -> Iterator[Problem]:
    names = {column.name for column in sheet.columns}
    if not sheet.natural_key:
        yield Problem(f"{key}.natural_key", "is empty")
    if double := _double(sheet.natural_key):
        yield Problem(f"{key}.natural_key", f"{double!r} is given twice")
    for name in sheet.natural_key:
        if name not in names or name == ACTION:
            yield Problem(f"{key}.natural_key", f"{name!r} is no column")
    if sheet.together is not None and sheet.together not in names:
        yield Problem(f"{key}.together", f"{sheet.together!r} is no column")


def _double(values: Iterable[str]) -> str | None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            return value
        seen.add(value)
    return None
