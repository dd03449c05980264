"""Reminders: once each, retried where they fail, about the unit and nobody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail

from xinheng.apps.duties import operations, reminders
from xinheng.apps.duties.models import Reminder
from xinheng.apps.intake import nil_returns

# Due on Wednesday the 12th of June 2019.
BEFORE = datetime(2019, 6, 10, 2, 0, tzinfo=UTC)
AFTER = datetime(2019, 6, 13, 2, 0, tzinfo=UTC)
ADDRESS = "office@example.org"


@pytest.fixture(autouse=True)
def _mail(settings):
    settings.EMAIL_URL = "smtp://localhost"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.SITE_URL = "https://credit.example.gov.cn"


@pytest.fixture
def owing(assign, office, received_at):
    """U01 owes permits and has an address."""
    assign()
    operations.set_contact(actor=office, unit="U01", address=ADDRESS, at=received_at)


@pytest.fixture
def broken(settings):
    settings.EMAIL_BACKEND = "tests.apps.duties.test_reminders.BrokenBackend"


class BrokenBackend:
    """A mail server that is away."""

    def __init__(self, *args, **kwargs):
        pass

    def send_messages(self, messages):
        raise ConnectionRefusedError


@pytest.mark.usefixtures("owing")
class TestSendDue:
    def test_writes_before_and_after_the_last_day(self):
        outcomes = [reminders.send_due(at=at) for at in (BEFORE, AFTER)]

        assert [outcome.sent for outcome in outcomes] == [1, 1]
        assert [message.to for message in mail.outbox] == [[ADDRESS], [ADDRESS]]
        assert "报送提醒" in mail.outbox[0].subject
        assert "逾期提醒" in mail.outbox[1].subject

    def test_writes_once_however_often_it_is_called(self):
        for minutes in (0, 1, 300, 1000):
            reminders.send_due(at=BEFORE + timedelta(minutes=minutes))

        assert len(mail.outbox) == 1

    def test_writes_one_mail_for_all_that_a_unit_owes(self, assign):
        assign("penalty")
        reminders.send_due(at=BEFORE)

        [message] = mail.outbox
        assert "行政许可（2019-05），期限 2019-06-12" in message.body
        assert "行政处罚（2019-05），期限 2019-06-12" in message.body
        assert "https://credit.example.gov.cn/desk/" in message.body

    @pytest.mark.parametrize("days", [-5, 40])
    def test_is_silent_at_other_times(self, days):
        at = BEFORE + timedelta(days=days)

        assert [
            call
            for call in reminders.list_calls(at=at)
            if call.item.period == "2019-05"
        ] == []

    def test_leaves_a_unit_alone_that_answered(self, clerk, received_at):
        nil_returns.file_nil_return(
            actor=clerk, unit="U01", dataset="permit", period="2019-05", at=received_at
        )

        assert reminders.send_due(at=AFTER) == reminders.Outcome()

    def test_tries_a_mail_again_that_failed(self, broken, settings):
        failed = reminders.send_due(at=BEFORE)
        at_once = reminders.send_due(at=BEFORE + timedelta(minutes=5))
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        later = reminders.send_due(at=BEFORE + timedelta(minutes=61))

        assert (failed.failed, at_once, later.sent) == (1, reminders.Outcome(), 1)
        assert len(mail.outbox) == 1
        assert Reminder.objects.get().attempts == 2

    def test_sends_nothing_without_a_mail_server(self, settings):
        settings.EMAIL_URL = ""

        assert reminders.send_due(at=BEFORE) == reminders.Outcome()
        assert not Reminder.objects.exists()


class TestWithoutAnAddress:
    def test_claims_nothing(self, assign):
        assign()

        assert reminders.send_due(at=BEFORE) == reminders.Outcome()
        assert not Reminder.objects.exists()
