"""Receipts: what a unit keeps to prove, without us, that its act stands in the ledger.

A receipt carries the entry with its salt, the path from the entry to the root, and the
signed checkpoint of that root. It verifies offline, against a public key that the unit
got from elsewhere. One entry and one size give one receipt, byte for byte.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.conf import settings

from xinheng.apps.ledger import (
    key_history,
    keys,
    models,
    queries,
    tree_store,
    witnesses,
)
from xinheng.apps.ledger.queries import EntryView
from xinheng.apps.ledger.tree_store import TamperedLedgerError
from xinheng.core.merkle import canonical, checkpoint, tree
from xinheng.core.merkle.checkpoint import Checkpoint, PublicKey
from xinheng.core.merkle.entries import timestamp
from xinheng.core.merkle.subtrees import inclusion_spans

FORMAT = "xinheng-receipt/1"
PARTS = {
    "format",
    "entry",
    "salt",
    "digest",
    "size",
    "inclusion_proof",
    "checkpoint",
    "public_key",
}
ENTRY_COLUMNS = ("seq", "recorded_at", "kind", "subject", "actor", "body")

# What can be wrong with a receipt; stable codes.
MALFORMED = "MALFORMED"
WRONG_KEY = "WRONG_KEY"
WRONG_SIGNATURE = "WRONG_SIGNATURE"
WRONG_CHECKPOINT = "WRONG_CHECKPOINT"
WRONG_DIGEST = "WRONG_DIGEST"
NOT_INCLUDED = "NOT_INCLUDED"


class ErasedEntryError(LookupError):
    """The entry's content was erased: there is nothing left to give a receipt for."""

    def __init__(self, seq: int) -> None:
        super().__init__(f"the content of entry {seq} was erased")
        self.seq = seq


def receipt(*, seq: int, size: int, by_oldest: bool = False) -> dict[str, object]:
    """Return the receipt of entry `seq` in the ledger of `size` entries, JSON-able.

    Where a former key signed at that size and no note of it was kept, or that key was
    revoked, the receipt is issued anew: at the size at which the present key began.
    Of two keys that signed it names the younger, or with `by_oldest` the older.

    Raises:
        ErasedEntryError: where the entry's content was erased.
        SigningKeyError: where the key can't be used.
        TamperedLedgerError: where what is stored does not hold together.
        UnknownEntryError: where the ledger of that size has no such entry.
        UnknownSizeError: where it has not reached that size.
    """
    queries.require_entry(seq=seq, size=size)
    entry = queries.get_entry(seq)
    if entry.body is None:
        raise ErasedEntryError(seq)
    signed = _sign(size, place=0 if by_oldest else -1)
    written: dict[str, object] = {
        "format": FORMAT,
        "entry": _columns(entry),
        "salt": entry.salt,
        "digest": entry.entry,
        "size": signed.size,
        "inclusion_proof": [hash_.hex() for hash_ in _proof(seq, signed.size)],
        "checkpoint": signed.note,
        "public_key": signed.key.text(),
    }
    if verify(written):
        raise TamperedLedgerError
    return written


@dataclass(frozen=True, slots=True)
class _Signed:
    """A checkpoint and the key of ours that signed it."""

    size: int
    note: str
    key: PublicKey


def _proof(seq: int, size: int) -> list[bytes]:
    return tree_store.hashes(inclusion_spans(seq, size))


def _sign(size: int, *, place: int) -> _Signed:
    """Return the checkpoint at a size, as it was given out or signed now."""
    terms = key_history.list_terms()
    kept = models.Checkpoint.objects.filter(size=size).first()
    signers = key_history.list_good_signers(kept.note, terms) if kept else []
    if kept and signers:
        note = witnesses.cosigned(kept.note, size=size)
        return _Signed(size, note, signers[place])
    size = max(size, terms[-1].from_size)
    signer = keys.load_one(terms[-1].key.key_id)
    says = Checkpoint(settings.LEDGER_ORIGIN, size, _root_of_signed_head(size))
    return _Signed(size, signer.sign(says), signer.public)


def verify(
    receipt: Mapping[str, Any], public_key: str | None = None
) -> tuple[str, ...]:
    """Return the codes of what is wrong with a receipt; empty means that it is good.

    `public_key` is the key (`name+id+base64`) that the holder trusts. Without it the
    receipt is held against the key that it names itself, which shows only that it is
    whole. Never raises, whatever it is given.
    """
    try:
        read = _read(receipt)
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
        return (MALFORMED,)
    return tuple(_list_problems(read, public_key))


@dataclass(frozen=True, slots=True)
class _Receipt:
    """A receipt's parts in their types, not yet believed."""

    seq: int
    size: int
    digest: bytes
    recomputed: bytes
    proof: tuple[bytes, ...]
    note: checkpoint.Note
    head: Checkpoint
    key: PublicKey


def _read(receipt: Mapping[str, Any]) -> _Receipt:
    entry, salt = receipt["entry"], bytes.fromhex(receipt["salt"])
    # Nothing that no digest covers may stand in a receipt and be believed.
    if set(receipt) != PARTS or set(entry) != set(ENTRY_COLUMNS):
        raise ValueError("parts")
    if receipt["format"] != FORMAT:
        raise ValueError("format")
    note = checkpoint.parse(receipt["checkpoint"])
    columns = canonical.encode({name: entry[name] for name in ENTRY_COLUMNS})
    return _Receipt(
        seq=_integer(entry["seq"]),
        size=_integer(receipt["size"]),
        digest=bytes.fromhex(receipt["digest"]),
        recomputed=sha256(salt + columns).digest(),
        proof=tuple(bytes.fromhex(hash_) for hash_ in receipt["inclusion_proof"]),
        note=note,
        head=note.checkpoint(),
        key=checkpoint.parse_public_key(receipt["public_key"]),
    )


def _list_problems(read: _Receipt, trusted: str | None) -> list[str]:
    leaf = tree.leaf_hash(read.digest)
    included = tree.verify_inclusion(
        leaf=leaf,
        index=read.seq,
        size=read.size,
        proof=read.proof,
        root=read.head.root,
    )
    holds = {
        WRONG_KEY: trusted in (None, read.key.text()),
        WRONG_SIGNATURE: keys.is_signed_by(read.note, read.key),
        WRONG_CHECKPOINT: (read.head.origin, read.head.size)
        == (read.key.name, read.size),
        WRONG_DIGEST: read.digest == read.recomputed,
        NOT_INCLUDED: included,
    }
    return [code for code, is_so in holds.items() if not is_so]


def _columns(entry: EntryView) -> dict[str, object]:
    return {
        "seq": entry.seq,
        "recorded_at": timestamp(entry.recorded_at),
        "kind": entry.kind,
        "subject": entry.subject,
        "actor": entry.actor,
        "body": entry.body,
    }


def _root_of_signed_head(size: int) -> bytes:
    """Return the root at `size`, proved to lead to the head that was signed already.

    A log must never sign two checkpoints that contradict each other.
    """
    root, head = queries.root(size=size), queries.get_head()
    proof = queries.consistency_proof(first=size, second=head.size)
    consistent = tree.verify_consistency(
        first=size,
        second=head.size,
        first_root=root,
        second_root=head.root,
        proof=proof,
    )
    if not consistent:
        raise TamperedLedgerError
    return root


def _integer(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("not an integer")
    return value
