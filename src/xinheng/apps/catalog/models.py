"""Which items of the rulebook's catalog are collected here."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Activation(models.Model):
    """An item in one edition, collected here from `activated_on`.

    The row carries the title of its legal basis, and can't exist without one.
    """

    dataset = models.CharField(max_length=64)
    edition = models.CharField(max_length=16)
    legal_basis = models.TextField()
    activated_on = models.DateField()
    ledger_seq = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="activation_once", fields=["dataset", "edition"]
            ),
            models.CheckConstraint(
                name="activation_needs_a_legal_basis", condition=~Q(legal_basis="")
            ),
        ]
