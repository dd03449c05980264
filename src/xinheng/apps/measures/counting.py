"""Cases of joint measures, counted from what units report and typed by nobody.

| category | a case is |
|---|---|
| joint_restriction_case | a unit that executed adverse measures after one cause |
| joint_incentive_case | a unit that executed favorable measures after one cause |
| national_list_feedback | a unit that reported on a cause of a list of the nation |

Several measures of one unit after one cause are one case, in the month of the first
report that counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone

from xinheng.apps.measures.models import Report, Task
from xinheng.core.catalog import periods
from xinheng.core.listings.schemes import MadeBy
from xinheng.core.measures.measures import Polarity
from xinheng.core.measures.tasks import State
from xinheng.rulebook import list_schemes
from xinheng.rulebook import measures as rulebook

CATEGORIES = {
    Polarity.ADVERSE: "joint_restriction_case",
    Polarity.FAVORABLE: "joint_incentive_case",
}
NATIONAL = "national_list_feedback"


@dataclass(frozen=True, slots=True)
class OpenRecalls:
    """Recalls that a unit has not acknowledged; `late` of them are past their day."""

    code: str
    name: str
    open: int
    late: int


def count_cases(*, period: str, ledger_size: int) -> Counter[tuple[str, str]]:
    """Return cases by unit and category, as the ledger of that size knew them."""
    cases = list_cases(period=period, ledger_size=ledger_size)
    return Counter((case.unit, case.category) for case in cases)


@dataclass(frozen=True, slots=True)
class CountedCase:
    """A case that is counted; `organization` is the register's key."""

    unit: str
    category: str
    cause: tuple[str, str]
    organization: str
    reported_on: date


def list_cases(*, period: str, ledger_size: int) -> tuple[CountedCase, ...]:
    """Return the cases of a month as the ledger of that size knew them, in order."""
    first: dict[tuple[str, str, str, str], CountedCase] = {}
    for case, organization, reported_at in _cases(ledger_size):
        unit, category, kind, cause = case
        on = timezone.localdate(reported_at)
        told = CountedCase(unit, category, (kind, cause), organization, on)
        first.setdefault(case, told)
    return tuple(
        case for case in first.values() if periods.of(case.reported_on) == period
    )


def _cases(
    ledger_size: int,
) -> Iterator[tuple[tuple[str, str, str, str], str, datetime]]:
    """Yield (unit, category, cause), organization and moment of report, in order."""
    measures, national = rulebook.rules().measures, _national_schemes()
    reports = Report.objects.filter(ledger_seq__lt=ledger_size).order_by("ledger_seq")
    for row in reports.select_related("task__application").iterator():
        unit, of = row.task.unit_id, row.task.application
        polarity = measures[of.measure].polarity
        cause, who = (of.cause_kind, of.cause_id), str(of.organization_id)
        if row.outcome == State.EXECUTED:
            yield (unit, CATEGORIES[polarity], *cause), who, row.reported_at
        if polarity is Polarity.ADVERSE and of.scheme in national:
            yield (unit, NATIONAL, *cause), who, row.reported_at


def _national_schemes() -> frozenset[str]:
    return frozenset(
        each.name for each in list_schemes.schemes() if each.made_by is MadeBy.NATION
    )


def list_open_recalls(*, ledger_size: int, on: date) -> tuple[OpenRecalls, ...]:
    """Return the units with recalls open at a ledger size, by code."""
    rows = Task.objects.filter(
        Q(undone_seq=None) | Q(undone_seq__gte=ledger_size),
        undo_by__isnull=False,
        application__recalled_seq__lt=ledger_size,
    )
    found: dict[tuple[str, str], list[date]] = {}
    columns = ("unit", "unit__name", "undo_by")
    for code, name, undo_by in rows.order_by("unit").values_list(*columns):
        found.setdefault((code, name), []).append(undo_by or on)
    return tuple(
        OpenRecalls(code, name, len(days), sum(day < on for day in days))
        for (code, name), days in found.items()
    )
