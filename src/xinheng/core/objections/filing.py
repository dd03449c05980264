"""Whether an objection (异议) may be raised, and what it may ask for.

    about a record     content, period, linkage
    about a listing    that it stands at all
    about a repair     its result

It may be raised while what it contests is shown. A term shorter than that would take a
right away, so it holds only where a text that was read gives it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from xinheng.core.catalog.datasets import Verification
from xinheng.core.screening import personal_id

LONGEST_GROUND = 2000


class Kind(StrEnum):
    """What an objection contests."""

    CONTENT = "CONTENT"
    PERIOD = "PERIOD"
    LINKAGE = "LINKAGE"
    LISTING = "LISTING"
    REPAIR_RESULT = "REPAIR_RESULT"


class Target(StrEnum):
    """What kind of thing is contested."""

    RECORD = "record"
    LISTING = "listing"
    REPAIR = "repair"


KINDS = {
    Target.RECORD: (Kind.CONTENT, Kind.PERIOD, Kind.LINKAGE),
    Target.LISTING: (Kind.LISTING,),
    Target.REPAIR: (Kind.REPAIR_RESULT,),
}


class Outcome(StrEnum):
    """What was decided; `partly` is for content, of which some values may be right."""

    UPHELD = "upheld"
    PARTLY = "partly"
    REJECTED = "rejected"


class Fault(StrEnum):
    """Why an objection can't be raised; stable codes, with texts in the rulebook."""

    KIND = "OBJECTION_KIND"
    OPEN = "OBJECTION_OPEN"
    WINDOW = "OBJECTION_WINDOW"
    GROUND = "OBJECTION_GROUND"
    TOO_LONG = "OBJECTION_TOO_LONG"
    PERSONAL_ID = "PERSONAL_ID"
    NOTHING_ASKED = "OBJECTION_NOTHING_ASKED"


@dataclass(frozen=True, slots=True)
class Window:
    """How long a kind may be raised.

    `days` are calendar days from the event; null where no text gives a number: then the
    objection is open while what it contests is shown.
    """

    kind: Kind
    verification: Verification
    source: str
    days: int | None = None

    def closes_on(self, event_on: date) -> date | None:
        """Return the last day, null where none is known or none may be held against.

        A number that was not read in a published text shortens no right.
        """
        if self.days is None or self.verification is not Verification.VERIFIED:
            return None
        return event_on + timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Filing:
    """An objection as it is raised.

    `shown_until` is the day from which what it contests is shown no more, null while no
    end is known; `event_on` the day from which its window runs. `open_kinds` are those
    of the same thing that are open already. `asks` counts the values that it wants
    changed.
    """

    kind: Kind
    target: Target
    ground: str
    asks: int
    event_on: date
    shown_until: date | None
    open_kinds: Collection[Kind]


def find_faults(filing: Filing, window: Window, *, on: date) -> tuple[Fault, ...]:
    """Return why the objection can't be raised on a day; nothing where it can."""
    faults = []
    if filing.kind not in KINDS[filing.target]:
        faults.append(Fault.KIND)
    if filing.kind in filing.open_kinds:
        faults.append(Fault.OPEN)
    if _is_too_late(filing, window, on):
        faults.append(Fault.WINDOW)
    faults += _faults_of_ground(filing.ground)
    if filing.kind is Kind.CONTENT and not filing.asks:
        faults.append(Fault.NOTHING_ASKED)
    return tuple(faults)


def last_day(filing: Filing, window: Window) -> date | None:
    """Return the last day on which it could be raised, null while none is known."""
    ends = [window.closes_on(filing.event_on)]
    if filing.shown_until is not None:
        ends.append(filing.shown_until - timedelta(days=1))
    return min((end for end in ends if end is not None), default=None)


def _is_too_late(filing: Filing, window: Window, on: date) -> bool:
    last = last_day(filing, window)
    return last is not None and on > last


def _faults_of_ground(ground: str) -> list[Fault]:
    if not ground.strip():
        return [Fault.GROUND]
    if len(ground) > LONGEST_GROUND:
        return [Fault.TOO_LONG]
    return [Fault.PERSONAL_ID] if personal_id.find(ground) is not None else []
