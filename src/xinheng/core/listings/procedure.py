"""The procedure of a listing as one table: states, events, who, what is needed, guards.

    propose -> serve -> (state, request a hearing, hear, answer) -> decide -> publish
            -> expire | repair | revoke | annul | the organization is gone

From this table come the state machine (`advancing`), the constraints of the database,
the fields of the desk's forms, and the page `docs/reference/listing-procedure.md`; each
is tested against it. Lists decided before the register was in use, or elsewhere, are
imported, wait, and are accepted by another person; where anything is missing they stay
questionable and never come into force.

Source: 国办发〔2020〕49号 (domain notes, section 4.2), `design/house.md` section 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a listing stands."""

    PROPOSED = "PROPOSED"
    NOTIFIED = "NOTIFIED"
    STATED = "STATED"  # a statement waits for its answer
    HEARING = "HEARING"  # a hearing was asked for
    ANSWERED = "ANSWERED"
    IMPORTED = "IMPORTED"
    IN_FORCE = "IN_FORCE"
    PUBLISHED = "PUBLISHED"
    DROPPED = "DROPPED"  # never decided
    EXPIRED = "EXPIRED"
    REPAIRED = "REPAIRED"
    REVOKED = "REVOKED"
    ANNULLED = "ANNULLED"  # by review or court, from the beginning
    GONE = "GONE"  # the organization ended


class Event(StrEnum):
    """What happens to a listing."""

    PROPOSE = "PROPOSE"
    SERVE = "SERVE"
    STATE = "STATE"
    REQUEST_HEARING = "REQUEST_HEARING"
    HEAR = "HEAR"
    ANSWER = "ANSWER"
    DECIDE = "DECIDE"
    DROP = "DROP"
    IMPORT = "IMPORT"
    ACCEPT = "ACCEPT"
    PUBLISH = "PUBLISH"
    STAY = "STAY"
    LIFT_STAY = "LIFT_STAY"
    DISPUTE = "DISPUTE"
    SETTLE = "SETTLE"
    EXPIRE = "EXPIRE"
    REPAIR = "REPAIR"
    REVOKE = "REVOKE"
    ANNUL = "ANNUL"
    ORGANIZATION_GONE = "ORGANIZATION_GONE"


class Who(StrEnum):
    """Who does it."""

    AUTHORITY = "AUTHORITY"  # somebody of the determining authority
    OTHER = "OTHER"  # another person of it than who proposed or imported
    OFFICE = "OFFICE"  # the authority or the credit office
    CLOCK = "CLOCK"  # the register itself, when the term is over


class Need(StrEnum):
    """What an event has to bring."""

    BASIS = "basis"
    FACTS = "facts"
    NOTICE_WAY = "notice_way"
    NOTICE_ON = "notice_on"
    NOTICE_PROOF = "notice_proof"
    RECEIVED_ON = "received_on"
    STATEMENT = "statement"
    HEARD_ON = "heard_on"
    HEARING_RECORD = "hearing_record"
    ANSWER = "answer"
    ANSWERED_ON = "answered_on"
    DECISION_NO = "decision_no"
    DECIDED_ON = "decided_on"
    EXPIRES_ON = "expires_on"
    DOCUMENT = "document"
    EFFECTIVE_ON = "effective_on"
    REASON = "reason"


class Guard(StrEnum):
    """A rule that an event has to keep; its name is what a refusal says."""

    SCHEME_INACTIVE = "SCHEME_INACTIVE"
    AUTHORITY_OUTSIDE_SCHEME = "AUTHORITY_OUTSIDE_SCHEME"
    SOLE_PROPRIETOR = "SOLE_PROPRIETOR"
    ORGANIZATION_ENDED = "ORGANIZATION_ENDED"
    BASIS_OUTSIDE_SCHEME = "BASIS_OUTSIDE_SCHEME"
    NOTICE_WAY = "NOTICE_WAY"
    ALREADY_LISTED = "ALREADY_LISTED"
    ON_AN_EXCLUSION = "ON_AN_EXCLUSION"
    DAY_AHEAD = "DAY_AHEAD"
    DAY_OUT_OF_ORDER = "DAY_OUT_OF_ORDER"
    WINDOW_CLOSED = "WINDOW_CLOSED"
    WINDOW_OPEN = "WINDOW_OPEN"
    SAME_PERSON = "SAME_PERSON"
    TERM_TOO_LONG = "TERM_TOO_LONG"
    TERM_OVER = "TERM_OVER"
    TERM_RUNNING = "TERM_RUNNING"
    INCOMPLETE = "INCOMPLETE"
    NOT_ADOPTED = "NOT_ADOPTED"
    STAYED = "STAYED"
    NOT_STAYED = "NOT_STAYED"
    DISPUTED = "DISPUTED"
    NOT_DISPUTED = "NOT_DISPUTED"


