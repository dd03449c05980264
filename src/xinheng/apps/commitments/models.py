"""The table of credit commitments (信用承诺)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from xinheng.core.commitments.promises import Type


class Commitment(models.Model):
    """What an organization promised to whom, on `[made_on, valid_to]`.

    `valid_to` is the last day, null where it has none. `unit` receives it and says
    whether it was kept; null where it is made to the public alone. A breach is proposed
    by one person and recorded by another, under the number of a decision.
    """

    class State(models.TextChoices):
        PENDING = "PENDING", "履行中"
        KEPT = "KEPT", "已履行"
        BROKEN = "BROKEN", "经认定未履行"

    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+"
    )
    unit = models.ForeignKey(
        "units.Unit", null=True, on_delete=models.PROTECT, related_name="+"
    )
    type = models.CharField(
        max_length=24, choices=[(each.value, each.value) for each in Type]
    )
    matter = models.CharField(max_length=200)
    text = models.TextField()
    is_public = models.BooleanField()
    made_on = models.DateField()
    valid_to = models.DateField(null=True)
    made_by = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    breach_no = models.CharField(max_length=128, blank=True)
    breach_proposed_by = models.CharField(max_length=64, blank=True)
    judged_by = models.CharField(max_length=64, blank=True)
    judged_on = models.DateField(null=True)
    judged_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="commitment_runs_forward",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("made_on")),
            ),
            models.CheckConstraint(
                name="commitment_judged_by_somebody",
                condition=Q(
                    state="PENDING", judged_by="", judged_on=None, judged_at=None
                )
                | (
                    ~Q(state="PENDING")
                    & ~Q(judged_by="")
                    & Q(judged_on__gte=F("made_on"), judged_at__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="commitment_broken_only_by_a_decision_of_two",
                condition=~Q(state="BROKEN")
                | (
                    ~Q(breach_no="")
                    & ~Q(breach_proposed_by="")
                    & ~Q(breach_proposed_by=F("judged_by"))
                ),
            ),
        ]
        indexes = [
            models.Index(name="commitment_public", fields=["is_public", "-made_on"]),
            models.Index(name="commitment_of_organization", fields=["organization"]),
        ]
