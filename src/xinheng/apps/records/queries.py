"""Reading records: what the public may see of an organization, and counts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F

from xinheng.apps import bulk
from xinheng.apps.catalog import queries as catalog
from xinheng.apps.records.models import Landing, Record
from xinheng.core.catalog.datasets import Dataset
from xinheng.core.disclosures import names, visibility

LONGEST_LIST = 500


@dataclass(frozen=True, slots=True)
class PublicRecord:
    """A record as the public may see it: the catalog's public fields, in its order."""

    dataset: str
    dataset_title: str
    dataset_title_en: str
    source_unit: str
    decided_on: date | None
    recorded_at: datetime
    fields: tuple[tuple[str, str, str], ...]  # (title, English title, text)


def list_public(
    *, organization: str, on: date, dataset: str | None = None
) -> tuple[PublicRecord, ...]:
    """Return what is public about an organization on a day, latest decision first.

    `organization` is the register's key; `dataset` null means every dataset. At most
    `LONGEST_LIST` records.
    """
    datasets = {
        name: item
        for name, item in catalog.list_datasets().items()
        if dataset in (None, name) and _is_public(item, decided_on=None, on=on)
    }
    rows = (
        Record.objects.filter(
            organization_id=int(organization),
            dataset__in=list(datasets),
            superseded_at__isnull=True,
        )
        .select_related("source_unit")
        .order_by(F("decided_on").desc(nulls_last=True), "-id")[:LONGEST_LIST]
    )
    return tuple(
        _public(row, datasets[row.dataset])
        for row in rows
        if _is_public(datasets[row.dataset], decided_on=row.decided_on, on=on)
    )


def _is_public(item: Dataset, *, decided_on: date | None, on: date) -> bool:
    return visibility.visible_state(item, decided_on=decided_on, on=on).public


def _public(row: Record, dataset: Dataset) -> PublicRecord:
    body = _with_public_name(json.loads(row.body), dataset)
    return PublicRecord(
        dataset=row.dataset,
        dataset_title=dataset.title,
        dataset_title_en=dataset.title_en,
        source_unit=row.source_unit.name,
        decided_on=row.decided_on,
        recorded_at=row.recorded_at,
        fields=tuple(
            (field.title, field.title_en, str(body[field.name]))
            for field in dataset.stored_fields
            if field.public and field.name in body
        ),
    )


def _with_public_name(body: dict[str, str], dataset: Dataset) -> dict[str, str]:
    """Return the body with the name that may be shown, without one that may not."""
    code, name = dataset.subject_code, dataset.subject_name
    if code is None or name is None or name not in body:
        return body
    is_sole_proprietor = body.get(code, "").startswith(names.SOLE_PROPRIETOR_PREFIX)
    shown = names.public_name(body[name], is_sole_proprietor=is_sole_proprietor)
    others = {field: text for field, text in body.items() if field != name}
    return others if shown is None else {**others, name: shown}


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


def latest_period() -> str | None:
    """Return the last month that has a record in force, null where none has."""
    return (
        Record.objects.filter(superseded_at__isnull=True)
        .order_by("-period")
        .values_list("period", flat=True)
        .first()
    )
