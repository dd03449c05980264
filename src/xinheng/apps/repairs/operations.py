"""A repair is applied for and goes on; a granted one ends what it was about at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.cases import operations as cases
from xinheng.apps.cases import queries as case_queries
from xinheng.apps.cases.operations import REGISTER, About, By, RefusedError
from xinheng.apps.cases.tables import REPAIR
from xinheng.apps.commitments import operations as commitments
from xinheng.apps.listings import redress as listings
from xinheng.apps.listings.redress import HeldListing
from xinheng.apps.records import held
from xinheng.apps.records.held import HeldRecord
from xinheng.apps.repairs import effects
from xinheng.apps.repairs.models import Repair, RepairFile
from xinheng.core.commitments.promises import Promise, Type
from xinheng.core.repairs import conditions
from xinheng.core.repairs.conditions import Facts, Lack
from xinheng.core.screening import personal_id
from xinheng.rulebook import redress

OTHER_RESULT = "REPAIR_OTHER_RESULT"
PERSONAL_ID = "PERSONAL_ID"
LONGEST_STATEMENT = 2000


@dataclass(frozen=True, slots=True)
class Shown:
    """A file of evidence, by its digest, and what it is to show."""

    kind: str
    digest: str


@dataclass(frozen=True, slots=True)
class Application:
    """What an organization states; `commits` agrees to the commitment's text."""

    statement: str
    conduct_corrected: bool
    duties_done: bool
    commits: bool
    files: Collection[Shown] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """What a repair is about: a record or a listing, as the conditions look at it.

    `earliest_on` is the first day after the minimum term, null where there is none;
    `subjects` are the classes it belongs to. `has_effect` says that there is something
    to end. `dataset` and `natural_key` are empty for a listing.
    """

    organization: str
    unit: str
    target_kind: str
    target: str
    heading: str
    title: str
    earliest_on: date | None
    subjects: tuple[str, ...]
    has_effect: bool
    dataset: str = ""
    natural_key: str = ""


def entry_of_record(found: HeldRecord) -> Entry:
    """Return a record as an entry that may be repaired."""
    return Entry(
        organization=found.organization,
        unit=found.unit,
        target_kind="record",
        target=found.target,
        heading=found.heading,
        title=f"{found.dataset.title} {found.heading}",
        earliest_on=found.state.earliest_end_on,
        subjects=(found.dataset.name,),
        has_effect=found.state.public and found.dataset.adverse,
        dataset=found.dataset.name,
        natural_key=found.natural_key,
    )


def entry_of_listing(found: HeldListing) -> Entry:
    """Return a listing as an entry that may be repaired, published or not."""
    return Entry(
        organization=found.organization,
        unit=found.unit,
        target_kind=listings.TARGET,
        target=found.target,
        heading=found.heading,
        title=found.heading,
        earliest_on=found.removable_on,
        subjects=(found.scheme.name,),
        has_effect=found.scheme.is_adverse,
    )


@transaction.atomic
def apply_for_record(*, record: int, application: Application, by: By) -> int:
    """Apply for the repair of a record, and make the commitment with it.

    Returns the case's number.

    Raises:
        UnknownRecordError: it is not one about an organization that the actor acts for.
        RefusedError: the first thing that stands against it, by the rule's name.
    """
    found = held.get_held(actor=by.actor, record=record, on=by.on)
    return _apply(entry_of_record(found), application, by)


@transaction.atomic
def apply_for_listing(*, listing: int, application: Application, by: By) -> int:
    """Apply for the repair of a listing in force: to be taken off it early.

    Raises:
        UnknownListingError: it is not one of an organization that the actor acts for.
        RefusedError: the first thing that stands against it, by the rule's name.
    """
    found = listings.get_held(actor=by.actor, listing=listing, on=by.on)
    return _apply(entry_of_listing(found), application, by)


