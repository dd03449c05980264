"""Witnesses: who outside agreed to the ledger, up to which size, and when.

A witness follows the ledger, checks that it only grows, and hands in a cosignature
(C2SP tlog-cosignature). Whoever holds the database and the key could still write
another past, but not with the witnesses' agreement.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction

from xinheng.apps.ledger import key_history, models, operations, suites, tree_store
from xinheng.core.merkle import checkpoint
from xinheng.core.merkle.checkpoint import (
    Checkpoint,
    MalformedNoteError,
    Note,
    PublicKey,
    Signature,
    Suite,
)

ADDED, REMOVED = "witness.added", "witness.removed"
MOST_AHEAD = timedelta(minutes=10)


class WitnessRefusedError(ValueError):
    """A witness or its cosignature is not taken; `code` says in a word why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Agreement:
    """A witness and the last size that it agreed to; null where it never did."""

    public_key: str
    size: int | None
    cosigned_at: datetime | None

    @property
    def name(self) -> str:
        """The witness's own name."""
        return self.public_key.partition("+")[0]


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the witnesses are: `waiting_since` is the time of the first entry that
    none of them has agreed to, null where all is agreed to."""

    size: int
    agreements: tuple[Agreement, ...]
    waiting_since: datetime | None

    def is_late(self, *, at: datetime, within: timedelta) -> bool:
        """Return whether an entry has waited longer than that for any witness."""
        return self.waiting_since is not None and at - self.waiting_since > within


@transaction.atomic
def add(*, public_key: str, actor: str, at: datetime) -> None:
    """Take a witness on; its key comes from its operator, not from its cosignature.

    Raises:
        WitnessRefusedError: NOT_A_KEY; KNOWN where it is a witness already.
        SigningKeyError: where the ledger can't be written.
    """
    key = _read_key(public_key)
    row, is_new = models.Witness.objects.select_for_update().get_or_create(
        public_key=key.text(), defaults={"added_at": at}
    )
    if not is_new and row.removed_at is None:
        raise WitnessRefusedError("KNOWN")
    row.added_at, row.removed_at = at, None
    row.save()
    _append(ADDED, key, actor=actor, at=at)


@transaction.atomic
def remove(*, public_key: str, actor: str, at: datetime) -> None:
    """Let a witness go; what it cosigned stays.

    Raises:
        WitnessRefusedError: NOT_A_KEY; UNKNOWN where it is no witness.
        SigningKeyError: where the ledger can't be written.
    """
    key = _read_key(public_key)
    changed = models.Witness.objects.filter(
        public_key=key.text(), removed_at=None
    ).update(removed_at=at)
    if not changed:
        raise WitnessRefusedError("UNKNOWN")
    _append(REMOVED, key, actor=actor, at=at)


@transaction.atomic
def receive(*, note: str, at: datetime) -> tuple[str, ...]:
    """Take the cosignatures on a checkpoint of ours; return the witnesses' names.

    Raises:
        WitnessRefusedError: MALFORMED; NOT_OURS where our key did not sign it; FORKED
            where it contradicts the ledger; UNKNOWN where no witness of ours cosigned.
    """
    try:
        offered = checkpoint.parse(note)
        says = offered.checkpoint()
    except MalformedNoteError:
        raise WitnessRefusedError("MALFORMED") from None
    terms = key_history.list_terms()
    if key_history.believe(note, terms) is None:
        raise WitnessRefusedError("NOT_OURS")
    if not 0 < says.size <= tree_store.read_head().size or (
        tree_store.root(says.size) != says.root
    ):
        raise WitnessRefusedError("FORKED")
    found = list(_list_cosignatures(offered, at=at))
    if not found:
        raise WitnessRefusedError("UNKNOWN")
    _keep(offered, says, found, at=at)
    return tuple(key.name for key, _, _ in found)


def standing() -> Standing:
    """Return how far each witness agreed."""
    size = tree_store.read_head().size
    agreements = tuple(
        _agreement(key)
        for key in models.Witness.objects.filter(removed_at=None)
        .order_by("public_key")
        .values_list("public_key", flat=True)
    )
    agreed = max((each.size or 0 for each in agreements), default=0)
    waiting = models.Entry.objects.filter(seq=agreed).first() if agreed < size else None
    return Standing(size, agreements, waiting.recorded_at if waiting else None)


def is_late(*, at: datetime) -> bool:
    """Return whether an entry waits for a witness longer than the settings allow.

    A ledger that nobody follows is late too, once its first entry is that old.
    """
    within = timedelta(hours=settings.WITNESS_HOURS)
    return standing().is_late(at=at, within=within)


def find_cosigned_size(*, above: int) -> int | None:
    """Return the largest size above this one that a witness agreed to, or null."""
    found = models.Cosignature.objects.filter(
        size__gt=above, witness__removed_at=None
    ).order_by("-size")
    return found.values_list("size", flat=True).first()


def cosigned(note: str, *, size: int) -> str:
    """Return our checkpoint of a size with the cosignatures that it has."""
    lines = models.Cosignature.objects.filter(
        size=size, witness__removed_at=None
    ).order_by("witness_id")
    return note + "".join(lines.values_list("line", flat=True))


def latest_cosigned() -> str | None:
    """Return the last checkpoint that a witness agreed to, or null."""
    size = find_cosigned_size(above=0)
    kept = models.Checkpoint.objects.filter(size=size).first() if size else None
    return cosigned(kept.note, size=kept.size) if kept else None


def _keep(
    offered: Note,
    says: Checkpoint,
    found: list[tuple[PublicKey, Signature, datetime]],
    *,
    at: datetime,
) -> None:
    ours = tuple(line for line in offered.signatures if line.name == says.origin)
    models.Checkpoint.objects.get_or_create(
        size=says.size,
        defaults={"root": says.root, "note": Note(offered.body, ours).text()},
    )
    for key, line, cosigned_at in found:
        models.Cosignature.objects.get_or_create(
            size=says.size,
            witness_id=key.text(),
            defaults={
                "line": line.line(),
                "cosigned_at": cosigned_at,
                "received_at": at,
            },
        )


def _list_cosignatures(
    note: Note, *, at: datetime
) -> Iterator[tuple[PublicKey, Signature, datetime]]:
    """Yield what our witnesses signed; a time ahead of ours is not believed."""
    witnesses = models.Witness.objects.filter(removed_at=None)
    for text in witnesses.values_list("public_key", flat=True):
        key = checkpoint.parse_public_key(text)
        for line in note.signatures:
            if (line.name, line.key_id) != (key.name, key.key_id):
                continue
            seconds = suites.find_cosigned_at(key, note.body, line.signature)
            if seconds is not None and seconds <= (at + MOST_AHEAD).timestamp():
                yield key, line, datetime.fromtimestamp(seconds, UTC)


def _agreement(public_key: str) -> Agreement:
    last = (
        models.Cosignature.objects.filter(witness_id=public_key)
        .order_by("-size")
        .first()
    )
    if last is None:
        return Agreement(public_key, None, None)
    return Agreement(public_key, last.size, last.cosigned_at)


def _read_key(text: str) -> PublicKey:
    try:
        key = checkpoint.parse_public_key(text.strip())
    except MalformedNoteError:
        raise WitnessRefusedError("NOT_A_KEY") from None
    if key.suite is not Suite.COSIGNATURE:
        raise WitnessRefusedError("NOT_A_KEY")
    return key


def _append(kind: str, key: PublicKey, *, actor: str, at: datetime) -> None:
    operations.append(
        kind=kind,
        subject=f"witness:{key.key_id.hex()}",
        actor=actor,
        body={"public_key": key.text()},
        at=at,
    )
