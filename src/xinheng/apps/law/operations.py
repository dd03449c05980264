"""A named lawyer adopts the rulebook: one person proposes, another one confirms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from django.db import transaction
from django.utils import timezone

from xinheng.apps.law.models import Adoption
from xinheng.apps.law.queries import AdoptionView, UnknownAdoptionError, view
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.outbox import operations as outbox
from xinheng.core.merkle import canonical
from xinheng.core.screening import personal_id
from xinheng.rulebook import editions

LONGEST_NAME = 100
SUBJECT = "rulebook"


class Refused(StrEnum):
    """Why an adoption is refused."""

    LAWYER = "lawyer"  # no name, too long, or it holds a personal number
    SAME_PERSON = "same_person"  # who proposed it can't confirm it
    ADOPTED = "adopted"  # this edition is adopted already
    CHANGED = "changed"  # the rulebook is no longer the one that was proposed


class AdoptionRefusedError(ValueError):
    """The act would break a rule; `reason` says which."""

    def __init__(self, reason: Refused) -> None:
        super().__init__(str(reason))
        self.reason = reason


@transaction.atomic
def propose(
    *, lawyer: str, effective_on: date, actor: str, at: datetime
) -> AdoptionView:
    """Propose that `lawyer` adopts the rulebook of this release; it has no effect yet.

    Raises:
        AdoptionRefusedError: for a name that can't stand, or an adopted edition.
    """
    name = " ".join(lawyer.split())
    if not 0 < len(name) <= LONGEST_NAME or personal_id.find(name) is not None:
        raise AdoptionRefusedError(Refused.LAWYER)
    _refuse_adopted(editions.digest())
    row = Adoption.objects.create(
        digest=editions.digest(),
        content=canonical.text(editions.content()),
        lawyer=name,
        effective_on=effective_on,
        proposed_by=actor,
        proposed_at=at,
    )
    _tell("rulebook.proposed", row, actor=actor, at=at)
    return view(row)


@transaction.atomic
def adopt(*, adoption: int, actor: str, at: datetime) -> AdoptionView:
    """Confirm a proposal: adverse records may be public from its day on.

    It is never in effect before the day on which it is confirmed.

    Raises:
        AdoptionRefusedError: for the person who proposed it, an edition that is adopted
            already, or a rulebook that has changed meanwhile.
        UnknownAdoptionError: there is no proposal of that number.
    """
    row = Adoption.objects.select_for_update().filter(id=adoption).first()
    if row is None:
        raise UnknownAdoptionError(adoption)
    _refuse_adopted(row.digest)
    if row.digest != editions.digest():
        raise AdoptionRefusedError(Refused.CHANGED)
    if row.proposed_by == actor:
        raise AdoptionRefusedError(Refused.SAME_PERSON)
    row.effective_on = max(row.effective_on, timezone.localdate(at))
    row.adopted_by, row.adopted_at = actor, at
    row.save()
    _tell("rulebook.adopted", row, actor=actor, at=at)
    return view(row)


def _refuse_adopted(digest: str) -> None:
    if Adoption.objects.filter(digest=digest, adopted_at__isnull=False).exists():
        raise AdoptionRefusedError(Refused.ADOPTED)


def _tell(kind: str, row: Adoption, *, actor: str, at: datetime) -> None:
    """Append the act to the ledger and queue it."""
    body: Mapping[str, object] = {
        "adoption": row.id,
        "digest": row.digest,
        "lawyer": row.lawyer,
        "effective_on": str(row.effective_on),
    }
    appended = ledger.append(kind=kind, subject=SUBJECT, actor=actor, body=body, at=at)
    outbox.queue(
        topic=kind, subject=SUBJECT, payload=body, ledger_seq=appended.seq, at=at
    )
