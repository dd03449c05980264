"""Duties, where units stand with them, and the rates of a month.

Everything is a function of the ledger's size: the same size gives the same answer for
the same day.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.catalog import queries as catalog
from xinheng.apps.duties.models import Contact, Duty, ProductionReturn
from xinheng.apps.duties.views import (
    DutyStanding,
    DutyView,
    ProductionDue,
    ProductionView,
    UnitCounts,
    duty_view,
    production_view,
)
from xinheng.apps.intake import returns
from xinheng.apps.intake.returns import Place
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.records import first_landings
from xinheng.core.calendars.working_days import DueDate, WorkCalendar
from xinheng.core.catalog import periods
from xinheng.core.catalog.datasets import Dataset, Frequency
from xinheng.core.duties import due_dates, rates, standing
from xinheng.core.duties.due_dates import Terms
from xinheng.core.duties.standing import Known, Landed, State
from xinheng.rulebook import calendars
from xinheng.rulebook import duties as rulebook


def list_duties(
    *, actor: Actor, unit: str | None = None, ledger_size: int | None = None
) -> tuple[DutyView, ...]:
    """Return the duties that the actor may see, by unit and dataset; `unit` a code.

    An end that the ledger of that size did not know is null.
    """
    size = ledger.size() if ledger_size is None else ledger_size
    rows = visible_to(actor).filter(assigned_seq__lt=size)
    if unit is not None:
        rows = rows.filter(unit_id=unit)
    datasets = catalog.list_datasets()
    return tuple(
        duty_view(
            row,
            title=datasets[row.dataset].title,
            title_en=datasets[row.dataset].title_en,
            expires_on=row.expires_on if _is_known(row.ended_seq, size) else None,
        )
        for row in rows.order_by("unit__position", "unit_id", "dataset", "effective_on")
        if row.dataset in datasets
    )


def visible_to(actor: Actor) -> QuerySet[Duty]:
    """Return the duties that the actor may see."""
    rows = Duty.objects.select_related("unit")
    if actor.sees_all_units:
        return rows
    return rows.filter(unit_id__in=actor.visible_units)


def _is_known(seq: int | None, size: int) -> bool:
    return seq is not None and seq < size


def list_standings(
    *,
    actor: Actor,
    months: Collection[str],
    on: date,
    unit: str | None = None,
    ledger_size: int | None = None,
) -> tuple[DutyStanding, ...]:
    """Return where units stand with the duties of some months, by due date in a unit.

    A span of several months appears once. `unit` null means all that may be seen.
    """
    size = ledger.size() if ledger_size is None else ledger_size
    duties = list_duties(actor=actor, unit=unit, ledger_size=size)
    return _standings(duties, months, on, _owed_facts(duties, months, size, unit))


def _owed_facts(
    duties: Collection[DutyView], months: Collection[str], size: int, unit: str | None
) -> _Facts:
    """Return what is known of every month that is owed for."""
    spans = [span for _, span in _owed(duties, months)]
    return _Facts({month for span in spans for month in span}, size, unit)


def _owed(
    duties: Collection[DutyView], months: Collection[str]
) -> list[tuple[DutyView, tuple[str, ...]]]:
    """Return the duties with each span of theirs that ends with one of the months'."""
    owed = [
        (duty, due_dates.span(last, duty.frequency))
        for duty in duties
        for last in sorted(
            {due_dates.span(month, duty.frequency)[-1] for month in months}
        )
    ]
    return [(duty, span) for duty, span in owed if applies(duty, span)]


def _standings(
    duties: Collection[DutyView],
    months: Collection[str],
    on: date,
    facts: _Facts,
) -> tuple[DutyStanding, ...]:
    calendar, datasets = calendars.load(), catalog.list_datasets()
    return tuple(
        DutyStanding(
            duty,
            span[-1],
            standing.find_standing(
                period=span[-1],
                terms=terms(duty.frequency, datasets[duty.dataset]),
                known=facts.known(duty.unit_code, duty.dataset, span),
                on=on,
                calendar=calendar,
            ),
        )
        for duty, span in _owed(duties, months)
    )


def applies(duty: DutyView, span: tuple[str, ...]) -> bool:
    """Tell whether the duty covers some day of the span."""
    return duty.effective_on <= due_dates.last_day(span[-1]) and (
        duty.expires_on is None or duty.expires_on > periods.first_day(span[0])
    )


def terms(frequency: Frequency, dataset: Dataset) -> Terms:
    """Return how a duty of that frequency falls due for the dataset."""
    return rulebook.rules().terms(frequency, dataset.report_within)


class _Facts:
    """What the ledger of a size knew about some months, read at once."""

    def __init__(self, months: Collection[str], size: int, unit: str | None) -> None:
        self._nil = returns.nil_filed_at(periods=months, ledger_size=size)
        self.rows = returns.rows_received(periods=months, ledger_size=size)
        self._landed: defaultdict[Place, list[Landed]] = defaultdict(list)
        for place, landed in _landed(months, size, unit):
            self._landed[place].append(landed)

    def landed(self, place: Place) -> list[Landed]:
        return self._landed.get(place, [])

    def known(self, unit: str, dataset: str, span: tuple[str, ...]) -> Known:
        places = [Place(unit, dataset, month) for month in span]
        return Known(
            landed=[landed for place in places for landed in self.landed(place)],
            nil_filed_on={
                place.period: timezone.localdate(self._nil[place])
                for place in places
                if place in self._nil
            },
            handed_in=any(place in self.rows for place in places),
        )


