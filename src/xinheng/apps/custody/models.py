"""The erasure register: what was erased, when, on what basis; never what it said."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q


class Erasure(models.Model):
    """An order to erase, and whether it is carried out.

    `versions` are places ([submission, row]) of records, `entries` numbers of ledger
    entries, `subjects` names of listings, cases, tasks and files (`subjects.py`),
    `parts` the archive's files that were replaced ([kind, old, new digest]).
    `ledger_seq` is null until it is carried out, `tidied_at` until the old files and
    the database's own leftovers are gone too. A restore that finds an order in the
    register's copy carries it out again: then `is_replay` is set.
    """

    class Basis(models.TextChoices):
        TERM_ENDED = "TERM_ENDED", "期限届满"
        COURT_ORDER = "COURT_ORDER", "法院裁判"
        AUTHORITY_ORDER = "AUTHORITY_ORDER", "主管机关决定"
        UNLAWFUL = "UNLAWFUL", "依法不应归集"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    basis = models.CharField(max_length=20, choices=Basis)
    citation = models.CharField(max_length=500)
    ordered_by = models.CharField(max_length=64)
    ordered_at = models.DateTimeField()
    versions = models.JSONField(default=list)
    entries = models.JSONField(default=list)
    subjects = models.JSONField(default=list)
    parts = models.JSONField(default=list)
    is_replay = models.BooleanField(default=False)
    ledger_seq = models.BigIntegerField(null=True, unique=True)
    tidied_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="erasure_names_its_text", condition=~Q(citation="")
            ),
        ]
