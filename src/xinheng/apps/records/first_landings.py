"""When the records of a month first came: a correction does not make a record late."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from xinheng.apps.records.models import Landing, Record


class Group(NamedTuple):
    """Records of a unit, dataset and month with one day of decision and first landing.

    `decided_on` is null where the records are not dated.
    """

    unit: str
    dataset: str
    period: str
    decided_on: date | None
    landing: UUID


@dataclass(frozen=True, slots=True)
class _Version:
    """A version on the way back to the first one of its unit."""

    group: Group
    natural_key: str


def count_by_first_landing(
    *, periods: Collection[str], ledger_size: int, units: Collection[str] | None = None
) -> dict[Group, int]:
    """Return the records of some months as the ledger of that size knew them.

    `units` null means all. A record taken over from another unit counts from the day on
    which its present unit brought it.
    """
    rows = _known(ledger_size).filter(period__in=list(periods))
    if units is not None:
        rows = rows.filter(source_unit_id__in=list(units))
    counts = Counter(
        {
            Group(*key): number
            for *key, number in rows.values_list(*_COLUMNS).annotate(n=Count("id"))
        }
    )
    corrected = _correcting({group.landing for group in counts})
    if corrected:
        for group in [group for group in counts if group.landing in corrected]:
            del counts[group]
        counts.update(_first(rows.filter(submission_id__in=corrected)))
    return dict(counts)


_COLUMNS = ("source_unit_id", "dataset", "period", "decided_on", "submission_id")


def landed_at(landings: Iterable[UUID]) -> dict[UUID, datetime]:
    """Return when each landing was recorded."""
    found = Landing.objects.filter(id__in=list(landings))
    return dict(found.values_list("id", "recorded_at"))


def _known(ledger_size: int) -> QuerySet[Record]:
    return Record.objects.filter(submission__ledger_seq__lt=ledger_size).filter(
        Q(superseded_by__isnull=True) | Q(superseded_by__ledger_seq__gte=ledger_size)
    )


def _correcting(landings: Collection[UUID]) -> set[UUID]:
    """Return those of the landings that superseded something."""
    found = Record.objects.filter(superseded_by_id__in=list(landings))
    return set(found.values_list("superseded_by_id", flat=True).distinct())


def _first(rows: QuerySet[Record]) -> Iterable[Group]:
    """Go back from version to version, all records one step at a time."""
    columns = rows.values_list(*_COLUMNS, "natural_key")
    waiting = [_Version(Group(*key), natural_key) for *key, natural_key in columns]
    while waiting:
        before = _before({each.group.landing for each in waiting})
        earlier = []
        for version in waiting:
            group = version.group
            key = (group.unit, group.dataset, version.natural_key, group.landing)
            if key in before:
                moved = group._replace(landing=before[key])
                earlier.append(_Version(moved, version.natural_key))
            else:
                yield group
        waiting = earlier


def _before(landings: Collection[UUID]) -> dict[tuple[str, str, str, UUID], UUID]:
    """Return what brought each version that these landings superseded."""
    rows = Record.objects.filter(superseded_by_id__in=list(landings)).values_list(
        "source_unit_id", "dataset", "natural_key", "superseded_by_id", "submission_id"
    )
    return {
        (unit, dataset, key, later): earlier
        for unit, dataset, key, later, earlier in rows
        if later != earlier
    }
