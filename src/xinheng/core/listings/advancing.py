"""The state machine: what an event makes of a listing, or which rules refuse it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from xinheng.core.disclosures.names import SOLE_PROPRIETOR_PREFIX
from xinheng.core.listings.clocks import Window, end_of_term
from xinheng.core.listings.procedure import (
    EFFECTIVE,
    Event,
    Guard,
    Need,
    State,
    Step,
    step,
)
from xinheng.core.listings.schemes import ListKind

Value = str | date


@dataclass(frozen=True, slots=True)
class Listing:
    """A listing as the rules see it; whatever has not happened is null or empty.

    `last_on` is the latest legal day of the procedure so far: none may lie before it.
    `hearing_until` is null for imported ones.
    """

    code: str
    kind: ListKind
    state: State | None = None
    proposed_by: str = ""
    basis: str = ""
    notice_proof: str = ""
    notice_served_on: date | None = None
    window_closes_on: date | None = None
    hearing_until: date | None = None
    decided_by: str = ""
    decided_on: date | None = None
    expires_on: date | None = None
    last_on: date | None = None
    is_stayed: bool = False
    is_disputed: bool = False


@dataclass(frozen=True, slots=True)
class Around:
    """What is true around a listing when something is to happen to it.

    `bases` are the texts that the scheme rests on; null lets any pass, for lists that
    were decided elsewhere. `is_excluded` says that the organization is on an exclusion,
    `is_listed` that it is on the same list already. `window` is what follows from the
    notice that is served. `lacks` names what an imported listing doesn't have.
    """

    is_scheme_active: bool = True
    may_determine: bool = True
    is_organization_active: bool = True
    is_excluded: bool = False
    is_listed: bool = False
    is_adopted: bool = False
    term_months: int | None = None
    bases: frozenset[str] | None = None
    window: Window | None = None
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Act:
    """An event by somebody: `on` is today, `told` what the event brings."""

    event: Event
    by: str
    on: date
    told: Mapping[Need, Value] = field(default_factory=dict)

    def day(self) -> date | None:
        """Return the legal day of the act, null where it names none."""
        days = _days(self)
        return days[0] if days else None


@dataclass(frozen=True, slots=True)
class Refused:
    """The event can't happen: what is missing, and which rules it would break.

    With neither, the state doesn't know the event.
    """

    missing: tuple[Need, ...] = ()
    broken: tuple[Guard, ...] = ()

    @property
    def rule(self) -> str:
        """The name of the first rule, as the interfaces say it."""
        if self.missing:
            return "REQUIRED"
        return self.broken[0].value if self.broken else "NOT_NOW"


_DAYS = (
    Need.NOTICE_ON,
    Need.RECEIVED_ON,
    Need.HEARD_ON,
    Need.ANSWERED_ON,
    Need.DECIDED_ON,
    Need.EFFECTIVE_ON,
)


def _days(act: Act) -> list[date]:
    found = (act.told.get(need) for need in _DAYS)
    return [value for value in found if isinstance(value, date)]


def advance(listing: Listing, act: Act, around: Around) -> Listing | Refused:
    """Return the listing after an event, or why it can't happen."""
    row = step(act.event)
    if listing.state not in (row.sources or (None,)):
        return Refused()
    missing = tuple(need for need in row.needs if not act.told.get(need))
    if missing:
        return Refused(missing=missing)
    broken = tuple(each for each in row.guards if _BROKEN[each](listing, act, around))
    if broken:
        return Refused(broken=broken)
    effect = _EFFECTS.get(act.event, _unchanged)
    return effect(_moved(listing, row, act), act, around)


def is_in_force(listing: Listing, on: date) -> bool:
    """Return whether the listing has effect on a day.

    Its term is a matter of dates: whether any job ran makes no difference.
    """
    if listing.state not in EFFECTIVE or listing.is_stayed:
        return False
    begins, ends = listing.decided_on, listing.expires_on
    return begins is not None and ends is not None and begins <= on < ends


def _moved(listing: Listing, row: Step, act: Act) -> Listing:
    last = max(filter(None, (listing.last_on, act.day())), default=None)
    state = row.target or listing.state
    return dataclasses.replace(listing, state=state, last_on=last)


def _unchanged(listing: Listing, _: Act, __: Around) -> Listing:
    return listing


def _date(act: Act, need: Need) -> date | None:
    value = act.told.get(need)
    return value if isinstance(value, date) else None


def _proposed(listing: Listing, act: Act, _: Around) -> Listing:
    basis = str(act.told[Need.BASIS])
    return dataclasses.replace(listing, proposed_by=act.by, basis=basis)


def _served(listing: Listing, act: Act, around: Around) -> Listing:
    proved = dataclasses.replace(listing, notice_proof=str(act.told[Need.NOTICE_PROOF]))
    if around.window is None:
        return proved
    return dataclasses.replace(
        proved,
        notice_served_on=around.window.served_on,
        window_closes_on=around.window.closes_on,
        hearing_until=around.window.hearing_until,
    )


