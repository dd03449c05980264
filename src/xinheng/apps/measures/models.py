"""Measures in force on organizations, and the tasks of the units that take them.

    Application   a measure on an organization, from one cause, for a term
    Task          what one executing unit has to do about it, and to undo
    Report        what the unit said about its task, every time that it did

`cause_kind` and `cause_id` are opaque: what they name stands in another app. A measure
is in force on `[effective_on, expires_on)`, at most until `ended_on`; `fired_seq` and
`recalled_seq` are the entries of the acts that began and ended it in the ledger.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from xinheng.core.measures.tasks import State


class Application(models.Model):
    """A measure on an organization; see the module for its dates.

    `memorandum` and `measure` are empty where no measure follows from the cause: it is
    kept so that a look-up finds what the organization is on.
    `recall_reason` is empty as long as it was not recalled. `erased_seq` is the entry
    since which no look-up tells of it, null as long as the cause has its content.
    """

    cause_kind = models.CharField(max_length=32)
    cause_id = models.CharField(max_length=64)
    scheme = models.CharField(max_length=64)
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+"
    )
    memorandum = models.CharField(max_length=64)
    measure = models.CharField(max_length=32)
    effective_on = models.DateField()
    expires_on = models.DateField()
    fired_seq = models.BigIntegerField()
    ended_on = models.DateField(null=True)
    recalled_seq = models.BigIntegerField(null=True)
    recall_reason = models.CharField(max_length=64, blank=True)
    erased_seq = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(name="measures_by_fired", fields=["fired_seq"]),
            models.Index(
                name="measures_by_recalled",
                fields=["recalled_seq"],
                condition=Q(recalled_seq__isnull=False),
            ),
            models.Index(
                name="measures_by_erased",
                fields=["erased_seq"],
                condition=Q(erased_seq__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="measures_one_of_a_cause",
                fields=["cause_kind", "cause_id", "measure"],
                condition=Q(recalled_seq__isnull=True),
            ),
            models.CheckConstraint(
                name="measures_term_runs_forward",
                condition=Q(expires_on__gt=F("effective_on")),
            ),
            models.CheckConstraint(
                name="measures_end_stands_in_the_ledger",
                condition=Q(
                    ended_on__isnull=True, recalled_seq__isnull=True, recall_reason=""
                )
                | (
                    Q(ended_on__isnull=False, recalled_seq__isnull=False)
                    & ~Q(recall_reason="")
                ),
            ),
        ]


class Task(models.Model):
    """What a unit has to do about a measure; see `core.measures.tasks` for its states.

    Days `..._by` are last days. `reported_at`, `reason` and `evidence` are what the
    unit last reported; `reported_seq` is its entry. `is_escalated` says that it was
    late and the office was told.
    """

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="tasks"
    )
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=16, choices=[(each.value, each.value) for each in State]
    )
    acknowledge_by = models.DateField()
    report_by = models.DateField()
    undo_by = models.DateField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.CharField(max_length=64, blank=True)
    outcome = models.CharField(max_length=16, blank=True)
    reported_at = models.DateTimeField(null=True)
    reported_by = models.CharField(max_length=64, blank=True)
    reported_seq = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    evidence = models.CharField(max_length=500, blank=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=64, blank=True)
    undone_seq = models.BigIntegerField(null=True)
    is_escalated = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(name="measures_task_of_unit", fields=["unit", "state"]),
            models.Index(
                name="measures_open_recall",
                fields=["undo_by"],
                condition=Q(state="RECALL_OPEN"),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="measures_one_task_of_a_unit", fields=["application", "unit"]
            ),
            models.CheckConstraint(
                name="measures_open_recall_has_a_day",
                condition=~Q(state="RECALL_OPEN") | Q(undo_by__isnull=False),
            ),
            models.CheckConstraint(
                name="measures_report_stands_in_the_ledger",
                condition=~Q(state__in=["EXECUTED", "DECLINED"])
                | Q(reported_at__isnull=False, reported_seq__isnull=False),
            ),
            models.CheckConstraint(
                name="measures_decline_has_a_reason",
                condition=~Q(outcome="DECLINED") | ~Q(reason=""),
            ),
        ]


class Report(models.Model):
    """One report of a unit, as it was made; the task itself shows the latest."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="reports")
    outcome = models.CharField(max_length=16)
    reported_at = models.DateTimeField()
    ledger_seq = models.BigIntegerField(unique=True)
