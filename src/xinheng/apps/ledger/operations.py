"""Append to the ledger.

Every operation of the house ends by appending what it did, in its own transaction, so
an act and its evidence stand or fall together. Whoever appends holds the head's lock
until the transaction ends: append last, after all other work.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from xinheng.apps.ledger import keys, models, tree_store
from xinheng.core.merkle import canonical
from xinheng.core.merkle.checkpoint import Checkpoint
from xinheng.core.merkle.entries import SALT_BYTES, Entry
from xinheng.core.merkle.hashing import EMPTY_ROOT, leaf_hash
from xinheng.core.merkle.subtrees import Frontier, Node

LONGEST = {"kind": 64, "subject": 200, "actor": 64}


class NotInTransactionError(RuntimeError):
    """The caller has no open transaction, so its act and the entry could part."""

    def __init__(self) -> None:
        super().__init__("append inside transaction.atomic(), as its last act")


@dataclass(frozen=True, slots=True)
class Act:
    """What happened (`kind`) to what (`subject`), by whom (an opaque account id).

    Raises:
        ValueError: where one of the three is empty or longer than `LONGEST`.
    """

    kind: str
    subject: str
    actor: str
    body: Mapping[str, object]

    def __post_init__(self) -> None:
        """Refuse what one database would take and the other would not."""
        for name, longest in LONGEST.items():
            if not 0 < len(getattr(self, name)) <= longest:
                raise ValueError(f"{name} has 1 to {longest} characters")


@dataclass(frozen=True, slots=True)
class Appended:
    """Where an act stands: `seq` counts from 0, `entry` is its digest in hex."""

    seq: int
    entry: str


def append(
    *, kind: str, subject: str, actor: str, body: Mapping[str, object], at: datetime
) -> Appended:
    """Append one act; see `append_many`."""
    return append_many(acts=(Act(kind, subject, actor, body),), at=at)[0]


def append_many(*, acts: Sequence[Act], at: datetime) -> tuple[Appended, ...]:
    """Append acts in their order and sign the new head, as the transaction's last work.

    Raises:
        NotInTransactionError: outside a transaction.
        SigningKeyError: where the key that signed the ledger can't be used.
        TamperedLedgerError: where the stored tree contradicts the head.
        TypeError: where a body has no canonical form (floats, dates, ...).
        ValueError: the same, or `at` has no time zone.
    """
    if not acts:
        _require_transaction()
        return ()
    head = lock_head()
    return write(head, acts=acts, at=at, signers=[_signer(head)])


def write(
    head: models.Head,
    *,
    acts: Sequence[Act],
    at: datetime,
    signers: list[keys.SigningKey],
) -> tuple[Appended, ...]:
    """Append after a head that is locked and sign with these keys: see `append_many`.

    The last signer is the one that goes on signing.
    """
    frontier = _frontier(head)
    rows = [_row(act, head.size + offset, at) for offset, act in enumerate(acts)]
    completed = _grow(frontier, rows)
    head.size, head.root = frontier.size, frontier.root()
    says = Checkpoint(settings.LEDGER_ORIGIN, head.size, head.root)
    head.note = keys.sign_all(signers, says)
    _store(head, rows, completed)
    return tuple(Appended(row.seq, row.entry) for row in rows)


@transaction.atomic
def issue_checkpoint() -> str:
    """Record and return the signed checkpoint of the ledger as it is now.

    The same size gives the same text, however often it is asked for.

    Raises:
        SigningKeyError: where the key can't be used.
        TamperedLedgerError: where the stored tree contradicts the head.
    """
    head = lock_head()
    _frontier(head)
    if not head.note:
        says = Checkpoint(settings.LEDGER_ORIGIN, 0, EMPTY_ROOT)
        head.note = _signer(head).sign(says)
    return keep_checkpoint(head)


def keep_checkpoint(head: models.Head) -> str:
    """Record the head's checkpoint among those that were given out, and return it."""
    issued, _ = models.Checkpoint.objects.get_or_create(
        size=head.size, defaults={"root": bytes(head.root), "note": head.note}
    )
    return issued.note


