"""Schemes, rounds and sheets, as far as the actor may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.db.models import QuerySet

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.assessments import scores
from xinheng.apps.assessments.facts import months_of
from xinheng.apps.assessments.models import (
    Appeal,
    Entry,
    Notice,
    Result,
    Round,
    SchemeVersion,
)
from xinheng.apps.assessments.schemes import UnknownSchemeError
from xinheng.apps.assessments.scores import Scores
from xinheng.apps.assessments.views import (
    Line,
    RoundView,
    SchemeView,
    Standing,
    appeal_view,
    entry_view,
    round_view,
    scheme_view,
)
from xinheng.apps.ledger import queries as ledger
from xinheng.core.assessments.rounds import State
from xinheng.core.assessments.schemes import Scheme
from xinheng.core.assessments.scoring import Verdict
from xinheng.core.catalog import periods

MOST_MONTHS = 12


class UnknownRoundError(LookupError):
    """There is no such round, or the actor may not see it."""


class MonthsError(ValueError):
    """The months run backward, are more than a year, or are not over."""


def list_schemes() -> tuple[SchemeView, ...]:
    """Return the schemes that were proposed, the latest first."""
    return tuple(scheme_view(row) for row in SchemeVersion.objects.order_by("-id"))


def get_scheme(scheme: int) -> SchemeView:
    """Return a scheme.

    Raises:
        UnknownSchemeError: there is none of this number.
    """
    row = SchemeVersion.objects.filter(id=scheme).first()
    if row is None:
        raise UnknownSchemeError(scheme)
    return scheme_view(row)


def months_past(first: str, last: str, *, on: date) -> tuple[str, ...]:
    """Return the months from one to the other, all over on the day `on`.

    Raises:
        InvalidPeriodError: one of them is no month.
        MonthsError: they run backward, are more than a year, or one is not over.
    """
    months = months_of(periods.parse(first), periods.parse(last))
    if not 0 < len(months) <= MOST_MONTHS or months[-1] >= periods.of(on):
        raise MonthsError
    return months


def simulate(
    *, actor: Actor, scheme: Scheme, months: Sequence[str], on: date
) -> tuple[Standing, ...]:
    """Return the ranking that a scheme would have given for months; nothing is kept.

    Raises:
        NotAllowedError: the actor does not see all units.
    """
    if not actor.sees_all_units:
        raise NotAllowedError("simulate a scheme")
    scored = scores.simulate(
        scheme=scheme, months=months, on=on, ledger_size=ledger.size()
    )
    return scores.standings(scheme, scored)


def visible_to(actor: Actor) -> QuerySet[Round]:
    """Return the rounds that the actor may see: all, to whoever has a unit."""
    rows = Round.objects.select_related("scheme")
    may_see = actor.sees_all_units or bool(actor.units)
    return rows if may_see else rows.none()


def list_rounds(actor: Actor) -> tuple[RoundView, ...]:
    """Return the rounds that the actor may see, the latest first."""
    return tuple(round_view(row) for row in visible_to(actor).order_by("-id"))


def get_round(*, actor: Actor, number: int) -> RoundView:
    """Return a round.

    Raises:
        UnknownRoundError: there is none that the actor may see.
    """
    row = visible_to(actor).filter(id=number).first()
    if row is None:
        raise UnknownRoundError(number)
    return round_view(row)


def ranking(*, actor: Actor, number: int, on: date) -> tuple[Standing, ...]:
    """Return the units by rank; before publication as they stand, to the office alone.

    After it every unit sees every total: whoever is ranked may know among whom.

    Raises:
        UnknownRoundError: there is none that the actor may see.
    """
    item = get_round(actor=actor, number=number)
    if item.state is State.OPEN and not actor.sees_all_units:
        return ()
    found = scores.standings(item.scheme, _scores(item, on=on))
    if item.state is State.OPEN:  # units may still claim: nothing follows yet
        return tuple(replace(each, verdict=Verdict.NEITHER) for each in found)
    return found


def _scores(item: RoundView, *, on: date) -> Scores:
    if item.state is State.OPEN:
        return scores.score_all(
            item.scheme,
            months_of(item.first_month, item.last_month),
            on=on,
            ledger_size=ledger.size(),
            entries=entries_of(item.id),
        )
    return scores.fixed(list(Result.objects.filter(round=item.id)))


def entries_of(number: int) -> scores.Entries:
    """Return what was entered in a round, by unit and item."""
    return {(row.unit_id, row.item): row for row in Entry.objects.filter(round=number)}


def sheet(*, actor: Actor, number: int, unit: str, on: date) -> tuple[Line, ...]:
    """Return a unit's sheet, item by item, to itself and to whoever sees all units.

    Raises:
        UnknownRoundError: there is none that the actor may see, or no such unit in it.
    """
    item = get_round(actor=actor, number=number)
    scored = _scores(item, on=on).get(unit) if actor.may_see(unit) else None
    if scored is None:
        raise UnknownRoundError(number)
    entered, appealed = entries_of(number), _appeals(number, unit)
    return tuple(
        Line(
            each,
            scored[each.name],
            entry_view(entered[unit, each.name])
            if (unit, each.name) in entered
            else None,
            appeal_view(appealed[each.name]) if each.name in appealed else None,
        )
        for each in item.scheme.items
    )


def _appeals(number: int, unit: str) -> dict[str, Appeal]:
    rows = Appeal.objects.filter(result__round=number, result__unit=unit)
    return {row.result.item: row for row in rows.select_related("result")}


def list_unanswered(*, actor: Actor, number: int) -> tuple[tuple[str, str], ...]:
    """Return unit and item of the appeals that wait, to whoever sees all units."""
    if not actor.sees_all_units:
        return ()
    rows = Appeal.objects.filter(result__round=number, answered_by="")
    return tuple(rows.order_by("id").values_list("result__unit", "result__item"))


def list_unscored(*, actor: Actor, number: int) -> tuple[tuple[str, str], ...]:
    """Return unit and item of the claims without a score, to whoever sees all units."""
    if not actor.sees_all_units:
        return ()
    rows = Entry.objects.filter(
        round=number, claimed_number__isnull=False, given_number__isnull=True
    )
    return tuple(rows.order_by("unit", "item").values_list("unit_id", "item"))


def find_notice(*, actor: Actor, number: int, unit: str) -> str | None:
    """Return the digest of the notice that a unit got, null where there is none."""
    if not actor.may_see(unit):
        return None
    found = Notice.objects.filter(round=number, unit=unit)
    return found.values_list("sha256", flat=True).first()
