"""Submissions and nil returns."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q


class Submission(models.Model):
    """A file that a unit handed in, and the verdict on it.

    `period` is the reporting month (YYYY-MM); null means that each record counts in the
    month of its own date. The six counts are set when the submission is completed, and
    the database refuses counts that do not add up. `idempotency_key` is the sender's
    own name for the act, once per sender; null where it gave none. `chosen_columns` are
    the columns that a person assigned (header as written -> field name), `parts` the
    sheets and files that the rows came from, in their order, `skipped` the sheets that
    were not read as data. `notes` counts remarks and signatures among the rows, which
    are not rows read. While `confirm_by` is set the file waits for a person to confirm
    its columns, until that moment at most; no worker takes it before.
    """

    class State(models.TextChoices):
        RECEIVED = "RECEIVED", "已接收"
        PROCESSING = "PROCESSING", "处理中"
        COMPLETED = "COMPLETED", "已完成"
        REFUSED = "REFUSED", "文件未接受"
        FAILED = "FAILED", "处理失败"

    class Origin(models.TextChoices):
        FILE = "FILE", "文件上传"
        FORM = "FORM", "网页填报"
        API = "API", "接口报送"
        FOLDER = "FOLDER", "前置机目录"
        DATABASE = "DATABASE", "数据库对接"
        RELEASE = "RELEASE", "疑问或未关联数据放行"

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
    origin = models.CharField(max_length=12, choices=Origin, default=Origin.FILE)
    idempotency_key = models.CharField(max_length=100, null=True)  # noqa: DJ001

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
    chosen_columns = models.JSONField(default=dict)
    parts = models.JSONField(default=list)
    skipped = models.JSONField(default=list)
    notes = models.PositiveIntegerField(default=0)
    personal_data = models.BooleanField(default=False)
    accepted_digest = models.CharField(max_length=64, blank=True)
    findings_digest = models.CharField(max_length=64, blank=True)
    rejects_digest = models.CharField(max_length=64, blank=True)
    confirm_by = models.DateTimeField(null=True)
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
            models.UniqueConstraint(
                name="submission_once_per_key",
                fields=["submitted_by", "idempotency_key"],
            ),
        ]
        indexes = [
            models.Index(name="submission_by_unit", fields=["unit", "-received_at"]),
            models.Index(name="submission_by_state", fields=["state", "received_at"]),
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
