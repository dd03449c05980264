"""Reminders by electronic mail, to the unit's office address, once a day.

A reminder is claimed, sent, and marked as sent. Two workers never claim the same one; a
mail that could not be handed over is tried again after `RETRY_AFTER`. Where the machine
stops between sending and marking, it is sent once more: at least once, hardly ever
twice. Nothing is held locked while the mail server is spoken to.

A mail names the unit, the datasets and the last days, and the address of the desk.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.duties import mails, queries
from xinheng.apps.duties.mails import RETRY_AFTER, Outcome
from xinheng.apps.duties.models import Contact, Reminder
from xinheng.apps.duties.views import DutyStanding
from xinheng.core.catalog import periods
from xinheng.core.duties import reminding
from xinheng.core.duties.reminding import Kind
from xinheng.rulebook import calendars
from xinheng.rulebook import duties as rulebook

MONTHS_BACK = 3
READER = Actor("reminders", sees_all_units=True)


@dataclass(frozen=True, slots=True)
class Call:
    """A duty that calls for a reminder of a kind."""

    item: DutyStanding
    kind: Kind


def send_due(*, at: datetime) -> Outcome:
    """Send what is due today and was not sent yet, one mail for each unit.

    Sends nothing where no mail server is set. A failure at one unit holds up no other.
    """
    if not settings.EMAIL_URL:
        return Outcome()
    addresses = dict(Contact.objects.values_list("unit_id", "address"))
    sent = failed = 0
    for unit, calls in _by_unit(list_calls(at=at)).items():
        claimed = _claim(calls, at=at) if unit in addresses else []
        if not claimed:
            continue
        if _send(addresses[unit], claimed):
            _mark_sent(claimed, at=at)
            sent += 1
        else:
            failed += 1
    return Outcome(sent, failed)


def list_calls(*, at: datetime) -> list[Call]:
    """Return the duties that call for a reminder on the day, sent already or not."""
    on, calendar = timezone.localdate(at), calendars.load()
    rule = rulebook.rules().reminders
    months = [periods.before(periods.of(on), back) for back in range(MONTHS_BACK)]
    calls = []
    for item in queries.list_standings(actor=READER, months=months, on=on):
        kind = reminding.find_reminder(
            item.standing,
            on=on,
            before_working_days=rule.before_working_days,
            after_at_most_days=rule.after_at_most_days,
            calendar=calendar,
        )
        if kind is not None:
            calls.append(Call(item, kind))
    return calls


def _by_unit(calls: Iterable[Call]) -> dict[str, list[Call]]:
    grouped: defaultdict[str, list[Call]] = defaultdict(list)
    for call in calls:
        grouped[call.item.duty.unit_code].append(call)
    return grouped


@transaction.atomic
def _claim(calls: Iterable[Call], *, at: datetime) -> list[Call]:
    """Return those of a unit's reminders that this worker alone may send now."""
    return [call for call in calls if _claim_one(call, at=at)]


def _claim_one(call: Call, *, at: datetime) -> bool:
    _, is_new = Reminder.objects.get_or_create(
        **_key(call), defaults={"claimed_at": at}
    )
    if is_new:
        return True
    waiting = Reminder.objects.filter(
        **_key(call), sent_at__isnull=True, claimed_at__lte=at - RETRY_AFTER
    )
    return bool(waiting.update(claimed_at=at, attempts=F("attempts") + 1))


def _key(call: Call) -> dict[str, object]:
    return {
        "duty_id": call.item.duty.id,
        "period": call.item.period,
        "kind": call.kind.value,
    }


def _mark_sent(calls: Iterable[Call], *, at: datetime) -> None:
    for call in calls:
        Reminder.objects.filter(**_key(call)).update(sent_at=at)


def _send(address: str, calls: list[Call]) -> bool:
    unit = calls[0].item.duty
    context = {
        "unit": unit,
        "before": [call.item for call in calls if call.kind is Kind.BEFORE],
        "after": [call.item for call in calls if call.kind is Kind.AFTER],
    }
    return mails.hand_over(
        "reminder", unit=unit.unit_code, address=address, context=context
    )