def lock_head() -> models.Head:
    """Return where the ledger ends; nobody else appends until the transaction ends.

    Raises:
        NotInTransactionError: outside a transaction.
    """
    _require_transaction()
    connection = transaction.get_connection()
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(_HEAD + lock)
        row = cursor.fetchone()
    if row is not None:
        size, root, note = row
        return models.Head(id=1, size=size, root=bytes(root), note=note)
    empty = {"size": 0, "root": EMPTY_ROOT, "note": ""}
    head, _ = models.Head.objects.select_for_update().get_or_create(
        id=1, defaults=empty
    )
    return head


def _require_transaction() -> None:
    if not transaction.get_connection().in_atomic_block:
        raise NotInTransactionError


def _signer(head: models.Head) -> keys.SigningKey:
    """Return the key that signs next; the first one's public half is written down."""
    if head.size:
        return keys.load(head.note)
    key = keys.load_or_create()
    models.Key.objects.get_or_create(public_key=key.public.text())
    return key


def _frontier(head: models.Head) -> Frontier:
    """Return the tree's right edge, after making sure that the head belongs to it."""
    frontier = tree_store.frontier(head.size)
    if frontier.root() != bytes(head.root):
        raise tree_store.TamperedLedgerError
    return frontier


class _Row(NamedTuple):
    """An entry as its table takes it."""

    seq: int
    recorded_at: datetime
    kind: str
    subject: str
    actor: str
    body: str
    salt: str
    entry: str


_FEW = 16  # more go in a stream of their own
# Every act takes these, so they are said to the database as they are.
_HEAD = "SELECT size, root, note FROM ledger_head WHERE id = 1"
_MOVE = "UPDATE ledger_head SET size = %s, root = %s, note = %s WHERE id = 1"
_INSERT = (
    f"INSERT INTO ledger_entry ({', '.join(_Row._fields)})"
    f" VALUES ({', '.join(['%s'] * len(_Row._fields))})"
)


def _store(
    head: models.Head, rows: Sequence[_Row], completed: Sequence[tuple[Node, bytes]]
) -> None:
    """Write entries, hashes and head; a few of them in one message to PostgreSQL.

    Its driver binds values itself, so one message may hold several statements. An act
    would wait for three answers otherwise, while it holds the head.
    """
    connection = transaction.get_connection()
    moment = models.Entry._meta.get_field("recorded_at")
    written = moment.get_db_prep_save(rows[0].recorded_at, connection)
    entries = [row._replace(recorded_at=written) for row in rows]
    nodes = tree_store.as_rows(completed)
    moved = (head.size, head.root, head.note)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and len(rows) <= _FEW:
            statements = [_INSERT] * len(rows) + [tree_store.INSERT] * len(nodes)
            cursor.execute(
                ";".join([*statements, _MOVE]), list(chain(*entries, *nodes, moved))
            )
            return
        cursor.executemany(_INSERT, entries)
        cursor.executemany(tree_store.INSERT, nodes)
        cursor.execute(_MOVE, moved)


def _row(act: Act, seq: int, at: datetime) -> _Row:
    salt = secrets.token_bytes(SALT_BYTES)
    body = canonical.text(act.body)
    entry = Entry(seq, at, act.kind, act.subject, act.actor, body)
    return _Row(
        seq=seq,
        recorded_at=at,
        kind=act.kind,
        subject=act.subject,
        actor=act.actor,
        body=body,
        salt=salt.hex(),
        entry=entry.digest(salt).hex(),
    )


def _grow(frontier: Frontier, rows: Sequence[_Row]) -> list[tuple[Node, bytes]]:
    return [
        completed
        for row in rows
        for completed in frontier.add(leaf_hash(bytes.fromhex(row.entry)))
    ]
