"""What waits for a person: rows kept aside, rows to mend, questions about a file."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class HeldRow(models.Model):
    """A row kept aside: a person decides, or its organization is not known yet.

    It is open until `closed_by` names the later submission that brought the same key,
    or the release that landed it, or until a person has rejected it. A decision names
    who decided, when and why; whoever submitted the row can't decide it. `rules` are
    the codes that a person decides on, each between commas (`,NAME_MISMATCH,`);
    `asked_by` asked the registrar for the organization at `asked_at`.
    """

    class Decision(models.TextChoices):
        ACCEPTED = "ACCEPTED", "接收"
        REJECTED = "REJECTED", "退回"

    class Reason(models.TextChoices):
        QUESTIONABLE = "questionable", "疑问数据"
        UNLINKED = "unlinked", "未关联数据"

    submission = models.ForeignKey(
        "intake.Submission", on_delete=models.CASCADE, related_name="held_rows"
    )
    row_number = models.PositiveIntegerField()
    reason = models.CharField(max_length=12, choices=Reason)
    rules = models.CharField(max_length=500, blank=True, db_default="")
    dataset = models.CharField(max_length=64)
    natural_key = models.TextField()
    subject_code = models.CharField(max_length=64, blank=True)
    body = models.TextField()
    asked_by = models.CharField(max_length=64, blank=True, db_default="")
    asked_at = models.DateTimeField(null=True)
    decision = models.CharField(
        max_length=12, choices=Decision, blank=True, db_default=""
    )
    decided_by = models.CharField(max_length=64, blank=True, db_default="")
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.CharField(max_length=500, blank=True, db_default="")
    closed_by = models.ForeignKey(
        "intake.Submission", null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="held_row_once", fields=["submission", "row_number"]
            ),
            models.CheckConstraint(
                name="held_row_decision_names_its_author",
                condition=Q(decision="", decided_at__isnull=True)
                | (~Q(decision="") & ~Q(decided_by="") & Q(decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="held_row_asked_names_its_author",
                condition=Q(asked_by="", asked_at__isnull=True)
                | (~Q(asked_by="") & Q(asked_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(
                name="held_row_open_by_key",
                fields=["dataset", "natural_key"],
                condition=Q(closed_by__isnull=True),
            ),
            models.Index(name="held_row_by_code", fields=["subject_code"]),
            models.Index(
                name="held_row_waiting",
                fields=["reason", "id"],
                condition=Q(closed_by__isnull=True, decision=""),
            ),
        ]


class RejectedKey(models.Model):
    """The natural key of a rejected row, as far as it could be read.

    `closed_by` is the later submission that brought the key: the row was mended.
    """

    submission = models.ForeignKey(
        "intake.Submission", on_delete=models.CASCADE, related_name="rejected_keys"
    )
    row_number = models.PositiveIntegerField()
    dataset = models.CharField(max_length=64)
    natural_key = models.TextField()
    closed_by = models.ForeignKey(
        "intake.Submission", null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="rejected_key_once", fields=["submission", "row_number"]
            ),
        ]
        indexes = [
            models.Index(
                name="rejected_key_open",
                fields=["dataset", "natural_key"],
                condition=Q(closed_by__isnull=True),
            ),
        ]


class MendedMark(models.Model):
    """A unit's word that nothing is left to mend of a submission's rejected rows."""

    submission = models.OneToOneField(
        "intake.Submission", on_delete=models.CASCADE, related_name="mended_mark"
    )
    marked_by = models.CharField(max_length=64)
    marked_at = models.DateTimeField()


class Question(models.Model):
    """Something about a whole submission that is possible but not likely.

    `rule` is the code of a plausibility rule, `details` the figures that raised it. A
    question never refuses anything: a person answers, by name and with a reason.
    """

    class Answer(models.TextChoices):
        CONFIRMED = "CONFIRMED", "情况属实"
        WRONG = "WRONG", "报送有误"

    submission = models.ForeignKey(
        "intake.Submission", on_delete=models.CASCADE, related_name="questions"
    )
    rule = models.CharField(max_length=40)
    details = models.JSONField(default=dict)
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=12, choices=Answer, blank=True)
    answered_by = models.CharField(max_length=64, blank=True)
    answered_at = models.DateTimeField(null=True)
    answer_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="question_once", fields=["submission", "rule"]
            ),
            models.CheckConstraint(
                name="question_answer_names_its_author",
                condition=Q(answer="", answered_at__isnull=True)
                | (~Q(answer="") & ~Q(answered_by="") & Q(answered_at__isnull=False)),
            ),
        ]
