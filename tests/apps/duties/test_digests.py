"""The day's mail about measures: to do, to undo, and about no organization."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core import mail

from tests.factories import listings, mail_server
from xinheng.apps.duties import digests, operations
from xinheng.apps.duties.mails import Outcome
from xinheng.apps.duties.models import Digest
from xinheng.core.listings.procedure import Event

pytestmark = pytest.mark.django_db
ON = date(2026, 6, 1)  # a Monday, after the memorandum has begun
DAY = listings.at(ON)
UNIT, ADDRESS = "U25", "office@example.org"


@pytest.fixture(autouse=True)
def _mail(settings):
    settings.EMAIL_URL = "smtp://localhost"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.SITE_URL = "https://credit.example.gov.cn"


@pytest.fixture
def code(settings) -> str:
    found = listings.found(settings)
    operations.set_contact(actor=listings.OFFICE, unit=UNIT, address=ADDRESS, at=DAY)
    return found


@pytest.fixture
def listing(code) -> int:
    number = listings.notified(code)
    days = {"decided_on": ON, "expires_on": date(2027, 6, 1)}
    listings.record(number, Event.DECIDE, actor=listings.SECOND, on=ON, **days)
    return number


class TestSendDue:
    def test_tells_tasks_by_number_measure_and_last_day(self, listing, code):
        assert digests.send_due(at=DAY) == Outcome(sent=1)

        [message] = mail.outbox
        assert message.to == [ADDRESS]
        assert "联合措施" in message.subject
        assert "Measures: 0 to undo" in message.subject
        assert "依法限制参加政府采购活动，期限 2026-06-03（签收）" in message.body
        assert "by 2026-06-03 (acknowledge)" in message.body
        assert "https://credit.example.gov.cn/desk/measures/" in message.body

    def test_names_no_organization(self, listing, code):
        digests.send_due(at=DAY)

        [message] = mail.outbox
        assert code not in message.body + message.subject
        assert "安川" not in message.body + message.subject

    def test_tells_a_recall_first(self, listing):
        listings.record(listing, Event.REVOKE, on=ON, effective_on=ON)
        digests.send_due(at=DAY)

        [message] = mail.outbox
        assert "to undo, 0 to do" in message.subject
        assert "依法限制参加政府采购活动，期限 2026-06-04" in message.body

    def test_is_sent_once_a_day_and_again_on_the_next(self, listing):
        for hours in (0, 1, 5, 24):
            digests.send_due(at=DAY + timedelta(hours=hours))

        assert len(mail.outbox) == 2

    def test_is_not_sent_where_nothing_is_open(self, code):
        assert digests.send_due(at=DAY) == Outcome()
        assert not Digest.objects.exists()

    def test_is_tried_again_where_the_server_was_away(self, listing, settings):
        settings.EMAIL_BACKEND = "tests.apps.duties.test_reminders.BrokenBackend"
        failed = digests.send_due(at=DAY)
        at_once = digests.send_due(at=DAY + timedelta(minutes=5))
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        later = digests.send_due(at=DAY + timedelta(minutes=61))

        assert (failed, at_once, later) == (
            Outcome(failed=1),
            Outcome(),
            Outcome(sent=1),
        )
        assert Digest.objects.get().attempts == 2

    def test_is_not_sent_without_a_mail_server(self, listing, settings):
        settings.EMAIL_URL = ""

        assert digests.send_due(at=DAY) == Outcome()

    def test_arrives_at_a_real_server(self, listing, settings):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        with mail_server.running() as server:
            settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
            assert digests.send_due(at=DAY) == Outcome(sent=1)

        [(recipients, message)] = server.taken
        assert recipients == [ADDRESS]
        assert "联合措施" in message["subject"]
        assert "依法限制参加政府采购活动" in message.get_content()
