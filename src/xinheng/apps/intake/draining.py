"""One round over the sources: each that is due is drained, its state noted.

A source that fails does not stop the others; it is asked again later, each time after a
longer wait. Only where our own database fails does the round break off.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.catalog.queries import UnknownDatasetError, get_dataset
from xinheng.apps.intake import (
    breakdowns,
    databases,
    folders,
    source_connections,
    sources,
)
from xinheng.apps.units.queries import UnknownUnitError


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of a source did; `error` is a code, empty where it went well."""

    name: str
    submissions: tuple[str, ...]
    error: str


@dataclass(frozen=True, slots=True)
class Reach:
    """Whether a source can be drained; `warnings` are codes of what should be mended.

    `WRITABLE`: the account could write. `URL_FILE_OPEN`: others may read the secret.
    `CURSOR_NULL`: rows without a cursor value would never be read.
    """

    name: str
    error: str
    warnings: tuple[str, ...]


def drain_due(among: Iterable[sources.Source], *, at: datetime) -> list[Run]:
    """Run those of the sources that are due."""
    return [run(source, at=at) for source in among if sources.is_due(source, at=at)]


def run(source: sources.Source, *, at: datetime) -> Run:
    """Drain one source now, due or not."""
    try:
        done = _drain(source, at=at)
    except _WRONG as wrong:
        code = _code(wrong)
        sources.note_failure(source.name, at=at, code=code)
        return Run(source.name, (), code)
    sources.note_run(source.name, at=at, submission=done[-1] if done else None)
    return Run(source.name, tuple(done), "")


def check(source: sources.Source) -> Reach:
    """Tell whether a source can be reached and read; nothing is handed in or noted."""
    try:
        sources.actor(source)
        get_dataset(source.dataset)
        if isinstance(source, sources.Folder):
            folders.reach(source)
            return Reach(source.name, "", ())
        return Reach(source.name, "", tuple(_warnings(source)))
    except _WRONG as wrong:
        return Reach(source.name, _code(wrong), ())


_WRONG = (
    OSError,
    sources.SourceFailedError,
    UnknownUnitError,
    UnknownDatasetError,
    NotAllowedError,
)


def _drain(source: sources.Source, *, at: datetime) -> list[str]:
    if isinstance(source, sources.Folder):
        return folders.drain(source, at=at)
    return databases.drain(source, at=at)


def _code(wrong: Exception) -> str:
    if isinstance(wrong, OSError):
        return "DISK_FULL" if breakdowns.is_disk_full(wrong) else "INPUT_OUTPUT"
    if isinstance(wrong, sources.SourceFailedError):
        return wrong.code
    if isinstance(wrong, UnknownUnitError):
        return "UNKNOWN_UNIT"
    return (
        "UNKNOWN_DATASET" if isinstance(wrong, UnknownDatasetError) else "NOT_ALLOWED"
    )


def _warnings(database: sources.Database) -> list[str]:
    with source_connections.connect(database) as session:
        session.names()
        found = {
            "WRITABLE": session.may_write(),
            "CURSOR_NULL": session.has_gaps(),
            "URL_FILE_OPEN": source_connections.is_secret_open(database),
        }
    return [code for code, is_so in found.items() if is_so]
