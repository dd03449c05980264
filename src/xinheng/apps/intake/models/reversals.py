"""Submissions that are taken back as one act."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q


class Reversal(models.Model):
    """A submission taken back with all that was released from it, from its proposal on.

    `id` names the landing that did it; `landings` (hex) are those that it took back.
    The four counts are set once it is done: records that went without a successor,
    that returned to what they said before, that something later had superseded, and
    rows kept aside that were sent back.
    """

    class Stage(models.TextChoices):
        PROPOSED = "PROPOSED", "已提出"
        DONE = "DONE", "已撤回"
        REFUSED = "REFUSED", "未采纳"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    submission = models.ForeignKey(
        "intake.Submission", on_delete=models.PROTECT, related_name="reversals"
    )
    stage = models.CharField(max_length=12, choices=Stage)
    reason = models.CharField(max_length=500)
    proposed_by = models.CharField(max_length=64)
    proposed_at = models.DateTimeField()
    decided_by = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.CharField(max_length=500, blank=True)
    landings = models.JSONField(default=list)
    withdrawn = models.PositiveIntegerField(null=True)
    restored = models.PositiveIntegerField(null=True)
    stays = models.PositiveIntegerField(null=True)
    sent_back = models.PositiveIntegerField(null=True)
    ledger_seq = models.BigIntegerField(unique=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="reversal_once",
                fields=["submission"],
                condition=Q(stage__in=["PROPOSED", "DONE"]),
            ),
            models.CheckConstraint(
                name="reversal_decided_by_another_person",
                condition=Q(stage="PROPOSED", decided_by="", decided_at__isnull=True)
                | (
                    ~Q(stage="PROPOSED")
                    & ~Q(decided_by="")
                    & ~Q(decided_by=F("proposed_by"))
                    & Q(decided_at__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="reversal_done_is_counted",
                condition=~Q(stage="DONE")
                | Q(
                    withdrawn__isnull=False,
                    restored__isnull=False,
                    stays__isnull=False,
                    sent_back__isnull=False,
                ),
            ),
        ]
