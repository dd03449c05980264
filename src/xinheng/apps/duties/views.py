"""Duties as the interfaces see them: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from xinheng.apps.duties.models import Duty, ProductionReturn
from xinheng.core.calendars.working_days import DueDate
from xinheng.core.catalog.datasets import Frequency
from xinheng.core.duties.rates import Counts
from xinheng.core.duties.standing import Standing


@dataclass(frozen=True, slots=True)
class DutyView:
    """A duty on `[effective_on, expires_on)`; `expires_on` null means no end yet."""

    id: int
    unit_code: str
    unit_name: str
    unit_name_en: str
    dataset: str
    title: str
    title_en: str
    frequency: Frequency
    effective_on: date
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class DutyStanding:
    """Where a unit stands with a duty for the span whose last month is `period`."""

    duty: DutyView
    period: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class ProductionView:
    """What a unit declared for a month, in the version that counts."""

    unit_code: str
    dataset: str
    period: str
    version: int
    produced: int
    published: int
    reported: int | None
    reason: str
    declared_at: datetime
    ledger_seq: int


@dataclass(frozen=True, slots=True)
class ProductionDue:
    """A month's return of a dataset: by when, what was declared (null: nothing).

    `arrived` records of the month are in the register.
    """

    dataset: str
    title: str
    title_en: str
    due: DueDate
    declared: ProductionView | None
    arrived: int

    @property
    def disagrees(self) -> bool:
        """Tell whether the unit says that it reported another number than arrived."""
        said = self.declared.reported if self.declared else None
        return said is not None and said != self.arrived


@dataclass(frozen=True, slots=True)
class UnitCounts:
    """A unit's counts of a month, over all datasets that it owes or one of them.

    `owed` duties, of which `nil` ended in a nil return, `overdue` in nothing, and of
    these `silent` without any file.
    """

    unit_code: str
    unit_name: str
    unit_name_en: str
    counts: Counts
    owed: int
    nil: int
    overdue: int
    silent: int


def duty_view(
    row: Duty, *, title: str, title_en: str, expires_on: date | None
) -> DutyView:
    """Return a duty with the end that is known."""
    return DutyView(
        id=row.pk,
        unit_code=row.unit_id,
        unit_name=row.unit.name,
        unit_name_en=row.unit.name_en,
        dataset=row.dataset,
        title=title,
        title_en=title_en,
        frequency=Frequency(row.frequency),
        effective_on=row.effective_on,
        expires_on=expires_on,
    )


def production_view(row: ProductionReturn) -> ProductionView:
    """Return a declaration."""
    return ProductionView(
        unit_code=row.unit_id,
        dataset=row.dataset,
        period=row.period,
        version=row.version,
        produced=row.produced,
        published=row.published,
        reported=row.reported,
        reason=row.reason,
        declared_at=row.declared_at,
        ledger_seq=row.ledger_seq,
    )
