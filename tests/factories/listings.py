"""Listings of the fictional city: an adopted rulebook, and the words of each step."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from tests.factories import accounts, register
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.law import operations as law
from xinheng.apps.listings import operations, schemes
from xinheng.apps.listings.models import Listing
from xinheng.apps.listings.operations import By
from xinheng.core.listings.procedure import Event, Need
from xinheng.rulebook import measures

EXCLUSION, RECOGNITION = "sample-wage-exclusion", "sample-safety-recognition"
UNIT, SAFETY = "U16", "U30"
BASIS, SAFETY_BASIS = "《示例市信用条例》第二十一条", "《示例市信用条例》第三十条"
FIRST = Actor("first", lists_for=frozenset({UNIT, SAFETY}))
SECOND = Actor("second", lists_for=frozenset({UNIT, SAFETY}))
OFFICE = Actor("office", sees_all_units=True, may_decide=True)
# 3 June 2019 is a Monday; 7 June is a holiday.
PROPOSED_ON, SERVED_ON = date(2019, 6, 3), date(2019, 6, 3)
CLOSES_ON, DECIDED_ON = date(2019, 6, 11), date(2019, 6, 12)
EXPIRES_ON = date(2021, 6, 12)


def at(day: date) -> datetime:
    """Return 10 o'clock in China on a day."""
    return datetime(day.year, day.month, day.day, 2, 0, tzinfo=UTC)


def by(actor: Actor = FIRST, on: date = DECIDED_ON) -> By:
    return By(actor, at(on))


def found(settings, *, adopt: bool = True) -> str:
    """Found units, a company, an adopted rulebook, both lists; return the code."""
    settings.DEMO = True
    for unit in sorted({UNIT, SAFETY} | _executing()):
        accounts.add_unit(unit)
    if adopt:
        adopt_rulebook()
    for scheme in (EXCLUSION, RECOGNITION):
        schemes.activate(scheme=scheme, actor=OFFICE, at=at(PROPOSED_ON))
    return register.add("示例市安川食品有限公司")[0]


def _executing() -> set[str]:
    """Return the units that get a task when one of the two lists is used."""
    return {
        unit
        for each in measures.rules().memoranda
        if {EXCLUSION, RECOGNITION} & set(each.schemes)
        for unit in each.signatories
    }


def adopt_rulebook() -> None:
    proposed = law.propose(
        lawyer="示例律师",
        effective_on=date(2019, 1, 1),
        actor="one",
        at=at(PROPOSED_ON),
    )
    law.adopt(adoption=proposed.id, actor="two", at=at(PROPOSED_ON))


def told(event: Event, **changes) -> dict[Need, object]:
    """Return what each step of an ordinary listing brings."""
    said = {
        Event.PROPOSE: {"basis": BASIS, "facts": "示例：逾期未支付工资"},
        Event.SERVE: {
            "notice_way": "DELIVERY",
            "notice_on": SERVED_ON,
            "notice_proof": "送达回证 1 号",
        },
        Event.STATE: {"received_on": CLOSES_ON, "statement": "示例：已付清一半"},
        Event.REQUEST_HEARING: {"received_on": CLOSES_ON},
        Event.HEAR: {"heard_on": CLOSES_ON, "hearing_record": "听证笔录 1 号"},
        Event.ANSWER: {"answered_on": DECIDED_ON, "answer": "示例：余款仍未付"},
        Event.DECIDE: {
            "decision_no": "示列入〔2019〕1号",
            "decided_on": DECIDED_ON,
            "expires_on": EXPIRES_ON,
        },
        Event.PUBLISH: {},
    }.get(event)
    if said is None:
        said = {
            "document": "示〔2019〕9号",
            "effective_on": DECIDED_ON,
            "reason": "示例原因",
        }
    return {Need(name): value for name, value in {**said, **changes}.items()}


def propose(uscc: str, *, scheme: str = EXCLUSION, actor: Actor = FIRST, **changes):
    unit, basis = {EXCLUSION: (UNIT, BASIS), RECOGNITION: (SAFETY, SAFETY_BASIS)}[
        scheme
    ]
    said = told(Event.PROPOSE, **{"basis": basis, **changes})
    return operations.propose(
        scheme=scheme,
        uscc=uscc,
        authority=unit,
        told=said,
        by=by(actor, PROPOSED_ON),
    )


def record(listing: int, event: Event, *, actor: Actor = FIRST, **changes) -> None:
    on = changes.pop("on", DECIDED_ON)
    operations.record(
        listing=listing,
        event=event,
        told=told(event, **changes),
        by=by(actor, on),
    )


def notified(uscc: str, *, scheme: str = EXCLUSION) -> int:
    listing = propose(uscc, scheme=scheme)
    record(listing, Event.SERVE)
    return listing


def listed(uscc: str, *, scheme: str = EXCLUSION, **changes) -> int:
    """Take an organization through the whole procedure, into force."""
    listing = notified(uscc, scheme=scheme)
    months = {EXCLUSION: EXPIRES_ON, RECOGNITION: date(2020, 6, 12)}[scheme]
    number = {EXCLUSION: "示列入〔2019〕1号", RECOGNITION: "示认定〔2019〕1号"}[scheme]
    whole = {"expires_on": months, "decision_no": number, **changes}
    record(listing, Event.DECIDE, actor=SECOND, **whole)
    return listing


def published(uscc: str, *, scheme: str = EXCLUSION) -> int:
    listing = listed(uscc, scheme=scheme)
    record(listing, Event.PUBLISH)
    return listing


def many(count: int, *, expires_on: date, first: int = 0) -> None:
    """Put listings in force into the table, one organization each, without measures."""
    from xinheng.apps.organizations.models import Organization

    keys = list(Organization.objects.order_by("id").values_list("id", "uscc"))
    Listing.objects.bulk_create(
        [
            Listing(
                scheme=EXCLUSION,
                kind="EXCLUSION",
                organization_id=key,
                uscc=uscc,
                name="示例市某某公司",
                authority_id=UNIT,
                state="IN_FORCE",
                basis=BASIS,
                facts="示例",
                proposed_by="first",
                proposed_at=at(PROPOSED_ON),
                notice_way="DELIVERY",
                notice_on=SERVED_ON,
                notice_proof="送达回证",
                notice_served_on=SERVED_ON,
                window_closes_on=CLOSES_ON,
                decision_no="示列入〔2019〕1号",
                decided_by="second",
                decided_on=DECIDED_ON,
                decided_at=at(DECIDED_ON),
                expires_on=expires_on + timedelta(days=number % 3),
            )
            for number, (key, uscc) in enumerate(keys[first : first + count])
        ],
        batch_size=1_000,
    )
