"""What of campaigns and activities counts in the monthly table and the bulletin.

| column | counts |
|---|---|
| reminder_interview | reminders and interviews of targets, in the month of their day |
| supervised_sector, integrity_campaign, business_environment | approved activities |

What a unit also handed in as a record under the same number counts there, and not once
more here. Everything is told as of a ledger size.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from xinheng.apps.campaigns.models import Act, Activity, Campaign, Target
from xinheng.apps.records import tallies
from xinheng.core.campaigns import activities
from xinheng.core.campaigns.campaigns import COUNTED, State
from xinheng.core.catalog import periods

NOTICES = "reminder_interview"
COLUMNS = (NOTICES, *(kind.value for kind in activities.Kind))


@dataclass(frozen=True, slots=True)
class Counted:
    """Something that counts; `organization` is the register's key, empty for none."""

    unit: str
    category: str
    organization: str
    number: str
    on: date


@dataclass(frozen=True, slots=True)
class Figures:
    """A campaign as it stood at a ledger size; `notices` are those of the month."""

    title: str
    lead: str
    state: State
    targets: int
    settled: int
    notices: int


def count(*, period: str, ledger_size: int) -> Counter[tuple[str, str]]:
    """Return what counts in a month by unit and category."""
    found = list_counted(period=period, ledger_size=ledger_size)
    return Counter((each.unit, each.category) for each in found)


def list_counted(*, period: str, ledger_size: int) -> tuple[Counted, ...]:
    """Return what counts in a month, in the order of its days."""
    found = [*_notices(period, ledger_size), *_activities(period, ledger_size)]
    known = tallies.list_numbers(
        datasets=COLUMNS,
        units={each.unit for each in found},
        ledger_size=ledger_size,
    )
    left = (
        each
        for each in found
        if (each.unit, each.category, each.organization, each.number) not in known
    )
    return tuple(sorted(left, key=lambda each: (each.on, each.unit, each.number)))


def list_figures(*, period: str, ledger_size: int) -> tuple[Figures, ...]:
    """Return the campaigns that had begun, and were not closed before the month."""
    rows = Campaign.objects.filter(
        opened_seq__lt=ledger_size, opened_on__lt=_end(period)
    ).exclude(closed_seq__lt=ledger_size, closed_on__lt=periods.first_day(period))
    shown = rows.select_related("lead").order_by("opened_on", "id")
    return tuple(_figures(row, period, ledger_size) for row in shown)


def _figures(row: Campaign, period: str, size: int) -> Figures:
    targets = Target.objects.filter(campaign=row, added_seq__lt=size)
    ended = Q(ended_seq__lt=size)
    withdrawn = targets.filter(ended, state=State.WITHDRAWN)
    notices = _of_month(period, size).filter(target__campaign=row)
    is_closed = row.closed_seq is not None and row.closed_seq < size
    return Figures(
        title=row.title,
        lead=row.lead.name,
        state=State.CLOSED if is_closed else State.OPEN,
        targets=targets.count() - withdrawn.count(),
        settled=targets.filter(ended, state=State.SETTLED).count(),
        notices=notices.count(),
    )


def _of_month(period: str, size: int) -> QuerySet[Act]:
    withdrawn = Q(target__state=State.WITHDRAWN, target__ended_seq__lt=size)
    rows = Act.objects.filter(
        ledger_seq__lt=size,
        kind__in=[kind.value for kind in COUNTED],
        held_on__gte=periods.first_day(period),
        held_on__lt=_end(period),
    )
    return rows.exclude(withdrawn)


def _notices(period: str, size: int) -> Iterator[Counted]:
    for act in _of_month(period, size).select_related("target"):
        about = act.target
        yield Counted(
            about.unit_id,
            NOTICES,
            str(about.organization_id),
            act.document_no,
            act.held_on,
        )


def _activities(period: str, size: int) -> Iterator[Counted]:
    rows = Activity.objects.filter(
        state=activities.State.APPROVED,
        decided_seq__lt=size,
        held_on__gte=periods.first_day(period),
        held_on__lt=_end(period),
    )
    for row in rows:
        yield Counted(row.unit_id, row.kind, "", row.document_no, row.held_on)


def _end(period: str) -> date:
    return periods.first_day(periods.before(period, -1))
