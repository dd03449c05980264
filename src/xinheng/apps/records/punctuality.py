"""How late each record became public: 双公示, counted record by record.

From the day of the decision to the day on which the register first had the record; a
correction makes nothing late. Where a row waited for somebody's decision, that counts:
the public saw it no earlier.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.utils import timezone

from xinheng.apps.records.models import Record
from xinheng.core.catalog.datasets import Dataset, Frequency
from xinheng.core.disclosures.lateness import Lateness, lateness
from xinheng.rulebook import calendars

MOST_VERSIONS_BACK = 100


def of_rows(
    rows: Iterable[Record], datasets: Mapping[str, Dataset]
) -> dict[int, Lateness]:
    """Return the lateness of the versions that are due within working days, by id.

    Versions without a day of decision, and datasets that are due otherwise, are not in
    the answer.
    """
    dated = [row for row in rows if _within(row, datasets) is not None]
    since = _first_recorded_at(dated)
    return {
        row.id: lateness(
            decided_on=row.decided_on,
            public_on=timezone.localdate(since[row.id]),
            within=within,
            calendar=calendars.load(),
        )
        for row in dated
        if row.decided_on is not None and (within := _within(row, datasets)) is not None
    }


def _within(row: Record, datasets: Mapping[str, Dataset]) -> int | None:
    """Return the working days for a record, null where it is not due by them."""
    item = datasets[row.dataset]
    if item.frequency is not Frequency.WORKING_DAYS or row.decided_on is None:
        return None
    return item.report_within


def _first_recorded_at(rows: Collection[Record]) -> dict[int, datetime]:
    """Go back from version to version, all records one step at a time."""
    since = {row.id: row.recorded_at for row in rows}
    waiting = {
        (row.submission_id, row.dataset, row.natural_key): row.id for row in rows
    }
    for _ in range(MOST_VERSIONS_BACK):
        if not waiting:
            break
        landings = {landing for landing, _, _ in waiting}
        before = Record.objects.filter(
            superseded_by_id__in=landings,
            natural_key__in={key for _, _, key in waiting},
        ).only(
            "superseded_by_id", "dataset", "natural_key", "submission_id", "recorded_at"
        )
        earlier = {}
        for row in before:
            place = (row.superseded_by_id, row.dataset, row.natural_key)
            if place in waiting and row.submission_id != row.superseded_by_id:
                found = waiting[place]
                since[found] = min(since[found], row.recorded_at)
                earlier[row.submission_id, row.dataset, row.natural_key] = found
        waiting = earlier
    return since
