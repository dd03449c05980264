"""What is known about a publication beyond the words of the record itself.

    End         it ended before its term, and for which cause
    Statement   its class, a trait, or a term that a law of its own sets
    Report      somebody says that it shows a person's data

What it is about is opaque here (`kind`, `key`): a record by the digest of its natural
key, so that every later version of it is meant too, or a listing by its number.
Nothing stands here for what is simply public.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from xinheng.core.disclosures.facts import Cause, Severity, Trait


class End(models.Model):
    """The end of a publication; `effective_on` is the first day without it.

    `cause_kind` and `cause` name the case, listing or decision that ended it.
    """

    kind = models.CharField(max_length=16)
    key = models.CharField(max_length=64)
    reason = models.CharField(
        max_length=16, choices=[(each.value, each.value) for each in Cause]
    )
    effective_on = models.DateField()
    cause_kind = models.CharField(max_length=32)
    cause = models.CharField(max_length=64)
    ended_by = models.CharField(max_length=64)
    ended_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="disclosure_one_end_of_a_cause",
                fields=["kind", "key", "cause_kind", "cause"],
            )
        ]


class Statement(models.Model):
    """What the credit office states about a decision, with the text it rests on.

    Exactly one of `severity`, `trait` and `until` is given. A trait counts at once: it
    only withholds. A class or a term of its own counts once a second person confirms.
    `organization` and `title` say for the desk what it is about; null and empty where
    a program stated it.
    """

    kind = models.CharField(max_length=16)
    key = models.CharField(max_length=64)
    organization = models.ForeignKey(
        "organizations.Organization",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    title = models.CharField(max_length=300, blank=True)
    severity = models.CharField(
        max_length=16,
        blank=True,
        choices=[(each.value, each.value) for each in Severity],
    )
    trait = models.CharField(
        max_length=24, blank=True, choices=[(each.value, each.value) for each in Trait]
    )
    until = models.DateField(null=True)
    citation = models.CharField(max_length=500)
    stated_by = models.CharField(max_length=64)
    stated_at = models.DateTimeField()
    confirmed_by = models.CharField(max_length=64, blank=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(name="disclosure_stated_of", fields=["kind", "key"])]
        constraints = [
            models.CheckConstraint(
                name="disclosure_states_one_thing",
                condition=(~Q(severity="") & Q(trait="", until__isnull=True))
                | (Q(severity="", until__isnull=True) & ~Q(trait=""))
                | Q(severity="", trait="", until__isnull=False),
            ),
            models.CheckConstraint(
                name="disclosure_cites_a_text", condition=~Q(citation="")
            ),
            models.CheckConstraint(
                name="disclosure_confirmed_by_a_second_person",
                condition=Q(confirmed_at__isnull=True, confirmed_by="")
                | (
                    Q(confirmed_at__isnull=False)
                    & ~Q(confirmed_by="")
                    & ~Q(confirmed_by=F("stated_by"))
                ),
            ),
        ]


class Report(models.Model):
    """A visitor says that a record shows a person's data: hidden until decided.

    A second report after one that was rejected does not hide (`hides`). Who reported is
    not kept. `due_on` is the last day for the decision.
    """

    class State(models.TextChoices):
        OPEN = "OPEN", "待处理"
        UPHELD = "UPHELD", "属实"
        REJECTED = "REJECTED", "不属实"

    kind = models.CharField(max_length=16)
    key = models.CharField(max_length=64)
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+"
    )
    title = models.CharField(max_length=300)
    what = models.CharField(max_length=500)
    hides = models.BooleanField()
    state = models.CharField(max_length=16, choices=State)
    reported_at = models.DateTimeField()
    due_on = models.DateField()
    decided_by = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [
            models.Index(name="disclosure_report_of", fields=["kind", "key"]),
            models.Index(name="disclosure_report_due", fields=["state", "due_on"]),
        ]
        constraints = [
            models.UniqueConstraint(
                name="disclosure_one_open_report",
                fields=["kind", "key"],
                condition=Q(state="OPEN"),
            ),
            models.CheckConstraint(
                name="disclosure_report_names_who_decided",
                condition=Q(state="OPEN", decided_at__isnull=True, decided_by="")
                | (~Q(state="OPEN") & Q(decided_at__isnull=False) & ~Q(decided_by="")),
            ),
        ]