def _landed(
    months: Collection[str], size: int, unit: str | None
) -> Iterator[tuple[Place, Landed]]:
    groups = first_landings.count_by_first_landing(
        periods=months, ledger_size=size, units=None if unit is None else [unit]
    )
    landings = {group.landing for group in groups}
    came_at = first_landings.landed_at(landings) | returns.received_at(landings)
    for group, count in groups.items():
        received_on = timezone.localdate(came_at[group.landing])
        yield (
            Place(group.unit, group.dataset, group.period),
            Landed(group.period, group.decided_on, received_on, count),
        )


def list_production(
    *, actor: Actor, unit: str, period: str, ledger_size: int | None = None
) -> tuple[ProductionDue, ...]:
    """Return the month's returns that a unit owes: of each dataset it has a duty for.

    Raises:
        InvalidPeriodError: the period is no month.
    """
    month = periods.parse(period)
    size = ledger.size() if ledger_size is None else ledger_size
    owed = {
        duty.dataset: duty
        for duty in list_duties(actor=actor, unit=unit, ledger_size=size)
        if applies(duty, (month,))
    }
    declared = _declared(month, size, unit=unit)
    arrived: Counter[str] = Counter()
    for place, landed in _landed([month], size, unit):
        arrived[place.dataset] += landed.count
    return tuple(
        ProductionDue(
            name,
            owed[name].title,
            owed[name].title_en,
            production_due(month, calendars.load()),
            declared.get((unit, name)),
            arrived[name],
        )
        for name in rulebook.rules().production.datasets
        if name in owed
    )


def production_due(month: str, calendar: WorkCalendar) -> DueDate:
    """Return by when what was produced in a month is declared."""
    monthly = Terms(Frequency.MONTHLY, due_day=rulebook.rules().production.due_day)
    return due_dates.due_of_span(month, monthly, calendar)


def _declared(
    month: str, size: int, *, unit: str | None = None
) -> dict[tuple[str, str], ProductionView]:
    rows = ProductionReturn.objects.filter(period=month, ledger_seq__lt=size)
    if unit is not None:
        rows = rows.filter(unit_id=unit)
    # Later versions replace earlier ones on the way.
    return {
        (row.unit_id, row.dataset): production_view(row)
        for row in rows.order_by("version")
    }


def list_counts(
    *,
    actor: Actor,
    period: str,
    on: date,
    dataset: str | None = None,
    ledger_size: int | None = None,
) -> tuple[UnitCounts, ...]:
    """Return the counts of a month for each unit that owes something, by name.

    `dataset` null means all that the unit owes, added up. What is overdue is told for
    the day `on`.

    Raises:
        InvalidPeriodError: the period is no month.
    """
    month = periods.parse(period)
    size = ledger.size() if ledger_size is None else ledger_size
    duties = list_duties(actor=actor, ledger_size=size)
    facts = _owed_facts(duties, [month], size, None)
    owed = [
        item
        for item in _standings(duties, [month], on, facts)
        if dataset in (None, item.duty.dataset)
    ]
    by_unit: defaultdict[tuple[str, str, str], list[DutyStanding]] = defaultdict(list)
    for item in owed:
        duty = item.duty
        by_unit[duty.unit_name, duty.unit_name_en, duty.unit_code].append(item)
    declared = _declared(month, size)
    counted = _counted([item.duty for item in owed], month, facts, declared)
    return tuple(
        UnitCounts(
            unit_code=code,
            unit_name=name,
            unit_name_en=name_en,
            counts=rates.add(counted[code]),
            owed=len(items),
            nil=sum(item.standing.state is State.NIL for item in items),
            overdue=sum(item.standing.state is State.OVERDUE for item in items),
            silent=sum(item.standing.is_silent for item in items),
        )
        for (name, name_en, code), items in sorted(by_unit.items())
    )


def _counted(
    duties: list[DutyView],
    month: str,
    facts: _Facts,
    declared: Mapping[tuple[str, str], ProductionView],
) -> dict[str, list[rates.Counts]]:
    """Return each unit's counts, dataset by dataset; the facts know the month."""
    datasets = catalog.list_datasets()
    counted: defaultdict[str, list[rates.Counts]] = defaultdict(list)
    for duty in _one_for_each_dataset(duties):
        place = Place(duty.unit_code, duty.dataset, month)
        view = declared.get((duty.unit_code, duty.dataset))
        counted[duty.unit_code].append(
            rates.count(
                landed=facts.landed(place),
                rows=_rows(facts.rows.get(place)),
                produced=view.produced if view else None,
                terms=terms(duty.frequency, datasets[duty.dataset]),
                calendar=calendars.load(),
            )
        )
    return counted


def _one_for_each_dataset(duties: list[DutyView]) -> Collection[DutyView]:
    """Return the duties without those that another one followed within the month."""
    return {(duty.unit_code, duty.dataset): duty for duty in duties}.values()


def _rows(counted: returns.RowCounts | None) -> rates.Rows:
    if counted is None:
        return rates.Rows()
    return rates.Rows(counted.read, counted.rejected, counted.questionable)


def find_contact(*, actor: Actor, unit: str) -> str | None:
    """Return a unit's office address for reminders; null without one."""
    if not actor.may_see(unit):
        return None
    found = Contact.objects.filter(unit_id=unit)
    return found.values_list("address", flat=True).first()
