"""Duties are assigned and end; units declare what they produced: entries, all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.catalog import operations as catalog_lock
from xinheng.apps.catalog import queries as catalog
from xinheng.apps.duties.models import Contact, Duty, ProductionReturn
from xinheng.apps.duties.views import (
    DutyView,
    ProductionView,
    duty_view,
    production_view,
)
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.records import queries as records
from xinheng.apps.units import queries as units
from xinheng.core.catalog import periods
from xinheng.core.catalog.datasets import Dataset, Frequency
from xinheng.core.submissions import reasons
from xinheng.rulebook import duties as rulebook

MOST = 10_000_000


class Reason(StrEnum):
    """Why an act on a duty is refused; stable codes."""

    OVERLAP = "DUTY_OVERLAP"  # another duty of unit and dataset covers some of the days
    NO_TERM = "DUTY_NO_TERM"  # the catalog knows no working days for the dataset
    NOT_OPEN = "DUTY_NOT_OPEN"  # there is no duty that could end
    TOO_EARLY = "DUTY_TOO_EARLY"  # the end is not after the beginning
    NOT_DECLARED = "PRODUCTION_NOT_ASKED"  # production of this dataset is not declared
    PERIOD_FUTURE = "PERIOD_FUTURE"
    NUMBER = "PRODUCTION_NUMBER"  # below 0, too large, or published more than produced
    REPORTED = "PRODUCTION_REPORTED"  # reported below 0 or more than produced
    NO_REASON = "PRODUCTION_REASON"  # some are unpublished or unreported, without why
    ADDRESS = "CONTACT_ADDRESS"  # no address of electronic mail


class DutyRefusedError(ValueError):
    """The act breaks a rule of the duties; `reason` says which."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Production:
    """What a unit declares: decisions produced, on its own site of these, why not.

    `reported` is what it says it handed in, null where it does not say.
    """

    produced: int
    published: int
    reason: str = ""
    reported: int | None = None


@transaction.atomic
def assign(
    *,
    actor: Actor,
    unit: str,
    dataset: str,
    effective_on: date,
    at: datetime,
    frequency: Frequency | None = None,
) -> DutyView:
    """Give a unit the duty to hand a dataset in; the same one again is left as it is.

    `unit` is a code or a name; `frequency` null means the catalog's.

    Raises:
        DutyRefusedError: OVERLAP, NO_TERM.
        NotAllowedError, UnknownUnitError, UnknownDatasetError.
    """
    _check_office(actor, "assign duties")
    owner, item = units.get_unit(unit), catalog.get_dataset(dataset)
    wanted = frequency or item.frequency
    _check_term(item, wanted)
    catalog_lock.lock(dataset=item.name)
    same = Duty.objects.select_related("unit").filter(
        unit_id=owner.code, dataset=item.name
    )
    there = same.filter(
        frequency=wanted, effective_on=effective_on, expires_on__isnull=True
    ).first()
    if there is None:
        if same.filter(_covers_after(effective_on)).exists():
            raise DutyRefusedError(Reason.OVERLAP)
        there = _assign(owner.code, item.name, wanted, effective_on, actor, at)
    return _view(there, item)


def _covers_after(effective_on: date) -> Q:
    """Return what meets a duty that begins on that day and has no end."""
    return Q(expires_on__isnull=True) | Q(expires_on__gt=effective_on)


def _check_term(item: Dataset, frequency: Frequency) -> None:
    try:
        rulebook.rules().terms(frequency, item.report_within)
    except ValueError:
        raise DutyRefusedError(Reason.NO_TERM) from None


def _assign(
    unit: str,
    dataset: str,
    frequency: Frequency,
    effective_on: date,
    actor: Actor,
    at: datetime,
) -> Duty:
    body = {
        "dataset": dataset,
        "frequency": frequency.value,
        "effective_on": effective_on.isoformat(),
    }
    seq = _append("duty.assigned", unit, body, actor=actor, at=at)
    return Duty.objects.create(
        unit_id=unit,
        dataset=dataset,
        frequency=frequency.value,
        effective_on=effective_on,
        assigned_seq=seq,
    )


@transaction.atomic
def end(
    *, actor: Actor, unit: str, dataset: str, expires_on: date, at: datetime
) -> DutyView:
    """End a unit's duty; `expires_on` is the first day without it.

    Raises:
        DutyRefusedError: NOT_OPEN, TOO_EARLY.
        NotAllowedError, UnknownUnitError, UnknownDatasetError.
    """
    _check_office(actor, "end duties")
    owner, item = units.get_unit(unit), catalog.get_dataset(dataset)
    row = (
        Duty.objects.select_for_update(of=("self",))
        .select_related("unit")
        .filter(unit_id=owner.code, dataset=item.name, expires_on__isnull=True)
        .first()
    )
    if row is None:
        raise DutyRefusedError(Reason.NOT_OPEN)
    if expires_on <= row.effective_on:
        raise DutyRefusedError(Reason.TOO_EARLY)
    body = {"dataset": item.name, "expires_on": expires_on.isoformat()}
    row.expires_on = expires_on
    row.ended_seq = _append("duty.ended", owner.code, body, actor=actor, at=at)
    row.save(update_fields=["expires_on", "ended_seq"])
    return _view(row, item)


