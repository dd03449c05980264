"""Signed, in order, at least once, and never into the house."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from django.db import transaction
from standardwebhooks.webhooks import Webhook

from xinheng.apps.outbox import operations, queries, webhooks
from xinheng.apps.outbox.models import Delivery
from xinheng.apps.outbox.webhooks import Sender, WebhookRefusedError

pytestmark = pytest.mark.django_db

AT = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
URL = "https://hooks.example.org/credit"
OUTSIDE = "93.184.216.34"


class Receiver:
    """A receiver that is away until a moment, and keeps what it got."""

    def __init__(self, away_until=AT, status=200):
        self.at, self.away_until, self.status = AT, away_until, status
        self.address = OUTSIDE
        self.got = []
        client = httpx.Client(
            transport=httpx.MockTransport(self._take), follow_redirects=False
        )
        self.sender = Sender(client, lambda host, port: [self.address])

    def _take(self, request):
        if self.at < self.away_until:
            raise httpx.ConnectError("away", request=request)
        self.got.append(request)
        return httpx.Response(self.status, headers={"location": "https://x.example/"})

    def works(self, until, step=timedelta(minutes=5)):
        """Let the worker look at the outbox every so often until a moment."""
        while self.at <= until:
            webhooks.work_off(worker="w", at=self.at, sender=self.sender)
            self.at += step


@pytest.fixture
def secret():
    return webhooks.subscribe(
        name="u25",
        unit="U25",
        url=URL,
        topic="measures.",
        at=AT,
        resolve=lambda host, port: [OUTSIDE],
    )


def queue(subject="organization:1", number=0, units=("U25",), topic="measures.fired"):
    with transaction.atomic():
        key = operations.queue(
            topic=topic,
            subject=subject,
            payload={
                "n": number,
                "units": list(units),
                "tasks": [{"task": 1, "unit": "U25"}, {"task": 2, "unit": "U13"}],
            },
            ledger_seq=number,
            at=AT,
        )
    operations.fan_out(key=key, at=AT)


def said(request):
    return json.loads(request.content)


class TestSend:
    def test_is_signed_by_the_standard(self, secret, monkeypatch):
        receiver = Receiver()
        queue()
        receiver.works(AT)

        (request,) = receiver.got
        headers = dict(request.headers)
        monkeypatch.setattr(
            Webhook, "_Webhook__verify_timestamp", lambda self, text: AT
        )
        assert Webhook(secret).verify(request.content, headers)["type"] == (
            "measures.fired"
        )
        assert headers["webhook-id"] == Delivery.objects.get(target="u25").key

    def test_goes_to_the_address_that_was_examined(self, secret):
        receiver = Receiver()
        queue()
        receiver.works(AT)

        (request,) = receiver.got
        assert request.url.host == OUTSIDE
        assert request.headers["host"] == "hooks.example.org"
        assert request.extensions["sni_hostname"] == "hooks.example.org"

    def test_tells_a_unit_its_own_tasks_only(self, secret):
        receiver = Receiver()
        queue(units=("U13", "U25"))
        queue(number=1, units=("U13",))
        queue(number=2, topic="submission.completed")
        receiver.works(AT)

        (request,) = receiver.got
        assert [task["task"] for task in said(request)["data"]["tasks"]] == [1]

    def test_does_not_follow_a_redirect(self, secret):
        receiver = Receiver(status=302)
        queue()
        receiver.works(AT)

        assert len(receiver.got) == 1
        assert Delivery.objects.get(target="u25").last_error == "HTTP 302"

    def test_sends_nothing_where_the_name_leads_inside_by_now(self, secret):
        receiver = Receiver()
        receiver.address = "10.0.0.7"
        queue()
        receiver.works(AT)

        assert receiver.got == []
        assert Delivery.objects.get(target="u25").last_error == (
            "WEBHOOK_INNER_ADDRESS"
        )

    def test_bears_a_second_signature_while_the_secret_key_changes(
        self, secret, settings
    ):
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "another-key-of-more-than-fifty-characters-for-the-test"

        headers = webhooks.signed("u25", "key", "{}", at=AT)

        assert Webhook(secret).sign(msg_id="key", timestamp=AT, data="{}") in (
            headers["webhook-signature"].split()
        )


class TestOutage:
    @pytest.mark.parametrize(
        "away", [timedelta(minutes=1), timedelta(hours=1), timedelta(hours=24)]
    )
    def test_loses_nothing_and_keeps_the_order_of_each_organization(self, secret, away):
        receiver = Receiver(away_until=AT + away)
        for number in range(5):
            for organization in range(3):
                queue(f"organization:{organization}", number)

        receiver.works(AT + timedelta(hours=48), step=timedelta(minutes=10))

        told = [
            (said(each)["subject"], said(each)["data"]["n"]) for each in receiver.got
        ]
        for organization in range(3):
            subject = f"organization:{organization}"
            assert [n for each, n in told if each == subject] == [0, 1, 2, 3, 4]
        assert queries.count_by_state()["DEAD"] == 0

    def test_sends_again_with_the_same_key_what_was_not_confirmed(self, secret):
        receiver = Receiver(status=500)
        queue()
        receiver.works(AT)
        receiver.status = 200
        receiver.works(AT + timedelta(minutes=10))

        assert len({each.headers["webhook-id"] for each in receiver.got}) == 1
        assert len(receiver.got) == 2

    def test_gives_up_visibly_and_goes_on_when_told(self, secret):
        receiver = Receiver(away_until=AT + timedelta(days=30))
        queue()
        receiver.works(AT + timedelta(days=4), step=timedelta(hours=1))
        (dead,) = queries.list_dead().items
        receiver.at = receiver.away_until

        operations.requeue(key=dead.key, at=receiver.at)
        receiver.works(receiver.at)

        assert len(receiver.got) == 1


class TestSubscribe:
    @pytest.mark.parametrize(
        ("url", "address", "fault"),
        [
            ("https://metadata.example/", "169.254.169.254", "WEBHOOK_INNER_ADDRESS"),
            ("https://127.0.0.1/", "127.0.0.1", "WEBHOOK_INNER_ADDRESS"),
            ("http://hooks.example.org/", OUTSIDE, "WEBHOOK_NOT_HTTPS"),
            ("https://a:b@hooks.example.org/", OUTSIDE, "WEBHOOK_URL"),
        ],
    )
    def test_refuses_an_address_with_the_rule(self, url, address, fault):
        with pytest.raises(WebhookRefusedError) as refused:
            webhooks.subscribe(
                name="x",
                unit="U25",
                url=url,
                topic="measures.",
                at=AT,
                resolve=lambda host, port: [address],
            )
        assert refused.value.fault == fault
        assert queries.list_subscriptions() == ()

    def test_takes_an_inner_address_that_the_operator_allowed(self, settings):
        settings.WEBHOOK_NETWORKS = ["10.20.0.0/16"]

        secret = webhooks.subscribe(
            name="x",
            unit="U25",
            url="http://bus.example/",
            topic="measures.",
            at=AT,
            resolve=lambda host, port: ["10.20.3.4"],
        )
        assert secret.startswith("whsec_")
