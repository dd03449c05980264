"""The table of files that prove something; the bytes lie in the archive."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from xinheng.core.evidence.files import MediaType


class EvidenceFile(models.Model):
    """A file under its digest (SHA-256, hex), named as when it first came.

    Once erased, name and bytes are gone.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    name = models.CharField(max_length=200)
    media_type = models.CharField(
        max_length=32, choices=[(each.value, each.value) for each in MediaType]
    )
    size_bytes = models.PositiveIntegerField()
    stored_by = models.CharField(max_length=64)
    stored_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="evidence_file_holds_something",
                condition=Q(size_bytes__gt=0) & ~Q(name=""),
            ),
        ]
