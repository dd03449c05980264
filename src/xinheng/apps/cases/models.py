"""Cases of redress and the steps that were taken in them.

    Case       one run of a procedure of the rulebook, where it stands today
    CaseStep   every step, by whom and when, with the term that ran from it

What an objection or a repair is about in particular stands with its own app.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from xinheng.core.procedures.tables import Party


class Case(models.Model):
    """One run of a procedure.

    `target_kind` and `target` name what it is about, `topic` what of that is contested;
    `unit` is whose entry it is. `applied_on` is null for a draft. `due_on` is the last
    day of the term that runs, null where none does; it is provisional while the
    calendar it rests on was not announced. `overdue_since` is the first day after the
    running term of an authority, null while that is kept; `was_overdue` stays.
    `decided_on` is the day of the result that holds now, null before one.
    """

    class ProcedureName(models.TextChoices):
        OBJECTION = "objection", "异议"
        REPAIR = "repair", "信用修复"

    procedure = models.CharField(max_length=16, choices=ProcedureName)
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+"
    )
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    target_kind = models.CharField(max_length=16)
    target = models.CharField(max_length=64)
    topic = models.CharField(max_length=20, blank=True)
    title = models.CharField(max_length=300)
    state = models.CharField(max_length=24)
    outcome = models.CharField(max_length=16, blank=True)
    opened_by = models.CharField(max_length=64)
    opened_at = models.DateTimeField()
    applied_on = models.DateField(null=True)
    state_since = models.DateField()
    due_on = models.DateField(null=True)
    due_is_provisional = models.BooleanField(default=False)
    overdue_since = models.DateField(null=True)
    was_overdue = models.BooleanField(default=False)
    decided_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="case_open_once",
                fields=["procedure", "target_kind", "target", "topic"],
                condition=Q(ended_at__isnull=True, applied_on__isnull=False),
            ),
            models.CheckConstraint(
                name="case_result_has_a_day",
                condition=Q(outcome="", decided_on__isnull=True)
                | (~Q(outcome="") & Q(decided_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="case_result_follows_the_application",
                condition=Q(decided_on__isnull=True)
                | Q(decided_on__gte=F("applied_on"), applied_on__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="case_waiting",
                fields=["procedure", "state", "due_on"],
                condition=Q(ended_at__isnull=True),
            ),
            models.Index(name="case_of_organization", fields=["organization"]),
            models.Index(name="case_of_target", fields=["target_kind", "target"]),
        ]


class CaseStep(models.Model):
    """A step that was taken; `position` counts from 0. `on` is its legal day.

    `person` is an opaque account id, `register` for the register's own steps.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveIntegerField()
    act = models.CharField(max_length=24)
    party = models.CharField(
        max_length=16, choices=[(each.value, each.value) for each in Party]
    )
    person = models.CharField(max_length=64)
    from_state = models.CharField(max_length=24)
    to_state = models.CharField(max_length=24)
    outcome = models.CharField(max_length=16, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    on = models.DateField()
    at = models.DateTimeField()
    due_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="case_step_in_order", fields=["case", "position"]
            ),
            models.CheckConstraint(
                name="case_step_has_a_person", condition=~Q(person="")
            ),
        ]
