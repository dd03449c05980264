"""Judging whether two entries mean one organization, and taking it back.

Nothing is merged, linked or renamed by a judgement. Of a pair one judgement stands at a
time; withdrawing it brings back the one that it replaced.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Model, Q

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.organizations.models import Judgement, Organization, RegisterIssue
from xinheng.core.organizations import judgements
from xinheng.core.organizations.judgements import Entry, EntryKind, Pair, Verdict
from xinheng.core.submissions import reasons

_TABLES: Mapping[EntryKind, type[Model]] = {
    EntryKind.ORGANIZATION: Organization,
    EntryKind.ISSUE: RegisterIssue,
}


class UnknownEntryError(LookupError):
    """The register has no such organization or issue."""


class WithdrawnError(ValueError):
    """The judgement does not stand any more, or there is none of that number."""


@dataclass(frozen=True, slots=True)
class JudgementView:
    """A judgement that stands; `one` and `other` as `str(Entry)` writes them."""

    id: int
    one: str
    other: str
    verdict: str
    reason: str
    judged_by: str
    judged_at: datetime


@transaction.atomic
def judge(
    *, pair: Pair, verdict: Verdict, reason: str, actor: Actor, at: datetime
) -> int:
    """Record what a person says about a pair, and return the judgement's number.

    Raises:
        NotAllowedError: not the credit office.
        UnknownEntryError: one of them is not in the register.
        ReasonError: the reason can't be kept.
    """
    _require_office(actor)
    why = reasons.require(reason)
    for entry in (pair.one, pair.other):
        _lock(entry)
    one, other = str(pair.one), str(pair.other)
    standing = Judgement.objects.select_for_update().filter(
        one=one, other=other, deleted_at__isnull=True
    )
    before = standing.first()
    standing.update(deleted_at=at, deleted_by=actor.account_id)
    row = Judgement.objects.create(
        one=one,
        other=other,
        verdict=verdict.value,
        reason=why,
        judged_by=actor.account_id,
        judged_at=at,
        replaces=before,
    )
    body = {"one": one, "other": other, "verdict": verdict.value, "reason": why}
    _tell("register.judged", row.id, body, actor, at)
    return row.id


@transaction.atomic
def withdraw(*, judgement: int, actor: Actor, at: datetime) -> None:
    """Take a judgement back: what stood before it stands again.

    Raises:
        NotAllowedError: not the credit office.
        WithdrawnError: it does not stand.
    """
    _require_office(actor)
    rows = Judgement.objects.select_for_update().filter(deleted_at__isnull=True)
    row = rows.filter(id=judgement).first()
    if row is None:
        raise WithdrawnError(judgement)
    row.deleted_at, row.deleted_by = at, actor.account_id
    row.save(update_fields=["deleted_at", "deleted_by"])
    if row.replaces_id is not None:
        before = Judgement.objects.filter(id=row.replaces_id)
        before.update(deleted_at=None, deleted_by="")
    body = {"one": row.one, "other": row.other}
    _tell("register.judgement_withdrawn", row.id, body, actor, at)


def list_between(entries: Collection[Entry]) -> tuple[JudgementView, ...]:
    """Return the judgements that stand and concern these entries, oldest first."""
    texts = [str(entry) for entry in entries]
    concerned = Q(one__in=texts) | Q(other__in=texts)
    rows = Judgement.objects.filter(concerned, deleted_at__isnull=True).order_by("id")
    return tuple(
        JudgementView(
            id=row.id,
            one=row.one,
            other=row.other,
            verdict=row.verdict,
            reason=row.reason,
            judged_by=row.judged_by,
            judged_at=row.judged_at,
        )
        for row in rows
    )


def entry(text: str) -> Entry:
    """Return the entry that a text names; see `core.organizations.judgements.parse`."""
    return judgements.parse(text)


def _require_office(actor: Actor) -> None:
    if not actor.may_decide:
        raise NotAllowedError("judge entries of the register")


def _lock(entry: Entry) -> None:
    """Two judges of one pair wait for each other."""
    rows = _TABLES[entry.kind]._default_manager.select_for_update()
    if rows.filter(pk=entry.number).first() is None:
        raise UnknownEntryError(str(entry))


def _tell(
    kind: str, row: int, body: Mapping[str, object], actor: Actor, at: datetime
) -> None:
    ledger.append(
        kind=kind,
        subject=f"judgement:{row}",
        actor=actor.account_id,
        body=body,
        at=at,
    )
