"""What stands beside a case of repair, and the training sessions.

Repair            the statements of an application and the commitment made with it
RepairFile        what shows them: files of evidence, by digest
TrainingSession   a training for credit repair, with the organizations that attended
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Repair(models.Model):
    """An application for repair; `case` is its run of the procedure.

    `dataset` and `natural_key` name the record, whatever version is in force; both are
    empty for a listing. `earliest_on` is the first day after the minimum term as it was
    counted then, null where there is none. `rule_set` names the conditions, empty where
    none was in force.
    """

    case = models.OneToOneField(
        "cases.Case", primary_key=True, on_delete=models.PROTECT, related_name="repair"
    )
    dataset = models.CharField(max_length=64, blank=True)
    natural_key = models.TextField(blank=True)
    statement = models.TextField(blank=True)
    conduct_corrected = models.BooleanField(default=False)
    duties_done = models.BooleanField(default=False)
    commitment = models.ForeignKey(
        "commitments.Commitment", null=True, on_delete=models.PROTECT, related_name="+"
    )
    rule_set = models.CharField(max_length=16, blank=True)
    earliest_on = models.DateField(null=True)
    proposed_outcome = models.CharField(max_length=16, blank=True)
    ended_publication_at = models.DateTimeField(null=True)


class RepairFile(models.Model):
    """A file that shows what an application states."""

    class Kind(models.TextChoices):
        DUTIES = "DUTIES", "履行责任和义务的证明"
        CORRECTION = "CORRECTION", "纠正违法行为的证明"
        THIRD_PARTY = "THIRD_PARTY", "第三方信用报告"
        OTHER = "OTHER", "其他"

    repair = models.ForeignKey(Repair, on_delete=models.CASCADE, related_name="files")
    kind = models.CharField(max_length=16, choices=Kind)
    digest = models.CharField(max_length=64)
    added_by = models.CharField(max_length=64)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="repair_file_once", fields=["repair", "digest"]
            ),
        ]


class TrainingSession(models.Model):
    """A training for credit repair, held by a unit; no person who attended is kept."""

    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    held_on = models.DateField()
    recorded_by = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(name="training_by_day", fields=["-held_on"])]


class Attendance(models.Model):
    """An organization sent so many to a session."""

    session = models.ForeignKey(
        TrainingSession, on_delete=models.CASCADE, related_name="attendances"
    )
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+"
    )
    attendees = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="attendance_once", fields=["session", "organization"]
            ),
            models.CheckConstraint(
                name="attendance_of_somebody", condition=Q(attendees__gt=0)
            ),
        ]
