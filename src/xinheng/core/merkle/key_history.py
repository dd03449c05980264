"""Which key signed the ledger when: terms counted in ledger sizes, never in days.

A signature carries no time that could be believed, but the checkpoint under it has a
size. So a key's term is the sizes that it may sign, both ends included:

    introduced            from the handover on, whose checkpoint both keys sign
    retired, rotated      up to the handover
    retired, lost         up to the last size that it signed; the next key signs alone
    revoked               the same, and beyond `trusted_to` its signatures don't count

Up to `trusted_to` a revoked key's signature is tainted: whoever stole the key may have
made it. It counts where the checkpoint is also shown to be of the ledger's past.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from xinheng.core.merkle.public_keys import PublicKey, parse_public_key

SUBJECT = "ledger-keys"
INTRODUCED, RETIRED, REVOKED = "key.introduced", "key.retired", "key.revoked"


class Reason(StrEnum):
    """Why a key stopped signing."""

    ROTATED = "ROTATED"
    LOST = "LOST"
    REVOKED = "REVOKED"


class Standing(StrEnum):
    """What a key's signature on a checkpoint of some size is worth."""

    GOOD = "GOOD"
    TAINTED = "TAINTED"
    OUT_OF_TERM = "OUT_OF_TERM"
    REVOKED = "REVOKED"


@dataclass(frozen=True, slots=True)
class KeyTerm:
    """A key and the sizes that it may sign, `from_size` to `to_size` inclusive.

    `to_size` and `ended_by` are null while it signs; `trusted_to` is null unless it was
    revoked.
    """

    key: PublicKey
    from_size: int = 0
    to_size: int | None = None
    ended_by: Reason | None = None
    trusted_to: int | None = None

    def standing(self, size: int) -> Standing:
        """Return what this key's signature at a size is worth."""
        if size < self.from_size or (self.to_size is not None and size > self.to_size):
            return Standing.OUT_OF_TERM
        if self.trusted_to is None:
            return Standing.GOOD
        return Standing.TAINTED if size <= self.trusted_to else Standing.REVOKED

    def written(self) -> dict[str, object]:
        """Return the term as the published list of keys states it."""
        return {
            "public_key": self.key.text(),
            "from_size": self.from_size,
            "to_size": self.to_size,
            "ended_by": self.ended_by,
            "trusted_to": self.trusted_to,
        }


@dataclass(frozen=True, slots=True)
class KeyEvent:
    """What an entry of the ledger says about a key: its kind and body."""

    kind: str
    body: Mapping[str, Any]


def introduced(key: PublicKey, *, from_size: int) -> KeyEvent:
    """Return the event that a key begins to sign."""
    body = {"public_key": key.text(), "from_size": from_size}
    return KeyEvent(INTRODUCED, body)


def retired(key: PublicKey, *, to_size: int, reason: Reason) -> KeyEvent:
    """Return the event that a key has signed for the last time."""
    body = {"public_key": key.text(), "to_size": to_size, "reason": reason.value}
    return KeyEvent(RETIRED, body)


def revoked(key: PublicKey, *, to_size: int, trusted_to: int) -> KeyEvent:
    """Return the event that a key is known to others."""
    body = {"public_key": key.text(), "to_size": to_size, "trusted_to": trusted_to}
    return KeyEvent(REVOKED, body)


def terms(events: Iterable[KeyEvent], *, present: PublicKey) -> tuple[KeyTerm, ...]:
    """Return the terms of all keys, in the order of their beginning.

    `present` is the key that signs today: the only one there ever was, where there are
    no events.

    Raises:
        MalformedNoteError: where an event names no key.
    """
    known: dict[str, KeyTerm] = {}
    for event in events:
        text = str(event.body["public_key"])
        term = known.get(text) or KeyTerm(parse_public_key(text))
        known[text] = _after(term, event)
    if not known:
        return (KeyTerm(present),)
    return tuple(sorted(known.values(), key=lambda term: term.from_size))


def _after(term: KeyTerm, event: KeyEvent) -> KeyTerm:
    body = event.body
    if event.kind == INTRODUCED:
        return replace(term, from_size=body["from_size"])
    if event.kind == RETIRED:
        return replace(term, to_size=body["to_size"], ended_by=Reason(body["reason"]))
    return replace(
        term,
        to_size=body["to_size"],
        ended_by=Reason.REVOKED,
        trusted_to=body["trusted_to"],
    )
