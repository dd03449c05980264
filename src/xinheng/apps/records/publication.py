"""Publication holds: what a unit reports in a dataset is not public until let pass.

A count that collapses or explodes opens a hold in the transaction that landed it. While
it is open, what the unit landed in the dataset since is in the register, counts in the
monthly table, and is shown to nobody outside (`core/disclosures/visibility.py`). It
ends when somebody of the credit office lets it pass, by name and with a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.outbox import operations as outbox
from xinheng.apps.records import touching
from xinheng.apps.records.models import PublicationHold, Record
from xinheng.core.submissions import reasons


class UnknownHoldError(LookupError):
    """There is no such hold."""


class HoldEndedError(ValueError):
    """Somebody let the hold pass already."""


@dataclass(frozen=True, slots=True)
class HoldView:
    """A hold; `released_at` is null while it is open.

    `details` are the figures behind `rule`, `submission` the one that caused it.
    """

    id: int
    dataset: str
    unit_code: str
    unit_name: str
    unit_name_en: str
    rule: str
    details: Mapping[str, object]
    submission: str
    held_at: datetime
    released_at: datetime | None
    release_reason: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What a landing did to a month's count; `details` name its `period`, `count`."""

    landing: UUID
    dataset: str
    unit: str
    rule: str
    details: Mapping[str, object]


@transaction.atomic
def hold(seen: Seen, *, actor: str, at: datetime) -> bool:
    """Open a hold and return True; one that is open already stays as it is.

    Call it in the landing's transaction, while the dataset's lock is held.
    """
    mine = PublicationHold.objects.filter(dataset=seen.dataset, unit_id=seen.unit)
    if mine.filter(released_at__isnull=True).exists():
        return False
    PublicationHold.objects.create(
        dataset=seen.dataset,
        unit_id=seen.unit,
        cause_id=seen.landing,
        rule=seen.rule,
        details=dict(seen.details),
        held_at=at,
    )
    body = {
        "dataset": seen.dataset,
        "rule": seen.rule,
        "details": dict(seen.details),
        "submission": str(seen.landing),
    }
    _tell("publication.held", seen.unit, body, actor=actor, at=at)
    return True


def _tell(
    kind: str, unit: str, body: Mapping[str, object], *, actor: str, at: datetime
) -> int:
    """Append the act to the ledger and queue it; return the entry's number."""
    subject = f"unit:{unit}"
    appended = ledger.append(kind=kind, subject=subject, actor=actor, body=body, at=at)
    told = {key: body[key] for key in ("dataset", "rule", "submission")}
    outbox.queue(
        topic=kind, subject=subject, payload=told, ledger_seq=appended.seq, at=at
    )
    return appended.seq


@transaction.atomic
def let_pass(*, hold: int, actor: Actor, reason: str, at: datetime) -> HoldView:
    """End a hold: what landed under it is public from now on, as far as it may be.

    Raises:
        NotAllowedError: for anyone but the credit office.
        UnknownHoldError, HoldEndedError, ReasonError.
    """
    if not actor.may_decide:
        raise NotAllowedError("let a publication hold pass")
    row = PublicationHold.objects.select_for_update().filter(id=hold).first()
    if row is None:
        raise UnknownHoldError(hold)
    if row.released_at is not None:
        raise HoldEndedError(hold)
    row.released_at = at
    row.released_by = actor.account_id
    row.release_reason = reasons.require(reason)
    row.save()
    body = {
        "dataset": row.dataset,
        "rule": row.rule,
        "submission": str(row.cause_id),
        "reason": row.release_reason,
    }
    told = _tell(
        "publication.released", row.unit_id, body, actor=actor.account_id, at=at
    )
    touching.touch(seq=told, records=_under(row))
    return get_hold(hold)


def _under(hold: PublicationHold) -> QuerySet[Record]:
    """Return the versions in force that landed under a hold."""
    return Record.objects.filter(
        source_unit=hold.unit_id,
        dataset=hold.dataset,
        superseded_at__isnull=True,
        submission__ledger_seq__gte=hold.cause.ledger_seq,
    )


def list_holds(*, unit: str | None = None, ended: bool = False) -> tuple[HoldView, ...]:
    """Return the open holds, oldest first, or the last hundred that ended."""
    rows = PublicationHold.objects.select_related("unit").filter(
        released_at__isnull=not ended
    )
    if unit is not None:
        rows = rows.filter(unit_id=unit)
    ordered = rows.order_by("-released_at", "-id") if ended else rows.order_by("id")
    return tuple(_view(row) for row in ordered[:100])


def get_hold(hold: int) -> HoldView:
    """Return one hold.

    Raises:
        UnknownHoldError: there is none of that number.
    """
    row = PublicationHold.objects.select_related("unit").filter(id=hold).first()
    if row is None:
        raise UnknownHoldError(hold)
    return _view(row)


def count_open() -> int:
    """Return how many holds are open."""
    return PublicationHold.objects.filter(released_at__isnull=True).count()


def last_passed(
    *, dataset: str, unit: str, rule: str, period: str
) -> Mapping[str, object] | None:
    """Return the figures that somebody let pass last, null where nobody did."""
    row = (
        PublicationHold.objects.filter(
            dataset=dataset,
            unit_id=unit,
            rule=rule,
            details__period=period,
            released_at__isnull=False,
        )
        .order_by("-id")
        .first()
    )
    return row.details if row else None


def held_since(*, known_at: datetime | None = None) -> dict[tuple[str, str], int]:
    """Return since which ledger entry each (dataset, unit) under a hold is withheld.

    What landed at that entry or later is withheld. The ledger's order is that of the
    landings, whatever the clocks say. `known_at` null means as known now.
    """
    is_open = Q(released_at__isnull=True)
    if known_at is not None:
        is_open = (is_open | Q(released_at__gt=known_at)) & Q(held_at__lte=known_at)
    rows = (
        PublicationHold.objects.filter(is_open, cause__ledger_seq__isnull=False)
        .annotate(since=F("cause__ledger_seq"))
        .order_by("-since")  # of several, the first one counts
    )
    return {(row.dataset, row.unit_id): row.since for row in rows}


def _view(row: PublicationHold) -> HoldView:
    return HoldView(
        id=row.id,
        dataset=row.dataset,
        unit_code=row.unit_id,
        unit_name=row.unit.name,
        unit_name_en=row.unit.name_en,
        rule=row.rule,
        details=row.details,
        submission=str(row.cause_id),
        held_at=row.held_at,
        released_at=row.released_at,
        release_reason=row.release_reason,
    )
