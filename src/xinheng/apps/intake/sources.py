"""The sources that the worker drains: watched folders and departments' databases.

The operator writes them into one file (TOML) that `XINHENG_SOURCES` names. Nobody else
can name a path, a host or a table, and passwords stand in files of their own.

    [[folder]]    name, path, unit, dataset, period?, settle_seconds?, done_suffix?
    [[database]]  name, driver, url_file, table, cursor, unit, dataset, period?,
                  columns?, batch_rows?, every_seconds?, overlap?

How far a source has been drained, and what went wrong last, stands in the register.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.intake.models import SourceState
from xinheng.apps.units import queries as units
from xinheng.core.catalog import periods

PERIODS = ("own", "current", "previous")
DRIVERS = ("postgresql", "mariadb")
BETWEEN_LOOKS = timedelta(seconds=10)
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,30}", re.ASCII)
_IDENTIFIER = re.compile(r"[^\W\d][\w$]{0,62}")
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,10}", re.ASCII)


class SourcesError(ValueError):
    """The file of sources is wrong; `reason` says where, without any secret."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnknownSourceError(LookupError):
    """The file names no such source."""


class SourceFailedError(RuntimeError):
    """A run failed; `code` is stable and holds nothing of the source's own words."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A directory into which a department's machine puts files.

    A file is complete when nothing about it changed for `settle_seconds` or, with a
    `done_suffix` (`.done`), when a file of the same name with that suffix added lies
    beside it. `period` is the month of a file: each record's `own`, the `current` or
    the `previous` one on the day on which the file is taken.
    """

    name: str
    path: Path
    unit: str
    dataset: str
    period: str = "own"
    settle_seconds: int = 30
    done_suffix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """A table or view that is read with a read-only session.

    `cursor` is a column that only grows (a serial number, a time of change). `columns`
    maps the names in the table to headers; empty means that all columns are read under
    their own names. `overlap` is how far behind the cursor each run begins, in units of
    a number or seconds of a time: for rows whose transaction ends late.
    """

    name: str
    driver: str
    url_file: Path
    table: str
    cursor: str
    unit: str
    dataset: str
    period: str = "own"
    columns: Mapping[str, str] = field(default_factory=dict)
    batch_rows: int = 50_000
    every_seconds: int = 300
    overlap: int = 0


Source = Folder | Database


@dataclass(frozen=True, slots=True)
class SourceView:
    """What is known of a source's runs; null and empty before the first."""

    name: str
    cursor: str | None
    last_run_at: datetime | None
    last_submission: str | None
    last_error: str
    retry_at: datetime | None


