"""What may be seen: the one function that every page, API, export and push asks.

    fact = Fact(...)                      # facts.py: what is known, as a frozen value
    state = visible_state(fact, rules=..., is_adopted=..., on=...)
    state.public, state.reason, state.until, state.is_disputed

`on` is the legal day that is asked about. `rules` come from `rulebook.periods`,
`is_adopted` from `apps.law`. Nothing else decides: who shows, lists, counts, exports or
pushes a record or a listing to the public asks here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from xinheng.core.catalog.datasets import DisclosureClass
from xinheng.core.disclosures import periods
from xinheng.core.disclosures.facts import Fact, Kind
from xinheng.core.disclosures.periods import Never, PeriodRules, Term


class Reason(StrEnum):
    """Why something is not shown; where several hold, the first of this order."""

    ERASED = "erased"  # its content is gone
    CLASS = "class"  # the catalog does not make it public
    HIDDEN = "hidden"  # personal data on it was reported
    SOLE_PROPRIETOR = "sole_proprietor"  # persons in business are on no list
    ADVERSE = "adverse"  # no lawyer has adopted the rulebook
    ENDED = "ended"  # repaired, annulled, removed, recalled
    NOT_YET = "not_yet"  # its date lies ahead
    WITHHELD = "withheld"  # its unit's counts jumped, and nobody has let them pass
    NEVER_PUBLISHED = "never_published"  # classified, summary procedure, mere warning
    MINOR = "minor"  # a class that the rules in force don't publish
    UNCLASSIFIED = "unclassified"  # its class is unknown, and some are not public
    NO_TERM = "no_term"  # adverse, and nothing says until when
    OVER = "over"  # its term has run out


class Audience(StrEnum):
    """Who looks."""

    PUBLIC = "public"
    AUTHORIZED = "authorized"  # with the organization's consent
    BODY = "body"  # a public body in its own matter
    OWN = "own"  # the organization itself: all that is held


_CLASSES = {
    Audience.PUBLIC: {DisclosureClass.PUBLIC},
    Audience.AUTHORIZED: {DisclosureClass.PUBLIC, DisclosureClass.AUTHORIZED},
    Audience.BODY: {DisclosureClass.PUBLIC, DisclosureClass.SHARED},
}
_LISTINGS = (Kind.EXCLUSION, Kind.RECOGNITION)


@dataclass(frozen=True, slots=True)
class VisibleState:
    """Whether it may be seen; `reason` is null where it may.

    `until` is the first day without it as the rules stand, null where no term bounds it
    or none could be told. `rule_set` names what bounds it. A disputed fact stays
    visible, with its mark.
    """

    public: bool
    reason: Reason | None
    until: date | None = None
    rule_set: str | None = None
    earliest_end_on: date | None = None
    is_disputed: bool = False


def visible_state(
    fact: Fact,
    *,
    rules: PeriodRules,
    is_adopted: bool,
    on: date,
    audience: Audience = Audience.PUBLIC,
) -> VisibleState:
    """Return whether a fact may be seen on a day, why not, and until when.

    `is_adopted` says whether a lawyer has adopted the rulebook in effect on that day.
    """
    term = _term(fact, rules, on=on)
    reason = _first_reason(fact, audience, is_adopted=is_adopted, on=on)
    if reason is None and audience is not Audience.OWN:
        reason = _term_reason(term, on=on)
    bounded = term if isinstance(term, Term) else None
    return VisibleState(
        public=reason is None,
        reason=reason,
        until=_until(fact, bounded),
        rule_set=bounded.rule_set if bounded else None,
        earliest_end_on=bounded.earliest_end_on if bounded else None,
        is_disputed=fact.is_disputed,
    )


def is_of_class(disclosure: DisclosureClass, audience: Audience) -> bool:
    """Tell whether an audience may see records of a class of the catalog at all."""
    return audience is Audience.OWN or disclosure in _CLASSES[audience]


def may_be_in_bulk(fact: Fact) -> bool:
    """Tell whether what is public may also stand in bulk data: no sole proprietors."""
    return not fact.is_sole_proprietor


def _first_reason(
    fact: Fact, audience: Audience, *, is_adopted: bool, on: date
) -> Reason | None:
    if fact.is_erased:
        return Reason.ERASED
    if audience is Audience.OWN:
        return None
    checks = (
        (Reason.CLASS, fact.disclosure not in _CLASSES[audience]),
        (Reason.HIDDEN, fact.is_hidden),
        (Reason.SOLE_PROPRIETOR, fact.is_sole_proprietor and fact.kind in _LISTINGS),
        (Reason.ADVERSE, fact.is_adverse and not is_adopted),
        (Reason.ENDED, any(end.effective_on <= on for end in fact.ends)),
        (Reason.NOT_YET, fact.decided_on is not None and fact.decided_on > on),
        (Reason.WITHHELD, fact.is_withheld),
    )
    return next((reason for reason, holds in checks if holds), None)


def _term(fact: Fact, rules: PeriodRules, *, on: date) -> Term | Never | None:
    """Return the term, null where the fact needs none."""
    if fact.kind is Kind.PENALTY:
        return periods.term(fact, rules, on=on)
    if fact.own_until is not None:
        return Term(fact.own_until)
    if fact.override is not None:
        return Term(fact.override.until)
    return Never.NO_RULE if fact.is_adverse else None


def _term_reason(term: Term | Never | None, *, on: date) -> Reason | None:
    if isinstance(term, Never):
        return Reason(term.value)
    if term is not None and on >= term.until:
        return Reason.OVER
    return None


def _until(fact: Fact, term: Term | None) -> date | None:
    known = [end.effective_on for end in fact.ends]
    if term is not None:
        known.append(term.until)
    return min(known, default=None)