@transaction.atomic
def declare_production(
    *,
    actor: Actor,
    unit: str,
    dataset: str,
    period: str,
    production: Production,
    at: datetime,
) -> ProductionView:
    """Declare what a unit produced in a month; a second one corrects the first.

    The same declaration again is answered with the one that counts.

    Raises:
        DutyRefusedError: NOT_DECLARED, PERIOD_FUTURE, NUMBER, REPORTED, NO_REASON.
        ReasonError: the reason is too long or holds a personal identity number.
        NotAllowedError, UnknownUnitError, UnknownDatasetError, InvalidPeriodError.
    """
    owner = units.get_unit(unit)
    if not actor.may_submit_for(owner.code):
        raise NotAllowedError(f"declare for {owner.code}")
    item, month = catalog.get_dataset(dataset), periods.parse(period)
    if item.name not in rulebook.rules().production.datasets:
        raise DutyRefusedError(Reason.NOT_DECLARED)
    if month > periods.of(timezone.localdate(at)):
        raise DutyRefusedError(Reason.PERIOD_FUTURE)
    catalog_lock.lock(dataset=item.name)
    reported = records.count_of_month(unit=owner.code, dataset=item.name, period=month)
    declared = _checked(production, reported=reported)
    last = (
        ProductionReturn.objects.filter(
            unit_id=owner.code, dataset=item.name, period=month
        )
        .order_by("-version")
        .first()
    )
    if last is None or _content(last) != declared:
        row = ProductionReturn(unit_id=owner.code, dataset=item.name, period=month)
        row.version = last.version + 1 if last else 1
        last = _declare(row, declared, actor=actor, at=at)
    return production_view(last)


def _checked(production: Production, *, reported: int) -> Production:
    if not 0 <= production.published <= production.produced <= MOST:
        raise DutyRefusedError(Reason.NUMBER)
    said = reported if production.reported is None else production.reported
    if production.reported is not None and not 0 <= said <= production.produced:
        raise DutyRefusedError(Reason.REPORTED)
    is_complete = min(production.published, said, reported) >= production.produced
    if not production.reason.strip():
        if not is_complete:
            raise DutyRefusedError(Reason.NO_REASON)
        return replace(production, reason="")
    return replace(production, reason=reasons.require(production.reason))


def _content(row: ProductionReturn) -> Production:
    return Production(row.produced, row.published, row.reason, row.reported)


def _declare(
    row: ProductionReturn, declared: Production, *, actor: Actor, at: datetime
) -> ProductionReturn:
    row.produced, row.published = declared.produced, declared.published
    row.reason, row.reported = declared.reason, declared.reported
    row.declared_by, row.declared_at = actor.account_id, at
    body = {
        "dataset": row.dataset,
        "period": row.period,
        "version": row.version,
        "produced": row.produced,
        "published": row.published,
        "reported": row.reported,
        "reason": row.reason,
    }
    row.ledger_seq = _append(
        "production.declared", row.unit_id, body, actor=actor, at=at
    )
    row.save(force_insert=True)
    return row


@transaction.atomic
def set_contact(*, actor: Actor, unit: str, address: str, at: datetime) -> None:
    """Set the unit's office address for reminders; an empty one ends the mails.

    The ledger says that it was changed, not to what: it may name a person after all.

    Raises:
        DutyRefusedError: ADDRESS.
        NotAllowedError, UnknownUnitError.
    """
    _check_office(actor, "set a unit's address")
    owner, wanted = units.get_unit(unit), address.strip()
    if not wanted:
        Contact.objects.filter(unit_id=owner.code).delete()
    else:
        try:
            validate_email(wanted)
        except ValidationError:
            raise DutyRefusedError(Reason.ADDRESS) from None
        Contact.objects.update_or_create(
            unit_id=owner.code, defaults={"address": wanted}
        )
    body = {"set": bool(wanted)}
    _append("duty.contact_set", owner.code, body, actor=actor, at=at)


def _check_office(actor: Actor, act: str) -> None:
    if not (actor.may_decide or actor.may_administer):
        raise NotAllowedError(act)


def _append(
    kind: str,
    unit: str,
    body: Mapping[str, object],
    *,
    actor: Actor,
    at: datetime,
) -> int:
    appended = ledger.append(
        kind=kind, subject=f"unit:{unit}", actor=actor.account_id, body=body, at=at
    )
    return appended.seq


def _view(row: Duty, item: Dataset) -> DutyView:
    return duty_view(
        row, title=item.title, title_en=item.title_en, expires_on=row.expires_on
    )
