"""Mergers and splits: records follow where two persons say so, and can be put back.

One person of the credit office proposes from whom to whom, which datasets, and by what
document; another decides. What follows are the versions in force on that day. What was
superseded stays where it was, and what comes in later lands where its code leads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from xinheng.apps import bulk
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.catalog import queries as catalog
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.organizations import mergers
from xinheng.apps.organizations.corrections_effects import EffectError
from xinheng.apps.outbox import operations as outbox
from xinheng.apps.records import touching
from xinheng.apps.records.models import Record, RecordMove, Succession
from xinheng.core.identifiers import uscc
from xinheng.core.organizations import corrections, succession
from xinheng.core.organizations.status import Status, is_active
from xinheng.core.organizations.succession import Fault, Kind, Party, Plan, Stage
from xinheng.core.submissions import reasons

TOPIC = "register.changed"
SUBJECT = "organizations"
# Why an act can't be done; stable codes, besides OUT_OF_ORDER of the register.
NOT_OPEN = "NOT_OPEN"
SAME_PERSON = "SAME_PERSON"
MERGED_ALREADY = "MERGED_ALREADY"
CHANGED_SINCE = "CHANGED_SINCE"
MOVED_ON = "MOVED_ON"
_RECORDS, _MOVES = Record._meta.db_table, RecordMove._meta.db_table
_DONE = {Kind.MERGE: "organization.merged", Kind.SPLIT: "organization.split"}


class NotDoneError(ValueError):
    """The act can't be done; nothing was changed. `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class PlanError(ValueError):
    """The register does not allow what is proposed; `faults` say why."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(", ".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class By:
    """Who acts, when, and why; the reason is kept in the ledger."""

    actor: Actor
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class _Locked:
    row: Succession
    giver: Party
    heir: Party

    @property
    def plan(self) -> Plan:
        row = self.row
        return Plan(Kind(row.kind), tuple(row.datasets), row.effective_on)


@transaction.atomic
def propose(*, giver: str, heir: str, plan: Plan, by: By) -> int:
    """Propose that records follow from one code to another; return the number.

    The reason of `by` names the registrar's document.

    Raises:
        NotAllowedError: not the credit office.
        UnknownOrganizationError: the register does not hold one of the codes.
        UnknownDatasetError: no such dataset.
        PlanError: the register does not allow it.
        ReasonError: the document can't be kept.
    """
    evidence = _require_office(by)
    for name in plan.datasets:
        catalog.get_dataset(name)
    codes = uscc.normalize(giver), uscc.normalize(heir)
    found = mergers.lock(*codes)
    (giver_key, one), (heir_key, other) = (found[code] for code in codes)
    _require_possible(plan, one, other, by)
    row = Succession.objects.create(
        kind=plan.kind,
        giver_id=giver_key,
        heir_id=heir_key,
        datasets=sorted({*plan.datasets}),
        effective_on=plan.effective_on,
        evidence=evidence,
        stage=Stage.PROPOSED,
        proposed_by=by.actor.account_id,
        proposed_at=by.at,
    )
    told = {"evidence": evidence}
    _tell("organization.succession_proposed", _Locked(row, one, other), told, by)
    return row.id


@transaction.atomic
def decide(*, number: int, by: By) -> dict[str, int]:
    """Decide as proposed; return how many records followed, by dataset.

    Raises:
        NotAllowedError: not the credit office.
        NotDoneError: NOT_OPEN, SAME_PERSON, MERGED_ALREADY; OUT_OF_ORDER where the
            giver's state changed on a later day.
        PlanError: the register does not allow it any more.
        ReasonError: the reason can't be kept.
    """
    why = _require_office(by)
    locked = _proposed(number, by)
    row = locked.row
    _require_possible(locked.plan, locked.giver, locked.heir, by)
    _end(locked, by)
    row.stage, row.reason = Stage.DECIDED, why
    row.decided_by, row.decided_at = by.actor.account_id, by.at
    row.save()
    moved = _move(row)
    body = {"records": moved, "reason": why}
    seq = _tell(_DONE[Kind(row.kind)], locked, body, by)
    touching.touch(seq=seq, records=_moved(row))
    _announce(locked, seq, by)
    return moved


@transaction.atomic
def refuse(*, number: int, by: By) -> None:
    """Refuse what was proposed; it can be proposed anew.

    Raises:
        NotAllowedError, NotDoneError, ReasonError: as for `decide`.
    """
    why = _require_office(by)
    locked = _proposed(number, by)
    row = locked.row
    row.stage, row.reason = Stage.REFUSED, why
    row.decided_by, row.decided_at = by.actor.account_id, by.at
    row.save()
    _tell("organization.succession_refused", locked, {"reason": why}, by)


@transaction.atomic
def undo(*, number: int, by: By) -> None:
    """Take a decision back: giver and records are again what they were before it.

    Raises:
        NotAllowedError: not the credit office.
        NotDoneError: NOT_OPEN where nothing was decided; CHANGED_SINCE where the giver
            was changed since; MOVED_ON where records followed elsewhere since.
        ReasonError: the reason can't be kept.
    """
    why = _require_office(by)
    locked = _lock(number, Stage.DECIDED)
    row = locked.row
    _move_back(row)
    if row.kept:
        try:
            mergers.put_back(mergers.Ended(row.kept, row.left_sha256))
        except mergers.NotAsLeftError:
            raise NotDoneError(CHANGED_SINCE) from None
    row.stage, row.undone_at = Stage.UNDONE, by.at
    row.undone_by = by.actor.account_id
    row.save()
    body = {"undone": _DONE[Kind(row.kind)], "reason": why}
    seq = _tell("organization.succession_undone", locked, body, by)
    touching.touch(seq=seq, records=_moved(row))
    _announce(locked, seq, by)


def _moved(row: Succession) -> QuerySet[Record]:
    """Return the versions that followed; a sole proprietor's are shown elsewhere."""
    return Record.objects.filter(moves__succession=row)


