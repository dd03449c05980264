"""Reading exchange: health of the targets, the queue, trials, what is not resolved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Min, QuerySet

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.exchange.models import (
    Obligation,
    ProfileChange,
    Proposal,
    TargetState,
    Trial,
)
from xinheng.core.exchange import states
from xinheng.core.exchange.states import OPEN, Balance, State
from xinheng.core.paging import Page, clamp

PAGE_SIZE = 50
AGES_DAYS = (1, 7, 30)  # ageing: open for at most so many days, then older


@dataclass(frozen=True, slots=True)
class Health:
    """How a target stands; `oldest_due_at` is null where nothing is open.

    `ages` counts what is open by `AGES_DAYS`, and what is older.
    """

    name: str
    profile: str
    version: int
    balance: Balance
    waiting: int
    ages: tuple[int, ...]
    oldest_due_at: datetime | None
    last_run_at: datetime | None
    last_answer_at: datetime | None
    last_error: str
    retry_at: datetime | None


@dataclass(frozen=True, slots=True)
class TrialView:
    """One sending and its answer."""

    target: str
    dataset: str
    package: str
    profile_version: int
    purpose: str
    rows: int
    size_bytes: int
    sent_at: datetime
    kind: str
    code: str
    message: str
    oddities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unresolved:
    """What a target refused and nobody has mended yet."""

    id: int
    target: str
    dataset: str
    unit: str
    name: str
    act: str
    code: str
    message: str
    refused_at: datetime


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A change of a target's profile as it is shown."""

    version: int
    key: str
    before: str
    after: str
    learned_at: datetime
    is_undone: bool
    is_adopted: bool


def list_health(*, at: datetime) -> tuple[Health, ...]:
    """Return the targets that were ever configured, by name."""
    return tuple(_health(row, at) for row in TargetState.objects.order_by("name"))


def _health(row: TargetState, at: datetime) -> Health:
    mine = Obligation.objects.filter(target=row)
    counted = dict(mine.values_list("state").annotate(Count("id")))
    is_open = mine.filter(state__in=OPEN)
    return Health(
        name=row.name,
        profile=row.profile,
        version=row.version,
        balance=states.balance(counted),
        waiting=counted.get(State.SENT, 0),
        ages=_ages(is_open, at),
        oldest_due_at=is_open.aggregate(oldest=Min("due_at"))["oldest"],
        last_run_at=row.last_run_at,
        last_answer_at=row.last_answer_at,
        last_error=row.last_error,
        retry_at=row.retry_at,
    )


def _ages(rows: QuerySet[Obligation], at: datetime) -> tuple[int, ...]:
    bounds = [at - timedelta(days=days) for days in AGES_DAYS]
    younger = [rows.filter(due_at__gte=bound).count() for bound in bounds]
    counts = [*younger, rows.count()]
    return tuple(
        later - earlier for earlier, later in zip([0, *counts], counts, strict=False)
    )


def list_trials(*, target: str | None = None, page: int = 1) -> Page[TrialView]:
    """Return the log of sendings, the latest first."""
    rows = Trial.objects.order_by("-id")
    if target is not None:
        rows = rows.filter(target=target)
    number = clamp(page)
    first = (number - 1) * PAGE_SIZE
    found = tuple(_trial(row) for row in rows[first : first + PAGE_SIZE])
    return Page(found, number, PAGE_SIZE, rows.count())


def _trial(row: Trial) -> TrialView:
    return TrialView(
        target=row.target_id,
        dataset=row.dataset,
        package=row.package,
        profile_version=row.profile_version,
        purpose=row.purpose,
        rows=row.rows,
        size_bytes=row.size_bytes,
        sent_at=row.sent_at,
        kind=row.kind,
        code=row.code,
        message=row.message,
        oddities=tuple(row.oddities),
    )


def list_unresolved(*, actor: Actor, page: int = 1) -> Page[Unresolved]:
    """Return what was refused and not mended, of the units that the actor may see."""
    rows = visible_to(actor).filter(state=State.REFUSED).order_by("-settled_at", "-id")
    number = clamp(page)
    first = (number - 1) * PAGE_SIZE
    found = tuple(_unresolved(row) for row in rows[first : first + PAGE_SIZE])
    return Page(found, number, PAGE_SIZE, rows.count())


def visible_to(actor: Actor) -> QuerySet[Obligation]:
    """Return the obligations about what the actor's units reported."""
    rows = Obligation.objects.all()
    if actor.sees_all_units:
        return rows
    return rows.filter(unit__in=actor.visible_units)


def _unresolved(row: Obligation) -> Unresolved:
    if row.settled_at is None:
        raise AssertionError
    return Unresolved(
        id=row.pk,
        target=row.target_id,
        dataset=row.dataset,
        unit=row.unit,
        name=_name(row),
        act=row.act,
        code=row.code,
        message=row.message,
        refused_at=row.settled_at,
    )


def _name(row: Obligation) -> str:
    """Return what a person knows the record by."""
    return row.values.get("decision_no") or row.sent_key or row.record


def list_changes(*, target: str) -> tuple[ChangeView, ...]:
    """Return what was learned of a target, the latest first."""
    rows = ProfileChange.objects.filter(target=target).order_by("-version")
    return tuple(
        ChangeView(
            row.version,
            row.key,
            row.before,
            row.after,
            row.learned_at,
            row.undone_at is not None,
            row.adopted_at is not None,
        )
        for row in rows[:PAGE_SIZE]
    )


def list_due(*, names: Iterable[str], at: datetime) -> tuple[str, ...]:
    """Return the targets that a worker should run now."""
    rows = TargetState.objects.filter(name__in=list(names))
    never = rows.filter(last_run_at=None)
    owed = rows.filter(obligations__state__in=[State.DUE, State.PACKED], retry_at=None)
    later = rows.filter(retry_at__lte=at)
    # A person's word counts at once.
    asked = rows.filter(
        proposals__state=Proposal.State.OPEN,
        proposals__asked_at__gte=F("last_run_at"),
        proposals__sent={},
    )
    parts = (never, owed, later, asked)
    found = {row.name for part in parts for row in part.distinct()}
    return tuple(sorted(found))
