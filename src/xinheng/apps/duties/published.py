"""What everyone may see of a unit's reporting: its duties, how late it is, its returns.

The same facts as at the desk, for all units, and nothing about a single row.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.duties import queries
from xinheng.apps.duties.views import DutyStanding, DutyView, ProductionDue, UnitCounts
from xinheng.apps.intake import returns
from xinheng.apps.intake.returns import Heard

_ANYONE = Actor("visitor", sees_all_units=True)


@dataclass(frozen=True, slots=True)
class UnitReporting:
    """A unit's month and when something was last heard of it, null for never."""

    counts: UnitCounts
    heard: Heard | None


@dataclass(frozen=True, slots=True)
class DutyHeard:
    """What a unit owes, and when it last did something about it, null for never."""

    duty: DutyView
    heard: Heard | None


@dataclass(frozen=True, slots=True)
class UnitMonth:
    """A month of a unit: where it stands with each duty, and its returns."""

    period: str
    standings: tuple[DutyStanding, ...]
    production: tuple[ProductionDue, ...]


def list_reporting(*, period: str, on: date) -> tuple[UnitReporting, ...]:
    """Return the month of every unit that owes something, by the units' names.

    Raises:
        InvalidPeriodError: the period is no month.
    """
    heard: dict[str, Heard] = {}
    for (unit, _), each in returns.last_heard().items():
        heard[unit] = max(each, heard.get(unit, each))
    counted = queries.list_counts(actor=_ANYONE, period=period, on=on)
    return tuple(UnitReporting(each, heard.get(each.unit_code)) for each in counted)


def list_owed(*, unit: str, on: date) -> tuple[DutyHeard, ...]:
    """Return what a unit owes on a day; `unit` is a code."""
    heard = returns.last_heard(unit=unit)
    return tuple(
        DutyHeard(duty, heard.get((unit, duty.dataset)))
        for duty in queries.list_duties(actor=_ANYONE, unit=unit)
        if duty.effective_on <= on and (duty.expires_on is None or on < duty.expires_on)
    )


def month_of(*, unit: str, period: str, on: date) -> UnitMonth:
    """Return where a unit stands on a day with what ends in the month.

    Raises:
        InvalidPeriodError: the period is no month.
    """
    standings = queries.list_standings(actor=_ANYONE, months=[period], on=on, unit=unit)
    return UnitMonth(
        period,
        tuple(each for each in standings if each.period == period),
        queries.list_production(actor=_ANYONE, unit=unit, period=period),
    )


def counts_of(*, unit: str, period: str, on: date) -> UnitCounts | None:
    """Return the counts of a unit's month, null where it owes nothing.

    Raises:
        InvalidPeriodError: the period is no month.
    """
    counted = queries.list_counts(actor=_ANYONE, period=period, on=on)
    return next((each for each in counted if each.unit_code == unit), None)