def load() -> tuple[Source, ...]:
    """Return the sources that are configured, none where no file is named.

    Raises:
        SourcesError: the file can't be read, or says something it may not.
    """
    if not settings.SOURCES:
        return ()
    try:
        given = tomllib.loads(Path(settings.SOURCES).read_text(encoding="utf-8"))
    except OSError as refused:
        raise SourcesError(f"can't be read: {refused.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise SourcesError("is no TOML in UTF-8") from None
    return parse(given)


def parse(given: Mapping[str, Any]) -> tuple[Source, ...]:
    """Return the sources that a parsed file names.

    Raises:
        SourcesError: see `load`.
    """
    if extra := set(given) - {"folder", "database"}:
        raise SourcesError(f"unknown section: {min(extra)}")
    found = (
        *_section(given, "folder", Folder),
        *_section(given, "database", Database),
    )
    names = [source.name for source in found]
    if len(set(names)) != len(names):
        raise SourcesError("two sources have the same name")
    return found


def get(name: str) -> Source:
    """Return one configured source.

    Raises:
        SourcesError: see `load`.
        UnknownSourceError: none of that name.
    """
    for source in load():
        if source.name == name:
            return source
    raise UnknownSourceError(name)


def _section(
    given: Mapping[str, Any], title: str, kind: type[Source]
) -> Iterator[Source]:
    entries = given.get(title, [])
    if not isinstance(entries, list):
        raise SourcesError(f"write [[{title}]], with two brackets")
    for entry in entries:
        if not isinstance(entry, dict):
            raise SourcesError(f"write [[{title}]], with two brackets")
        name = str(entry.get("name", ""))
        try:
            yield _checked(kind(**_typed(entry, kind)))
        except (TypeError, SourcesError) as wrong:
            reason = getattr(wrong, "reason", "a value is missing or of no known name")
            raise SourcesError(f"{title} {name!r}: {reason}") from None


def _typed(entry: Mapping[str, Any], kind: type[Source]) -> dict[str, Any]:
    known = {each.name: str(each.type) for each in fields(kind)}
    typed: dict[str, Any] = {}
    for name, value in entry.items():
        if name not in known:
            raise SourcesError(f"unknown value: {name}")
        wanted = _PLAIN.get(known[name], str)
        if not isinstance(value, wanted) or isinstance(value, bool):
            raise SourcesError(f"{name} is of the wrong type")
        typed[name] = Path(str(value)) if known[name] == "Path" else value
    return typed


_PLAIN: Mapping[str, type] = {"int": int, "Mapping[str, str]": dict}


def _checked(source: Source) -> Source:
    if not _NAME.fullmatch(source.name):
        raise SourcesError("a name is a-z, 0-9 and hyphens, at most 31 characters")
    if source.period not in PERIODS:
        raise SourcesError(f"period is one of {', '.join(PERIODS)}")
    if isinstance(source, Folder):
        _check_folder(source)
    else:
        _check_database(source)
    return source


def _check_folder(folder: Folder) -> None:
    if not folder.path.is_absolute():
        raise SourcesError("path is absolute")
    if not 1 <= folder.settle_seconds <= 86_400:
        raise SourcesError("settle_seconds is 1 to 86400")
    if folder.done_suffix and not _SUFFIX.fullmatch(folder.done_suffix):
        raise SourcesError("done_suffix is a dot and letters, such as .done")


def _check_database(database: Database) -> None:
    _check_names(database)
    if database.driver not in DRIVERS:
        raise SourcesError(f"driver is one of {', '.join(DRIVERS)}")
    if not database.url_file.is_absolute():
        raise SourcesError("url_file is absolute")
    if not 1 <= database.batch_rows <= 1_000_000:
        raise SourcesError("batch_rows is 1 to 1000000")
    if database.every_seconds < 1 or database.overlap < 0:
        raise SourcesError("every_seconds is at least 1, overlap at least 0")


def _check_names(database: Database) -> None:
    if database.table.count(".") > 1:
        raise SourcesError("table is a name, or a schema and a name with a dot")
    for name in (*database.table.split("."), database.cursor, *database.columns):
        if not _IDENTIFIER.fullmatch(name):
            raise SourcesError("table, cursor and columns are plain names, no SQL")
    if not all(isinstance(header, str) for header in database.columns.values()):
        raise SourcesError("columns maps names to headers")


def actor(source: Source) -> Actor:
    """Return who hands in what a source held: the source, for its one unit.

    Raises:
        UnknownUnitError: there is no such unit.
    """
    unit = units.get_unit(source.unit).code
    return Actor(account_of(source.name), units=frozenset({unit}))


def account_of(name: str) -> str:
    """Return the account under which a source's submissions stand."""
    return f"source:{name}"


def period(source: Source, *, at: datetime) -> str | None:
    """Return the month that a file taken now is for; null: each record's own."""
    today: date = timezone.localdate(at)
    month = periods.of(today)
    return {"own": None, "current": month, "previous": periods.before(month)}[
        source.period
    ]


def view(name: str) -> SourceView:
    """Return what is known of a source's runs."""
    row = SourceState.objects.filter(name=name).first() or SourceState(name=name)
    last = row.last_submission_id
    return SourceView(
        name=name,
        cursor=row.cursor,
        last_run_at=row.last_run_at,
        last_submission=str(last) if last else None,
        last_error=row.last_error,
        retry_at=row.retry_at,
    )


def is_due(source: Source, *, at: datetime) -> bool:
    """Tell whether the worker should look at a source now."""
    row = SourceState.objects.filter(name=source.name).first()
    if row is None or row.last_run_at is None:
        return True
    if row.retry_at is not None:
        return at >= row.retry_at
    every = (
        timedelta(seconds=source.every_seconds)
        if isinstance(source, Database)
        else BETWEEN_LOOKS
    )
    return at >= row.last_run_at + every


def note_run(name: str, *, at: datetime, submission: str | None) -> None:
    """Note a run that went well; null: there was nothing to hand in."""
    known = {"last_submission_id": submission} if submission else {}
    SourceState.objects.update_or_create(
        name=name,
        defaults={
            **known,
            "last_run_at": at,
            "last_error": "",
            "failures": 0,
            "retry_at": None,
        },
    )


def note_failure(name: str, *, at: datetime, code: str) -> None:
    """Note a run that failed; the next one waits twice as long, up to an hour."""
    row, _ = SourceState.objects.get_or_create(name=name)
    row.failures += 1
    wait = FIRST_WAIT * 2 ** min(row.failures - 1, 10)
    row.last_run_at, row.last_error = at, code
    row.retry_at = at + min(wait, LONGEST_WAIT)
    row.save(update_fields=["failures", "last_run_at", "last_error", "retry_at"])
