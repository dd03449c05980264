"""Which keys signed this ledger and when, read from its own entries."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from django.conf import settings

from xinheng.apps.ledger import keys, models
from xinheng.apps.ledger.keys import SigningKeyError
from xinheng.apps.ledger.tree_store import TamperedLedgerError, read_head
from xinheng.core.merkle import checkpoint, key_history
from xinheng.core.merkle.checkpoint import (
    Checkpoint,
    MalformedNoteError,
    Note,
    PublicKey,
)
from xinheng.core.merkle.key_history import KeyEvent, KeyTerm, Standing

__all__ = ["KeyTerm", "believe", "list_good_signers", "list_terms", "present"]


def list_terms() -> tuple[KeyTerm, ...]:
    """Return the terms of all keys, the present one last.

    Raises:
        SigningKeyError: where no entry names a key and none is here either.
        TamperedLedgerError: where such an entry can't be read.
    """
    try:
        events = _list_events()
        if events:
            return key_history.terms(events, present=_named(events[-1]))
    except (KeyError, TypeError, ValueError):
        raise TamperedLedgerError from None
    return (KeyTerm(_only_key()),)


def present() -> KeyTerm:
    """Return the term of the key that signs today; raises as `list_terms` does."""
    return list_terms()[-1]


def believe(text: str, terms: Sequence[KeyTerm]) -> Checkpoint | None:
    """Return what a note says where a key of ours signed it within its term.

    Whether that key was revoked later is left aside: whoever asks holds the note
    against the entries.
    """
    try:
        note = checkpoint.parse(text)
        says = note.checkpoint()
    except MalformedNoteError:
        return None
    ours = says.origin == settings.LEDGER_ORIGIN
    return says if ours and _list_signers(note, says.size, terms) else None


def list_good_signers(text: str, terms: Sequence[KeyTerm]) -> list[PublicKey]:
    """Return the keys whose signature on a note is beyond doubt, the oldest first."""
    note = checkpoint.parse(text)
    size = note.checkpoint().size
    return [
        term.key
        for term in _list_signers(note, size, terms)
        if term.standing(size) is Standing.GOOD
    ]


def _list_signers(note: Note, size: int, terms: Iterable[KeyTerm]) -> list[KeyTerm]:
    return [
        term
        for term in terms
        if term.standing(size) is not Standing.OUT_OF_TERM
        and keys.is_signed_by(note, term.key)
    ]


def list_event_seqs() -> list[int]:
    """Return the places of the entries that name keys, in order."""
    rows = models.Entry.objects.filter(subject=key_history.SUBJECT).order_by("seq")
    return list(rows.values_list("seq", flat=True))


def _list_events() -> list[KeyEvent]:
    rows = models.Entry.objects.filter(subject=key_history.SUBJECT).order_by("seq")
    return [
        KeyEvent(kind, json.loads(body))
        for kind, body in rows.values_list("kind", "body")
        if body is not None
    ]


def _named(event: KeyEvent) -> PublicKey:
    return checkpoint.parse_public_key(str(event.body["public_key"]))


def _only_key() -> PublicKey:
    """Return the one key of a ledger that never changed it.

    The private key is asked for where it is here: a row of a table proves nothing to
    whoever doubts the database.
    """
    try:
        return keys.load().public
    except SigningKeyError:
        stored = models.Key.objects.first()
        if stored is None or not read_head().size:
            raise
        return checkpoint.parse_public_key(stored.public_key)
