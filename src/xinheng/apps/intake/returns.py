"""What units handed in for some months, in figures: files, rows, nil returns."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Max, Min, Q
from django.utils import timezone

from xinheng.apps.intake.models import HeldRow, NilReturn, Submission
from xinheng.core.catalog import periods as months


class Place(NamedTuple):
    """A unit, a dataset and a month."""

    unit: str
    dataset: str
    period: str


@dataclass(frozen=True, slots=True)
class RowCounts:
    """Rows of all checked files: read, with an error, with a question."""

    read: int = 0
    rejected: int = 0
    questionable: int = 0


class Heard(NamedTuple):
    """When a unit last handed in a file, or stated that it has nothing to report."""

    at: datetime
    is_nil: bool


def last_heard(*, unit: str | None = None) -> dict[tuple[str, str], Heard]:
    """Return when each unit was last heard of, by unit and dataset.

    `unit` null means all. What the register itself released or took over is no word of
    the unit.
    """
    files = Submission.objects.filter(state=Submission.State.COMPLETED).exclude(
        origin=Submission.Origin.RELEASE
    )
    nils = NilReturn.objects.all()
    if unit is not None:
        files, nils = files.filter(unit_id=unit), nils.filter(unit_id=unit)
    heard = [
        ((owner, dataset), Heard(at, is_nil=False))
        for owner, dataset, at in files.values_list("unit_id", "dataset")
        .order_by()
        .annotate(at=Max("received_at"))
    ]
    heard += [
        ((owner, dataset), Heard(at, is_nil=True))
        for owner, dataset, at in nils.values_list("unit_id", "dataset")
        .order_by()
        .annotate(at=Max("filed_at"))
    ]
    # Sorted by time, so that the later word of a place replaces the earlier one.
    return dict(sorted(heard, key=lambda each: each[1].at))


def nil_filed_at(
    *, periods: Collection[str], ledger_size: int
) -> dict[Place, datetime]:
    """Return when each nil return among the first ledger entries was filed."""
    rows = NilReturn.objects.filter(
        period__in=list(periods), ledger_seq__lt=ledger_size
    ).values_list("unit_id", "dataset", "period", "filed_at")
    return {Place(*key): filed_at for *key, filed_at in rows}


def rows_received(
    *, periods: Collection[str], ledger_size: int
) -> dict[Place, RowCounts]:
    """Return the rows of the completed submissions among the first ledger entries.

    A submission without a declared month belongs to the month in which it came. Rows
    that were kept aside and released later are counted once, with their file.
    """
    wanted = Q(period__in=list(periods))
    for period in periods:
        wanted |= Q(
            period__isnull=True,
            received_at__year=int(period[:4]),
            received_at__month=int(period[5:]),
        )
    found = Submission.objects.filter(
        wanted, state=Submission.State.COMPLETED, ledger_seq__lt=ledger_size
    ).exclude(origin=Submission.Origin.RELEASE)
    counts: dict[Place, RowCounts] = {}
    for row in found.only(
        "unit_id", "dataset", "period", "received_at", *_COUNTS
    ).iterator():
        period = row.period or months.of(timezone.localdate(row.received_at))
        place = Place(row.unit_id, row.dataset, period)
        counts[place] = _plus(counts.get(place, RowCounts()), row)
    return counts


_COUNTS = ("rows_read", "rejected", "questionable")


def _plus(counts: RowCounts, row: Submission) -> RowCounts:
    return RowCounts(
        counts.read + (row.rows_read or 0),
        counts.rejected + (row.rejected or 0),
        counts.questionable + (row.questionable or 0),
    )


def received_at(submissions: Iterable[UUID]) -> dict[UUID, datetime]:
    """Return when the unit handed each in; a release counts from its original's day.

    Waiting for a decision of the credit office makes no unit late.
    """
    wanted = list(submissions)
    found = dict(
        Submission.objects.filter(id__in=wanted).values_list("id", "received_at")
    )
    released = (
        HeldRow.objects.filter(
            closed_by_id__in=wanted, closed_by__origin=Submission.Origin.RELEASE
        )
        .values_list("closed_by_id")
        .annotate(first=Min("submission__received_at"))
    )
    return found | {each: first for each, first in released if each is not None}