def _decided(listing: Listing, act: Act, _: Around) -> Listing:
    return dataclasses.replace(
        listing,
        decided_by=act.by,
        decided_on=_date(act, Need.DECIDED_ON),
        expires_on=_date(act, Need.EXPIRES_ON),
    )


def _imported(listing: Listing, act: Act, _: Around) -> Listing:
    return dataclasses.replace(listing, proposed_by=act.by)


def _accepted(listing: Listing, act: Act, _: Around) -> Listing:
    return dataclasses.replace(listing, decided_by=act.by)


def _stayed(listing: Listing, act: Act, _: Around) -> Listing:
    return dataclasses.replace(listing, is_stayed=act.event is Event.STAY)


def _disputed(listing: Listing, act: Act, _: Around) -> Listing:
    return dataclasses.replace(listing, is_disputed=act.event is Event.DISPUTE)


_EFFECTS: Mapping[Event, Callable[[Listing, Act, Around], Listing]] = {
    Event.PROPOSE: _proposed,
    Event.SERVE: _served,
    Event.DECIDE: _decided,
    Event.IMPORT: _imported,
    Event.ACCEPT: _accepted,
    Event.STAY: _stayed,
    Event.LIFT_STAY: _stayed,
    Event.DISPUTE: _disputed,
    Event.SETTLE: _disputed,
}


def _is_out_of_order(listing: Listing, act: Act) -> bool:
    day = act.day()
    return day is not None and listing.last_on is not None and day < listing.last_on


def _is_late(listing: Listing, act: Act) -> bool:
    is_hearing = act.event is Event.REQUEST_HEARING
    until = listing.hearing_until if is_hearing else listing.window_closes_on
    day = act.day()
    return day is None or until is None or day > until


def _is_window_open(listing: Listing, act: Act) -> bool:
    day, closes = act.day(), listing.window_closes_on
    hearing = listing.hearing_until or closes
    if day is None or closes is None or hearing is None:
        return True
    return day <= max(closes, hearing)


def _is_too_long(_: Listing, act: Act, around: Around) -> bool:
    start, end = act.day(), _date(act, Need.EXPIRES_ON)
    if start is None or end is None or around.term_months is None:
        return True
    return end > end_of_term(start, around.term_months)


def _is_over(listing: Listing, act: Act) -> bool:
    end = _date(act, Need.EXPIRES_ON) or listing.expires_on
    start = act.day() or act.on
    return end is None or end <= max(start, act.on)


def _is_foreign_basis(act: Act, around: Around) -> bool:
    return around.bases is not None and act.told.get(Need.BASIS) not in around.bases


def _contradicts(listing: Listing, around: Around) -> bool:
    return listing.kind is ListKind.RECOGNITION and around.is_excluded


def _is_future(act: Act) -> bool:
    return any(day > act.on for day in _days(act))


_BROKEN: Mapping[Guard, Callable[[Listing, Act, Around], bool]] = {
    Guard.SCHEME_INACTIVE: lambda _, __, around: not around.is_scheme_active,
    Guard.AUTHORITY_OUTSIDE_SCHEME: lambda _, __, around: not around.may_determine,
    Guard.SOLE_PROPRIETOR: lambda listing, _, __: listing.code.startswith(
        SOLE_PROPRIETOR_PREFIX
    ),
    Guard.ORGANIZATION_ENDED: lambda _, __, around: not around.is_organization_active,
    Guard.BASIS_OUTSIDE_SCHEME: lambda _, act, around: _is_foreign_basis(act, around),
    Guard.NOTICE_WAY: lambda _, __, around: around.window is None,
    Guard.ALREADY_LISTED: lambda _, __, around: around.is_listed,
    Guard.ON_AN_EXCLUSION: lambda listing, _, around: _contradicts(listing, around),
    Guard.DAY_AHEAD: lambda _, act, __: _is_future(act),
    Guard.DAY_OUT_OF_ORDER: lambda listing, act, _: _is_out_of_order(listing, act),
    Guard.WINDOW_CLOSED: lambda listing, act, _: _is_late(listing, act),
    Guard.WINDOW_OPEN: lambda listing, act, _: _is_window_open(listing, act),
    Guard.SAME_PERSON: lambda listing, act, _: act.by == listing.proposed_by,
    Guard.TERM_TOO_LONG: _is_too_long,
    Guard.TERM_OVER: lambda listing, act, _: _is_over(listing, act),
    Guard.TERM_RUNNING: lambda listing, act, _: not _is_over(listing, act),
    Guard.INCOMPLETE: lambda _, __, around: bool(around.lacks),
    Guard.NOT_ADOPTED: lambda listing, _, around: (
        listing.kind is not ListKind.RECOGNITION and not around.is_adopted
    ),
    Guard.STAYED: lambda listing, _, __: listing.is_stayed,
    Guard.NOT_STAYED: lambda listing, _, __: not listing.is_stayed,
    Guard.DISPUTED: lambda listing, _, __: listing.is_disputed,
    Guard.NOT_DISPUTED: lambda listing, _, __: not listing.is_disputed,
}
