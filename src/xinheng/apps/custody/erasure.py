"""Erase: what records and ledger entries said goes everywhere, and the proof stays.

    order     one transaction: the register knows what is to go, on what basis
    carry out one transaction: tables, archive parts under new digests, ledger entry
    tidy      old parts, the register's copy beside the database, free pages

Whatever breaks off is taken up again by `resume`, which every process calls at start:
an order that stands is carried out. What stays is a digest, the counts of the month,
and who ordered it on what basis.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from xinheng.apps.custody import erasure_copy, subjects
from xinheng.apps.custody.models import Erasure
from xinheng.apps.disclosures import erasing as titles
from xinheng.apps.disclosures import queries as disclosures
from xinheng.apps.exchange import erasing as exchange
from xinheng.apps.intake import erasing as intake
from xinheng.apps.intake.erasing import Replaced
from xinheng.apps.ledger import erasing as entries
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.outbox import erasing as outbox
from xinheng.apps.records import erasing as records
from xinheng.apps.records import open_data
from xinheng.apps.records.erasing import Version
from xinheng.core.submissions import reasons

Basis = Erasure.Basis


class NothingToEraseError(LookupError):
    """Nothing that the order names has content."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to go, and why; `citation` names the text: a judgment, an article.

    `entries` are numbers of ledger entries whose body is to go, `subjects` names of
    what else people wrote something about (see `subjects`).
    """

    versions: tuple[Version, ...]
    entries: tuple[int, ...]
    basis: Erasure.Basis
    citation: str
    subjects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased: versions of records, entries, parts of the archive, subjects."""

    id: str
    ledger_seq: int
    versions: int
    entries: int
    parts: int
    subjects: int = 0


def erase(*, order: Order, actor: str, at: datetime) -> Erased:
    """Erase what the order names, here and wherever a copy of it lies.

    Raises:
        KeptEntryError: an entry that is part of the evidence itself.
        NothingToEraseError: nothing of it has content.
        ReasonError: the citation can't be kept.
        UnknownSubjectError: a subject that is not there, or not to be erased yet.
    """
    row = _order(order, actor=actor, at=at)
    erased = _carry_out(row.id, at=at)
    tidy(at=at)
    return erased


@transaction.atomic
def _order(order: Order, *, actor: str, at: datetime) -> Erasure:
    citation = reasons.require(order.citation)
    entries.require_erasable(order.entries)
    versions = [each for each in order.versions if each.key is not None]
    named = subjects.with_parts(order.subjects, on=timezone.localdate(at))
    if not versions and not order.entries and not named:
        raise NothingToEraseError
    seqs = {*order.entries, *(seq for each in named for seq in subjects.entries(each))}
    return Erasure.objects.create(
        basis=order.basis,
        citation=citation,
        ordered_by=actor,
        ordered_at=at,
        versions=[[each.submission, each.row] for each in versions],
        entries=sorted(seqs),
        subjects=[each.name for each in named],
    )


def resume(*, at: datetime) -> int:
    """Carry out what was ordered and broke off; return how many orders those are."""
    waiting = Erasure.objects.filter(ledger_seq__isnull=True).order_by("ordered_at")
    found = list(waiting.values_list("id", flat=True))
    for key in found:
        _carry_out(key, at=at)
    tidy(at=at)
    return len(found)


@transaction.atomic
def _carry_out(key: uuid.UUID, *, at: datetime) -> Erased:
    row = Erasure.objects.select_for_update().get(id=key)
    if row.ledger_seq is not None:
        return _told(row, 0, 0, 0)
    versions = records.find_by_places((place, number) for place, number in row.versions)
    replaced = _empty_intake(versions, row, at)
    row.parts = [[part.kind, part.old, part.new] for part in replaced]
    appended = ledger.append(
        kind=entries.ERASED,
        subject=f"erasure:{row.id}",
        actor=row.ordered_by,
        body={
            "basis": row.basis,
            "citation": row.citation,
            "versions": row.versions,
            "entries": row.entries,
            "subjects": row.subjects,
            "parts": row.parts,
            "replay": row.is_replay,
        },
        at=at,
    )
    exchange.erase(records=_public_keys(versions), at=at)
    titles.forget(records=_public_keys(versions))
    erased = records.erase(versions=versions, seq=appended.seq, at=at)
    emptied = entries.empty(seqs=row.entries, ordered_by=appended.seq)
    outbox.empty(seqs=row.entries)
    gone = sum(
        subjects.erase(subjects.parse(name), seq=appended.seq, at=at)
        for name in row.subjects
    )
    row.ledger_seq = appended.seq
    row.save()
    return _told(row, erased, emptied, gone)


def _public_keys(versions: Sequence[Version]) -> set[str]:
    return {
        disclosures.record_key(dataset=each.dataset, natural_key=each.key)
        for each in versions
        if each.key is not None
    }


def _empty_intake(
    versions: Sequence[Version], row: Erasure, at: datetime
) -> tuple[Replaced, ...]:
    keys: dict[str, set[str]] = {}
    for each in versions:
        if each.key is not None:
            keys.setdefault(each.dataset, set()).add(each.key)
    return tuple(
        part
        for dataset, of_dataset in sorted(keys.items())
        for part in intake.erase(
            dataset=dataset, keys=of_dataset, actor=row.ordered_by, at=at
        )
    )


def _told(row: Erasure, versions: int, emptied: int, gone: int) -> Erased:
    seq = -1 if row.ledger_seq is None else row.ledger_seq
    return Erased(str(row.id), seq, versions, emptied, len(row.parts), gone)


def tidy(*, at: datetime) -> None:
    """Take away what an erasure that was carried out has left on disk.

    Inside a transaction, which may still be undone, nothing is taken away.
    """
    if connection.in_atomic_block:
        return
    done = Erasure.objects.filter(ledger_seq__isnull=False)
    erasure_copy.write(list(done))
    waiting = list(done.filter(tidied_at__isnull=True))
    if not waiting:
        return
    for row in waiting:
        intake.withdraw_replaced(Replaced(*part) for part in row.parts)
        outbox.empty(seqs=row.entries)
        for name in row.subjects:
            subjects.remove(subjects.parse(name))
    open_data.renew(at=at)
    _compact()
    tidied = [row.id for row in waiting if not outbox.is_waiting(seqs=row.entries)]
    done.filter(id__in=tidied).update(tidied_at=at)


def _compact() -> None:
    """Let the database itself forget what was overwritten, where it can be told to.

    PostgreSQL keeps old versions of rows until they are vacuumed, SQLite old pages in
    the file and in its journal.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            cursor.execute("VACUUM")