def _require_office(by: By) -> str:
    if not by.actor.may_decide:
        raise NotAllowedError("let records follow")
    return reasons.require(by.reason)


def _require_possible(plan: Plan, giver: Party, heir: Party, by: By) -> None:
    found = succession.faults(plan, giver, heir, on=timezone.localdate(by.at))
    if found:
        raise PlanError(found)


def _lock(number: int, stage: Stage) -> _Locked:
    rows = Succession.objects.select_for_update(of=("self",))
    row = rows.select_related("giver", "heir").filter(id=number).first()
    if row is None or row.stage != stage:
        raise NotDoneError(NOT_OPEN)
    codes = row.giver.uscc, row.heir.uscc
    found = mergers.lock(*codes)
    return _Locked(row, *(found[code][1] for code in codes))


def _proposed(number: int, by: By) -> _Locked:
    locked = _lock(number, Stage.PROPOSED)
    proposed_by = locked.row.proposed_by
    if not corrections.may_decide(
        by.actor.account_id, assigned_by="", proposed_by=proposed_by
    ):
        raise NotDoneError(SAME_PERSON)
    return locked


def _end(locked: _Locked, by: By) -> None:
    """Let the giver of a merger end, unless the registrar said so already."""
    row, status = locked.row, locked.giver.status
    if row.kind != Kind.MERGE:
        return
    if not is_active(status):
        others = Succession.objects.filter(giver=row.giver_id, kind=Kind.MERGE)
        if status is Status.MERGED and others.filter(stage=Stage.DECIDED).exists():
            raise NotDoneError(MERGED_ALREADY)
        return
    try:
        ended = mergers.end(key=row.giver_id, on=row.effective_on, at=by.at)
    except EffectError as error:
        raise NotDoneError(error.code) from None
    row.kept, row.left_sha256 = ended.kept, ended.left_sha256


def _move(row: Succession) -> dict[str, int]:
    """Let the versions in force follow; return how many did, by dataset."""
    moved = {}
    for dataset in row.datasets:
        bulk.execute(
            f"INSERT INTO {_MOVES} (succession_id, record_id)"
            f" SELECT %s, r.id FROM {_RECORDS} r WHERE r.organization_id = %s"
            f" AND r.dataset = %s AND r.superseded_at IS NULL ORDER BY r.id",
            [row.id, row.giver_id, dataset],
        )
        moved[dataset] = bulk.execute(
            f"UPDATE {_RECORDS} SET organization_id = %s WHERE dataset = %s"
            f" AND id IN (SELECT record_id FROM {_MOVES} WHERE succession_id = %s)",
            [row.heir_id, dataset, row.id],
        )
    return moved


def _move_back(row: Succession) -> None:
    went_on = bulk.fetch(
        f"SELECT 1 FROM {_MOVES} m JOIN {_MOVES} l ON l.record_id = m.record_id"
        f" AND l.id > m.id JOIN {Succession._meta.db_table} s ON s.id = l.succession_id"
        f" WHERE m.succession_id = %s AND s.stage = %s LIMIT 1",
        [row.id, Stage.DECIDED.value],
    )
    if went_on:
        raise NotDoneError(MOVED_ON)
    bulk.execute(
        f"UPDATE {_RECORDS} SET organization_id = %s"
        f" WHERE id IN (SELECT record_id FROM {_MOVES} WHERE succession_id = %s)",
        [row.giver_id, row.id],
    )


def _tell(kind: str, locked: _Locked, body: Mapping[str, object], by: By) -> int:
    row = locked.row
    told = {
        "kind": Kind(row.kind).value,
        "giver": locked.giver.uscc,
        "heir": locked.heir.uscc,
        "datasets": list(row.datasets),
        "effective_on": str(row.effective_on),
    }
    appended = ledger.append(
        kind=kind,
        subject=f"succession:{row.id}",
        actor=by.actor.account_id,
        body={**told, **body},
        at=by.at,
    )
    return appended.seq


def _announce(locked: _Locked, seq: int, by: By) -> None:
    payload = {"codes": [locked.giver.uscc, locked.heir.uscc], "succession": seq}
    outbox.queue(
        topic=TOPIC, subject=SUBJECT, payload=payload, ledger_seq=seq, at=by.at
    )