def _apply(entry: Entry, application: Application, by: By) -> int:
    lacks = list_lacks(entry, application, by=by)
    if lacks:
        first = lacks[0]
        raise RefusedError(first.fault, day=first.from_on, basis=first.citation)
    if personal_id.find(application.statement) is not None:
        raise RefusedError(PERSONAL_ID)
    about = About(
        organization=entry.organization,
        unit=entry.unit,
        target_kind=entry.target_kind,
        target=entry.target,
        topic="",
        title=entry.title,
    )
    case = cases.open_case(procedure=REPAIR, about=about, by=by)
    rule_set = conditions.in_force(redress.rule_sets(), on=by.on)
    row = Repair.objects.create(
        case=case,
        dataset=entry.dataset,
        natural_key=entry.natural_key,
        statement=application.statement.strip()[:LONGEST_STATEMENT],
        conduct_corrected=application.conduct_corrected,
        duties_done=application.duties_done,
        commitment_id=_commit(entry, application, by),
        rule_set=rule_set.name if rule_set else "",
        earliest_on=entry.earliest_on,
    )
    RepairFile.objects.bulk_create(
        RepairFile(
            repair=row,
            kind=each.kind,
            digest=each.digest,
            added_by=by.actor.account_id,
            added_at=by.at,
        )
        for each in application.files
    )
    moved = cases.advance(case, "submit", by=by)
    effects.finish(moved, row, by=by)
    return case.id


def list_lacks(entry: Entry, application: Application, *, by: By) -> tuple[Lack, ...]:
    """Return what stands against an application today; nothing where it can be made."""
    open_topics = case_queries.list_open_topics(
        procedure=REPAIR, target_kind=entry.target_kind, target=entry.target
    )
    facts = Facts(
        earliest_on=entry.earliest_on,
        conduct_corrected=application.conduct_corrected,
        duties_done=application.duties_done,
        has_commitment=application.commits,
        subjects=entry.subjects,
        is_shown=entry.has_effect,
        is_open=bool(open_topics),
    )
    rule_set = conditions.in_force(redress.rule_sets(), on=by.on)
    return conditions.find_lacks(rule_set, facts, on=by.on)


@transaction.atomic
def take(*, case: int, act: str, by: By) -> None:
    """Take a step in a repair, with all that it means, in one transaction.

    A decision has to follow the proposal: to disagree, it is sent back.

    Raises:
        UnknownCaseError: there is no such repair.
        RefusedError: why the step can't be taken, by the rule's name.
        ReasonError: the reason can't be kept.
    """
    locked = cases.lock(case=case, procedure=REPAIR)
    if not case_queries.visible_to(by.actor).filter(id=case).exists():
        raise case_queries.UnknownCaseError(case)
    row = Repair.objects.get(case=locked)
    if act == "decide" and by.outcome != row.proposed_outcome and by.outcome:
        raise RefusedError(OTHER_RESULT)
    moved = cases.advance(locked, act, by=by)
    if act == "propose":
        row.proposed_outcome = by.outcome
        row.save(update_fields=["proposed_outcome"])
    effects.finish(moved, row, by=by)


def reopen(*, case: int, at: datetime) -> bool:
    """Have a refused repair examined again, because an objection was upheld.

    Returns False where another application about the same thing is open already. Call
    it inside the objection's transaction.

    Raises:
        UnknownCaseError: there is no such repair.
    """
    locked = cases.lock(case=case, procedure=REPAIR)
    try:
        moved = cases.register_step(locked, "reopen", at=at)
    except RefusedError:
        return False
    by = By(Actor(REGISTER), at)
    effects.finish(moved, Repair.objects.get(case=locked), by=by)
    return True


def _commit(entry: Entry, application: Application, by: By) -> int | None:
    if not application.commits:
        return None
    rule = redress.commitment_types()[Type.REPAIR]
    promise = Promise(
        type=Type.REPAIR,
        matter=f"信用修复：{entry.heading}"[:200],
        text=rule.template,
        made_on=by.on,
        valid_to=None,
    )
    return commitments.make(
        organization=entry.organization,
        promise=promise,
        unit=entry.unit,
        is_public=True,
        by=by,
    )
