"""How many codes are wrong, and how many of them were corrected (重错码率、纠正率).

The official formulas were not found; these are ours (domain notes, section 2.4), and
each result says how it was counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from xinheng.apps.organizations.models import (
    Organization,
    OrganizationChange,
    RegisterIssue,
)
from xinheng.core.catalog import periods
from xinheng.core.organizations.issues import NOTICES, IssueKind, IssueState
from xinheng.core.organizations.status import ACTIVE

ERROR_FORMULA = (
    "当月存在或发现代码问题的主体数 ÷"
    "（月末存续、吊销的有码主体数 + 仅见于问题的主体数）；提示类不计"
    " | subjects with an issue that was open or found in the month, by active coded"
    " subjects at its end and subjects known from issues alone; notices do not count"
)
CORRECTION_FORMULA = (
    "截至月末已纠正的问题数 ÷ 截至月末发现的问题数；提示类不计"
    " | issues closed as corrected, by issues found, both up to the month's end;"
    " notices do not count"
)


@dataclass(frozen=True, slots=True)
class Rate:
    """A share, and how it was counted; `value` is null where there is nothing to share.

    `value` lies between 0 and 1.
    """

    numerator: int
    denominator: int
    formula: str

    @property
    def value(self) -> float | None:
        """The numerator by the denominator."""
        return self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True, slots=True)
class CodeRates:
    """The two rates of a month."""

    month: str
    error_rate: Rate
    correction_rate: Rate


def code_rates(
    *,
    month: str,
    unit: str | None = None,
    authority: str | None = None,
    kind: IssueKind | None = None,
    active: int | None = None,
) -> CodeRates:
    """Return the rates of a month (YYYY-MM), counted from what is known today.

    `unit` is the source unit that reported an issue, `authority` the registering
    authority's name; organizations are narrowed by the authority alone, because a unit
    registers none. `kind` narrows the issues. Who asks about many kinds or units of one
    month counts `active` once (`count_active`).

    Raises:
        InvalidPeriodError: `month` is no month.
    """
    begins, ends = _bounds(periods.parse(month))
    found = _issues(unit, authority, kind).filter(found_at__lt=ends)
    present = found.filter(Q(closed_at__isnull=True) | Q(closed_at__gte=begins))
    known = present.filter(organization__isnull=False)
    held = known.values("organization").distinct().count()
    alone = present.filter(organization__isnull=True)
    unknown = alone.values("code", "name_key").distinct().count()
    active = _active(ends, authority) if active is None else active
    corrected = found.filter(state=IssueState.CORRECTED, closed_at__lt=ends)
    return CodeRates(
        month=month,
        error_rate=Rate(held + unknown, active + unknown, ERROR_FORMULA),
        correction_rate=Rate(corrected.count(), found.count(), CORRECTION_FORMULA),
    )


def count_active(month: str) -> int:
    """Return how many organizations existed when a month ended, as known then.

    Raises:
        InvalidPeriodError: `month` is no month.
    """
    return _active(_bounds(periods.parse(month))[1], None)


def list_authorities(most: int) -> tuple[str, ...]:
    """Return the authorities that issues name, closed ones too; at most so many."""
    rows = RegisterIssue.objects.exclude(authority="").order_by("authority")
    return tuple(rows.values_list("authority", flat=True).distinct()[:most])


def _bounds(month: str) -> tuple[datetime, datetime]:
    """Return the first moment of a month, and of the one after it."""
    return tuple(  # type: ignore[return-value]
        timezone.make_aware(datetime.combine(periods.first_day(each), time.min))
        for each in (month, periods.before(month, -1))
    )


def _issues(
    unit: str | None, authority: str | None, kind: IssueKind | None
) -> QuerySet[RegisterIssue]:
    found = RegisterIssue.objects.exclude(kind__in=[each.value for each in NOTICES])
    if kind is not None:
        found = RegisterIssue.objects.filter(kind=kind)
    if unit is not None:
        found = found.filter(unit=unit)
    return found if authority is None else found.filter(authority=authority)


def _active(ends: datetime, authority: str | None) -> int:
    """Count the organizations that existed when the month ended, as known then."""
    rows = Organization.objects.filter(recorded_at__lt=ends)
    if authority is not None:
        rows = rows.filter(authority=authority)
    active = [status.value for status in ACTIVE]
    changes = OrganizationChange.objects.filter(
        organization=OuterRef("id"), field=OrganizationChange.Field.STATUS
    )
    day: date = timezone.localdate(ends)
    counted = changes.filter(recorded_at__lt=ends, effective_on__lt=day)
    moved = rows.filter(Exists(changes)).annotate(
        then=Coalesce(
            Subquery(counted.order_by("-effective_on", "-id").values("after")[:1]),
            Subquery(changes.order_by("id").values("before")[:1]),
            F("status"),
        )
    )
    still = rows.filter(~Exists(changes), status__in=active)
    return still.count() + moved.filter(then__in=active).count()
