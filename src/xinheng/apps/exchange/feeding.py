"""What is owed to a target: the change feed, read from where the target stands.

    a version to be shown   -> PUT, unless the target was told the same
    repaired, hidden, gone  -> WITHDRAW, if it was ever put
    withheld, classified    -> nothing

Obligations and the place in the feed move in one transaction, so a record is neither
forgotten nor owed twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from django.db import transaction

from xinheng.apps.catalog import queries as catalog
from xinheng.apps.exchange.models import Obligation, TargetState
from xinheng.apps.exchange.targets import Target
from xinheng.apps.records import changes
from xinheng.apps.records.changes import Change, Reader
from xinheng.apps.records.queries import PublicRecord
from xinheng.apps.units import queries as units
from xinheng.core.changes import cursor as cursors
from xinheng.core.disclosures.visibility import Reason
from xinheng.core.exchange import states
from xinheng.core.exchange.states import State
from xinheng.core.merkle import canonical

AT_ONCE = 500
MOST_STRETCHES = 10_000
_GONE = {Reason.ENDED, Reason.HIDDEN, Reason.ERASED}
_NOT_OURS = {Reason.WITHHELD, Reason.NEVER_PUBLISHED, Reason.NOT_YET}

Values = Mapping[str, str]


def feed(target: Target, *, on: date, at: datetime) -> int:
    """Enter what the feed tells since the last time; return how much is owed anew."""
    names = {unit.name: unit.code for unit in units.list_every()}
    owed = 0
    for _ in range(MOST_STRETCHES):
        new, is_end = _stretch(target, names, on=on, at=at)
        owed += new
        if is_end:
            break
    return owed


@transaction.atomic
def _stretch(
    target: Target, names: Mapping[str, str], *, on: date, at: datetime
) -> tuple[int, bool]:
    reader = Reader(frozenset(names.values()))
    state = TargetState.objects.select_for_update().get(name=target.name)
    found = changes.list_changes(
        after=cursors.parse(state.cursor), reader=reader, on=on, limit=AT_ONCE
    )
    owed = sum(_enter(target, change, names, at) for change in found.changes)
    if state.cursor != str(found.next):
        state.cursor = str(found.next)
        state.save(update_fields=["cursor"])
    return owed, found.is_end


def _enter(
    target: Target, change: Change, names: Mapping[str, str], at: datetime
) -> bool:
    """Enter what one change means for the target; false where that is nothing."""
    record = change.record
    if record is None:
        return _withdraw(target, change.id, str(change.cursor), at)
    if record.state.reason in _NOT_OURS:
        return False
    if record.state.reason in _GONE:
        return _withdraw_record(target, record.key, str(change.cursor), at)
    values = values_of(record)
    code = values.get(catalog.get_dataset(record.dataset).subject_code or "", "")
    if not target.takes(record.dataset, code[2:8]):
        return False
    owed = Owed(change.id, record, names[record.source_unit], values)
    return _put(target, owed, at)


def values_of(record: PublicRecord) -> dict[str, str]:
    """Return a record as a target is told of it: every field that is kept, by name."""
    names = {
        field.title: field.name for field in catalog.get_dataset(record.dataset).fields
    }
    return {names[title]: text for title, _, text in record.fields if title in names}


@dataclass(frozen=True, slots=True)
class Owed:
    """A version to be told: of which record, from which unit."""

    version: str
    record: PublicRecord
    unit: str
    values: Values


def _put(target: Target, owed: Owed, at: datetime) -> bool:
    record = owed.record
    digest = digest_of(Obligation.Act.PUT, owed.values)
    last = _last(target, record.key)
    if last is not None and last.digest == digest:
        return False
    overtake(last, at)
    _, is_new = Obligation.objects.get_or_create(
        target_id=target.name,
        record=record.key,
        version=owed.version,
        act=Obligation.Act.PUT,
        defaults={
            "dataset": record.dataset,
            "unit": owed.unit,
            "values": owed.values,
            "digest": digest,
            "due_at": at,
        },
    )
    return is_new


def _withdraw(target: Target, version: str, place: str, at: datetime) -> bool:
    about = Obligation.objects.filter(target_id=target.name, version=version).first()
    return about is not None and _withdraw_record(target, about.record, place, at)


def _withdraw_record(target: Target, record: str, place: str, at: datetime) -> bool:
    last = _last(target, record)
    if last is None or last.act == Obligation.Act.WITHDRAW:
        return False
    overtake(last, at)
    # Whether the target holds something: all that may have reached it.
    reached = Obligation.objects.filter(
        target_id=target.name, record=record, state__in=[State.ACCEPTED, State.SENT]
    ).order_by("-id")
    held = reached.first()
    if held is None:
        return False
    values = named_by(held)
    _, is_new = Obligation.objects.get_or_create(
        target_id=target.name,
        record=record,
        version=place,
        act=Obligation.Act.WITHDRAW,
        defaults={
            "dataset": held.dataset,
            "unit": held.unit,
            "values": values,
            "digest": digest_of(Obligation.Act.WITHDRAW, values),
            "due_at": at,
        },
    )
    return is_new


def find_values(versions: Iterable[str], *, on: date) -> Mapping[str, dict[str, str]]:
    """Return what a target is told of versions, by their names.

    A version that was replaced, withheld, hidden or erased meanwhile is left out.
    """
    reader = Reader(frozenset(unit.code for unit in units.list_every()))
    shown = changes.find_shown(versions, reader=reader, on=on)
    return {
        name: values_of(record)
        for name, record in shown.items()
        if record.state.reason not in _GONE | _NOT_OURS
    }


def named_by(row: Obligation) -> dict[str, str]:
    """Return the values that name a record to its target, and nothing else of it."""
    sheet = _sheet_key(row)
    return {name: text for name, text in row.values.items() if name in sheet}


def _sheet_key(row: Obligation) -> tuple[str, ...]:
    return catalog.get_dataset(row.dataset).natural_key


def overtake(row: Obligation | None, at: datetime) -> None:
    """Owe no more what did not leave, or was refused, before something newer."""
    if row is None or row.state not in (State.DUE, State.REFUSED):
        return
    row.state = states.step(State(row.state), State.WITHDRAWN)
    row.settled_at, row.values = at, named_by(row)
    row.save(update_fields=["state", "settled_at", "values"])


def digest_of(act: str, values: Values) -> str:
    """Return what tells one thing to be told from another."""
    return sha256(
        canonical.encode({"act": str(act), "values": dict(values)})
    ).hexdigest()


def _last(target: Target, record: str) -> Obligation | None:
    rows = Obligation.objects.select_for_update().filter(
        target_id=target.name, record=record
    )
    return rows.order_by("-id").first()
