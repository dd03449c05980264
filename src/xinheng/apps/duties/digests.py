"""Once a day, a mail to each executing unit: what it has to do, and what to undo.

It names tasks by number, measure and last day, and no organization: a mail may be read
on its way, and a listing in force need not be public. The desk tells the rest.

A mail is claimed, sent and marked as a reminder is (`reminders`). What is open stands
in the next day's mail again, so that one that got lost loses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.duties import mails
from xinheng.apps.duties.mails import RETRY_AFTER, Outcome
from xinheng.apps.duties.models import Contact, Digest
from xinheng.apps.measures import queries as measures
from xinheng.apps.measures.queries import TaskView
from xinheng.apps.units import queries as units
from xinheng.core.measures.tasks import AWAITED, State
from xinheng.core.paging import Page

READER = Actor("digests", sees_all_units=True)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits at a unit: the first of its recalls and of its tasks, and totals."""

    recalls: Page[TaskView]
    tasks: Page[TaskView]


def send_due(*, at: datetime) -> Outcome:
    """Send the day's digest to every unit with an address where something is open.

    Sends nothing where no mail server is set. A failure at one unit holds up no other.
    """
    if not settings.EMAIL_URL:
        return Outcome()
    on, outcome = timezone.localdate(at), Outcome()
    for unit, address in Contact.objects.order_by("unit").values_list(
        "unit_id", "address"
    ):
        waiting = _waiting(unit)
        if not waiting.recalls.total and not waiting.tasks.total:
            continue
        if _claim(unit, on, at=at):
            outcome += _send(unit, address, waiting, on, at=at)
    return outcome


def _waiting(unit: str) -> Waiting:
    recalls, tasks = (
        measures.list_tasks(actor=READER, states=states, unit=unit)
        for states in (frozenset({State.RECALL_OPEN}), AWAITED)
    )
    return Waiting(recalls, tasks)


@transaction.atomic
def _claim(unit: str, on: date, *, at: datetime) -> bool:
    """Tell whether this worker alone may send the unit's digest of a day now."""
    _, is_new = Digest.objects.get_or_create(
        unit_id=unit, on=on, defaults={"claimed_at": at}
    )
    if is_new:
        return True
    failed = Digest.objects.filter(
        unit_id=unit, on=on, sent_at__isnull=True, claimed_at__lte=at - RETRY_AFTER
    )
    return bool(failed.update(claimed_at=at, attempts=F("attempts") + 1))


def _send(
    unit: str, address: str, waiting: Waiting, on: date, *, at: datetime
) -> Outcome:
    context = {"unit": units.get_unit(unit), "waiting": waiting, "on": on}
    if not mails.hand_over("digest", unit=unit, address=address, context=context):
        return Outcome(failed=1)
    Digest.objects.filter(unit_id=unit, on=on).update(sent_at=at)
    return Outcome(sent=1)
