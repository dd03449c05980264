"""Assessment of units (绩效考核) as it is kept.

SchemeVersion  a scheme as it was proposed and adopted, word for word
Round          units assessed by a scheme for some months
Entry          what a unit claims about an item, and what the office gave
Result         the score of each unit and item, fixed when the round is published
Appeal         a unit against one of its scores, and the answer
Notice         a commendation or criticism as it was issued, by its digest
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from xinheng.core.assessments.rounds import State
from xinheng.core.assessments.scoring import Reason, Verdict


class SchemeVersion(models.Model):
    """A scheme; `content` is its text, `sha256` of that. Adopted by a second person."""

    name = models.CharField(max_length=64)
    edition = models.CharField(max_length=16)
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    proposed_by = models.CharField(max_length=64)
    proposed_at = models.DateTimeField()
    adopted_by = models.CharField(max_length=64, blank=True)
    adopted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="assessment_scheme_once", fields=["name", "edition"]
            ),
            models.CheckConstraint(
                name="assessment_scheme_adopted_by_another",
                condition=Q(adopted_by="", adopted_at__isnull=True)
                | (
                    ~Q(adopted_by="")
                    & ~Q(adopted_by=F("proposed_by"))
                    & Q(adopted_at__isnull=False)
                ),
            ),
        ]


class Round(models.Model):
    """Units assessed for the months `first_month` to `last_month`, both included.

    `appeal_until` is the last day of the window. `ledger_size` is what was counted at.
    """

    scheme = models.ForeignKey(
        SchemeVersion, on_delete=models.PROTECT, related_name="rounds"
    )
    first_month = models.CharField(max_length=7)
    last_month = models.CharField(max_length=7)
    state = models.CharField(
        max_length=12, choices=[(each.value, each.value) for each in State]
    )
    opened_by = models.CharField(max_length=64)
    opened_at = models.DateTimeField()
    published_by = models.CharField(max_length=64, blank=True)
    published_at = models.DateTimeField(null=True)
    ledger_size = models.PositiveBigIntegerField(null=True)
    appeal_until = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="assessment_months_run_forward",
                condition=Q(last_month__gte=F("first_month")),
            ),
            models.CheckConstraint(
                name="assessment_published_with_a_window",
                condition=Q(
                    state="OPEN",
                    published_by="",
                    appeal_until__isnull=True,
                    ledger_size__isnull=True,
                )
                | (
                    ~Q(state="OPEN")
                    & ~Q(published_by="")
                    & Q(appeal_until__isnull=False, ledger_size__isnull=False)
                ),
            ),
        ]


class Entry(models.Model):
    """An item by hand: what the unit claims, and what the office gave.

    `..._number` are points of a manual item, else a count; `..._of` the denominator of
    a share. Null where the unit claimed, or the office gave, nothing yet.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="entries")
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    item = models.CharField(max_length=64)
    claimed_number = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    claimed_of = models.PositiveIntegerField(null=True)
    evidence = models.CharField(max_length=500, blank=True)
    claimed_by = models.CharField(max_length=64, blank=True)
    given_number = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    given_of = models.PositiveIntegerField(null=True)
    remark = models.CharField(max_length=500, blank=True)
    given_by = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="assessment_one_entry", fields=["round", "unit", "item"]
            ),
            models.CheckConstraint(
                name="assessment_given_by_another",
                condition=Q(given_by="") | ~Q(given_by=F("claimed_by")),
            ),
            models.CheckConstraint(
                name="assessment_given_by_somebody",
                condition=Q(given_number__isnull=True, given_by="")
                | (Q(given_number__isnull=False) & ~Q(given_by="") & ~Q(remark="")),
            ),
        ]


class Result(models.Model):
    """The score of an item; `points` null where it was left out, with the reason."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="results")
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    item = models.CharField(max_length=64)
    points = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    of = models.DecimalField(max_digits=8, decimal_places=2)
    reason = models.CharField(
        max_length=20, choices=[(each.value, each.value) for each in Reason]
    )
    numerator = models.BigIntegerField(null=True)
    denominator = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="assessment_one_result", fields=["round", "unit", "item"]
            ),
            models.CheckConstraint(
                name="assessment_points_within_the_item",
                condition=Q(points__isnull=True)
                | Q(points__gte=0, points__lte=F("of")),
            ),
        ]


class Appeal(models.Model):
    """A unit against a score; `points` are those of the answer, null where refused."""

    result = models.OneToOneField(
        Result, on_delete=models.PROTECT, related_name="appeal"
    )
    text = models.CharField(max_length=500)
    filed_by = models.CharField(max_length=64)
    filed_on = models.DateField()
    answer = models.CharField(max_length=500, blank=True)
    points_before = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    points = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    answered_by = models.CharField(max_length=64, blank=True)
    answered_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="assessment_answered_with_a_reason",
                condition=Q(answered_by="", answer="", answered_on__isnull=True)
                | (
                    ~Q(answered_by="")
                    & ~Q(answer="")
                    & ~Q(answered_by=F("filed_by"))
                    & Q(answered_on__gte=F("filed_on"))
                ),
            ),
        ]


class Notice(models.Model):
    """A commendation or criticism as it was issued; `sha256` is its PDF's digest."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="notices")
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(
        max_length=12, choices=[(each.value, each.value) for each in Verdict]
    )
    sha256 = models.CharField(max_length=64)
    issued_by = models.CharField(max_length=64)
    issued_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="assessment_notice_once", fields=["round", "unit"]
            ),
        ]
