"""What machines hand in: uploads that can be resumed, and sources that are drained."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q


class Upload(models.Model):
    """A large file on its way, in pieces; `received_bytes` is where it goes on.

    The bytes lie in staging under the upload's id until it is handed in or expires.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    dataset = models.CharField(max_length=64)
    period = models.CharField(max_length=7, null=True)  # noqa: DJ001  (null has a meaning)
    file_name = models.CharField(max_length=255)
    size_bytes = models.BigIntegerField()
    received_bytes = models.BigIntegerField(default=0)
    started_by = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    idempotency_key = models.CharField(max_length=100, null=True)  # noqa: DJ001
    submission = models.OneToOneField(
        "intake.Submission", null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="upload_within_its_size",
                condition=Q(received_bytes__gte=0)
                & Q(received_bytes__lte=F("size_bytes")),
            ),
            models.UniqueConstraint(
                name="upload_once_per_key", fields=["started_by", "idempotency_key"]
            ),
        ]


class SourceState(models.Model):
    """How far a configured source (folder or database) has been drained.

    `cursor` is the last value taken of the source's cursor column, as text, and
    `cursor_kind` says what to read it as; null and empty before the first. `failures`
    counts the runs that failed since the last good one; before `retry_at` there is no
    other. `last_error` is a code, never a driver's own text. Addresses and passwords
    stay in the installation's own files.
    """

    name = models.CharField(max_length=64, primary_key=True)
    cursor = models.TextField(null=True)  # noqa: DJ001  (null means from the beginning)
    cursor_kind = models.CharField(max_length=8, blank=True)
    last_run_at = models.DateTimeField(null=True)
    last_submission = models.ForeignKey(
        "intake.Submission", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    last_error = models.CharField(max_length=500, blank=True)
    failures = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
