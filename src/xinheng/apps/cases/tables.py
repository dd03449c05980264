"""The rulebook's procedures by the name that a case keeps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from xinheng.apps.cases.models import Case
from xinheng.core.calendars.working_days import DueDate
from xinheng.core.procedures import clocks
from xinheng.core.procedures.tables import State
from xinheng.rulebook import calendars, redress
from xinheng.rulebook.redress import Regulated

OBJECTION, REPAIR = "objection", "repair"
_TABLES: dict[str, Callable[[], Regulated]] = {
    OBJECTION: redress.objection,
    REPAIR: redress.repair,
}


@dataclass(frozen=True, slots=True)
class Begun:
    """A state and the day from which a case is in it."""

    state: str
    on: date


def regulated(procedure: str) -> Regulated:
    """Return the procedure of that name with its terms."""
    return _TABLES[procedure]()


def state_of(case: Case) -> State:
    """Return the state in which a case stands."""
    return regulated(case.procedure).procedure.state(case.state)


def due(procedure: str, begun: Begun, *, applied_on: date | None) -> DueDate | None:
    """Return the last day of the term that runs in a state, null where none does."""
    clock = regulated(procedure).clock_of(begun.state)
    if clock is None or applied_on is None:
        return None
    return clocks.due(
        clock, begun_on=begun.on, applied_on=applied_on, calendar=calendars.load()
    )
