"""The worker's daily round: what comes with the day, then mails to units."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone

from xinheng.apps.cases import operations as cases
from xinheng.apps.duties import digests, reminders
from xinheng.apps.duties.mails import RETRY_AFTER, Outcome
from xinheng.apps.law import queries as law
from xinheng.apps.objections import operations as objections
from xinheng.apps.organizations import operations as organizations
from xinheng.apps.records import days

NEXT_TRY = RETRY_AFTER + timedelta(minutes=1)


class Daily:
    """Turns the day and sends what is due, again after a while where a mail failed.

    What was sent stands in the database, so a second round sends nothing twice.
    """

    def __init__(self) -> None:
        self._done_on: date | None = None
        self._not_before: datetime | None = None
        self._turned: tuple[date, bool] | None = None

    def work_off(self, *, at: datetime) -> Outcome:
        """Send what is due, unless this day's round is done or a pause is on."""
        today = timezone.localdate(at)
        self._turn(today, at)
        is_paused = self._not_before is not None and at < self._not_before
        if self._done_on == today or is_paused:
            return Outcome()
        # Whatever breaks the round off, it is not begun again at once.
        self._not_before = at + NEXT_TRY
        outcome = reminders.send_due(at=at) + digests.send_due(at=at)
        if not outcome.failed:
            self._done_on, self._not_before = today, None
        return outcome

    def _turn(self, today: date, at: datetime) -> None:
        """Turn the day, and once more where a lawyer adopted the rulebook in it."""
        state = (today, law.is_adopted(on=today))
        if state != self._turned:
            days.turn_day(on=today, actor="worker", at=at)
            cases.escalate_overdue(at=at)
            objections.lapse_due(at=at)
            organizations.examine_register(actor="worker", at=at)
            self._turned = state
