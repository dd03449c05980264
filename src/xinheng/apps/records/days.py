"""The turn of a day: what becomes public, or ceases to be, without an act on it.

A period begins or ends, or a lawyer adopts the rulebook.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.db import transaction

from xinheng.apps.catalog import queries as catalog
from xinheng.apps.law import queries as law
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.records import facts, queries, touching
from xinheng.apps.records.models import Record, TurnedDay

DAY_TURNED = "records.day_turned"


@transaction.atomic
def turn_day(*, on: date, actor: str, at: datetime) -> int:
    """Touch what became public, or ceased to be, since the day that was turned last.

    That is by the days up to `on`, or because a lawyer adopted the rulebook meanwhile.
    Returns how many records that are. A day that was turned already, as after a clock
    was set back, changes nothing.
    """
    is_adopted = law.is_adopted(on=on)
    last, _ = TurnedDay.objects.select_for_update().get_or_create(
        id=1, defaults={"turned_on": on, "was_adopted": is_adopted}
    )
    if (on, is_adopted) == (last.turned_on, last.was_adopted) or on < last.turned_on:
        return 0
    keys = list(_turned(last, on))
    last.turned_on, last.was_adopted = on, is_adopted
    last.save()
    if not keys:
        return 0
    body = {"on": str(on), "records": len(keys)}
    appended = ledger.append(
        kind=DAY_TURNED, subject="register", actor=actor, body=body, at=at
    )
    return touching.touch_keys(seq=appended.seq, keys=keys)


def _turned(last: TurnedDay, on: date) -> Iterator[int]:
    """Yield the keys of versions in force that one day shows and the other does not."""
    then = queries.seer(on=last.turned_on, is_adopted=last.was_adopted)
    now = queries.seer(on=on)
    datasets = catalog.list_datasets()
    open_ones = [name for name, item in datasets.items() if facts.may_be_public(item)]
    rows = Record.objects.filter(
        superseded_at__isnull=True, dataset__in=open_ones
    ).select_related("source_unit", "submission")
    for row in rows.order_by("id").iterator():
        item = datasets[row.dataset]
        if (then(row, item) is None) != (now(row, item) is None):
            yield row.id