class Measures(StrEnum):
    """What an event does to the measures behind the list."""

    NONE = "NONE"
    FIRE = "FIRE"
    RECALL = "RECALL"


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table: an event takes a listing from a state to another one.

    No source means that the listing begins. A target of null leaves the state as it is.
    `sets` are the columns that the event fills besides what it needs; `clock` says in
    words which period begins or ends.
    """

    event: Event
    sources: tuple[State, ...]
    target: State | None
    who: Who
    needs: tuple[Need, ...] = ()
    guards: tuple[Guard, ...] = ()
    sets: tuple[str, ...] = ()
    measures: Measures = Measures.NONE
    clock: str = ""


_S, _N, _G = State, Need, Guard
OPEN = (_S.PROPOSED, _S.NOTIFIED, _S.STATED, _S.HEARING, _S.ANSWERED)
EFFECTIVE = (_S.IN_FORCE, _S.PUBLISHED)
ENDS = (_S.EXPIRED, _S.REPAIRED, _S.REVOKED, _S.ANNULLED, _S.GONE)
_SUBJECT = (
    _G.SCHEME_INACTIVE,
    _G.AUTHORITY_OUTSIDE_SCHEME,
    _G.SOLE_PROPRIETOR,
    _G.ORGANIZATION_ENDED,
)
_END_NEEDS = (_N.DOCUMENT, _N.EFFECTIVE_ON, _N.REASON)
_END_GUARDS = (_G.DAY_AHEAD, _G.DAY_OUT_OF_ORDER)
_DECIDED = ("decided_by",)


def _end(event: Event, target: State, who: Who = Who.AUTHORITY) -> Step:
    return Step(
        event,
        EFFECTIVE,
        target,
        who,
        needs=_END_NEEDS,
        guards=_END_GUARDS,
        sets=("ended_on",),
        measures=Measures.RECALL,
    )


TABLE: tuple[Step, ...] = (
    Step(
        Event.PROPOSE,
        (),
        _S.PROPOSED,
        Who.AUTHORITY,
        needs=(_N.BASIS, _N.FACTS),
        guards=(*_SUBJECT, _G.BASIS_OUTSIDE_SCHEME, _G.ALREADY_LISTED),
        sets=("proposed_by",),
    ),
    Step(
        Event.SERVE,
        (_S.PROPOSED,),
        _S.NOTIFIED,
        Who.AUTHORITY,
        needs=(_N.NOTICE_WAY, _N.NOTICE_ON, _N.NOTICE_PROOF),
        guards=(_G.SCHEME_INACTIVE, _G.NOTICE_WAY, _G.DAY_AHEAD, _G.DAY_OUT_OF_ORDER),
        sets=("notice_served_on", "window_closes_on", "hearing_until"),
        clock="the window for statement and defence, and the one to ask for a hearing",
    ),
    Step(
        Event.STATE,
        (_S.NOTIFIED, _S.ANSWERED),
        _S.STATED,
        Who.AUTHORITY,
        needs=(_N.RECEIVED_ON, _N.STATEMENT),
        guards=(_G.DAY_AHEAD, _G.DAY_OUT_OF_ORDER, _G.WINDOW_CLOSED),
        clock="until `window_closes_on`",
    ),
    Step(
        Event.REQUEST_HEARING,
        (_S.NOTIFIED, _S.STATED, _S.ANSWERED),
        _S.HEARING,
        Who.AUTHORITY,
        needs=(_N.RECEIVED_ON,),
        guards=(_G.DAY_AHEAD, _G.DAY_OUT_OF_ORDER, _G.WINDOW_CLOSED),
        clock="until `hearing_until`",
    ),
    Step(
        Event.HEAR,
        (_S.HEARING,),
        _S.STATED,
        Who.AUTHORITY,
        needs=(_N.HEARD_ON, _N.HEARING_RECORD),
        guards=(_G.DAY_AHEAD, _G.DAY_OUT_OF_ORDER),
    ),
    Step(
        Event.ANSWER,
        (_S.STATED,),
        _S.ANSWERED,
        Who.AUTHORITY,
        needs=(_N.ANSWERED_ON, _N.ANSWER),
        guards=(_G.DAY_AHEAD, _G.DAY_OUT_OF_ORDER),
    ),
    Step(
        Event.DECIDE,
        (_S.NOTIFIED, _S.ANSWERED),
        _S.IN_FORCE,
        Who.OTHER,
        needs=(_N.DECISION_NO, _N.DECIDED_ON, _N.EXPIRES_ON),
        guards=(
            *_SUBJECT,
            _G.NOT_ADOPTED,
            _G.SAME_PERSON,
            _G.DAY_AHEAD,
            _G.WINDOW_OPEN,
            _G.DAY_OUT_OF_ORDER,
            _G.TERM_TOO_LONG,
            _G.TERM_OVER,
            _G.ALREADY_LISTED,
            _G.ON_AN_EXCLUSION,
        ),
        sets=_DECIDED,
        measures=Measures.FIRE,
        clock="after `window_closes_on`; the term runs until `expires_on`",
    ),
    Step(
        Event.DROP, (*OPEN, _S.IMPORTED), _S.DROPPED, Who.AUTHORITY, needs=(_N.REASON,)
    ),
    Step(
        Event.IMPORT,
        (),
        _S.IMPORTED,
        Who.OFFICE,
        guards=(_G.SOLE_PROPRIETOR,),
        sets=("proposed_by",),
    ),
    Step(
        Event.ACCEPT,
        (_S.IMPORTED,),
        _S.IN_FORCE,
        Who.OTHER,
        guards=(
            _G.SOLE_PROPRIETOR,
            _G.ORGANIZATION_ENDED,
            _G.NOT_ADOPTED,
            _G.SAME_PERSON,
            _G.INCOMPLETE,
            _G.TERM_OVER,
            _G.ALREADY_LISTED,
            _G.ON_AN_EXCLUSION,
        ),
        sets=(
            *("decided_by", "basis", "facts", "notice_proof", "notice_served_on"),
            *("window_closes_on", "decision_no", "decided_on", "expires_on"),
        ),
        measures=Measures.FIRE,
        clock="the term that was decided goes on",
    ),
    Step(
        Event.PUBLISH,
        (_S.IN_FORCE,),
        _S.PUBLISHED,
        Who.AUTHORITY,
        guards=(_G.NOT_ADOPTED, _G.STAYED, _G.TERM_OVER),
        sets=("published_on",),
        clock="public as long as the listing is in force",
    ),
    Step(
        Event.STAY,
        EFFECTIVE,
        None,
        Who.OFFICE,
        needs=(_N.DOCUMENT, _N.EFFECTIVE_ON),
        guards=(_G.STAYED, _G.DAY_AHEAD, _G.DAY_OUT_OF_ORDER),
        measures=Measures.RECALL,
        clock="no effect from the day of the court's order until it is lifted",
    ),
    Step(
        Event.LIFT_STAY,
        EFFECTIVE,
        None,
        Who.AUTHORITY,
        needs=(_N.DOCUMENT, _N.EFFECTIVE_ON),
        guards=(
            _G.NOT_ADOPTED,
            _G.NOT_STAYED,
            _G.DAY_AHEAD,
            _G.DAY_OUT_OF_ORDER,
            _G.TERM_OVER,
            _G.ON_AN_EXCLUSION,
        ),
        measures=Measures.FIRE,
        clock="the term was not longer for the stay",
    ),
    Step(
        Event.DISPUTE,
        EFFECTIVE,
        None,
        Who.OFFICE,
        needs=(_N.REASON,),
        guards=(_G.DISPUTED,),
        clock="shown as disputed until it is settled",
    ),
    Step(
        Event.SETTLE,
        EFFECTIVE,
        None,
        Who.OFFICE,
        needs=(_N.REASON,),
        guards=(_G.NOT_DISPUTED,),
    ),
    Step(
        Event.EXPIRE,
        EFFECTIVE,
        _S.EXPIRED,
        Who.CLOCK,
        guards=(_G.TERM_RUNNING,),
        sets=("ended_on",),
        measures=Measures.RECALL,
        clock="at the first moment of `expires_on`, swept or not",
    ),
    _end(Event.REPAIR, _S.REPAIRED),
    _end(Event.REVOKE, _S.REVOKED),
    _end(Event.ANNUL, _S.ANNULLED, Who.OFFICE),
    _end(Event.ORGANIZATION_GONE, _S.GONE, Who.OFFICE),
)


def step(event: Event) -> Step:
    """Return the row of an event: each event has one."""
    return next(each for each in TABLE if each.event is event)


def events_from(state: State) -> tuple[Event, ...]:
    """Return what can happen to a listing in a state, in the table's order."""
    return tuple(each.event for each in TABLE if state in each.sources)
