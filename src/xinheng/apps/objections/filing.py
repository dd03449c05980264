"""Raising an objection: what is contested, why, and what it should say instead."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from xinheng.apps.cases import operations as cases
from xinheng.apps.cases import queries as case_queries
from xinheng.apps.cases.operations import About, By, RefusedError
from xinheng.apps.cases.tables import OBJECTION
from xinheng.apps.listings import redress as listings
from xinheng.apps.objections import effects
from xinheng.apps.objections.models import ChangeAsked, Objection, ObjectionFile
from xinheng.apps.records import held
from xinheng.apps.records.held import HeldRecord
from xinheng.apps.repairs import queries as repairs
from xinheng.core.objections import corrections, filing
from xinheng.core.objections.corrections import Change, Found
from xinheng.core.objections.filing import Fault, Filing, Kind, Target
from xinheng.rulebook import catalog as rulebook
from xinheng.rulebook import redress


class ChangeRefusedError(ValueError):
    """Values that are asked for can't stand; `found` says which and why."""

    def __init__(self, found: tuple[Found, ...]) -> None:
        super().__init__(", ".join(f"{each.field}: {each.fault}" for each in found))
        self.found = found


@dataclass(frozen=True, slots=True)
class Contest:
    """What somebody objects to; `files` are digests of evidence, stored before."""

    kind: Kind
    ground: str
    changes: Sequence[Change] = ()
    files: Collection[str] = ()


@transaction.atomic
def object_to_record(*, record: int, contest: Contest, by: By) -> int:
    """Raise an objection to a record, which is marked as disputed at once.

    Returns the case's number.

    Raises:
        UnknownRecordError: it is not one about an organization that the actor acts for.
        RefusedError: why it can't be raised, by the rule's name.
        ChangeRefusedError: values that are asked for can't stand.
    """
    found = held.get_held(actor=by.actor, record=record, on=by.on)
    target = found.target
    _check(
        contest,
        Filing(
            kind=contest.kind,
            target=Target.RECORD,
            ground=contest.ground,
            asks=len(contest.changes),
            event_on=found.decided_on or by.on,
            shown_until=None,
            open_kinds=_open_kinds(Target.RECORD, target),
        ),
        by,
    )
    _check_changes(contest.changes, found)
    about = About(
        organization=found.organization,
        unit=found.unit,
        target_kind=Target.RECORD,
        target=target,
        topic=contest.kind,
        title=f"{found.dataset.title} {found.heading}",
    )
    return _raise(about, contest, by, key=(found.dataset.name, found.natural_key))


@transaction.atomic
def object_to_listing(*, listing: int, contest: Contest, by: By) -> int:
    """Raise an objection to a listing, which is marked as disputed at once.

    Raises:
        UnknownListingError: it is not one in force of an organization that the actor
            acts for.
        RefusedError: why it can't be raised, by the rule's name.
    """
    found = listings.get_held(actor=by.actor, listing=listing, on=by.on)
    _check(
        contest,
        Filing(
            kind=contest.kind,
            target=Target.LISTING,
            ground=contest.ground,
            asks=len(contest.changes),
            event_on=found.decided_on,
            shown_until=None,
            open_kinds=_open_kinds(Target.LISTING, found.target),
        ),
        by,
    )
    about = About(
        organization=found.organization,
        unit=found.unit,
        target_kind=Target.LISTING,
        target=found.target,
        topic=contest.kind,
        title=found.heading,
    )
    return _raise(about, contest, by, key=("", ""))


@transaction.atomic
def object_to_repair(*, case: int, contest: Contest, by: By) -> int:
    """Raise an objection to the result of a repair.

    Raises:
        UnknownCaseError: it is not one of an organization that the actor acts for.
        RefusedError: why it can't be raised; nothing was decided yet.
    """
    repair = case_queries.get_case(actor=by.actor, case=case, on=by.on)
    decided_on = repairs.find_contestable(case=case)
    if decided_on is None or repair.organization not in by.actor.organizations:
        raise RefusedError(Fault.KIND)
    target = str(case)
    _check(
        contest,
        Filing(
            kind=contest.kind,
            target=Target.REPAIR,
            ground=contest.ground,
            asks=len(contest.changes),
            event_on=decided_on,
            shown_until=None,
            open_kinds=_open_kinds(Target.REPAIR, target),
        ),
        by,
    )
    about = About(
        organization=repair.organization,
        unit=repair.unit,
        target_kind=Target.REPAIR,
        target=target,
        topic=contest.kind,
        title=repair.title,
    )
    return _raise(about, contest, by, key=("", ""))


def code_lists() -> Mapping[str, Collection[str]]:
    """Return the values that fields with a list may hold, by the list's name."""
    return {name: each.values for name, each in rulebook.code_lists().items()}


def _check(contest: Contest, raised: Filing, by: By) -> None:
    window = redress.windows()[contest.kind]
    faults = filing.find_faults(raised, window, on=by.on)
    if faults:
        raise RefusedError(faults[0], day=filing.last_day(raised, window))


def _check_changes(changes: Sequence[Change], record: HeldRecord) -> None:
    found = corrections.find_faults(
        changes, record.dataset, record.body, code_lists=code_lists()
    )
    if found:
        raise ChangeRefusedError(found)


def _open_kinds(target_kind: Target, target: str) -> list[Kind]:
    topics = case_queries.list_open_topics(
        procedure=OBJECTION, target_kind=target_kind, target=target
    )
    return [Kind(topic) for topic in topics]


def _raise(about: About, contest: Contest, by: By, *, key: tuple[str, str]) -> int:
    case = cases.open_case(procedure=OBJECTION, about=about, by=by)
    row = Objection.objects.create(
        case=case, ground=contest.ground.strip(), dataset=key[0], natural_key=key[1]
    )
    ChangeAsked.objects.bulk_create(
        ChangeAsked(objection=row, field=each.field, old=each.old, new=each.new)
        for each in contest.changes
    )
    ObjectionFile.objects.bulk_create(
        ObjectionFile(
            objection=row, digest=each, added_by=by.actor.account_id, added_at=by.at
        )
        for each in contest.files
    )
    moved = cases.advance(case, "submit", by=by)
    effects.finish(moved, row, by=by)
    return case.id
