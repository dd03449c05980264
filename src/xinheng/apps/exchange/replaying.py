"""The last batches once more to a target, on a person's word.

    accepted and held    left alone: nothing is told twice
    accepted, not held   owed again, as the register has it now
    refused              owed again
    not answered         asked after, as in every run

The target is asked before anything leaves; one that does not tell gets nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from xinheng.apps.exchange import batches, sending
from xinheng.apps.exchange.carriers.carrier import Carrier
from xinheng.apps.exchange.models import Obligation
from xinheng.apps.exchange.sending import Clock, Ran, Replay
from xinheng.apps.exchange.targets import Target
from xinheng.apps.ledger import operations as ledger
from xinheng.core.exchange import states
from xinheng.core.exchange.profiles import Profile
from xinheng.core.exchange.sending import KEYS_AT_ONCE, is_held
from xinheng.core.exchange.states import OPEN, State

REPLAYED = "exchange.replayed"


class NotToldError(RuntimeError):
    """The target does not say what it holds, so nothing was sent again."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of the last batches.

    `held` rows were there already, `gone` are not to be told any more.
    """

    batches: int
    rows: int
    held: int
    gone: int
    ran: Ran


def replay(  # noqa: PLR0913  (who, where, how far, with what: all of them are needed)
    target: Target,
    carrier: Carrier,
    *,
    most: int,
    clock: Clock,
    on: date,
    worker: str,
    profile: Profile | None = None,
) -> Replayed:
    """Send what the target does not hold of its last batches.

    `profile` null takes the target's own.

    Raises:
        BusyError, CarrierError: see `sending.run`.
        NotToldError: see the class.
    """
    found = batches.find_rows(target.name, most=most)
    held = _held(carrier, found)
    wanted = [row for row in found if row.pk not in held]
    owed = _owe(target, wanted, on=on, actor=worker, at=clock.now())
    chosen = Replay(frozenset(owed), profile)
    ran = sending.run(target, carrier, clock=clock, worker=worker, replay=chosen)
    packages = {row.sent_in[-1] for row in found}
    gone = len(wanted) - len(owed)
    return Replayed(len(packages), len(found), len(held), gone, ran)


def _held(carrier: Carrier, rows: Sequence[Obligation]) -> set[int]:
    """Return which accepted rows the target still holds."""
    by_dataset: dict[str, list[Obligation]] = {}
    for row in rows:
        if row.state == State.ACCEPTED:
            by_dataset.setdefault(row.dataset, []).append(row)
    found: set[int] = set()
    for dataset, part in by_dataset.items():
        for begin in range(0, len(part), KEYS_AT_ONCE):
            found |= _held_of(carrier, dataset, part[begin : begin + KEYS_AT_ONCE])
    return found


def _held_of(carrier: Carrier, dataset: str, part: Sequence[Obligation]) -> set[int]:
    said = carrier.query(dataset, [row.sent_key for row in part])
    if said is None:
        raise NotToldError
    return {row.pk for row in part if is_held(said[row.sent_key], row.sent_in)}


@transaction.atomic
def _owe(
    target: Target,
    rows: Sequence[Obligation],
    *,
    on: date,
    actor: str,
    at: datetime,
) -> list[int]:
    """Owe again what can be told; return all that the run is about."""
    values = batches.filled(rows, on=on)
    keys = [row.pk for row in rows if row.pk in values]
    locked = Obligation.objects.select_for_update().filter(pk__in=keys)
    before = {row.pk: row.state for row in rows}
    # What another process has settled meanwhile is left to it.
    same = [row for row in locked if row.state == before[row.pk]]
    again = [row for row in same if State(row.state) not in OPEN]
    for row in again:
        _owe_again(row, values[row.pk])
    fields = ["state", "settled_at", "values", "code", "message"]
    Obligation.objects.bulk_update(again, fields, batch_size=500)
    if again:
        body = {
            "packages": sorted({row.sent_in[-1] for row in again}),
            "rows": len(again),
        }
        subject = f"target:{target.name}"
        ledger.append(kind=REPLAYED, subject=subject, actor=actor, body=body, at=at)
    return [row.pk for row in same]


def _owe_again(row: Obligation, values: Mapping[str, str]) -> None:
    row.state, row.settled_at = states.step(State(row.state), State.DUE), None
    row.values, row.code, row.message = dict(values), "", ""
