"""Cases as they stood at an entry of the ledger, for what is published and kept."""

from __future__ import annotations

from datetime import date, datetime

from xinheng.apps.cases import tables
from xinheng.apps.cases.models import Case, CaseStep
from xinheng.apps.cases.operations import OVERDUE
from xinheng.apps.ledger import queries as ledger
from xinheng.core.procedures.figures import Ending


def endings_as_of(
    *, procedure: str, first: date, last: date, as_of: datetime, ledger_size: int
) -> tuple[Ending, ...]:
    """Return the cases applied for from `first` to `last`, both included.

    A result counts where its step was taken by `as_of`, the moment of the ledger's last
    entry; a term that ran out where an entry among the first `ledger_size` says so.
    """
    rows = Case.objects.filter(
        procedure=procedure,
        applied_on__gte=first,
        applied_on__lte=last,
        steps__at__lte=as_of,
    )
    late = ledger.subjects_of(kind=OVERDUE, ledger_size=ledger_size)
    return tuple(
        _ending(row, as_of, is_late=f"{procedure}:{row.id}" in late)
        for row in rows.distinct().order_by("id")
    )


def _ending(row: Case, as_of: datetime, *, is_late: bool) -> Ending:
    result = _result(row, as_of)
    return Ending(
        unit=row.unit_id,
        received_on=row.applied_on or row.state_since,
        decided_on=result.on if result else None,
        outcome=result.outcome if result else "",
        was_overdue=is_late,
    )


def _result(row: Case, as_of: datetime) -> CaseStep | None:
    """Return the step that settled the case last, null while none had."""
    procedure = tables.regulated(row.procedure).procedure
    taken = row.steps.filter(at__lte=as_of).exclude(outcome="").order_by("-position")
    for taken_step in taken:
        step = procedure.find_step(taken_step.act, taken_step.from_state)
        if step is not None and procedure.settles(step):
            return taken_step
    return None
