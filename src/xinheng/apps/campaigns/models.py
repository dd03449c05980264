"""Special campaigns with their targets and dated acts, and activities of units.

    Campaign   what is dealt with in the city, on the basis of a document
    Target     an organization or government body in it, with the unit that looks after
    Act        a reminder, an interview or a step of progress, on a day
    Activity   something that a unit did itself; counted once another person approved

`*_seq` are entries of the ledger, by which a figure is told as of a ledger size.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from xinheng.core.campaigns import activities
from xinheng.core.campaigns.campaigns import ActKind, State


class Campaign(models.Model):
    """A campaign; `topic` is its name in the rulebook, empty where it has none there.

    Closing is proposed by one person with the number of a document, and done by
    another.
    """

    topic = models.CharField(max_length=48, blank=True)
    title = models.CharField(max_length=200)
    basis = models.CharField(max_length=200)
    lead = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    opened_on = models.DateField()
    ends_on = models.DateField(null=True)
    opened_by = models.CharField(max_length=64)
    opened_at = models.DateTimeField()
    opened_seq = models.BigIntegerField(null=True)
    state = models.CharField(
        max_length=12, choices=[(each.value, each.value) for each in State]
    )
    closing_no = models.CharField(max_length=128, blank=True)
    closing_proposed_by = models.CharField(max_length=64, blank=True)
    closed_by = models.CharField(max_length=64, blank=True)
    closed_on = models.DateField(null=True)
    closed_seq = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="campaign_runs_forward",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("opened_on")),
            ),
            models.CheckConstraint(
                name="campaign_closed_by_two_with_a_document",
                condition=Q(state="OPEN", closed_by="", closed_on=None)
                | (
                    Q(state="CLOSED", closed_on__gte=F("opened_on"))
                    & ~Q(closing_no="")
                    & ~Q(closed_by="")
                    & ~Q(closing_proposed_by="")
                    & ~Q(closing_proposed_by=F("closed_by"))
                ),
            ),
        ]


class Target(models.Model):
    """An organization in a campaign; `unit` looks after it.

    `matter` says what is to be settled, `basis_no` the document that found it. `digest`
    is a file of evidence, empty for none. `reason` is why it was withdrawn.
    """

    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="targets"
    )
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+"
    )
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    matter = models.CharField(max_length=500)
    basis_no = models.CharField(max_length=128)
    added_by = models.CharField(max_length=64)
    added_at = models.DateTimeField()
    added_seq = models.BigIntegerField(null=True)
    state = models.CharField(
        max_length=12, choices=[(each.value, each.value) for each in State]
    )
    evidence_no = models.CharField(max_length=128, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    proposed_by = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    ended_by = models.CharField(max_length=64, blank=True)
    ended_on = models.DateField(null=True)
    ended_seq = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="target_open_once",
                fields=["campaign", "organization"],
                condition=Q(state="OPEN"),
            ),
            models.CheckConstraint(
                name="target_settled_by_two_with_a_document",
                condition=Q(state="OPEN", ended_by="", ended_on=None)
                | (Q(state="WITHDRAWN", ended_on__isnull=False) & ~Q(ended_by=""))
                | (
                    Q(state="SETTLED", ended_on__isnull=False)
                    & ~Q(evidence_no="")
                    & ~Q(ended_by="")
                    & ~Q(proposed_by="")
                    & ~Q(proposed_by=F("ended_by"))
                ),
            ),
        ]
        indexes = [models.Index(name="target_of_organization", fields=["organization"])]


class Act(models.Model):
    """What was done about a target on a day; reminders and interviews have a number."""

    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="acts")
    kind = models.CharField(
        max_length=12, choices=[(each.value, each.value) for each in ActKind]
    )
    held_on = models.DateField()
    document_no = models.CharField(max_length=128, blank=True)
    note = models.CharField(max_length=500, blank=True)
    recorded_by = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()
    ledger_seq = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="act_of_notice_has_a_number",
                condition=Q(kind="PROGRESS") | ~Q(document_no=""),
            ),
            models.UniqueConstraint(
                name="act_of_notice_once",
                fields=["target", "document_no"],
                condition=~Q(document_no=""),
            ),
        ]
        indexes = [models.Index(name="act_of_month", fields=["held_on"])]


class Activity(models.Model):
    """Something that a unit did; `kind` is a column of the monthly table."""

    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(
        max_length=32, choices=[(each.value, each.value) for each in activities.Kind]
    )
    document_no = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    text = models.TextField()
    held_on = models.DateField()
    state = models.CharField(
        max_length=12, choices=[(each.value, each.value) for each in activities.State]
    )
    written_by = models.CharField(max_length=64)
    written_at = models.DateTimeField()
    edited_by = models.CharField(max_length=64, blank=True)
    decided_by = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_seq = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="activity_once", fields=["unit", "kind", "document_no"]
            ),
            models.CheckConstraint(
                name="activity_approved_by_another_person",
                condition=~Q(state="APPROVED")
                | (
                    ~Q(decided_by="")
                    & ~Q(decided_by=F("written_by"))
                    & ~Q(decided_by=F("edited_by"))
                    & Q(decided_seq__isnull=False)
                ),
            ),
        ]
        indexes = [models.Index(name="activity_of_month", fields=["state", "held_on"])]
