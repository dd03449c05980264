"""Duties to report, what units declare that they produced, and reminders."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Duty(models.Model):
    """A unit hands a dataset in at a frequency, on `[effective_on, expires_on)`.

    `assigned_seq` and `ended_seq` are its entries in the ledger; `ended_seq` is null as
    long as no end is known.
    """

    class Frequency(models.TextChoices):
        WORKING_DAYS = "working_days", "决定之日起若干工作日内"
        MONTHLY = "monthly", "每月"
        QUARTERLY = "quarterly", "每季度"
        YEARLY = "yearly", "每年"

    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    dataset = models.CharField(max_length=64)
    frequency = models.CharField(max_length=16, choices=Frequency)
    effective_on = models.DateField()
    expires_on = models.DateField(null=True)
    assigned_seq = models.BigIntegerField(unique=True)
    ended_seq = models.BigIntegerField(null=True, unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="duty_period_runs_forward",
                condition=Q(expires_on__isnull=True)
                | Q(expires_on__gt=F("effective_on")),
            ),
            models.CheckConstraint(
                name="duty_end_stands_in_the_ledger",
                condition=Q(expires_on__isnull=True, ended_seq__isnull=True)
                | Q(expires_on__isnull=False, ended_seq__isnull=False),
            ),
            models.UniqueConstraint(
                name="duty_one_open",
                fields=["unit", "dataset"],
                condition=Q(expires_on__isnull=True),
            ),
        ]


class ProductionReturn(models.Model):
    """What a unit declares for a month: produced, on its own site, reported, why not.

    A correction is a new `version`; the latest one counts. `reported` is what the unit
    says it handed in, null in declarations from before that was asked.
    """

    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    dataset = models.CharField(max_length=64)
    period = models.CharField(max_length=7)
    version = models.PositiveIntegerField()
    produced = models.PositiveIntegerField()
    published = models.PositiveIntegerField()
    reported = models.PositiveIntegerField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    declared_by = models.CharField(max_length=64)
    declared_at = models.DateTimeField()
    ledger_seq = models.BigIntegerField(unique=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="production_one_of_a_version",
                fields=["unit", "dataset", "period", "version"],
            ),
            models.CheckConstraint(
                name="production_published_is_a_part",
                condition=Q(published__lte=F("produced")),
            ),
            models.CheckConstraint(
                name="production_reported_is_a_part",
                condition=Q(reported__isnull=True) | Q(reported__lte=F("produced")),
            ),
        ]


class Contact(models.Model):
    """The unit's office address for mails; no person's name stands in it."""

    unit = models.OneToOneField(
        "units.Unit", on_delete=models.PROTECT, related_name="+", primary_key=True
    )
    address = models.EmailField()


class Reminder(models.Model):
    """A reminder of a duty for a span, once before its last day and once after.

    `claimed_at` keeps two workers from writing at once; `sent_at` is null until the
    mail was handed over.
    """

    class Kind(models.TextChoices):
        BEFORE = "BEFORE", "到期前"
        AFTER = "AFTER", "逾期后"

    duty = models.ForeignKey(Duty, on_delete=models.CASCADE, related_name="reminders")
    period = models.CharField(max_length=7)
    kind = models.CharField(max_length=8, choices=Kind)
    claimed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="reminder_once", fields=["duty", "period", "kind"]
            ),
        ]


class Digest(models.Model):
    """The day's mail to a unit about its measures: what to do, and what to undo.

    `claimed_at` and `sent_at` are as those of a reminder.
    """

    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    claimed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="digest_one_a_day", fields=["unit", "on"]),
        ]
