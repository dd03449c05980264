"""Issues of the bulletin, and the briefs that units contribute to them.

    Bulletin   an issue: what it was cut at, and its content as it was published
    Brief      a text for a month's issue: contributed, edited, approved or returned

An issue is never edited: what turns out wrong is put right by another issue, which
restates it.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Bulletin(models.Model):
    """An issue, number `number` of `year`.

    `content` is JSON of everything that the issue says, `sha256` the digest of that
    text, which the ledger's entry `ledger_seq` repeats. `restates` is the issue of the
    same month that this one puts right, null for the first.
    """

    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    period = models.CharField(max_length=7)
    ledger_size = models.PositiveBigIntegerField()
    issued_on = models.DateField()
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=64)
    restates = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="restated_by"
    )
    contact = models.CharField(max_length=300, blank=True)
    distribution = models.CharField(max_length=300, blank=True)
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    ledger_seq = models.BigIntegerField(unique=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="bulletin_number_once", fields=["year", "number"]
            ),
            models.UniqueConstraint(
                name="bulletin_one_first_of_a_month",
                fields=["period"],
                condition=Q(restates__isnull=True),
            ),
            models.CheckConstraint(
                name="bulletin_is_signed_for", condition=~Q(issued_by="")
            ),
        ]


class Brief(models.Model):
    """A text for the issue of a month; `unit` null where the credit office wrote it.

    Whoever approves neither wrote nor last edited it. `decided_seq` is the entry of the
    approval, by which an issue knows whether the text was approved in time.
    """

    class Section(models.TextChoices):
        PROGRESS = "PROGRESS", "工作进展"
        MEASURES = "MEASURES", "联合奖惩"
        BRIEF = "BRIEF", "单位简讯"

    class State(models.TextChoices):
        SUBMITTED = "SUBMITTED", "待审核"
        RETURNED = "RETURNED", "已退回"
        APPROVED = "APPROVED", "已审核"

    period = models.CharField(max_length=7)
    section = models.CharField(max_length=12, choices=Section)
    unit = models.ForeignKey(
        "units.Unit", null=True, on_delete=models.PROTECT, related_name="+"
    )
    title = models.CharField(max_length=100)
    text = models.TextField()
    state = models.CharField(max_length=12, choices=State)
    written_by = models.CharField(max_length=64)
    written_at = models.DateTimeField()
    edited_by = models.CharField(max_length=64, blank=True)
    edited_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_seq = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="brief_approved_by_another_person",
                condition=~Q(state="APPROVED")
                | (
                    ~Q(decided_by="")
                    & ~Q(decided_by=F("written_by"))
                    & ~Q(decided_by=F("edited_by"))
                    & Q(decided_seq__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="brief_of_a_unit_is_a_brief",
                condition=Q(unit__isnull=True) | Q(section="BRIEF"),
            ),
        ]
        indexes = [models.Index(name="brief_of_month", fields=["period", "state"])]
