"""What a damaged code or a name may mean: from indexes that this process keeps.

They are built from the register when somebody asks, and anew once the register has
changed. A large register is read by a thread of its own; until it is done the answer
says so, or comes from the register as it was. A suggestion never applies itself.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl
from django.db import connection
from django.db.models import Max

from xinheng.apps import bulk
from xinheng.apps.organizations import references
from xinheng.apps.organizations.changes import NAMES, ORGANIZATIONS
from xinheng.apps.organizations.models import Correction, Organization, RegisterImport
from xinheng.core.identifiers import uscc
from xinheng.core.linkage.repair import Suggestion as CodeSuggestion
from xinheng.core.screening import personal_id
from xinheng.pipeline.linkage.name_index import NameIndex
from xinheng.pipeline.linkage.names import NameMatcher
from xinheng.pipeline.linkage.names import Suggestion as NameSuggestion
from xinheng.pipeline.linkage.repairs import Repairs

# Up to here the index is built while the reader waits: less than half a second.
MOST_AT_ONCE = 20_000
# Beyond this memory the register is not indexed: codes by their checks alone.
MOST_NAMES = 1_500_000
MOST_CODES_SHOWN = 5
_ROWS_READ = 50_000

_Version = tuple[int, int, int, int]
_SCHEMA = {
    "code": pl.String,
    "name": pl.String,
    "is_former": pl.Boolean,
    "division": pl.String,
}


@dataclass(frozen=True, slots=True)
class Suggested:
    """Suggestions for a code and a name, best first; not `is_ready` while built."""

    is_ready: bool
    codes: tuple[CodeSuggestion, ...] = ()
    names: tuple[NameSuggestion, ...] = ()


@dataclass(frozen=True, slots=True)
class _Indexes:
    version: _Version
    repairs: Repairs
    matcher: NameMatcher | None


@dataclass(slots=True)
class _Kept:
    indexes: _Indexes | None = None
    building: threading.Thread | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


_kept = _Kept()


def suggest(*, code: str, name: str, division: str | None = None) -> Suggested:
    """Return what a code and a name may mean; either may be empty.

    Nothing is suggested for what may be a person's number.
    """
    if personal_id.find_embedded(code) or personal_id.find_embedded(name):
        return Suggested(is_ready=True)
    indexes = _current()
    if indexes is None:
        return Suggested(is_ready=False)
    text = uscc.normalize(code)
    [codes] = indexes.repairs.suggest([text], [name or None])
    matcher = indexes.matcher
    names = matcher.suggest(name, division).suggestions if matcher and name else ()
    others = tuple(each for each in names if each.code != text)
    return Suggested(True, codes[:MOST_CODES_SHOWN], others)


def forget() -> None:
    """Drop the indexes; the next question builds them anew."""
    with _kept.lock:
        _kept.indexes = None


def _current() -> _Indexes | None:
    version = _version()
    with _kept.lock:
        kept = _kept.indexes
        if kept is not None and kept.version == version:
            return kept
        if _kept.building is not None and _kept.building.is_alive():
            return kept
        if _is_large():
            _kept.building = threading.Thread(
                target=_build_beside, args=(version,), daemon=True
            )
            _kept.building.start()
            return kept
        _kept.indexes = _build(version)
        return _kept.indexes


def _is_large() -> bool:
    """Whether more organizations stand in the register than are read while one waits.

    Counted, not told from the highest key: a sequence never goes back.
    """
    return Organization.objects.all()[MOST_AT_ONCE : MOST_AT_ONCE + 1].exists()


def _version() -> _Version:
    """Return what changes with the register: key, file, act, names that are gone."""
    highest = Organization.objects.aggregate(Max("id"))["id__max"]
    imported = RegisterImport.objects.aggregate(Max("id"))["id__max"]
    done = Correction.objects.aggregate(one=Max("decided_at"), other=Max("undone_at"))
    moments = [moment for moment in done.values() if moment is not None]
    last = int(max(moments).timestamp() * 1_000_000) if moments else 0
    # An erased name has no key to be compared by, and the index finds those at once.
    erased = Organization.objects.filter(name_key="").count()
    return highest or 0, imported or 0, last, erased


def _build_beside(version: _Version) -> None:
    """Build in a thread, whose own connection is closed at the end."""
    try:
        built = _build(version)
        with _kept.lock:
            _kept.indexes = built
    finally:
        connection.close()


def _build(version: _Version) -> _Indexes:
    known = references.known_divisions()
    parts: list[pl.DataFrame] = []
    count = 0
    for part in _read(version[0]):
        parts.append(part)
        count += part.height
        if count > MOST_NAMES:
            return _Indexes(version, Repairs(None, divisions=known), None)
    rows = pl.concat(parts) if parts else pl.DataFrame(schema=_SCHEMA)
    return _Indexes(
        version, Repairs(rows, divisions=known), NameMatcher(NameIndex(rows))
    )


def _read(highest: int) -> Iterator[pl.DataFrame]:
    """Yield every name of the register with its code, so many organizations a time."""
    for start in range(0, highest, _ROWS_READ):
        rows = bulk.fetch(
            f"SELECT o.uscc, n.name, CASE WHEN n.name = o.name THEN 0 ELSE 1 END,"
            f" o.division FROM {ORGANIZATIONS} o"
            f" JOIN {NAMES} n ON n.organization_id = o.id"
            f" WHERE o.id > %s AND o.id <= %s",
            [start, start + _ROWS_READ],
        )
        frame = pl.DataFrame(
            rows, schema={**_SCHEMA, "is_former": pl.Int64}, orient="row"
        )
        yield frame.with_columns(pl.col("is_former") == 1)
