"""Submissions, the rows kept aside, and nil returns."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q


class Submission(models.Model):
    """A file that a unit handed in, and the verdict on it.

    `period` is the reporting month (YYYY-MM); null means that each record counts in the
    month of its own date. The six counts are set when the submission is completed, and
    the database refuses counts that do not add up.
    """

    class State(models.TextChoices):
        RECEIVED = "RECEIVED", "已接收"
        PROCESSING = "PROCESSING", "处理中"
        COMPLETED = "COMPLETED", "已完成"
        REFUSED = "REFUSED", "文件未接受"
        FAILED = "FAILED", "处理失败"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    dataset = models.CharField(max_length=64)
    edition = models.CharField(max_length=16)
    period = models.CharField(max_length=7, null=True)  # noqa: DJ001  (null has a meaning)
    file_name = models.CharField(max_length=255)
    file_digest = models.CharField(max_length=64)
    file_bytes = models.BigIntegerField()
    submitted_by = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=12, choices=State)

    rows_done = models.PositiveIntegerField(default=0)
    rows_read = models.PositiveIntegerField(null=True)
    new = models.PositiveIntegerField(null=True)
    changed = models.PositiveIntegerField(null=True)
    unchanged = models.PositiveIntegerField(null=True)
    rejected = models.PositiveIntegerField(null=True)
    questionable = models.PositiveIntegerField(null=True)
    unlinked = models.PositiveIntegerField(null=True)

    findings = models.JSONField(default=dict)
    matched_columns = models.JSONField(default=dict)
    ignored_columns = models.JSONField(default=list)
    personal_data = models.BooleanField(default=False)
    accepted_digest = models.CharField(max_length=64, blank=True)
    findings_digest = models.CharField(max_length=64, blank=True)
    ledger_seq = models.BigIntegerField(null=True, unique=True)

    error_code = models.CharField(max_length=40, blank=True)
    error_zh = models.TextField(blank=True)
    error_en = models.TextField(blank=True)

    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="submission_counts_add_up",
                condition=~Q(state="COMPLETED")
                | Q(
                    ledger_seq__isnull=False,
                    finished_at__isnull=False,
                    rows_read=F("new")
                    + F("changed")
                    + F("unchanged")
                    + F("rejected")
                    + F("questionable")
                    + F("unlinked"),
                ),
            ),
        ]
        indexes = [
            models.Index(name="submission_by_unit", fields=["unit", "-received_at"]),
            models.Index(name="submission_by_state", fields=["state", "received_at"]),
        ]


class HeldRow(models.Model):
    """A row kept aside: a person decides, or its organization is not known yet.

    It is open until `closed_by` names the later submission that brought the same key.
    """

    class Reason(models.TextChoices):
        QUESTIONABLE = "questionable", "疑问数据"
        UNLINKED = "unlinked", "未关联数据"

    submission = models.ForeignKey(
        Submission, on_delete=models.CASCADE, related_name="held_rows"
    )
    row_number = models.PositiveIntegerField()
    reason = models.CharField(max_length=12, choices=Reason)
    dataset = models.CharField(max_length=64)
    natural_key = models.TextField()
    subject_code = models.CharField(max_length=64, blank=True)
    body = models.TextField()
    closed_by = models.ForeignKey(
        Submission, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="held_row_once", fields=["submission", "row_number"]
            ),
        ]
        indexes = [
            models.Index(
                name="held_row_open_by_key",
                fields=["dataset", "natural_key"],
                condition=Q(closed_by__isnull=True),
            ),
            models.Index(name="held_row_by_code", fields=["subject_code"]),
        ]


class NilReturn(models.Model):
    """A unit's explicit statement that it has nothing to report for a month."""

    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    dataset = models.CharField(max_length=64)
    period = models.CharField(max_length=7)
    filed_by = models.CharField(max_length=64)
    filed_at = models.DateTimeField()
    ledger_seq = models.BigIntegerField(unique=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="nil_return_once", fields=["unit", "dataset", "period"]
            ),
        ]
