"""The version in force under a natural key: whose it is, and giving it up.

One key has one version in force, of one unit. Another unit that reports the same key is
refused at landing (`OTHER_UNIT`), until a person decides that the record is that unit's
from now on: then the version is superseded by the landing that brings the new one.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet, Value
from django.db.models.functions import Greatest

from xinheng.apps.records.models import Record

_KEYS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class VersionView:
    """A version in force; `fields` are its stored ones by name, without blank ones."""

    unit_code: str
    unit_name: str
    unit_name_en: str
    period: str
    decided_on: date | None
    recorded_at: datetime
    submission: str
    fields: Mapping[str, str]


def find_version(*, dataset: str, natural_key: str) -> VersionView | None:
    """Return the version in force under a key, null where there is none."""
    row = (
        Record.objects.select_related("source_unit")
        .filter(dataset=dataset, natural_key=natural_key, superseded_at__isnull=True)
        .first()
    )
    if row is None:
        return None
    return VersionView(
        unit_code=row.source_unit_id,
        unit_name=row.source_unit.name,
        unit_name_en=row.source_unit.name_en,
        period=row.period,
        decided_on=row.decided_on,
        recorded_at=row.recorded_at,
        submission=str(row.submission_id),
        fields=json.loads(row.body),
    )


def find_foreign(*, dataset: str, unit: str, keys: Collection[str]) -> frozenset[str]:
    """Return those of the keys whose version in force is another unit's."""
    return frozenset(
        key
        for rows in _in_force(dataset, keys)
        for key in rows.exclude(source_unit_id=unit).values_list(
            "natural_key", flat=True
        )
    )


def give_up(
    *, dataset: str, unit: str, keys: Collection[str], landing: UUID, at: datetime
) -> int:
    """Supersede what other units have in force under the keys; return how many.

    The landing that follows in the same transaction brings this unit's versions, which
    then are new.
    """
    return sum(
        rows.exclude(source_unit_id=unit).update(
            # A submission that began later may have landed before `at`.
            superseded_at=Greatest("recorded_at", Value(at)),
            superseded_by_id=landing,
        )
        for rows in _in_force(dataset, keys)
    )


def find_periods(*, dataset: str, keys: Collection[str]) -> frozenset[str]:
    """Return the months in which the versions in force under the keys count."""
    return frozenset(
        period
        for rows in _in_force(dataset, keys)
        for period in rows.values_list("period", flat=True).distinct()
    )


def _in_force(dataset: str, keys: Collection[str]) -> Iterator[QuerySet[Record]]:
    listed = list(keys)
    for begin in range(0, len(listed), _KEYS_AT_ONCE):
        yield Record.objects.filter(
            dataset=dataset,
            natural_key__in=listed[begin : begin + _KEYS_AT_ONCE],
            superseded_at__isnull=True,
        )
