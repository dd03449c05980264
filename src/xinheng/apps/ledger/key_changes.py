"""Change the key that signs: by plan, after a loss, after a theft.

Each change is written to the ledger, and the checkpoint of that moment is kept: a
planned handover bears both keys' signatures, so whoever trusts the old key can trust
the new one. After a loss or a theft the new key signs alone, and has to be published.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction

from xinheng.apps.ledger import key_history, keys, models, operations
from xinheng.apps.ledger.operations import Act
from xinheng.core.merkle import checkpoint
from xinheng.core.merkle import key_history as rules
from xinheng.core.merkle.checkpoint import MalformedNoteError, PublicKey, Suite
from xinheng.core.merkle.key_history import KeyEvent, KeyTerm, Reason


class KeyChangeRefusedError(ValueError):
    """The key can't be changed so; `code` says in a word why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Changed:
    """The present key after a change, and where its private half lies; null: unmoved.

    `size` is the ledger's size whose checkpoint the change is stated under.
    """

    public_key: str
    path: Path | None
    size: int
    checkpoint: str


@transaction.atomic
def rotate(*, suite: Suite, actor: str, at: datetime) -> Changed:
    """Hand over to a new key by plan; the present key has to be here.

    Raises:
        KeyChangeRefusedError: EMPTY_LEDGER.
        SigningKeyError: where the present key can't be used, or the new one not stored.
        TamperedLedgerError: where the stored tree contradicts the head.
    """
    head = _lock_filled_head()
    old = keys.load(head.note)
    new, path = keys.create(suite)
    size = head.size + 2
    events = (
        rules.retired(old.public, to_size=size, reason=Reason.ROTATED),
        rules.introduced(new.public, from_size=size),
    )
    return _write(head, events, [old, new], actor=actor, at=at, path=path)


@transaction.atomic
def replace_lost(
    *, suite: Suite, actor: str, at: datetime, lost: str | None = None
) -> Changed:
    """Begin a new key because the present one is gone; it signs alone.

    `lost` is the lost key's public half; null where the database still knows it.

    Raises:
        KeyChangeRefusedError: EMPTY_LEDGER; NOT_LOST where it is here; UNKNOWN_KEY
            where it is not the key that the head was signed with.
        SigningKeyError: where the new key can't be stored.
        TamperedLedgerError: where the stored tree contradicts the head.
    """
    head = _lock_filled_head()
    if _is_here(head.note):
        raise KeyChangeRefusedError("NOT_LOST")
    gone = _signer_of_head(head.note, lost)
    new, path = keys.create(suite)
    events = (
        rules.retired(gone, to_size=head.size, reason=Reason.LOST),
        rules.introduced(new.public, from_size=head.size + 2),
    )
    return _write(head, events, [new], actor=actor, at=at, path=path)


@transaction.atomic
def revoke(
    *, key_id: str, trusted_to: int, suite: Suite, actor: str, at: datetime
) -> Changed:
    """Revoke a key that others know: beyond `trusted_to` it never counted.

    The present key is replaced at once; a former one only changes its standing.

    Raises:
        KeyChangeRefusedError: EMPTY_LEDGER; UNKNOWN_KEY; ALREADY_REVOKED; SIZE where
            the key did not sign at `trusted_to`, nor just before its term.
        SigningKeyError: where the present key can't be used, or the new one not stored.
        TamperedLedgerError: where the stored tree contradicts the head.
    """
    head = _lock_filled_head()
    term = _find_term(key_id)
    to_size = head.size if term.to_size is None else term.to_size
    if not term.from_size <= trusted_to <= to_size and trusted_to != 0:
        raise KeyChangeRefusedError("SIZE")
    revoked = rules.revoked(term.key, to_size=to_size, trusted_to=trusted_to)
    if term.to_size is not None:
        present = keys.load(head.note)
        return _write(head, (revoked,), [present], actor=actor, at=at, path=None)
    new, path = keys.create(suite)
    events = (revoked, rules.introduced(new.public, from_size=head.size + 2))
    return _write(head, events, [new], actor=actor, at=at, path=path)


def _write(
    head: models.Head,
    events: tuple[KeyEvent, ...],
    signers: list[keys.SigningKey],
    *,
    actor: str,
    at: datetime,
    path: Path | None,
) -> Changed:
    acts = [Act(each.kind, rules.SUBJECT, actor, each.body) for each in events]
    operations.write(head, acts=acts, at=at, signers=signers)
    public = signers[-1].public.text()
    models.Key.objects.get_or_create(public_key=public)
    return Changed(public, path, head.size, operations.keep_checkpoint(head))


def _lock_filled_head() -> models.Head:
    head = operations.lock_head()
    if head.size == 0:
        raise KeyChangeRefusedError("EMPTY_LEDGER")
    return head


def _is_here(note: str) -> bool:
    try:
        keys.load(note)
    except keys.SigningKeyError:
        return False
    return True


def _signer_of_head(note: str, given: str | None) -> PublicKey:
    """Return the public half of the key that signed the head last."""
    stored = models.Key.objects.values_list("public_key", flat=True)
    for text in [given] if given else list(stored):
        try:
            key = checkpoint.parse_public_key(text)
        except MalformedNoteError:
            continue
        is_last = key.key_id == keys.signer_of(note)
        if is_last and keys.is_signed_by(checkpoint.parse(note), key):
            return key
    raise KeyChangeRefusedError("UNKNOWN_KEY")


def _find_term(key_id: str) -> KeyTerm:
    for term in key_history.list_terms():
        if term.key.key_id.hex() == key_id.lower():
            if term.trusted_to is not None:
                raise KeyChangeRefusedError("ALREADY_REVOKED")
            return term
    raise KeyChangeRefusedError("UNKNOWN_KEY")
