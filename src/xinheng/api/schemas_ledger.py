"""What the API answers about the ledger: proofs, keys, witnesses."""

from __future__ import annotations

from datetime import datetime

from ninja import Schema

from xinheng.api.schemas import Receipt


class InclusionOut(Schema):
    """The hashes (hex) from entry `seq` up to the root at `size`."""

    seq: int
    size: int
    proof: list[str]


class ConsistencyOut(Schema):
    """The hashes (hex) that lead to the roots at both sizes."""

    first: int
    second: int
    proof: list[str]


class KeyTermOut(Schema):
    """A key and the ledger sizes that it may sign, both ends included."""

    public_key: str
    from_size: int
    to_size: int | None
    ended_by: str | None
    trusted_to: int | None


class LedgerKeysOut(Schema):
    """The ledger's keys, and receipts of the entries that name them."""

    format: str
    origin: str
    keys: list[KeyTermOut]
    receipts: list[Receipt]


class WitnessOut(Schema):
    """A witness and the last size that it agreed to; null where it never did."""

    name: str
    public_key: str
    size: int | None
    cosigned_at: datetime | None


class WitnessesOut(Schema):
    """How far the witnesses are; `checkpoint` bears the last cosignatures."""

    size: int
    waiting_since: datetime | None
    witnesses: list[WitnessOut]
    checkpoint: str | None


class CosignedOut(Schema):
    """The witnesses whose cosignature was taken."""

    witnesses: list[str]
