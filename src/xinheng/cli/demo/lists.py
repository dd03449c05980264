"""Listings of the demo city: made-up organizations, at every stage of the procedure.

The days lie before the day of the build, so that some are in force when somebody looks.
The month of the printed table stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from django.utils import timezone

from xinheng.apps.accounts import queries as accounts
from xinheng.apps.accounts.actors import OPERATOR, Actor
from xinheng.apps.listings import operations, queries, schemes, surroundings
from xinheng.apps.listings.operations import By, Told
from xinheng.cli.demo.accounts import LISTERS, LISTING_UNIT
from xinheng.core.listings.clocks import end_of_term
from xinheng.core.listings.procedure import Event, Need
from xinheng.rulebook import list_schemes, samples

SCHEME = "sample-wage-exclusion"
RECOGNITION = "sample-safety-recognition"
_WAITED = 60  # days between a notice and the day of the build: every window is closed
_FACTS = "示例：经责令限期支付，逾期仍未支付工资"


def list_some(*, tell: Callable[[str], None]) -> None:
    """Use both made-up lists, and put some companies on one, unless that was done."""
    if queries.count_by_stage(OPERATOR)["open"]:
        return
    tell("名单 lists")
    at = timezone.now()
    on = timezone.localdate(at)
    for name in (SCHEME, RECOGNITION):
        if not schemes.is_in_use(name, on=on):
            schemes.activate(scheme=name, actor=OPERATOR, at=at)
    first, second = (By(_lister(name, on), at) for name in LISTERS)
    companies = [
        each
        for each in samples.organizations(samples.POOL)
        if each.kind is samples.Kind.COMPANY
    ]
    for number, way in enumerate(_WAYS):
        _take(companies[number].code, way, first, second, number + 1)


def _lister(name: str, on: date) -> Actor:
    known = accounts.find_account(username=name)
    if known is None:
        raise LookupError(name)
    return accounts.get_actor(user_id=known.account_id, on=on, verified=True)


_DECIDED = (Event.SERVE, Event.DECIDE, Event.PUBLISH)
_WAYS: tuple[tuple[Event, ...], ...] = (
    _DECIDED,
    (Event.SERVE, Event.STATE, Event.ANSWER, Event.DECIDE, Event.PUBLISH),
    (*_DECIDED, Event.DISPUTE),
    (*_DECIDED, Event.REPAIR),
    (*_DECIDED, Event.STAY),
    (Event.SERVE, Event.STATE),
    (Event.SERVE, Event.REQUEST_HEARING),
    (Event.SERVE,),
    (),
)


def _take(code: str, way: tuple[Event, ...], first: By, second: By, no: int) -> None:
    """Take a company along one way of the procedure."""
    basis = surroundings.bases_of(list_schemes.scheme(SCHEME))[0]
    listing = operations.propose(
        scheme=SCHEME,
        uscc=code,
        authority=LISTING_UNIT,
        told={Need.BASIS: basis, Need.FACTS: _FACTS},
        by=first,
    )
    for event in way:
        by = second if event is Event.DECIDE else first
        told = _told(event, timezone.localdate(by.at), no)
        operations.record(listing=listing, event=event, told=told, by=by)


def _told(event: Event, on: date, no: int) -> Told:
    served = on - timedelta(days=_WAITED)
    decided = on - timedelta(days=5)
    months = list_schemes.scheme(SCHEME).term_months or 0
    brought: dict[Event, Told] = {
        Event.SERVE: {
            Need.NOTICE_WAY: "DELIVERY",
            Need.NOTICE_ON: served,
            Need.NOTICE_PROOF: f"示例送达回证 {no} 号",
        },
        Event.STATE: {
            Need.RECEIVED_ON: served + timedelta(days=2),
            Need.STATEMENT: "示例：已支付一部分，请求宽限",
        },
        Event.REQUEST_HEARING: {Need.RECEIVED_ON: served + timedelta(days=2)},
        Event.ANSWER: {
            Need.ANSWERED_ON: served + timedelta(days=10),
            Need.ANSWER: "示例：经核实，余款仍未支付，理由不成立",
        },
        Event.DECIDE: {
            Need.DECISION_NO: f"示列入〔{decided.year}〕{no}号",
            Need.DECIDED_ON: decided,
            Need.EXPIRES_ON: end_of_term(decided, months),
        },
        Event.PUBLISH: {},
    }
    ordinary: Told = {
        Need.DOCUMENT: f"示〔{on.year}〕{no}号",
        Need.EFFECTIVE_ON: on,
        Need.REASON: "示例原因",
    }
    return brought.get(event, ordinary)
