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

from xinheng.apps.custody import erasure_copy
from xinheng.apps.custody.models import Erasure
from xinheng.apps.intake import erasing as intake
from xinheng.apps.intake.erasing import Replaced
from xinheng.apps.ledger import erasing as entries
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.records import erasing as records
from xinheng.apps.records.erasing import Version
from xinheng.core.submissions import reasons

Basis = Erasure.Basis


class NothingToEraseError(LookupError):
    """Nothing that the order names has content."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to go, and why; `citation` names the text: a judgment, an article.

    `entries` are numbers of ledger entries whose body is to go.
    """

    versions: tuple[Version, ...]
    entries: tuple[int, ...]
    basis: Erasure.Basis
    citation: str


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased: versions of records, entries, and parts of the archive."""

    id: str
    ledger_seq: int
    versions: int
    entries: int
    parts: int


def erase(*, order: Order, actor: str, at: datetime) -> Erased:
    """Erase what the order names, here and wherever a copy of it lies.

    Raises:
        KeptEntryError: an entry that is part of the evidence itself.
        NothingToEraseError: nothing of it has content.
        ReasonError: the citation can't be kept.
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
    if not versions and not order.entries:
        raise NothingToEraseError
    return Erasure.objects.create(
        basis=order.basis,
        citation=citation,
        ordered_by=actor,
        ordered_at=at,
        versions=[[each.submission, each.row] for each in versions],
        entries=sorted(set(order.entries)),
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
        return _told(row, 0, 0)
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
            "parts": row.parts,
            "replay": row.is_replay,
        },
        at=at,
    )
    erased = records.erase(versions=versions, seq=appended.seq, at=at)
    emptied = entries.empty(seqs=row.entries, ordered_by=appended.seq)
    row.ledger_seq = appended.seq
    row.save()
    return _told(row, erased, emptied)


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


def _told(row: Erasure, versions: int, emptied: int) -> Erased:
    seq = -1 if row.ledger_seq is None else row.ledger_seq
    return Erased(str(row.id), seq, versions, emptied, len(row.parts))


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
    _compact()
    done.filter(id__in=[row.id for row in waiting]).update(tidied_at=at)


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
