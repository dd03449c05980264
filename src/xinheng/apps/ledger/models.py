"""The ledger's tables; `guards.py` makes the database itself refuse to change them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

HEX_LENGTH = 64


class Entry(models.Model):
    """One act, in the order in which the house took note of it.

    `body` is canonical JSON as text, because a JSON column would not give back the same
    bytes. Body and salt go together when a later erasure takes the content away.
    """

    seq = models.PositiveBigIntegerField(primary_key=True)
    recorded_at = models.DateTimeField()
    kind = models.CharField(max_length=64)
    subject = models.CharField(max_length=200)
    actor = models.CharField(max_length=64)
    body = models.TextField(null=True)  # noqa: DJ001  (null means erased)
    salt = models.CharField(max_length=HEX_LENGTH, null=True)  # noqa: DJ001
    entry = models.CharField(max_length=HEX_LENGTH)

    class Meta:
        indexes = [
            models.Index(fields=["subject", "seq"], name="ledger_entry_by_subject"),
            models.Index(fields=["actor", "seq"], name="ledger_entry_by_actor"),
        ]
        constraints = [
            models.CheckConstraint(
                name="ledger_body_and_salt_together",
                condition=Q(body__isnull=True, salt__isnull=True)
                | Q(body__isnull=False, salt__isnull=False),
            ),
        ]


class Emptied(models.Model):
    """An entry whose content an erasure took away; `ordered_by` is the erasure's entry.

    The guards let go of body and salt of these alone, and `verify` believes a row only
    where the entry that ordered it lists it.
    """

    seq = models.PositiveBigIntegerField(primary_key=True)
    ordered_by = models.PositiveBigIntegerField()


class Node(models.Model):
    """The hash of a complete subtree: 2^level leaves from `number * 2^level` on."""

    pk = models.CompositePrimaryKey("level", "number")
    level = models.PositiveSmallIntegerField()
    number = models.PositiveBigIntegerField()
    hash = models.BinaryField(max_length=32)


class Head(models.Model):
    """Where the ledger ends: one row, locked by whoever appends.

    `note` is the signed checkpoint of exactly this size, so that entries beyond the
    last checkpoint that was given out can't be altered without the key either.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    size = models.PositiveBigIntegerField()
    root = models.BinaryField(max_length=32)
    note = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="ledger_one_head", condition=Q(id=1)),
        ]


class Checkpoint(models.Model):
    """A signed checkpoint that was given out, in its C2SP text."""

    size = models.PositiveBigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)
    note = models.TextField()


class Key(models.Model):
    """A public key that signed this ledger once: a lost private key leaves it behind.

    When it signed stands in the ledger itself (`core/merkle/key_history.py`).
    """

    public_key = models.CharField(max_length=400, primary_key=True)


class Witness(models.Model):
    """Somebody else's public key, whose cosignatures count while it is not removed."""

    public_key = models.CharField(max_length=400, primary_key=True)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)


class Cosignature(models.Model):
    """A witness's word that the ledger of this size continued what it saw before.

    `line` is the signature line (C2SP tlog-cosignature), `cosigned_at` the time that
    the witness states in it.
    """

    size = models.PositiveBigIntegerField()
    witness = models.ForeignKey(Witness, models.PROTECT)
    cosigned_at = models.DateTimeField()
    received_at = models.DateTimeField()
    line = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["size", "witness"], name="ledger_one_cosignature"
            )
        ]
        indexes = [
            models.Index(fields=["-size"], name="ledger_cosignature_latest"),
        ]
