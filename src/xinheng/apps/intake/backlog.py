"""How much waits in the intake and since when, for whoever runs the machine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q

from xinheng.apps.intake.models import HeldRow, SourceState, Submission

State = Submission.State


@dataclass(frozen=True, slots=True)
class Backlog:
    """Files that a worker has not ended, rows on which nobody decided, broken sources.

    The moments are those of what waits longest, null where nothing waits. `retried`
    are files that are being taken up again, since the worker before was lost.
    """

    files: int
    oldest_file_at: datetime | None
    retried: int
    oldest_question_at: datetime | None
    failing_sources: int


def backlog() -> Backlog:
    """Return what waits; a file that waits for its sender to confirm does not count."""
    unended = Q(state__in=(State.RECEIVED, State.PROCESSING), confirm_by=None)
    found = Submission.objects.filter(unended).aggregate(
        files=Count("id"),
        oldest=Min("received_at"),
        retried=Count("id", filter=Q(attempts__gt=1)),
    )
    questions = HeldRow.objects.filter(
        reason=HeldRow.Reason.QUESTIONABLE, closed_by=None, decision=""
    )
    return Backlog(
        files=found["files"],
        oldest_file_at=found["oldest"],
        retried=found["retried"],
        oldest_question_at=questions.aggregate(oldest=Min("submission__received_at"))[
            "oldest"
        ],
        failing_sources=SourceState.objects.filter(failures__gt=0).count(),
    )
