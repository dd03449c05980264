"""Reading records: what the public may see of an organization, and counts."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from itertools import islice
from uuid import UUID

from django.db.models import Count, F, Max, Min

from xinheng.apps import bulk
from xinheng.apps.catalog import queries as catalog
from xinheng.apps.disclosures import queries as disclosures
from xinheng.apps.disclosures.queries import Known
from xinheng.apps.law import queries as law
from xinheng.apps.records import facts, publication, punctuality
from xinheng.apps.records.models import Landing, Record
from xinheng.core.catalog.datasets import Dataset
from xinheng.core.catalog.fields import Field
from xinheng.core.disclosures import names
from xinheng.core.disclosures.lateness import Lateness
from xinheng.core.disclosures.visibility import (
    Audience,
    VisibleState,
    may_be_in_bulk,
    visible_state,
)
from xinheng.rulebook import periods

LONGEST_LIST = 500
MOST_LOOKED_AT = 2000  # of one organization, the latest decisions first


@dataclass(frozen=True, slots=True)
class PublicRecord:
    """A record as the public may see it: the catalog's public fields, in its order.

    `key` names the record in every version. `state.until` is the first day without it,
    null where no term bounds it. `entry` is the ledger entry of its landing, null
    before it was sealed. `lateness` is null where it was not asked for, and for what is
    not due within working days.
    """

    key: str
    dataset: str
    dataset_title: str
    dataset_title_en: str
    source_unit: str
    decided_on: date | None
    recorded_at: datetime
    fields: tuple[tuple[str, str, str], ...]  # (title, English title, text)
    state: VisibleState
    entry: int | None
    lateness: Lateness | None = None


def list_public(
    *,
    organization: str,
    on: date,
    dataset: str | None = None,
    is_adopted: bool | None = None,
) -> tuple[PublicRecord, ...]:
    """Return what is public about an organization on a day, latest decision first.

    `organization` is the register's key; `dataset` null means every dataset. At most
    `LONGEST_LIST` records. `is_adopted` null asks whether the rulebook is adopted.
    """
    datasets = {
        name: item
        for name, item in catalog.list_datasets().items()
        if dataset in (None, name) and facts.may_be_public(item)
    }
    rows = (
        Record.objects.filter(
            organization_id=int(organization),
            dataset__in=list(datasets),
            superseded_at__isnull=True,
        )
        .select_related("source_unit", "submission")
        .order_by(F("decided_on").desc(nulls_last=True), "-id")
    )
    found = list(rows[:MOST_LOOKED_AT])
    see = seer(on=on, known=known_of(found), is_adopted=is_adopted)
    seen = ((row, see(row, datasets[row.dataset])) for row in found)
    shown = ((row, record) for row, record in seen if record is not None)
    return with_lateness(islice(shown, LONGEST_LIST), datasets)


def with_lateness(
    shown: Iterable[tuple[Record, PublicRecord]], datasets: Mapping[str, Dataset]
) -> tuple[PublicRecord, ...]:
    """Return the records, each with how late it became public."""
    pairs = list(shown)
    late = punctuality.of_rows([row for row, _ in pairs], datasets)
    return tuple(replace(record, lateness=late.get(row.id)) for row, record in pairs)


class View(StrEnum):
    """For whom a row is turned into what may be seen of it."""

    PORTAL = "portal"
    BULK = "bulk"  # the same, without persons in business
    OWN = "own"  # the unit that reported it: all of it, public or not
    AUTHORIZED = "authorized"  # whom the organization named
    BODY = "body"  # a public body in its own matter


_AUDIENCES = {View.AUTHORIZED: Audience.AUTHORIZED, View.BODY: Audience.BODY}


def known_of(
    rows: Iterable[Record], *, known_at: datetime | None = None
) -> Mapping[str, Known]:
    """Return what is known of the publication of some records, by their keys."""
    return disclosures.known(
        kind=disclosures.RECORD,
        keys=[key_of(row) for row in rows],
        known_at=known_at,
    )


def key_of(row: Record) -> str:
    """Return the name of a record, whatever version of it is in force."""
    return disclosures.record_key(dataset=row.dataset, natural_key=row.natural_key)


def seer(
    *,
    on: date,
    view: View = View.PORTAL,
    is_adopted: bool | None = None,
    known: Mapping[str, Known] | None = None,
    known_at: datetime | None = None,
) -> Callable[[Record, Dataset], PublicRecord | None]:
    """Return what turns a row into what may be seen of it, null for nothing.

    `is_adopted` null asks whether the rulebook is adopted on that day; `known` null
    reads what is known of all publications, for many rows at once; `known_at` null
    means as known now. Source unit and landing of the rows are to be read along.
    """
    of_all = disclosures.known(kind=disclosures.RECORD) if known is None else known
    held_since = publication.held_since(known_at=known_at)
    rules = periods.rules().periods
    is_in_effect = is_adopted
    if is_in_effect is None:
        is_in_effect = law.is_adopted(on=on, known_at=known_at)
    audience = _AUDIENCES.get(view, Audience.PUBLIC)

    def see(row: Record, dataset: Dataset) -> PublicRecord | None:
        body = json.loads(row.body)
        fact = facts.of_record(
            dataset,
            body,
            decided_on=row.decided_on,
            is_withheld=_is_withheld(row, held_since),
            known=of_all.get(key_of(row)),
        )
        if row.erased_at is not None:
            fact = replace(fact, is_erased=True)
        state = visible_state(
            fact, rules=rules, is_adopted=is_in_effect, on=on, audience=audience
        )
        if view is View.OWN:
            if row.erased_at is not None:
                return None
            return _view(row, dataset, body, state, dataset.stored_fields)
        if view is View.BULK and not may_be_in_bulk(fact):
            return None
        return _public(row, dataset, body, state) if state.public else None

    return see


def _is_withheld(row: Record, held_since: Mapping[tuple[str, str], int]) -> bool:
    """Tell whether the record landed under a hold that is still open."""
    since = held_since.get((row.dataset, row.source_unit_id))
    landed = row.submission.ledger_seq
    return since is not None and (landed is None or landed >= since)


def _public(
    row: Record, dataset: Dataset, body: dict[str, str], state: VisibleState
) -> PublicRecord:
    shown = [field for field in dataset.stored_fields if field.public]
    return _view(row, dataset, _with_public_name(body, dataset), state, shown)


def _view(
    row: Record,
    dataset: Dataset,
    body: Mapping[str, str],
    state: VisibleState,
    fields: Iterable[Field],
) -> PublicRecord:
    return PublicRecord(
        key=key_of(row),
        dataset=row.dataset,
        dataset_title=dataset.title,
        dataset_title_en=dataset.title_en,
        source_unit=row.source_unit.name,
        decided_on=row.decided_on,
        recorded_at=row.recorded_at,
        fields=tuple(
            (field.title, field.title_en, str(body[field.name]))
            for field in fields
            if field.name in body
        ),
        state=state,
        entry=row.submission.ledger_seq,
    )


def _with_public_name(body: dict[str, str], dataset: Dataset) -> dict[str, str]:
    """Return the body with the name that may be shown, without one that may not."""
    name = dataset.subject_name
    if name is None or name not in body:
        return body
    shown = names.public_name(
        body[name], is_sole_proprietor=facts.is_sole_proprietor(dataset, body)
    )
    others = {field: text for field, text in body.items() if field != name}
    return others if shown is None else {**others, name: shown}


def list_latest(*, dataset: str, most: int, on: date) -> tuple[PublicRecord, ...]:
    """Return what landed last of a dataset, in full as its unit sees it."""
    item = catalog.get_dataset(dataset)
    rows = list(
        Record.objects.filter(dataset=dataset, superseded_at__isnull=True)
        .select_related("source_unit", "submission")
        .order_by("-id")[:most]
    )
    see = seer(on=on, view=View.OWN, known=known_of(rows))
    return tuple(filter(None, (see(row, item) for row in rows)))


def count_current(*, dataset: str | None = None) -> int:
    """Return how many records are in force in the register."""
    rows = Record.objects.filter(superseded_at__isnull=True)
    return rows.filter(dataset=dataset).count() if dataset else rows.count()


def count_of_month(*, unit: str, dataset: str, period: str) -> int:
    """Return how many records of a month a unit has in force in the register."""
    return Record.objects.filter(
        source_unit_id=unit,
        dataset=dataset,
        period=period,
        superseded_at__isnull=True,
    ).count()


def count_of_unit(*, unit: str, period: str) -> dict[str, int]:
    """Return the records of a month that a unit has in force, by dataset."""
    rows = (
        Record.objects.filter(
            source_unit_id=unit, period=period, superseded_at__isnull=True
        )
        .values("dataset")
        .annotate(count=Count("id"))
    )
    return {row["dataset"]: row["count"] for row in rows}


def count_by_unit_and_dataset(
    *, period: str, ledger_size: int
) -> list[tuple[str, str, int]]:
    """Return (unit, dataset, records) of a month as the ledger of that size knew it.

    A version counts when its entry is among the first `ledger_size` and no entry among
    them superseded it.
    """
    record, landing = Record._meta.db_table, Landing._meta.db_table
    rows = bulk.fetch(
        f"SELECT r.source_unit_id, r.dataset, COUNT(*) FROM {record} r"
        f" JOIN {landing} l ON l.id = r.submission_id"
        f" LEFT JOIN {landing} s ON s.id = r.superseded_by_id"
        f" WHERE r.period = %s AND l.ledger_seq < %s"
        f" AND (s.id IS NULL OR s.ledger_seq >= %s)"
        f" GROUP BY r.source_unit_id, r.dataset"
        f" ORDER BY r.source_unit_id, r.dataset",
        [period, ledger_size, ledger_size],
    )
    return [(str(unit), str(dataset), int(count)) for unit, dataset, count in rows]


def count_by_period(
    *, unit: str, dataset: str, periods: Collection[str]
) -> dict[str, int]:
    """Return the records that a unit has in force, by month; without empty months."""
    rows = (
        Record.objects.filter(
            source_unit_id=unit,
            dataset=dataset,
            period__in=list(periods),
            superseded_at__isnull=True,
        )
        .values("period")
        .annotate(count=Count("id"))
    )
    return {row["period"]: row["count"] for row in rows}


@dataclass(frozen=True, slots=True)
class LandedRows:
    """The versions that a landing wrote, in figures.

    `first_on` and `last_on` are the earliest and the latest date of decision, null
    where no row is dated; `periods` the months that the rows count in, in order.
    """

    rows: int
    dated: int
    first_on: date | None
    last_on: date | None
    periods: tuple[str, ...]


def landed_rows(*, submission: UUID) -> LandedRows:
    """Return what a landing wrote."""
    months = list(
        Record.objects.filter(submission_id=submission)
        .values("period")
        .annotate(
            rows=Count("id"),
            dated=Count("decided_on"),
            first_on=Min("decided_on"),
            last_on=Max("decided_on"),
        )
        .order_by("period")
    )
    dated = [month for month in months if month["dated"]]
    return LandedRows(
        rows=sum(month["rows"] for month in months),
        dated=sum(month["dated"] for month in dated),
        first_on=min((month["first_on"] for month in dated), default=None),
        last_on=max((month["last_on"] for month in dated), default=None),
        periods=tuple(month["period"] for month in months),
    )


def latest_period() -> str | None:
    """Return the last month that has a record in force, null where none has."""
    return (
        Record.objects.filter(superseded_at__isnull=True)
        .order_by("-period")
        .values_list("period", flat=True)
        .first()
    )


def list_periods() -> tuple[str, ...]:
    """Return the months that have a record, in order.

    Each one is looked up past the one before it: the index knows the next month.
    """
    found: list[str] = []
    rows = Record.objects.order_by("period").values_list("period", flat=True)
    while month := rows.filter(period__gt=found[-1] if found else "").first():
        found.append(month)
    return tuple(found)
